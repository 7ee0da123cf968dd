/// Pareto ranks: front 0 holds what nothing dominates, front 1 what only front 0 dominates, and so
/// on. One row dominates another if it is nowhere worse and somewhere better; equal rows share a
/// front.
///
/// Rows are taken in lexicographic order, so that a row can only be dominated by one before it, and
/// the first front that does not dominate it is found by bisection. With two objectives the last
/// row of a front speaks for the whole front, which makes it O(N log N).
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
            // For each front the values of its rows one after the other; with up to two objectives
            // only the last is looked at, and only it is kept.
            var fronts: [[Double]] = []
            for row in order(values, table.count, width) {
                let row = Int(row)
                let found = UnsafeBufferPointer(rebasing: values[(row * width)..<((row + 1) * width)])
                var (low, high) = (0, fronts.count)
                while low < high {
                    let middle = (low + high) / 2
                    if dominates(fronts[middle], found) { low = middle + 1 } else { high = middle }
                }
                if low == fronts.count { fronts.append([]) }
                if width <= 2 { fronts[low].removeAll(keepingCapacity: true) }
                fronts[low].append(contentsOf: found)
                ranks[row] = low
            }
            return ranks
        }
    }

    /// The row numbers in lexicographic order; the lower goes first among equals.
    private static func order(
        _ values: UnsafeBufferPointer<Double>, _ count: Int, _ width: Int
    ) -> [Int32] {
        // Sorting with the first key beside the number keeps most comparisons out of the table.
        let keyed = (0..<count).map { (key: values[$0 * width], row: Int32(truncatingIfNeeded: $0)) }
        return keyed.sorted { a, b in
            if a.key != b.key { return a.key < b.key }
            let (first, second) = (Int(a.row) * width, Int(b.row) * width)
            for column in 1..<max(width, 1) where values[first + column] != values[second + column] {
                return values[first + column] < values[second + column]
            }
            return a.row < b.row
        }.map(\.row)
    }

    /// Whether any row of a front dominates `row`, which comes after all of them in the order: its
    /// first objective is no better than theirs.
    private static func dominates(_ front: [Double], _ row: UnsafeBufferPointer<Double>) -> Bool {
        let width = row.count
        return front.withUnsafeBufferPointer { front in
            // The last of a front is nearest in the order, and with two objectives lowest in the
            // second.
            var start = front.count - width
            while start >= 0 {
                var (isNowhereWorse, isBetter) = (true, front[start] < row[0])
                for column in 1..<max(width, 1) {
                    let (its, mine) = (front[start + column], row[column])
                    if its > mine {
                        isNowhereWorse = false
                        break
                    }
                    isBetter = isBetter || its < mine
                }
                if isNowhereWorse && isBetter { return true }
                start -= width
            }
            return false
        }
    }
}
