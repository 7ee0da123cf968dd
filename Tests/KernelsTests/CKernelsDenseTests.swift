import CKernels
import Randomness
import Testing

/// Dense products, 1×1 and first-layer convolution, against sums in double precision.
struct CKernelsDenseTests {
    /// Σ a(i, k) · b(k, j).
    static func product(
        _ rows: Int, _ depth: Int, _ columns: Int, a: (Int, Int) -> Float, b: (Int, Int) -> Float
    ) -> Sums {
        var sums = Sums(rows * columns)
        for i in 0..<rows {
            for k in 0..<depth {
                for j in 0..<columns {
                    sums.add(Double(a(i, k)) * Double(b(k, j)), to: i * columns + j)
                }
            }
        }
        return sums
    }

    @Test func `1×1 convolution is a matrix product, and its gradients the transposed ones`() {
        var rng = RandomStream(seed: 31)
        let widths = channelCounts + [96, 128, 129, 300]
        let fixed = [(1, 1, 1), (1, 16, 16), (300, 16, 16), (85, 64, 64), (200, 9, 65)]
        let shapes =
            fixed
            + (0..<60).map { _ in
                (rng.integer(in: 1...200), rng.choice(widths), rng.choice(widths))
            }
        for (rows, cin, cout) in shapes {
            let x = values(rows * cin, &rng)
            let w = values(cin * cout, &rng)
            let dy = values(rows * cout, &rng)
            let label = "\(rows) rows, \(cin) to \(cout)"
            for rectified in [false, true] {
                let seen: (Int, Int) -> Float = {
                    rectified ? max(x[$0 * cin + $1], 0) : x[$0 * cin + $1]
                }
                let y = output(rows * cout) {
                    rectified
                        ? ck_pointwise_forward_relu(rows, cin, cout, x, w, $0)
                        : ck_pointwise_forward(rows, cin, cout, x, w, $0)
                }
                expectClose(
                    y, Self.product(rows, cin, cout, a: seen, b: { w[$0 * cout + $1] }), label)
                let dw = output(cin * cout) {
                    rectified
                        ? ck_pointwise_backward_weights_relu(rows, cin, cout, x, dy, $0)
                        : ck_pointwise_backward_weights(rows, cin, cout, x, dy, $0)
                }
                expectClose(
                    dw,
                    Self.product(
                        cin, rows, cout, a: { seen($1, $0) }, b: { dy[$0 * cout + $1] }), label)
            }
            let dx = output(rows * cin) {
                ck_pointwise_backward_data(rows, cin, cout, dy, w, $0)
            }
            expectClose(
                dx,
                Self.product(
                    rows, cout, cin, a: { dy[$0 * cout + $1] }, b: { w[$1 * cout + $0] }), label)
        }
    }

    @Test func `first-layer convolution sums taps and channels, and so does its weight gradient`() {
        var rng = RandomStream(seed: 32)
        let windows =
            ck_window.degenerate.filter { $0.c <= 4 }
            + (0..<80).map { _ in ck_window.random(&rng, channels: [1, 2, 3, 4]) }
            + [
                ck_window.fitting(n: 2, h: 28, w: 28, c: 1, kh: 3, kw: 3, padH: 1, padW: 1),
                ck_window.fitting(h: 9, w: 200, c: 3, kh: 3, kw: 3, padH: 1, padW: 1),
            ].compactMap { $0 }
        for g in windows {
            let out = rng.choice(channelCounts)
            let c = Int(g.c)
            let x = values(g.inputCount, &rng)
            let w = values(g.taps * c * out, &rng)
            let bias = values(out, &rng)
            let dy = values(g.outputPixels * out, &rng)
            var forward = Sums(g.outputPixels * out)
            var gradient = Sums(g.taps * c * out)
            g.forEachPixel { pixel, inside in
                for (tap, source) in inside {
                    for channel in 0..<c {
                        let value = Double(x[source * c + channel])
                        for j in 0..<out {
                            let weight = (tap * c + channel) * out + j
                            forward.add(value * Double(w[weight]), to: pixel * out + j)
                            gradient.add(value * Double(dy[pixel * out + j]), to: weight)
                        }
                    }
                }
            }
            let label = "\(g.label) to \(out)"
            withUnsafePointer(to: g) { p in
                expectClose(
                    output(g.outputPixels * out) {
                        ck_thin_forward(p, Int32(out), x, w, nil, $0)
                    }, forward, label)
                for place in forward.values.indices {
                    forward.add(Double(bias[place % out]), to: place)
                }
                expectClose(
                    output(g.outputPixels * out) {
                        ck_thin_forward(p, Int32(out), x, w, bias, $0)
                    }, forward, label)
                expectClose(
                    output(g.taps * c * out) {
                        ck_thin_backward_weights(p, Int32(out), x, dy, $0)
                    }, gradient, label)
            }
        }
    }

    @Test func `a first layer's gradient behind pooling is that of its two kernels, to the bit`()
        throws
    {
        var rng = RandomStream(seed: 33)
        let sizes = [
            (1, 2, 2, 1, 16), (2, 28, 28, 1, 64), (3, 5, 7, 3, 33), (1, 1, 9, 2, 20),
            (2, 9, 1, 4, 48), (1, 6, 131, 1, 17), (1, 7, 43, 3, 64), (1, 13, 13, 1, 512),
        ]
        for (n, h, w, c, out) in sizes {
            let g = try #require(
                ck_window.fitting(n: n, h: h, w: w, c: c, kh: 3, kw: 3, padH: 1, padW: 1))
            let images = values(g.inputCount, &rng)
            let x = values(g.outputPixels * out, &rng)
            let dy = values(n * (h / 2) * (w / 2) * out, &rng)
            let (gamma, beta) = (values(out, &rng), values(out, &rng))
            let stats = output(2 * out) { ck_norm_statistics(n * h * w, out, x, 1e-5, $0) }
            let sums = output(2 * out) {
                ck_norm_relu_pool2_sums(n, h, w, out, x, stats, gamma, beta, dy, $0)
            }
            let dx = output(x.count) {
                ck_norm_relu_pool2_backward(n, h, w, out, x, stats, gamma, beta, dy, sums, $0)
            }
            withUnsafePointer(to: g) { g in
                let expected = output(9 * c * out) {
                    ck_thin_backward_weights(g, Int32(out), images, dx, $0)
                }
                var scratch = [Float](
                    repeating: .nan,
                    count: ck_thin_backward_weights_pool2_scratch(g, Int32(out)) / 4)
                let found = output(9 * c * out) {
                    ck_thin_backward_weights_pool2(
                        g, Int32(out), images, x, stats, gamma, beta, dy, sums, &scratch, $0)
                }
                #expect(
                    found.map(\.bitPattern) == expected.map(\.bitPattern), "\(g.pointee.label)")
            }
        }
    }
}
