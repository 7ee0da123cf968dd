import CKernels
import Randomness
import Testing

/// The kernels of batch norm's second derivative behind ReLU and pooling, against the gradient
/// kernel's own winners and sums in double precision.
struct CKernelsCurvatureTests {
    @Test func `sums and linear forms take the winners of the gradient kernel`() {
        var rng = RandomStream(seed: 73)
        for (n, h, w, c) in [
            (1, 2, 2, 16), (2, 5, 7, 33), (3, 4, 4, 3), (2, 6, 9, 64), (1, 3, 3, 600),
        ] {
            let (x, u) = (values(n * h * w * c, &rng), values(n * h * w * c, &rng))
            let pixels = (h / 2) * (w / 2)
            let dy = values(n * pixels * c, &rng)
            let (gamma, beta) = (values(c, &rng).map { $0 + 2 }, values(c, &rng))
            let k = values(4 * c, &rng)
            let stats = output(2 * c) { ck_norm_statistics(n * h * w, c, x, 1e-5, $0) }
            // With no sums and unit scale, the gradient kernel gives dy at the winners.
            let zeros = [Float](repeating: 0, count: 2 * c)
            func winners(_ dy: [Float]) -> [Float] {
                output(x.count) {
                    ck_norm_relu_pool2_backward(n, h, w, c, x, stats, gamma, beta, dy, zeros, $0)
                }.enumerated().map { place, value in
                    value / (gamma[place % c] * stats[c + place % c])
                }
            }
            let arriving = winners(dy)
            let won = winners([Float](repeating: 1, count: dy.count)).map { $0 > 0.5 }
            var (sums, spread, alone) = (Sums(3 * c), Sums(x.count), Sums(x.count))
            var collected = Sums(dy.count)
            for place in x.indices {
                let j = place % c
                let normal = (Double(x[place]) - Double(stats[j])) * Double(stats[c + j])
                let (v, d) = (Double(u[place]), Double(arriving[place]))
                sums.add(v, to: j)
                sums.add(v * normal, to: c + j)
                sums.add(v * d, to: 2 * c + j)
                alone.add(Double(k[c + j]) * d, to: place)
                alone.add(Double(k[2 * c + j]) * normal, to: place)
                alone.add(Double(k[3 * c + j]), to: place)
                spread.add(alone.values[place], to: place)
                spread.add(Double(k[j]) * v, to: place)
                let (image, row, column) = (place / c / w / h, place / c / w % h, place / c % w)
                guard won[place], row / 2 < h / 2, column / 2 < w / 2 else { continue }
                let window = ((image * (h / 2) + row / 2) * (w / 2) + column / 2) * c + j
                collected.add(Double(k[j]) * v, to: window)
                collected.add(Double(k[c + j]) + Double(k[2 * c + j]) * normal, to: window)
            }
            let label = "\(n) × \(h) × \(w) × \(c)"
            expectClose(
                output(3 * c) {
                    ck_norm_relu_pool2_products(n, h, w, c, x, stats, gamma, beta, dy, u, $0)
                }, sums, label)
            expectClose(
                output(x.count) {
                    ck_norm_relu_pool2_spread(n, h, w, c, x, stats, gamma, beta, dy, k, u, $0)
                }, spread, label)
            expectClose(
                output(x.count) {
                    ck_norm_relu_pool2_spread(n, h, w, c, x, stats, gamma, beta, dy, k, nil, $0)
                }, alone, label)
            expectClose(
                output(dy.count) {
                    ck_norm_relu_pool2_collect(n, h, w, c, x, stats, gamma, beta, k, u, $0)
                }, collected, label)
        }
    }
}
