import CKernels
import Randomness
import Testing

/// 3×3 convolution by minimal filtering against its definition, sums in double precision.
struct CKernelsWinogradTests {
    /// A convolution's three passes by its definition.
    private struct Reference {
        let x: [Float]
        let w: [Float]
        let bias: [Float]
        let dy: [Float]
        private(set) var y: Sums
        private(set) var dx: Sums
        private(set) var dw: Sums

        init(_ g: ck_window, _ out: Int, _ rng: inout RandomStream) {
            let c = Int(g.c)
            x = values(g.inputCount, &rng)
            w = values(9 * c * out, &rng)
            bias = values(out, &rng)
            dy = values(g.outputPixels * out, &rng)
            y = Sums(dy.count)
            dx = Sums(x.count)
            dw = Sums(w.count)
            g.forEachPixel { pixel, inside in
                for j in 0..<out { y.add(Double(bias[j]), to: pixel * out + j) }
                for (tap, source) in inside {
                    for channel in 0..<c {
                        let (place, value) = (source * c + channel, Double(x[source * c + channel]))
                        for j in 0..<out {
                            let (weight, to) = ((tap * c + channel) * out + j, pixel * out + j)
                            y.add(value * Double(w[weight]), to: to)
                            dx.add(Double(dy[to]) * Double(w[weight]), to: place)
                            dw.add(value * Double(dy[to]), to: weight)
                        }
                    }
                }
            }
        }
    }

    @Test func `minimal filtering is the convolution, and so are its gradients`() throws {
        var rng = RandomStream(seed: 71)
        // Odd sizes, tiles that hang over every edge, images smaller than a tile, more tiles than
        // a block, channels of every remainder that the products' tiles know.
        var sizes = [(2, 1, 1, 16, 16, 1, 1), (1, 14, 14, 64, 64, 1, 1), (3, 15, 13, 64, 48, 1, 1)]
        for _ in 0..<30 {
            let padding = (rng.integer(in: 0...2), rng.integer(in: 0...2))
            sizes.append(
                (
                    rng.integer(in: 1...4), rng.integer(in: 3...12), rng.integer(in: 3...12),
                    16 * rng.integer(in: 1...6), 16 * rng.integer(in: 1...6), padding.0, padding.1
                ))
        }
        for (n, h, w, c, out, padH, padW) in sizes {
            let g = try #require(
                ck_window.fitting(n: n, h: h, w: w, c: c, kh: 3, kw: 3, padH: padH, padW: padW))
            let reference = Reference(g, out, &rng)
            withUnsafePointer(to: g) { g in
                let bytes = ck_winograd_scratch(g, Int32(out))
                let room = UnsafeMutableRawPointer.allocate(byteCount: bytes + 64, alignment: 64)
                defer { room.deallocate() }
                let scratch = room.bindMemory(to: Float.self, capacity: bytes / 4 + 16)
                // What was in the scratch memory, and what lies behind it, does not matter.
                scratch.initialize(repeating: .nan, count: bytes / 4 + 16)
                let label = "\(g.pointee.label) to \(out)"
                expectClose(
                    output(reference.dy.count) {
                        ck_winograd_forward(
                            g, Int32(out), reference.x, reference.w, reference.bias, scratch, $0)
                    }, reference.y, "forward \(label)")
                expectClose(
                    output(reference.x.count) {
                        ck_winograd_backward_data(
                            g, Int32(out), reference.dy, reference.w, scratch, $0)
                    }, reference.dx, "backward data \(label)")
                expectClose(
                    output(reference.w.count) {
                        ck_winograd_backward_weights(
                            g, Int32(out), reference.x, reference.dy, scratch, $0)
                    }, reference.dw, "backward weights \(label)")
                for behind in bytes / 4..<bytes / 4 + 16 { #expect(scratch[behind].isNaN) }
            }
        }
    }

    @Test func `whole numbers come out exactly, with and without a bias`() throws {
        var rng = RandomStream(seed: 72)
        let g = try #require(
            ck_window.fitting(n: 1, h: 6, w: 6, c: 32, kh: 3, kw: 3, padH: 1, padW: 1))
        let x = values(g.inputCount, &rng, whole: true)
        let w = values(9 * 32 * 32, &rng, whole: true).map { $0 * 4 }
        let none = [Float](repeating: 0, count: 32)
        withUnsafePointer(to: g) { g in
            var scratch = [Float](repeating: 0, count: ck_winograd_scratch(g, 32) / 4)
            let plain = output(36 * 32) { ck_winograd_forward(g, 32, x, w, nil, &scratch, $0) }
            let biased = output(36 * 32) { ck_winograd_forward(g, 32, x, w, none, &scratch, $0) }
            var expected = Sums(36 * 32)
            g.pointee.forEachPixel { pixel, inside in
                for (tap, source) in inside {
                    for channel in 0..<32 {
                        for j in 0..<32 {
                            expected.add(
                                Double(x[source * 32 + channel])
                                    * Double(w[(tap * 32 + channel) * 32 + j]),
                                to: pixel * 32 + j)
                        }
                    }
                }
            }
            #expect(plain.map(Double.init) == expected.values)
            #expect(biased == plain)
        }
    }
}
