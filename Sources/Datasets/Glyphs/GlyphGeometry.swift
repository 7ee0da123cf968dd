// Arithmetic here is limited to + − × ÷ and square roots, which IEEE 754 fixes to the last bit:
// the same seed draws the same pixels on every machine, whatever its mathematics library.

/// A point of a glyph's box: x to the right and y down, from 0 to 1 each.
struct GlyphPoint: Sendable, Equatable {
    var x: Double
    var y: Double

    static func + (first: GlyphPoint, second: GlyphPoint) -> GlyphPoint {
        GlyphPoint(x: first.x + second.x, y: first.y + second.y)
    }

    static func - (first: GlyphPoint, second: GlyphPoint) -> GlyphPoint {
        GlyphPoint(x: first.x - second.x, y: first.y - second.y)
    }

    static func * (point: GlyphPoint, factor: Double) -> GlyphPoint {
        GlyphPoint(x: point.x * factor, y: point.y * factor)
    }

    var squaredLength: Double { x * x + y * y }
}

/// One movement of the pen through control points.
struct GlyphStroke: Sendable, Equatable {
    enum Shape: Sendable { case straight, curved, loop, dot }

    var points: [GlyphPoint]
    var shape: Shape

    /// The movement as a chain of points a short way apart.
    ///
    /// Curves are Catmull–Rom splines: they pass through every control point.
    ///
    /// - Parameter steps: Chords from one control point to the next; a straight stroke needs 1.
    /// - Returns: The points in the order in which the pen passes them.
    func path(steps: Int = 6) -> [GlyphPoint] {
        guard points.count > 1 else { return points }
        let isLoop = shape == .loop
        let spans = isLoop ? points.count : points.count - 1
        func control(_ index: Int) -> GlyphPoint {
            if isLoop { return points[(index + points.count) % points.count] }
            return points[min(max(index, 0), points.count - 1)]
        }
        var path: [GlyphPoint] = [points[0]]
        path.reserveCapacity(spans * steps + 1)
        for span in 0..<spans {
            if shape == .straight {
                let (start, end) = (points[span], points[span + 1])
                path += (1...steps).map { start + (end - start) * (Double($0) / Double(steps)) }
                continue
            }
            let (p0, p1) = (control(span - 1), control(span))
            let (p2, p3) = (control(span + 1), control(span + 2))
            for step in 1...steps {
                let t = Double(step) / Double(steps)
                let linear = (p2 - p0) * (0.5 * t)
                let square = (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (0.5 * t * t)
                let cube = (p1 * 3 - p0 - p2 * 3 + p3) * (0.5 * t * t * t)
                path.append(p1 + linear + square + cube)
            }
        }
        return path
    }
}

/// A linear map of the plane and a shift.
struct GlyphTransform: Sendable {
    var xx = 1.0
    var xy = 0.0
    var yx = 0.0
    var yy = 1.0
    var shift = GlyphPoint(x: 0, y: 0)

    /// Scales, slants and turns about the middle of the box, then shifts.
    ///
    /// `halfTurn` is the tangent of half the angle: a rotation without sine and cosine.
    init(
        scaleX: Double, scaleY: Double, slant: Double, halfTurn: Double, shift: GlyphPoint
    ) {
        let norm = 1 + halfTurn * halfTurn
        let (cosine, sine) = ((1 - halfTurn * halfTurn) / norm, 2 * halfTurn / norm)
        // Slant moves what is above the middle to the right.
        let (a, b, d) = (scaleX, -slant * scaleY, scaleY)
        xx = cosine * a
        xy = cosine * b - sine * d
        yx = sine * a
        yy = sine * b + cosine * d
        self.shift = shift
    }

    func callAsFunction(_ point: GlyphPoint) -> GlyphPoint {
        let (x, y) = (point.x - 0.5, point.y - 0.5)
        return GlyphPoint(
            x: 0.5 + xx * x + xy * y + shift.x, y: 0.5 + yx * x + yy * y + shift.y)
    }
}
