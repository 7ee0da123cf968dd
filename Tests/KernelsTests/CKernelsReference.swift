import CKernels
import Randomness
import Testing

/// Sums in double precision, each with the size of its terms, which is what an error is measured by.
struct Sums {
    var values: [Double]
    var sizes: [Double]

    init(_ count: Int) {
        values = Array(repeating: 0, count: count)
        sizes = values
    }

    mutating func add(_ term: Double, to index: Int) {
        values[index] += term
        sizes[index] += abs(term)
    }
}

/// Fails unless every result is within `tolerance` · (1 + the sum of its terms' sizes).
func expectClose(
    _ results: [Float], _ expected: Sums, tolerance: Double = 3e-6, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard results.count == expected.values.count else {
        Issue.record("\(what): \(results.count) results", sourceLocation: sourceLocation)
        return
    }
    for (index, (value, size)) in zip(expected.values, expected.sizes).enumerated()
    where !(abs(Double(results[index]) - value) <= tolerance * (1 + size)) {
        Issue.record(
            "\(what): \(results[index]) at \(index), not \(value)", sourceLocation: sourceLocation)
        return
    }
}

/// Values that a kernel did not write are found: buffers start as this.
let unwritten = Float(-12345)

func values(_ count: Int, _ rng: inout RandomStream, whole: Bool = false) -> [Float] {
    (0..<count).map { _ in
        whole ? Float(rng.integer(in: -2...2)) : Float(rng.uniform(in: -1...1))
    }
}

/// Runs `body` on a fresh output buffer of `count` values.
func output(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    var result = Array(repeating: unwritten, count: max(count, 1))
    result.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { body(base) }
    }
    return Array(result.prefix(count))
}

extension ck_window {
    var inputCount: Int { Int(n) * Int(h) * Int(w) * Int(c) }
    var outputCount: Int { outputPixels * Int(c) }
    var outputPixels: Int { Int(n) * Int(oh) * Int(ow) }
    var taps: Int { Int(kh) * Int(kw) }
    var label: String { "\(self)" }

    /// A window with its output size, or nil where it does not fit even once.
    static func fitting(
        n: Int = 1, h: Int, w: Int, c: Int, kh: Int, kw: Int, stride: Int = 1, dilation: Int = 1,
        padH: Int = 0, padW: Int = 0
    ) -> ck_window? {
        let freeH = h + 2 * padH - dilation * (kh - 1) - 1
        let freeW = w + 2 * padW - dilation * (kw - 1) - 1
        guard freeH >= 0, freeW >= 0 else { return nil }
        return ck_window(
            n: Int32(n), h: Int32(h), w: Int32(w), c: Int32(c), oh: Int32(freeH / stride + 1),
            ow: Int32(freeW / stride + 1), kh: Int32(kh), kw: Int32(kw), stride: Int32(stride),
            dilation: Int32(dilation), pad_h: Int32(padH), pad_w: Int32(padW))
    }

    /// Random windows of every kind: strides, dilations, uneven windows, padding larger than needed.
    static func random(_ rng: inout RandomStream, channels: [Int]) -> ck_window {
        while true {
            let kh = rng.integer(in: 1...7)
            let kw = rng.chance(0.7) ? kh : rng.integer(in: 1...7)
            let dilation = rng.integer(in: 1...2)
            let spare = rng.chance(0.2) ? rng.integer(in: 0...3) : 0
            let window = fitting(
                n: rng.integer(in: 1...3), h: rng.integer(in: 1...12), w: rng.integer(in: 1...30),
                c: rng.choice(channels), kh: kh, kw: kw, stride: rng.integer(in: 1...3),
                dilation: dilation,
                padH: rng.chance(0.7) ? dilation * (kh - 1) / 2 + spare : 0,
                padW: rng.chance(0.8) ? dilation * (kw - 1) / 2 + spare : 0)
            if let window { return window }
        }
    }

    /// Shapes at the edge of what a window can be.
    static var degenerate: [ck_window] {
        [
            fitting(h: 1, w: 1, c: 1, kh: 1, kw: 1),
            fitting(h: 1, w: 1, c: 16, kh: 7, kw: 7, padH: 3, padW: 3),
            fitting(h: 2, w: 3, c: 5, kh: 5, kw: 5, dilation: 2, padH: 4, padW: 4),
            fitting(h: 1, w: 9, c: 3, kh: 1, kw: 5, padW: 2),
            fitting(h: 9, w: 1, c: 17, kh: 5, kw: 1, stride: 2, padH: 2),
            fitting(h: 3, w: 3, c: 24, kh: 3, kw: 3, padH: 4, padW: 4),
            fitting(n: 2, h: 28, w: 28, c: 16, kh: 3, kw: 3, padH: 1, padW: 1),
            fitting(h: 5, w: 40, c: 64, kh: 5, kw: 5, padH: 2, padW: 2),
            fitting(h: 20, w: 20, c: 4, kh: 10, kw: 11, padH: 5, padW: 5),
            fitting(h: 2, w: 1100, c: 2, kh: 2, kw: 3, padH: 0, padW: 1),
        ].compactMap { $0 }
    }

    /// Visits every output pixel with the taps inside the image: (pixel, [(tap, input pixel)]).
    func forEachPixel(_ body: (Int, [(tap: Int, pixel: Int)]) -> Void) {
        for image in 0..<Int(n) {
            for oy in 0..<Int(oh) {
                for ox in 0..<Int(ow) {
                    var inside: [(tap: Int, pixel: Int)] = []
                    for ky in 0..<Int(kh) {
                        for kx in 0..<Int(kw) {
                            let y = oy * Int(stride) + ky * Int(dilation) - Int(pad_h)
                            let x = ox * Int(stride) + kx * Int(dilation) - Int(pad_w)
                            guard y >= 0, y < Int(h), x >= 0, x < Int(w) else { continue }
                            inside.append(
                                (ky * Int(kw) + kx, (image * Int(h) + y) * Int(w) + x))
                        }
                    }
                    body((image * Int(oh) + oy) * Int(ow) + ox, inside)
                }
            }
        }
    }
}

/// Channel counts around every vector width.
let channelCounts = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33, 48, 64, 65]
