import Randomness

/// How the characters of one invented alphabet look, and the making of them.
///
/// Characters of an alphabet share a lattice of places that strokes go through, a preference for
/// straight or round strokes, a number of strokes, proportions, and at times a stroke that most of
/// them carry. That makes them resemble one another more than those of other alphabets.
struct GlyphAlphabet: Sendable {
    let columns: Int
    let rows: Int
    let strokes: ClosedRange<Int>
    /// The chance that a stroke is straight.
    let straightness: Double
    /// How far a round stroke bows out, over the distance of its ends.
    let curvature: Double
    /// The chance that a round stroke bows to both sides.
    let waves: Double
    /// The chance that a round stroke is a closed loop.
    let loops: Double
    /// The chance of a dot beside the strokes.
    let dots: Double
    /// The chance that a stroke begins where another one passes.
    let attachment: Double
    /// The chance that a character is its own mirror image.
    let symmetry: Double
    /// Width over height.
    let proportion: Double
    /// Shift to the right over height.
    let slant: Double
    /// Pen width over the box's side.
    let pen: Double
    /// A stroke that characters carry, with its chance.
    let motif: (stroke: GlyphStroke, chance: Double)?

    init(_ stream: RandomStream) {
        var rng = stream.split("style")
        columns = rng.integer(in: 2...4)
        rows = rng.integer(in: 3...4)
        let fewest = rng.integer(in: 1...3)
        strokes = fewest...(fewest + rng.integer(in: 1...2))
        straightness = rng.uniform(in: 0.05...0.75)
        curvature = rng.uniform(in: 0.3...0.75)
        waves = rng.uniform(in: 0.05...0.4)
        loops = rng.uniform(in: 0.05...0.35)
        dots = rng.chance(0.3) ? rng.uniform(in: 0.1...0.5) : 0
        attachment = rng.uniform(in: 0.4...0.95)
        symmetry = rng.chance(0.5) ? rng.uniform(in: 0.1...0.5) : 0
        proportion = rng.uniform(in: 0.65...1.05)
        slant = rng.chance(0.4) ? rng.uniform(in: -0.15...0.3) : 0
        pen = rng.uniform(in: 0.036...0.056)
        motif = rng.chance(0.3) ? GlyphAlphabet.motif(&rng) : nil
    }

    /// A line along the top, or a stem at the left, at the right or in the middle.
    private static func motif(_ rng: inout RandomStream) -> (GlyphStroke, Double) {
        let ends: [(GlyphPoint, GlyphPoint)] = [
            (GlyphPoint(x: 0, y: 0), GlyphPoint(x: 1, y: 0)),
            (GlyphPoint(x: 0, y: 0), GlyphPoint(x: 0, y: 1)),
            (GlyphPoint(x: 1, y: 0), GlyphPoint(x: 1, y: 1)),
            (GlyphPoint(x: 0.5, y: 0), GlyphPoint(x: 0.5, y: 1)),
        ]
        let (start, end) = rng.choice(ends)
        return (GlyphStroke(points: [start, end], shape: .straight), rng.uniform(in: 0.5...0.9))
    }

    // MARK: Characters

    /// Invents `count` characters that differ from one another.
    ///
    /// A character too like an earlier one is drawn again, at most 20 times.
    func characters(_ count: Int, stream: RandomStream) -> [[GlyphStroke]] {
        var characters: [[GlyphStroke]] = []
        var seen: [[Double]] = []
        for index in 0..<count {
            let own = stream.split(index)
            var best: (strokes: [GlyphStroke], ink: [Double], distance: Double)?
            for attempt in 0..<20 {
                var rng = own.split(attempt)
                let strokes = character(&rng)
                let ink = clean(strokes)
                let distance = seen.map { GlyphAlphabet.distance(ink, $0) }.min() ?? 1
                if distance > best?.distance ?? -1 { best = (strokes, ink, distance) }
                if distance > 0.6 { break }
            }
            guard let best else { continue }
            characters.append(best.strokes)
            seen.append(best.ink)
        }
        return characters
    }

    private func character(_ rng: inout RandomStream) -> [GlyphStroke] {
        var strokes: [GlyphStroke] = []
        if let motif, rng.chance(motif.chance) { strokes.append(motif.stroke) }
        let isSymmetric = rng.chance(symmetry)
        let count = rng.integer(in: strokes.isEmpty ? self.strokes : 1...self.strokes.upperBound)
        for _ in 0..<count {
            let stroke = newStroke(beside: strokes, &rng)
            strokes.append(stroke)
            if isSymmetric {
                let mirrored = stroke.points.map { GlyphPoint(x: 1 - $0.x, y: $0.y) }
                strokes.append(GlyphStroke(points: mirrored, shape: stroke.shape))
            }
        }
        if rng.chance(dots) {
            strokes.append(GlyphStroke(points: [place(&rng)], shape: .dot))
        }
        return fitted(strokes)
    }

    /// A stroke that goes its own way: one that retraces what is there is drawn again, at most
    /// eight times.
    private func newStroke(
        beside strokes: [GlyphStroke], _ rng: inout RandomStream
    ) -> GlyphStroke {
        let drawn = strokes.flatMap { $0.path(steps: 8) }
        var stroke = stroke(joining: strokes, &rng)
        for _ in 0..<8 {
            let path = stroke.path(steps: 8)
            let near = path.filter { point in
                drawn.contains { ($0 - point).squaredLength < 0.012 }
            }
            if near.count * 2 < path.count { break }
            stroke = self.stroke(joining: strokes, &rng)
        }
        return stroke
    }

