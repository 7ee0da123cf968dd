import CKernels
import Randomness
import Testing

/// Reductions over the middle axis, and optimizer steps.
struct CKernelsReductionTests {
    static func shapes(_ rng: inout RandomStream) -> [(outer: Int, axis: Int, inner: Int)] {
        [(1, 1, 1), (3, 1, 5), (1, 5, 1), (1, 1000, 1), (1, 20_000, 1), (1, 3000, 16), (2, 49, 64)]
            + (0..<200).map { _ in
                (
                    rng.integer(in: 1...4), rng.integer(in: 1...(rng.chance(0.5) ? 9 : 400)),
                    rng.chance(0.3) ? 1 : rng.integer(in: 1...(rng.chance(0.5) ? 18 : 140))
                )
            }
    }

    @Test func `a sum is a sum`() {
        var rng = RandomStream(seed: 51)
        for (outer, axis, inner) in Self.shapes(&rng) {
            let x = values(outer * axis * inner, &rng)
            var expected = Sums(outer * inner)
            for place in x.indices {
                expected.add(
                    Double(x[place]), to: place / (axis * inner) * inner + place % inner)
            }
            let y = output(outer * inner) { ck_sum(outer, axis, inner, x, $0) }
            expectClose(y, expected, "\(outer) × \(axis) × \(inner)")
        }
    }

    @Test func `a long sum of equal values loses nothing`() {
        let x = Array(repeating: Float(0.1), count: 1_000_000)
        let exact = Double(Float(0.1)) * 1_000_000
        for inner in [1, 8, 16, 64] {
            let y = output(inner) { ck_sum(1, 1_000_000 / inner, inner, x, $0) }
            for value in y {
                #expect(abs(Double(value) / (exact / Double(inner)) - 1) < 1e-6, "\(inner)")
            }
        }
    }

    @Test func `maximum and its first position`() {
        var rng = RandomStream(seed: 52)
        for (number, (outer, axis, inner)) in Self.shapes(&rng).enumerated() {
            let x = values(outer * axis * inner, &rng, whole: number % 2 == 0)
            let greatest = output(outer * inner) { ck_max(outer, axis, inner, x, $0) }
            let position = output(outer * inner) { ck_argmax(outer, axis, inner, x, $0) }
            for place in 0..<outer * inner {
                let column = (0..<axis).map { a in
                    x[(place / inner * axis + a) * inner + place % inner]
                }
                let best = column.max() ?? 0
                #expect(greatest[place] == best, "\(outer) × \(axis) × \(inner)")
                #expect(position[place] == Float(column.firstIndex(of: best) ?? -1))
            }
        }
    }

    @Test func `a value that is not a number is never the greatest but as the first`() {
        for inner in [1, 3, 16] {
            for axis in [5, 200] {
                var x = Array(repeating: Float(-1), count: axis * inner)
                for j in 0..<inner {
                    x[2 * inner + j] = .nan
                    x[4 * inner + j] = 3
                }
                let position = output(inner) { ck_argmax(1, axis, inner, x, $0) }
                #expect(position.allSatisfy { $0 == 4 }, "\(axis) × \(inner)")
                for j in 0..<inner { x[j] = .nan }
                let greatest = output(inner) { ck_max(1, axis, inner, x, $0) }
                #expect(greatest.allSatisfy { $0.isNaN }, "\(axis) × \(inner)")
            }
        }
    }

    @Test func `gradient descent goes down the gradient, also in place`() {
        var rng = RandomStream(seed: 53)
        for n in [0, 1, 15, 16, 17, 1000] {
            var p = values(n, &rng)
            let g = values(n, &rng)
            var expected = Sums(n)
            for i in 0..<n {
                expected.add(Double(p[i]), to: i)
                expected.add(-0.1 * Double(g[i]), to: i)
            }
            expectClose(output(n) { ck_sgd(n, p, g, 0.1, $0) }, expected, "\(n)")
            p.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                ck_sgd(n, base, g, 0.1, base)
            }
            expectClose(p, expected, "\(n) in place")
        }
    }

    @Test func `Adam follows algorithm 1 of its paper over several steps`() {
        var rng = RandomStream(seed: 54)
        for n in [1, 16, 37, 300] {
            var p = values(n, &rng)
            var m = Array(repeating: Float(0), count: n)
            var v = m
            var exact = p.map(Double.init)
            var first = Array(repeating: 0.0, count: n)
            var second = first
            for step in 1...5 {
                let g = values(n, &rng)
                var correction1 = 1.0
                var correction2 = 1.0
                for _ in 0..<step {
                    correction1 *= 0.9
                    correction2 *= 0.999
                }
                for i in 0..<n {
                    let gradient = Double(g[i]) + 0.01 * exact[i]
                    first[i] = 0.9 * first[i] + 0.1 * gradient
                    second[i] = 0.999 * second[i] + 0.001 * gradient * gradient
                    exact[i] -=
                        0.05 * (first[i] / (1 - correction1))
                        / ((second[i] / (1 - correction2)).squareRoot() + 1e-8)
                }
                ck_adam(
                    n, &p, &m, &v, g, 0.05, 0.9, 0.999, 1e-8, Float(1 - correction1),
                    Float(1 - correction2), 0.01)
                for i in 0..<n {
                    #expect(abs(Double(p[i]) - exact[i]) < 1e-5)
                    #expect(abs(Double(m[i]) - first[i]) < 1e-6)
                    #expect(abs(Double(v[i]) - second[i]) < 1e-6)
                }
            }
        }
    }
}
