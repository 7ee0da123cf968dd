/// How far a set is from covering a known Pareto front: the less, the better.
///
/// Source: Coello Coello, Reyes Sierra, "A study of the parallelization of a coevolutionary
/// multi-objective evolutionary algorithm", MICAI 2004.
public enum InvertedGenerationalDistance {
    /// The mean, over the front's points, of the Euclidean distance to the nearest row.
    ///
    /// - Parameters:
    ///   - objectives: N rows of M objectives.
    ///   - front: Points of the Pareto front, M numbers each, at least one.
    /// - Returns: The mean distance, +∞ if there are no rows.
    /// - Throws: `lengths` or `notFinite`.
    /// - Complexity: O(M·N·points).
    public static func of(
        _ objectives: [[Double]], front: [[Double]]
    ) throws(EvolutionError) -> Double {
        guard let width = front.first?.count, width > 0 else {
            throw .lengths(what: "the Pareto front", found: 0, expected: 1)
        }
        for (what, rows) in [("the objectives", objectives), ("the Pareto front", front)] {
            for (index, row) in rows.enumerated() {
                guard row.count == width else {
                    throw .lengths(
                        what: "row \(index) of \(what)", found: row.count, expected: width)
                }
                if let wrong = row.first(where: { !$0.isFinite }) {
                    throw .notFinite(what: "a number in row \(index) of \(what)", found: "\(wrong)")
                }
            }
        }
        var total = 0.0
        for point in front {
            var nearest = Double.infinity
            for row in objectives {
                var square = 0.0
                for column in 0..<width {
                    let difference = row[column] - point[column]
                    square += difference * difference
                }
                nearest = min(nearest, square)
            }
            total += nearest.squareRoot()
        }
        return total / Double(front.count)
    }
}
