/// Paper of side × side pixels on which a round pen leaves anti-aliased ink.
struct GlyphRaster {
    let side: Int
    /// Ink a pixel, from 0 to 1, row-major.
    private(set) var ink: [Double]

    init(side: Int) {
        self.side = side
        ink = [Double](repeating: 0, count: side * side)
    }

    /// Draws a stroke with a pen of this width, in pixels.
    ///
    /// A pixel's ink is how far its middle lies within the line, over one pixel's width: where
    /// strokes meet the darker one counts, as on paper.
    mutating func draw(_ stroke: GlyphStroke, penWidth: Double) {
        let scale = Double(side)
        let radius = stroke.shape == .dot ? penWidth * 0.8 : penWidth * 0.5
        let path = stroke.path(steps: stroke.shape == .straight ? 1 : 6).map { $0 * scale }
        if path.count == 1 { draw(from: path[0], to: path[0], radius: radius) }
        for (start, end) in zip(path, path.dropFirst()) {
            draw(from: start, to: end, radius: radius)
        }
    }

    private mutating func draw(from start: GlyphPoint, to end: GlyphPoint, radius: Double) {
        let reach = radius + 0.5
        let xs = pixels(min(start.x, end.x) - reach, max(start.x, end.x) + reach)
        let ys = pixels(min(start.y, end.y) - reach, max(start.y, end.y) + reach)
        let along = end - start
        let length = along.squaredLength
        for y in ys {
            for x in xs {
                let offset = GlyphPoint(x: Double(x) + 0.5, y: Double(y) + 0.5) - start
                var t = 0.0
                if length > 0 {
                    t = min(max((offset.x * along.x + offset.y * along.y) / length, 0), 1)
                }
                let coverage = reach - (offset - along * t).squaredLength.squareRoot()
                let pixel = y * side + x
                if coverage > ink[pixel] { ink[pixel] = min(coverage, 1) }
            }
        }
    }

    /// The pixels whose middles lie between two coordinates, kept on the paper.
    private func pixels(_ low: Double, _ high: Double) -> Range<Int> {
        let last = Double(side)
        let first = min(max(low.rounded(.down), 0), last)
        let end = min(max(high.rounded(.up), first), last)
        return Int(first)..<Int(end)
    }

    /// The ink as bytes, 255 for black.
    var bytes: [UInt8] { ink.map { UInt8(($0 * 255).rounded()) } }
}
