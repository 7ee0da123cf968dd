import CKernels
import Randomness
import Testing

/// Batch norm, alone and with ReLU and pooling, against double precision.
struct CKernelsNormalizationTests {
    /// One random problem: values around `offset`, statistics given so that kernels are tested alone.
    struct Problem {
        let rows: Int
        let c: Int
        private(set) var x: [Float]
        let dy: [Float]
        let gamma: [Float]
        let beta: [Float]
        let stats: [Float]

        init(rows: Int, c: Int, outputs: Int? = nil, offset: Float = 0, _ rng: inout RandomStream) {
            self.rows = rows
            self.c = c
            x = values(rows * c, &rng).map { $0 + offset }
            dy = values(outputs ?? rows * c, &rng)
            gamma = values(c, &rng)
            beta = values(c, &rng)
            stats = (0..<2 * c).map { index in
                index < c
                    ? offset + Float(rng.uniform(in: -0.3...0.3))
                    : Float(rng.uniform(in: 0.5...2))
            }
            // Rounding must not change the ReLU's mind: move what lies too near its corner.
            for place in x.indices {
                for _ in 0..<8 where abs(result(place)) < 1e-5 { x[place] += 0.125 }
            }
        }

        func normal(_ place: Int) -> Double {
            (Double(x[place]) - Double(stats[place % c])) * Double(stats[c + place % c])
        }

        /// Before the ReLU.
        func result(_ place: Int) -> Double {
            normal(place) * Double(gamma[place % c]) + Double(beta[place % c])
        }
    }

    static let shapes: [(rows: Int, c: Int)] =
        [(1, 1), (1, 16), (2, 64), (33, 1), (1000, 3), (700, 15), (31, 5)]
        + channelCounts.map { (150, $0) } + [(70, 130), (40, 600)]

    @Test(arguments: [Float(0), 1000, -1000])
    func `statistics keep their digits around a large mean`(offset: Float) {
        var rng = RandomStream(seed: 41)
        for (rows, c) in Self.shapes + [(20_000, 16), (5_000, 64), (20_000, 3)] {
            let x = (0..<rows * c).map { _ in offset + Float(rng.normal()) }
            let stats = output(2 * c) { ck_norm_statistics(rows, c, x, 1e-5, $0) }
            for j in 0..<c {
                let column = stride(from: j, to: rows * c, by: c).map { Double(x[$0]) }
                let mean = column.reduce(0, +) / Double(rows)
                let variance =
                    column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(rows)
                let inverse = 1 / (variance + 1e-5).squareRoot()
                // The mean to half a unit in its last place, the deviation to seven digits.
                #expect(abs(Double(stats[j]) - mean) <= 6e-8 * abs(mean) + 1e-7, "\(rows) × \(c)")
                #expect(abs(Double(stats[c + j]) / inverse - 1) < 1e-6, "\(rows) × \(c)")
            }
        }
    }

    @Test func `a constant column has deviation zero`() {
        let stats = output(32) {
            ck_norm_statistics(500, 16, Array(repeating: 0.1, count: 8000), 1e-4, $0)
        }
        #expect(stats.prefix(16).allSatisfy { $0 == 0.1 })
        #expect(stats.suffix(16).allSatisfy { abs($0 - 100) < 1e-4 })
    }

    @Test func `one value that is not a number spoils its own channel only`() {
        var x = Array(repeating: Float(1), count: 100 * 5)
        x[57 * 5 + 2] = .nan
        let stats = output(10) { ck_norm_statistics(100, 5, x, 1e-5, $0) }
        for j in 0..<5 {
            #expect(stats[j].isNaN == (j == 2))
            #expect(stats[5 + j].isNaN == (j == 2))
        }
    }

