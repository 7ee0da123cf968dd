import CKernels
import Randomness
import Testing

/// Depthwise convolution against sums in double precision.
struct CKernelsDepthwiseTests {
    static func windows(_ seed: UInt64, _ count: Int) -> [ck_window] {
        var rng = RandomStream(seed: seed).split("windows")
        return ck_window.degenerate
            + (0..<count).map { _ in ck_window.random(&rng, channels: channelCounts) }
    }

    @Test func `forward sums the taps inside the image, with and without ReLU`() {
        var rng = RandomStream(seed: 11)
        for g in Self.windows(1, 150) {
            let c = Int(g.c)
            let x = values(g.inputCount, &rng)
            let weights = values(g.taps * c, &rng)
            for rectified in [false, true] {
                var expected = Sums(g.outputCount)
                g.forEachPixel { pixel, inside in
                    for (tap, source) in inside {
                        for j in 0..<c {
                            let value = rectified ? max(x[source * c + j], 0) : x[source * c + j]
                            expected.add(
                                Double(value) * Double(weights[tap * c + j]), to: pixel * c + j)
                        }
                    }
                }
                let y = withUnsafePointer(to: g) { g in
                    output(g.pointee.outputCount) {
                        if rectified {
                            ck_depthwise_forward_relu(g, x, weights, $0)
                        } else {
                            ck_depthwise_forward(g, x, weights, $0)
                        }
                    }
                }
                expectClose(y, expected, "\(g.label) ReLU \(rectified)")
            }
        }
    }

    @Test func `the data gradient is the transpose of the forward pass`() {
        var rng = RandomStream(seed: 12)
        for g in Self.windows(2, 150) {
            let c = Int(g.c)
            let dy = values(g.outputCount, &rng)
            let weights = values(g.taps * c, &rng)
            var expected = Sums(g.inputCount)
            g.forEachPixel { pixel, inside in
                for (tap, source) in inside {
                    for j in 0..<c {
                        expected.add(
                            Double(dy[pixel * c + j]) * Double(weights[tap * c + j]),
                            to: source * c + j)
                    }
                }
            }
            let dx = withUnsafePointer(to: g) { g in
                output(g.pointee.inputCount) { ck_depthwise_backward_data(g, dy, weights, $0) }
            }
            expectClose(dx, expected, g.label)
        }
    }

    @Test func `the weight gradient sums over the batch, with and without ReLU`() {
        var rng = RandomStream(seed: 13)
        for g in Self.windows(3, 150) {
            let c = Int(g.c)
            let x = values(g.inputCount, &rng)
            let dy = values(g.outputCount, &rng)
            for rectified in [false, true] {
                var expected = Sums(g.taps * c)
                g.forEachPixel { pixel, inside in
                    for (tap, source) in inside {
                        for j in 0..<c {
                            let value = rectified ? max(x[source * c + j], 0) : x[source * c + j]
                            expected.add(
                                Double(value) * Double(dy[pixel * c + j]), to: tap * c + j)
                        }
                    }
                }
                let dw = withUnsafePointer(to: g) { g in
                    output(g.pointee.taps * c) {
                        if rectified {
                            ck_depthwise_backward_weights_relu(g, x, dy, $0)
                        } else {
                            ck_depthwise_backward_weights(g, x, dy, $0)
                        }
                    }
                }
                expectClose(dw, expected, "\(g.label) ReLU \(rectified)")
            }
        }
    }

    @Test func `results do not depend on where a buffer starts`() {
        var rng = RandomStream(seed: 14)
        guard let g = ck_window.fitting(n: 2, h: 9, w: 21, c: 24, kh: 3, kw: 3, padH: 1, padW: 1)
        else { return }
        let x = values(g.inputCount, &rng)
        let weights = values(g.taps * Int(g.c), &rng)
        let runs = (0..<4).map { shift in
            var moved = Array(repeating: Float(0), count: shift) + x
            return moved.withUnsafeMutableBufferPointer { buffer in
                withUnsafePointer(to: g) { g in
                    output(g.pointee.outputCount) { y in
                        guard let base = buffer.baseAddress else { return }
                        ck_depthwise_forward(g, base + shift, weights, y)
                    }
                }
            }
        }
        for run in runs { #expect(run == runs[0]) }
    }
}
