import CKernels
import Randomness
import Testing

/// Pooling and its transposes against the definition.
struct CKernelsPoolingTests {
    static func windows(_ seed: UInt64) -> [ck_window] {
        var rng = RandomStream(seed: seed).split("windows")
        return ck_window.degenerate
            + (0..<150).map { _ in ck_window.random(&rng, channels: channelCounts) }
    }

    /// (greatest value, its tap, its pixel) under each window; 0, −1 and nil in the padding.
    static func winners(
        _ g: ck_window, _ x: [Float]
    ) -> [(value: Float, tap: Int, pixel: Int?)] {
        let c = Int(g.c)
        var result: [(value: Float, tap: Int, pixel: Int?)] = Array(
            repeating: (0, -1, nil), count: g.outputCount)
        g.forEachPixel { pixel, inside in
            for j in 0..<c {
                for (tap, source) in inside {
                    let best = result[pixel * c + j]
                    if best.pixel == nil || x[source * c + j] > best.value {
                        result[pixel * c + j] = (x[source * c + j], tap, source)
                    }
                }
            }
        }
        return result
    }

    @Test func `max pooling gives the first greatest value and its position`() {
        var rng = RandomStream(seed: 21)
        for (number, g) in Self.windows(1).enumerated() {
            // Whole numbers tie often.
            let x = values(g.inputCount, &rng, whole: number % 2 == 0)
            let winners = Self.winners(g, x)
            withUnsafePointer(to: g) { p in
                let y = output(g.outputCount) { ck_max_pool(p, x, $0) }
                let index = output(g.outputCount) { ck_max_pool_index(p, x, $0) }
                let gathered = output(g.outputCount) { ck_window_gather(p, x, index, $0) }
                var both: [Float] = []
                let positions = output(g.outputCount) { place in
                    both = output(g.outputCount) { ck_max_pool_both(p, x, $0, place) }
                }
                #expect(both == y && positions == index, "\(g.label)")
                #expect(y == winners.map(\.value), "\(g.label)")
                #expect(index == winners.map { Float($0.tap) }, "\(g.label)")
                #expect(gathered == y, "\(g.label)")
            }
        }
    }

    @Test func `scatter sends each value to its winner`() {
        var rng = RandomStream(seed: 22)
        for (number, g) in Self.windows(2).enumerated() {
            let c = Int(g.c)
            let x = values(g.inputCount, &rng, whole: number % 2 == 0)
            let dy = values(g.outputCount, &rng)
            let winners = Self.winners(g, x)
            var expected = Sums(g.inputCount)
            for (place, winner) in winners.enumerated() {
                guard let pixel = winner.pixel else { continue }
                expected.add(Double(dy[place]), to: pixel * c + place % c)
            }
            let dx = withUnsafePointer(to: g) { p in
                let index = winners.map { Float($0.tap) }
                return output(g.inputCount) { ck_window_scatter(p, dy, index, $0) }
            }
            expectClose(dx, expected, g.label)
        }
    }

    @Test func `average pooling divides by the taps inside the image, and so does its gradient`() {
        var rng = RandomStream(seed: 23)
        for g in Self.windows(3) {
            let c = Int(g.c)
            let x = values(g.inputCount, &rng)
            let dy = values(g.outputCount, &rng)
            var mean = Sums(g.outputCount)
            var spread = Sums(g.inputCount)
            g.forEachPixel { pixel, inside in
                for (_, source) in inside {
                    for j in 0..<c {
                        let share = 1 / Double(inside.count)
                        mean.add(Double(x[source * c + j]) * share, to: pixel * c + j)
                        spread.add(Double(dy[pixel * c + j]) * share, to: source * c + j)
                    }
                }
            }
            withUnsafePointer(to: g) { p in
                expectClose(
                    output(g.outputCount) { ck_average_pool(p, x, $0) }, mean, g.label)
                expectClose(
                    output(g.inputCount) { ck_average_pool_backward(p, dy, $0) }, spread, g.label)
            }
        }
    }

    @Test func `an infinite value in the image is greater than padding`() {
        guard let g = ck_window.fitting(h: 2, w: 2, c: 16, kh: 3, kw: 3, padH: 1, padW: 1) else {
            return
        }
        let x = Array(repeating: -Float.infinity, count: g.inputCount)
        withUnsafePointer(to: g) { p in
            let y = output(g.outputCount) { ck_max_pool(p, x, $0) }
            #expect(y.allSatisfy { $0 == -.infinity })
            let index = output(g.outputCount) { ck_max_pool_index(p, x, $0) }
            #expect(index[0] == 4)  // the first place inside, seen from the corner
        }
    }
}
