import CKernels
import Randomness
import Testing

/// Mixing of channels against sums in double precision: input parts, several results, what is added.
struct CKernelsMixingTests {
    private struct Case: CustomStringConvertible {
        var rows: Int
        var parts = 1
        var channels = 16
        var outputs: [Int]
        var isNormed = false
        /// For each result whether its gradient arrives behind a batch norm.
        var isBehindNorm: [Bool]
        var added = 0

        var wide: Int { parts * channels }
        var all: Int { outputs.reduce(0, +) }
        var description: String {
            "\(rows) rows of \(parts)×\(channels) to \(outputs), normed \(isNormed), "
                + "behind norm \(isBehindNorm), \(added) added"
        }
    }

    private static let cases: [Case] = [
        Case(rows: 1, outputs: [16], isBehindNorm: [false]),
        Case(rows: 13, outputs: [16], isNormed: true, isBehindNorm: [true], added: 1),
        Case(
            rows: 85, channels: 48, outputs: [16, 16, 32], isNormed: true,
            isBehindNorm: [true, false, true], added: 2),
        Case(rows: 200, parts: 4, outputs: [32], isBehindNorm: [true]),
        Case(rows: 61, parts: 3, channels: 32, outputs: [48, 16], isBehindNorm: [false, true]),
        Case(
            rows: 301, channels: 256, outputs: [256], isNormed: true, isBehindNorm: [true],
            added: 4),
    ]

    /// Memory of one case, aligned as the kernels want their scratch.
    private final class Memory {
        private var blocks: [UnsafeMutablePointer<Float>] = []

        func new(_ values: [Float]) -> UnsafeMutablePointer<Float> {
            let bytes = max(values.count, 1) * 4
            let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
                .bindMemory(to: Float.self, capacity: max(values.count, 1))
            block.initialize(repeating: unwritten, count: max(values.count, 1))
            for (place, value) in values.enumerated() { block[place] = value }
            blocks.append(block)
            return block
        }

        func new(_ count: Int) -> UnsafeMutablePointer<Float> {
            new(Array(repeating: unwritten, count: count))
        }

        deinit { for block in blocks { block.deallocate() } }
    }

