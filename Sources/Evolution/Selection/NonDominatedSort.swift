/// Pareto ranks: front 0 holds what nothing dominates, front 1 what only front 0 dominates, and so
/// on. One row dominates another if it is nowhere worse and somewhere better; equal rows share a
/// front.
///
/// Rows are taken in lexicographic order, so that a row can only be dominated by one before it, and
/// the first front that does not dominate it is found by bisection. Whether a front dominates it is
/// a question of the objectives after the first alone: with two objectives one number answers for
/// the whole front, with three a staircase, and beyond that the rows are looked at from the last.
///
/// Source: Zhang, Tian, Cheng, Jin, "An efficient approach to nondominated sorting for evolutionary
/// multiobjective optimization" (ENS-BS), IEEE TEVC 2015; for two objectives Jensen, "Reducing the
/// run-time complexity of multiobjective EAs", IEEE TEVC 2003; the staircase is that of Kung,
/// Luccio, Preparata, "On finding the maxima of a set of vectors", Journal of the ACM 1975.
public enum NonDominatedSort {
    /// The front of every row, counted from 0.
    ///
    /// - Parameter objectives: N rows of M minimized objectives; +∞ is allowed.
    /// - Returns: N ranks.
    /// - Throws: `lengths` for rows that differ, `notFinite` for NaN.
    /// - Complexity: O(N log N) for M ≤ 2, O(N log² N) for M = 3 but for moving the steps of a
    ///   staircase, O(M·N²) at worst beyond.
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
            var fronts: [Front] = []
            var previous: (row: UnsafeBufferPointer<Double>, rank: Int)?
            for place in order(values, table.count, width) {
                let start = Int(place) * width
                let row = UnsafeBufferPointer(rebasing: values[start..<(start + width)])
                // Equal rows stand together and share a front; any other row before this one
                // dominates it if it is nowhere worse.
                if let previous, previous.row.elementsEqual(row) {
                    ranks[Int(place)] = previous.rank
                    continue
                }
                var (low, high) = (0, fronts.count)
                while low < high {
                    let middle = (low + high) / 2
                    if fronts[middle].dominates(row) { low = middle + 1 } else { high = middle }
                }
                if low == fronts.count { fronts.append(Front()) }
                fronts[low].insert(row)
                ranks[Int(place)] = low
                previous = (row, low)
            }
            return ranks
        }
    }

    /// The row numbers in lexicographic order; the lower goes first among equals.
    private static func order(
        _ values: UnsafeBufferPointer<Double>, _ count: Int, _ width: Int
    ) -> [Int32] {
        // Sorting with the first key beside the number keeps most comparisons out of the table.
        let keyed = (0..<count).map {
            (key: values[$0 * width], row: Int32(truncatingIfNeeded: $0))
        }
        return keyed.sorted { a, b in
            if a.key != b.key { return a.key < b.key }
            let (first, second) = (Int(a.row) * width, Int(b.row) * width)
            for column in 1..<max(width, 1) where values[first + column] != values[second + column]
            {
                return values[first + column] < values[second + column]
            }
            return a.row < b.row
        }.map(\.row)
    }
}

/// What is needed of a front to say whether one of its rows is nowhere worse than a later row: the
/// objectives after the first.
private struct Front {
    // Two objectives: the least. Three: pairs, the first ascending and the second descending.
    // More: those of every row, one row after the other.
    private var values: [Double] = []

    func dominates(_ row: UnsafeBufferPointer<Double>) -> Bool {
        values.withUnsafeBufferPointer { values in
            switch row.count {
            case 1: return true
            case 2: return values[0] <= row[1]
            case 3:
                let step = Front.steps(values, upTo: row[1])
                return step > 0 && values[2 * step - 1] <= row[2]
            default:
                let rest = row.count - 1
                var start = values.count - rest
                while start >= 0 {
                    var column = 0
                    while column < rest && values[start + column] <= row[column + 1] { column += 1 }
                    if column == rest { return true }
                    start -= rest
                }
                return false
            }
        }
    }

    /// Takes in a row that the front does not dominate.
    mutating func insert(_ row: UnsafeBufferPointer<Double>) {
        switch row.count {
        case 1: break
        case 2:
            values.removeAll(keepingCapacity: true)
            values.append(row[1])
        case 3:
            let end = values.withUnsafeBufferPointer { Front.steps($0, upTo: row[1]) }
            // Steps that the new one makes needless: at the same place, and those not below it.
            let first = end > 0 && values[2 * end - 2] == row[1] ? end - 1 : end
            var last = end
            while 2 * last < values.count && values[2 * last + 1] >= row[2] { last += 1 }
            values.replaceSubrange((2 * first)..<(2 * last), with: row[1...2])
        default: values.append(contentsOf: row.dropFirst())
        }
    }

    /// How many steps of a staircase begin at or before a place.
    private static func steps(_ values: UnsafeBufferPointer<Double>, upTo place: Double) -> Int {
        var (low, high) = (0, values.count / 2)
        while low < high {
            let middle = (low + high) / 2
            if values[2 * middle] <= place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