    @Test func `norm, its two sums and its gradient follow their formulas`() {
        var rng = RandomStream(seed: 42)
        for (rows, c) in Self.shapes {
            for relu in [false, true] {
                let p = Problem(rows: rows, c: c, offset: relu ? 0 : 3, &rng)
                var y = Sums(rows * c)
                var sums = Sums(2 * c)
                var kept: [Double] = []
                for place in 0..<rows * c {
                    let result = p.result(place)
                    y.add(relu ? max(result, 0) : result, to: place)
                    let dy = relu && result <= 0 ? 0 : Double(p.dy[place])
                    kept.append(dy)
                    sums.add(dy, to: place % c)
                    sums.add(dy * p.normal(place), to: c + place % c)
                }
                let label = "\(rows) × \(c), ReLU \(relu)"
                let flag: Int32 = relu ? 1 : 0
                expectClose(
                    output(rows * c) {
                        ck_norm_apply(rows, c, p.x, p.stats, p.gamma, p.beta, flag, $0)
                    }, y, label)
                let found = output(2 * c) {
                    ck_norm_sums(rows, c, p.x, p.stats, p.gamma, p.beta, flag, p.dy, $0)
                }
                expectClose(found, sums, label)
                var dx = Sums(rows * c)
                for place in 0..<rows * c {
                    let j = place % c
                    let scale = Double(p.gamma[j]) * Double(p.stats[c + j])
                    dx.add(scale * kept[place], to: place)
                    dx.add(-scale * Double(found[j]) / Double(rows), to: place)
                    dx.add(
                        -scale * p.normal(place) * Double(found[c + j]) / Double(rows), to: place)
                }
                expectClose(
                    output(rows * c) {
                        ck_norm_backward(
                            rows, c, p.x, p.stats, p.gamma, p.beta, flag, p.dy, found, $0)
                    }, dx, label)
            }
        }
    }

    @Test func `norm, ReLU and pooling in one pass give what the three give`() {
        var rng = RandomStream(seed: 43)
        let sizes = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (7, 7), (4, 10), (9, 3)]
        for (h, w) in sizes {
            for c in channelCounts + [130, 600] {
                let n = rng.integer(in: 1...2)
                let pooled = n * (h / 2) * (w / 2) * c
                let p = Problem(rows: n * h * w, c: c, outputs: pooled, &rng)
                var y = Sums(pooled)
                var sums = Sums(2 * c)
                var winners: [Int: Double] = [:]
                for place in 0..<pooled {
                    let j = place % c
                    let column = place / c % max(w / 2, 1)
                    let line = place / c / max(w / 2, 1)
                    let top = (line / max(h / 2, 1) * h + line % max(h / 2, 1) * 2) * w + column * 2
                    let window = [top, top + 1, top + w, top + w + 1].map { $0 * c + j }
                    let best = window.reduce(window[0]) { p.result($1) > p.result($0) ? $1 : $0 }
                    y.add(max(p.result(best), 0), to: place)
                    guard p.result(best) > 0 else { continue }
                    winners[best] = Double(p.dy[place])
                    sums.add(Double(p.dy[place]), to: j)
                    sums.add(Double(p.dy[place]) * p.normal(best), to: c + j)
                }
                let label = "\(n) × \(h) × \(w) × \(c)"
                expectClose(
                    output(pooled) {
                        ck_norm_relu_pool2(n, h, w, c, p.x, p.stats, p.gamma, p.beta, $0)
                    }, y, label)
                let found = output(2 * c) {
                    ck_norm_relu_pool2_sums(
                        n, h, w, c, p.x, p.stats, p.gamma, p.beta, p.dy, $0)
                }
                expectClose(found, sums, label)
                var dx = Sums(p.x.count)
                for place in p.x.indices {
                    let j = place % c
                    let scale = Double(p.gamma[j]) * Double(p.stats[c + j])
                    dx.add(scale * (winners[place] ?? 0), to: place)
                    dx.add(-scale * Double(found[j]) / Double(p.rows), to: place)
                    dx.add(
                        -scale * p.normal(place) * Double(found[c + j]) / Double(p.rows), to: place)
                }
                expectClose(
                    output(p.x.count) {
                        ck_norm_relu_pool2_backward(
                            n, h, w, c, p.x, p.stats, p.gamma, p.beta, p.dy, found, $0)
                    }, dx, label)
            }
        }
    }

    @Test func `on a tie the first place of the window takes the gradient`() {
        let x = Array(repeating: Float(2), count: 4 * 16)
        let stats = Array(repeating: Float(0), count: 16) + Array(repeating: Float(1), count: 16)
        let ones = Array(repeating: Float(1), count: 16)
        let zeros = Array(repeating: Float(0), count: 32)
        let dx = output(64) {
            ck_norm_relu_pool2_backward(1, 2, 2, 16, x, stats, ones, zeros, ones, zeros, $0)
        }
        #expect(dx == ones + Array(repeating: 0, count: 48))
    }
}