    private static func array(_ pointer: UnsafePointer<Float>, _ count: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: pointer, count: count))
    }

    @Test(arguments: cases.indices)
    func `mixing is batch norm, ReLU and products, and its gradient theirs`(index: Int) {
        let it = Self.cases[index]
        var rng = RandomStream(seed: 37).split(index)
        let memory = Memory()
        let parts = (0..<it.parts).map { _ in memory.new(values(it.rows * it.channels, &rng)) }
        let norm =
            it.isNormed
            ? (
                stats: memory.new(
                    values(it.wide, &rng)
                        + (0..<it.wide).map { _ in
                            Float(rng.uniform(in: 0.5...2))
                        }), gamma: memory.new(values(it.wide, &rng)),
                beta: memory.new(values(it.wide, &rng))
            ) : nil
        func active(_ row: Int, _ channel: Int) -> (value: Double, hat: Double, isOn: Bool) {
            let x = Double(
                parts[channel / it.channels][row * it.channels + channel % it.channels])
            guard let norm else { return (max(x, 0), 0, x > 0) }
            let hat = (x - Double(norm.stats[channel])) * Double(norm.stats[it.wide + channel])
            let y = hat * Double(norm.gamma[channel]) + Double(norm.beta[channel])
            return (max(y, 0), hat, y > 0)
        }
        let weights = it.outputs.map { memory.new(values(it.wide * $0, &rng)) }
        let list: [UnsafePointer<Float>?] = parts.map { UnsafePointer($0) }
        let given = it.outputs.map { size in
            (
                dy: memory.new(values(it.rows * size, &rng)),
                y: memory.new(values(it.rows * size, &rng)),
                stats: memory.new(
                    values(size, &rng) + (0..<size).map { _ in Float(rng.uniform(in: 0.5...2)) }),
                gamma: memory.new(values(size, &rng)), sums: memory.new(values(2 * size, &rng))
            )
        }
        let added = (0..<it.added).map { _ in memory.new(values(it.rows * it.channels, &rng)) }
        list.withUnsafeBufferPointer { list in
            var g = ck_mixing(
                rows: it.rows, parts: Int32(it.parts), channels: Int32(it.channels),
                x: list.baseAddress, stats: norm.map { UnsafePointer($0.stats) },
                gamma: norm.map { UnsafePointer($0.gamma) },
                beta: norm.map { UnsafePointer($0.beta) })
            let results = it.outputs.enumerated().map { place, size in
                ck_mixed(
                    outputs: Int32(size), weights: weights[place],
                    y: memory.new(it.rows * size), y_stats: memory.new(2 * size))
            }
            let count = Int32(results.count)
            ck_mixing_forward(
                &g, results, count, 1e-5,
                memory.new(ck_mixing_forward_scratch(&g, results, count) / 4))
            for (place, size) in it.outputs.enumerated() {
                let product = CKernelsDenseTests.product(
                    it.rows, it.wide, size, a: { Float(active($0, $1).value) },
                    b: { weights[place][$0 * size + $1] })
                let y = Self.array(results[place].y, it.rows * size)
                expectClose(y, product, "\(it): result \(place)")
                let statistics = output(2 * size) { ck_norm_statistics(it.rows, size, y, 1e-5, $0) }
                for (found, expected) in zip(
                    Self.array(results[place].y_stats, 2 * size), statistics)
                {
                    #expect(
                        abs(found - expected) <= 1e-4 * (1 + abs(expected)),
                        "\(it): statistics of \(place)")
                }
            }

            let gradients = it.outputs.enumerated().map { place, size in
                let (r, isBehind) = (given[place], it.isBehindNorm[place])
                return ck_mixed_gradient(
                    outputs: Int32(size), weights: weights[place], dy: r.dy,
                    y: isBehind ? UnsafePointer(r.y) : nil,
                    y_stats: isBehind ? UnsafePointer(r.stats) : nil,
                    y_gamma: isBehind ? UnsafePointer(r.gamma) : nil,
                    y_sums: isBehind ? UnsafePointer(r.sums) : nil,
                    d_weights: memory.new(it.wide * size))
            }
            let dx: [UnsafeMutablePointer<Float>?] = (0..<it.parts).map { _ in
                memory.new(it.rows * it.channels)
            }
            let sums = memory.new(2 * it.wide)
            let others: [UnsafePointer<Float>?] = added.map { UnsafePointer($0) }
            ck_mixing_backward(
                &g, gradients, count, others, Int32(it.added),
                memory.new(ck_mixing_backward_scratch(&g, results, count) / 4), dx,
                norm == nil ? nil : sums)

            // The gradients before the batch norms behind the results.
            var du: [[Double]] = []
            for (place, size) in it.outputs.enumerated() {
                let (r, share) = (given[place], 1 / Double(it.rows))
                du.append(
                    (0..<it.rows * size).map { at in
                        let (dy, j) = (Double(r.dy[at]), at % size)
                        guard it.isBehindNorm[place] else { return dy }
                        let inverse = Double(r.stats[size + j])
                        let hat = (Double(r.y[at]) - Double(r.stats[j])) * inverse
                        return inverse * Double(r.gamma[j])
                            * (dy - Double(r.sums[j]) * share - hat * Double(r.sums[size + j])
                                * share)
                    })
                var expected = Sums(it.wide * size)
                for row in 0..<it.rows {
                    for i in 0..<it.wide {
                        let value = active(row, i).value
                        for j in 0..<size {
                            expected.add(value * du[place][row * size + j], to: i * size + j)
                        }
                    }
                }
                expectClose(
                    Self.array(gradients[place].d_weights, it.wide * size), expected,
                    "\(it): weights of \(place)")
            }
            var normSums = Sums(2 * it.wide)
            for part in 0..<it.parts {
                var expected = Sums(it.rows * it.channels)
                for row in 0..<it.rows {
                    for c in 0..<it.channels {
                        let i = part * it.channels + c
                        let (_, hat, isOn) = active(row, i)
                        var total = 0.0
                        for (place, size) in it.outputs.enumerated() where isOn {
                            for j in 0..<size {
                                let term =
                                    du[place][row * size + j]
                                    * Double(weights[place][i * size + j])
                                expected.add(term, to: row * it.channels + c)
                                total += term
                            }
                        }
                        for other in added {
                            let term = Double(other[row * it.channels + c])
                            expected.add(term, to: row * it.channels + c)
                            total += term
                        }
                        normSums.add(total, to: i)
                        normSums.add(total * hat, to: it.wide + i)
                    }
                }
                if let found = dx[part] {
                    expectClose(
                        Self.array(found, it.rows * it.channels), expected, "\(it): part \(part)")
                }
            }
            if norm != nil {
                expectClose(
                    Self.array(sums, 2 * it.wide), normSums, tolerance: 1e-5, "\(it): sums")
            }
        }
    }
}
