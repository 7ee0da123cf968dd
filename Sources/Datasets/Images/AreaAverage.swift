/// Shrinks images by exact area averaging: each output pixel is the mean over the rectangle of
/// input that it covers, with input pixels on the border counted by the fraction covered.
///
/// The fractions are integers over a common denominator (105 → 28 pixels is 15/4 input pixels an
/// output pixel, so a pixel's share counts quarters and a rectangle has 15 × 15 of them). Sums are
/// therefore exact, whatever the order, and the ink of a black and white image comes out as
/// k / 225 without rounding.
package struct AreaAverage: Sendable {
    package let inputSide: Int
    package let outputSide: Int
    /// Ink units of a fully inked output pixel: what 1.0 means in ``ink(of:)``.
    package let fullScale: Int

    /// For one output pixel along one axis: the first input pixel and the weights from there.
    private struct Window: Sendable {
        var first: Int
        var weights: [Int32]
    }
    private let windows: [Window]

    /// - Parameters:
    ///   - inputSide: Width and height of the images, in pixels.
    ///   - outputSide: Width and height to shrink to; at most `inputSide`.
    package init(from inputSide: Int, to outputSide: Int) {
        precondition(outputSide > 0 && outputSide <= inputSide, "images can only be shrunk")
        self.inputSide = inputSide
        self.outputSide = outputSide
        let divisor = AreaAverage.greatestCommonDivisor(inputSide, outputSide)
        // Lengths in units in which both an input and an output pixel are whole.
        let (input, output) = (outputSide / divisor, inputSide / divisor)
        // The largest multiple of the units of a rectangle: exact for ink, finest for gray.
        let units = output * output
        fullScale = units <= 255 ? 255 / units * units : 255
        windows = (0..<outputSide).map { place in
            let (start, end) = (place * output, (place + 1) * output)
            let first = start / input
            let last = (end - 1) / input
            return Window(
                first: first,
                weights: (first...last).map { pixel in
                    Int32(min(end, (pixel + 1) * input) - max(start, pixel * input))
                })
        }
    }

    /// The ink of a gray image on white paper, shrunk; 0 is white, ``fullScale`` black.
    ///
    /// - Parameter image: `inputSide` × `inputSide` pixels.
    /// - Returns: `outputSide` × `outputSide` values from 0 to ``fullScale``.
    package func ink(of image: GrayImage) -> [UInt8] {
        precondition(image.width == inputSide && image.height == inputSide)
        // Rows first, then columns: sums of at most 255 × inputSide, then × inputSide.
        var rows = [Int32](repeating: 0, count: inputSide * outputSide)
        for y in 0..<inputSide {
            for (x, window) in windows.enumerated() {
                var sum: Int32 = 0
                var pixel = y * inputSide + window.first
                for weight in window.weights {
                    sum += weight * Int32(255 - image.pixels[pixel])
                    pixel += 1
                }
                rows[y * outputSide + x] = sum
            }
        }
        let unit = windows[0].weights.reduce(0, +)
        let total = Int(unit) * Int(unit) * 255
        var ink = [UInt8](repeating: 0, count: outputSide * outputSide)
        for (y, window) in windows.enumerated() {
            for x in 0..<outputSide {
                var sum = 0
                for (offset, weight) in window.weights.enumerated() {
                    sum += Int(weight) * Int(rows[(window.first + offset) * outputSide + x])
                }
                ink[y * outputSide + x] = UInt8((sum * fullScale + total / 2) / total)
            }
        }
        return ink
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestCommonDivisor(second, first % second)
    }
}
