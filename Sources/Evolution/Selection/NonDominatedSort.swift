/// Pareto ranks: front 0 holds what nothing dominates, front 1 what only front 0 dominates, and so
/// on. One row dominates another if it is nowhere worse and somewhere better; equal rows share a
/// front.
///
/// Rows are taken in lexicographic order, so that a row can only be dominated by one before it, and
/// the first front that does not dominate it is found by bisection. With two objectives the last row
/// of a front speaks for the whole front, which makes it O(N log N).
///
/// Source: Zhang, Tian, Cheng, Jin, "An efficient approach to nondominated sorting for evolutionary
/// multiobjective optimization" (ENS-BS), IEEE TEVC 2015; for two objectives Jensen, "Reducing the
/// run-time complexity of multiobjective EAs", IEEE TEVC 2003.
public enum NonDominatedSort {
    /// The front of every row, counted from 0.
    ///
    /// - Parameter objectives: N rows of M minimized objectives; +∞ is allowed.
    /// - Returns: N ranks.
    /// - Throws: `lengths` for rows that differ, `notFinite` for NaN.
    /// - Complexity: O(N log N) for M ≤ 2, O(M·N²) at worst beyond.
    public static func ranks(_ objectives: [[Double]]) throws(EvolutionError) -> [Int] {
        ranks(try ObjectiveTable(objectives))
    }

    /// The row numbers of every front, ascending within a front.
    ///
    /// - Parameter objectives: N rows of M minimized objectives; +∞ is allowed.
    /// - Returns: The fronts, best first.
    /// - Throws: As ``ranks(_:)``.
    public static func fronts(_ objectives: [[Double]]) throws(EvolutionError) -> [[Int]] {
        fronts(ranks: try ranks(objectives))
    }

    static func fronts(ranks: [Int]) -> [[Int]] {
        var fronts = Array(repeating: [Int](), count: (ranks.max() ?? -1) + 1)
        for (index, rank) in ranks.enumerated() { fronts[rank].append(index) }
        return fronts
    }

    static func ranks(_ table: ObjectiveTable) -> [Int] {
        let width = table.objectives
        return table.values.withUnsafeBufferPointer { values in
            var ranks = [Int](repeating: 0, count: table.count)
            let order = (0..<table.count).sorted { a, b in
                precedes(values, a * width, b * width, width)
            }
            // For each front its rows; with up to two objectives only the last is looked at.
            var fronts: [[Int]] = []
            for row in order {
                var (low, high) = (0, fronts.count)
                while low < high {
                    let middle = (low + high) / 2
                    if dominates(values, fronts[middle], row, width) {
                        low = middle + 1
                    } else {
                        high = middle
                    }
                }
                if low == fronts.count { fronts.append([]) }
                fronts[low].append(row)
                ranks[row] = low
            }
            return ranks
        }
    }

    /// Lexicographic order; the lower row number goes first among equals.
    private static func precedes(
        _ values: UnsafeBufferPointer<Double>, _ a: Int, _ b: Int, _ width: Int
    ) -> Bool {
        for column in 0..<width where values[a + column] != values[b + column] {
            return values[a + column] < values[b + column]
        }
        return a < b
    }

    /// Whether any row of a front dominates `row`, which comes after all of them in the order.
    private static func dominates(
        _ values: UnsafeBufferPointer<Double>, _ front: [Int], _ row: Int, _ width: Int
    ) -> Bool {
        // The last of a front is nearest in the order, and with two objectives lowest in the second.
        for member in (width <= 2 ? front.suffix(1) : front[...]).reversed() {
            var isBetter = false
            var isNowhereWorse = true
            for column in 0..<width {
                let (mine, its) = (values[row * width + column], values[member * width + column])
                if its > mine {
                    isNowhereWorse = false
                    break
                }
                isBetter = isBetter || its < mine
            }
            if isNowhereWorse && isBetter { return true }
        }
        return false
    }
}
