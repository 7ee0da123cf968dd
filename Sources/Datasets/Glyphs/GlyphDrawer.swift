import Randomness

/// One person's handwriting: habits that stay the same over an alphabet, and a hand that never
/// draws twice the same.
struct GlyphDrawer: Sendable {
    private let slant: Double
    private let halfTurn: Double
    private let scaleX: Double
    private let scaleY: Double
    private let shift: GlyphPoint
    private let pen: Double
    private let wobble: Double

    init(_ stream: RandomStream) {
        var rng = stream.split("habits")
        slant = 0.18 * GlyphDrawer.noise(&rng)
        halfTurn = 0.06 * GlyphDrawer.noise(&rng)
        let size = rng.uniform(in: 0.75...1.2)
        scaleX = size * (1 + 0.2 * GlyphDrawer.noise(&rng))
        scaleY = size
        shift = GlyphPoint(x: 0.07 * GlyphDrawer.noise(&rng), y: 0.07 * GlyphDrawer.noise(&rng))
        pen = rng.uniform(in: 0.8...1.25)
        wobble = rng.uniform(in: 0.04...0.085)
    }

    /// Draws a character once.
    func draw(
        _ strokes: [GlyphStroke], alphabet: GlyphAlphabet, side: Int, _ rng: inout RandomStream
    ) -> [UInt8] {
        let transform = GlyphTransform(
            scaleX: scaleX * (1 + 0.14 * GlyphDrawer.noise(&rng)),
            scaleY: scaleY * (1 + 0.14 * GlyphDrawer.noise(&rng)),
            slant: alphabet.slant + slant + 0.08 * GlyphDrawer.noise(&rng),
            halfTurn: halfTurn + 0.07 * GlyphDrawer.noise(&rng),
            shift: shift
                + GlyphPoint(
                    x: 0.08 * GlyphDrawer.noise(&rng), y: 0.08 * GlyphDrawer.noise(&rng)))
        let penWidth = Double(side) * alphabet.pen * pen * (1 + 0.1 * GlyphDrawer.noise(&rng))
        var raster = GlyphRaster(side: side)
        for stroke in strokes {
            raster.draw(byHand(stroke, transform, &rng), penWidth: penWidth)
        }
        return raster.bytes
    }

    /// A stroke as a hand draws it: control points missed a little, straight lines bent a little.
    private func byHand(
        _ stroke: GlyphStroke, _ transform: GlyphTransform, _ rng: inout RandomStream
    ) -> GlyphStroke {
        func missed(_ point: GlyphPoint, _ amount: Double) -> GlyphPoint {
            transform(
                point
                    + GlyphPoint(
                        x: amount * GlyphDrawer.noise(&rng), y: amount * GlyphDrawer.noise(&rng)))
        }
        switch stroke.shape {
        case .dot:
            return GlyphStroke(points: stroke.points.map { missed($0, wobble) }, shape: .dot)
        case .curved:
            return GlyphStroke(points: stroke.points.map { missed($0, wobble) }, shape: .curved)
        case .loop:
            // The whole oval moves; its points only a little, or it would crumple.
            let whole = GlyphPoint(
                x: wobble * GlyphDrawer.noise(&rng), y: wobble * GlyphDrawer.noise(&rng))
            return GlyphStroke(
                points: stroke.points.map { missed($0 + whole, wobble * 0.4) }, shape: .loop)
        case .straight:
            var points: [GlyphPoint] = []
            let corners = stroke.points.map { missed($0, wobble) }
            for (start, end) in zip(corners, corners.dropFirst()) {
                let bend = wobble * 0.6 * GlyphDrawer.noise(&rng)
                let along = end - start
                let middle =
                    (start + end) * 0.5 + GlyphPoint(x: -along.y * bend * 2, y: along.x * bend * 2)
                points += points.isEmpty ? [start] : []
                // A parabola through the middle, in six chords.
                let control = middle * 2 - (start + end) * 0.5
                for step in 1...6 {
                    let t = Double(step) / 6
                    points.append(
                        start * ((1 - t) * (1 - t)) + control * (2 * t * (1 - t)) + end * (t * t))
                }
            }
            return GlyphStroke(points: points.isEmpty ? corners : points, shape: .straight)
        }
    }

    /// Noise from −1 to 1, small values more likely (the sum of two uniform numbers).
    private static func noise(_ rng: inout RandomStream) -> Double {
        rng.uniform() + rng.uniform() - 1
    }
}