    private func stroke(
        joining strokes: [GlyphStroke], _ rng: inout RandomStream
    ) -> GlyphStroke {
        var start = place(&rng)
        if !strokes.isEmpty, rng.chance(attachment) {
            let other = rng.choice(strokes)
            let first = rng.choice(other.points)
            // Anywhere along the other stroke's chords, most often at a control point.
            start = rng.chance(0.5) ? first : (first + rng.choice(other.points)) * 0.5
        }
        if rng.chance(straightness) {
            return GlyphStroke(
                points: walk(from: start, steps: rng.chance(0.6) ? 1 : 2, &rng), shape: .straight)
        }
        if rng.chance(loops) { return loop(about: start, &rng) }
        let ends = walk(from: start, steps: 1, &rng)
        return bow(from: ends[0], to: ends[1], &rng)
    }

    /// A round stroke: a bow to one side, or a wave to one side and then the other.
    private func bow(
        from start: GlyphPoint, to end: GlyphPoint, _ rng: inout RandomStream
    ) -> GlyphStroke {
        let along = end - start
        let aside = GlyphPoint(x: -along.y, y: along.x) * (rng.chance(0.5) ? 1 : -1)
        let depth = rng.uniform(in: curvature * 0.6...curvature)
        if rng.chance(waves) {
            return GlyphStroke(
                points: [
                    start, start + along * 0.28 + aside * (depth * 0.7),
                    start + along * 0.72 - aside * (depth * 0.7), end,
                ], shape: .curved)
        }
        return GlyphStroke(
            points: [
                start, start + along * 0.2 + aside * (depth * 0.75),
                start + along * 0.5 + aside * depth, start + along * 0.8 + aside * (depth * 0.75),
                end,
            ], shape: .curved)
    }

    /// A place of the lattice.
    private func place(_ rng: inout RandomStream) -> GlyphPoint {
        GlyphPoint(
            x: Double(rng.integer(below: columns)) / Double(columns - 1),
            y: Double(rng.integer(below: rows)) / Double(rows - 1))
    }

    /// Places one after another, none nearer than a third of the box to the one before or to the
    /// one before that.
    private func walk(
        from start: GlyphPoint, steps: Int, _ rng: inout RandomStream
    ) -> [GlyphPoint] {
        var points = [start]
        for _ in 0..<steps {
            for _ in 0..<12 {
                let next = place(&rng)
                guard points.suffix(2).allSatisfy({ ($0 - next).squaredLength > 0.1 }) else {
                    continue
                }
                points.append(next)
                break
            }
        }
        // Every try may have failed: then a stroke to the opposite side.
        if points.count == 1 { points.append(GlyphPoint(x: 1 - start.x, y: 1 - start.y * 0.5)) }
        return points
    }

    /// An oval that passes through a point.
    private func loop(about start: GlyphPoint, _ rng: inout RandomStream) -> GlyphStroke {
        let radiusX = rng.uniform(in: 0.14...0.34)
        let radiusY = rng.uniform(in: 0.14...0.34)
        let centre = GlyphPoint(
            x: min(max(start.x, radiusX), 1 - radiusX), y: min(max(start.y, radiusY), 1 - radiusY))
        let diagonal = 0.5.squareRoot()
        let directions: [(Double, Double)] = [
            (0, -1), (-diagonal, -diagonal), (-1, 0), (-diagonal, diagonal), (0, 1),
            (diagonal, diagonal), (1, 0), (diagonal, -diagonal),
        ]
        return GlyphStroke(
            points: directions.map {
                centre + GlyphPoint(x: $0.0 * radiusX, y: $0.1 * radiusY)
            }, shape: .loop)
    }

    /// The strokes in the middle of the box, as large as it allows, in the alphabet's proportion.
    private func fitted(_ strokes: [GlyphStroke]) -> [GlyphStroke] {
        let points = strokes.flatMap(\.points)
        let (left, right) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 1)
        let (top, bottom) = (points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 1)
        let width = (right - left) * proportion
        let height = bottom - top
        let scale = 0.66 / max(width, height, 0.4)
        let middle = GlyphPoint(x: (left + right) * 0.5, y: (top + bottom) * 0.5)
        return strokes.map { stroke in
            GlyphStroke(
                points: stroke.points.map {
                    let offset = $0 - middle
                    return GlyphPoint(
                        x: 0.5 + offset.x * proportion * scale, y: 0.5 + offset.y * scale)
                }, shape: stroke.shape)
        }
    }

    // MARK: Likeness

    /// A character as printed, for comparison: coarse, so that near misses count as alike.
    private func clean(_ strokes: [GlyphStroke]) -> [Double] {
        var raster = GlyphRaster(side: 14)
        for stroke in strokes { raster.draw(stroke, penWidth: 1.2) }
        return raster.ink
    }

    /// Ink that only one of two characters has, over the ink of both: 0 for equal, 1 for apart.
    private static func distance(_ first: [Double], _ second: [Double]) -> Double {
        var (apart, total) = (0.0, 0.0)
        for (a, b) in zip(first, second) {
            apart += a > b ? a - b : b - a
            total += a + b
        }
        return total > 0 ? apart / total : 0
    }
}
