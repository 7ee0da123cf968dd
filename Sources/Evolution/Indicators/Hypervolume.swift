/// The volume that a set of rows dominates up to a reference point: the greater, the better the set.
///
/// With two objectives a sweep over the sorted rows. Beyond, rows are taken from the worst to the
/// best of the last objective, and each adds what the later ones do not dominate: its own box less
/// the hypervolume of the later rows cut to that box. As all of these have the same last objective,
/// one dimension falls away at every level.
///
/// Source: While, Bradstreet, Barone, "A fast way of calculating exact hypervolumes" (WFG), IEEE
/// TEVC 2012, with the slicing of its section III.
public enum Hypervolume {
    /// The exact hypervolume.
    ///
    /// - Parameters:
    ///   - objectives: N rows of M minimized objectives; dominated rows, and rows that are not
    ///     better than the reference point in every objective, add nothing.
    ///   - reference: M finite numbers.
    /// - Returns: The volume, 0 for no rows.
    /// - Throws: `lengths`; `notFinite` for NaN and −∞, and for a reference that is not finite.
    /// - Complexity: O(N log N) for M = 2, O(N² log N) for M = 3, exponential in M beyond.
    public static func of(
        _ objectives: [[Double]], reference: [Double]
    ) throws(EvolutionError) -> Double {
        if let wrong = reference.first(where: { !$0.isFinite }) {
            throw .notFinite(what: "the reference point", found: "\(wrong)")
        }
        guard !reference.isEmpty else {
            throw .lengths(what: "the reference point", found: 0, expected: 1)
        }
        for (index, row) in objectives.enumerated() {
            guard row.count == reference.count else {
                throw .lengths(
                    what: "row \(index) of the objectives", found: row.count,
                    expected: reference.count)
            }
            if let wrong = row.first(where: { $0.isNaN || $0 == -.infinity }) {
                throw .notFinite(what: "an objective in row \(index)", found: "\(wrong)")
            }
        }
        let inside = objectives.filter { row in
            zip(row, reference).allSatisfy { $0 < $1 }
        }
        return volume(inside, reference, reference.count)
    }

    /// The volume in the first `width` objectives of rows that are all inside.
    private static func volume(_ rows: [[Double]], _ reference: [Double], _ width: Int) -> Double {
        if width == 1 { return rows.map { reference[0] - $0[0] }.max() ?? 0 }
        if width == 2 { return area(rows, reference) }
        let last = width - 1
        let ordered = nonDominated(rows, width).sorted { $0[last] > $1[last] }
        var total = 0.0
        for (index, row) in ordered.enumerated() {
            let cut = ordered[(index + 1)...].map { other in
                (0..<last).map { max(row[$0], other[$0]) }
            }
            var base = 1.0
            for column in 0..<last { base *= reference[column] - row[column] }
            total += (reference[last] - row[last]) * (base - volume(cut, reference, last))
        }
        return total
    }

    private static func area(_ rows: [[Double]], _ reference: [Double]) -> Double {
        var total = 0.0
        var lowest = reference[1]
        for row in rows.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) where row[1] < lowest {
            total += (reference[0] - row[0]) * (lowest - row[1])
            lowest = row[1]
        }
        return total
    }

    /// The rows that no other dominates, each once.
    private static func nonDominated(_ rows: [[Double]], _ width: Int) -> [[Double]] {
        var kept: [[Double]] = []
        // In lexicographic order only earlier rows can dominate later ones.
        let ordered = rows.sorted { a, b in
            a[..<width].lexicographicallyPrecedes(b[..<width])
        }
        for row in ordered {
            let isCovered = kept.contains { other in
                (0..<width).allSatisfy { other[$0] <= row[$0] }
            }
            if !isCovered { kept.append(row) }
        }
        return kept
    }
}
