/// How much room a row has between its neighbours in the same front: the more, the better it serves
/// diversity.
///
/// For each objective the distance between the next lower and the next higher row, divided by the
/// front's range; then the mean over the objectives. The ends of an objective have +∞. An objective
/// that is the same (or not finite) in all rows adds 0 for every row, and a front of one or two rows
/// has +∞ throughout.
///
/// Source: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE TEVC 2002, section III-B, which sums where this takes the mean (as pymoo does):
/// the order is the same.
public enum CrowdingDistance {
    /// The crowding distance of every row of one front.
    ///
    /// - Parameter objectives: N rows of M minimized objectives.
    /// - Returns: N distances, each 0 or above.
    /// - Throws: `lengths` for rows that differ, `notFinite` for NaN.
    /// - Complexity: O(M·N log N).
    public static func distances(_ objectives: [[Double]]) throws(EvolutionError) -> [Double] {
        distances(try ObjectiveTable(objectives))
    }

    static func distances(_ table: ObjectiveTable) -> [Double] {
        let (count, width) = (table.count, table.objectives)
        guard count > 2 else { return Array(repeating: .infinity, count: count) }
        var sums = [Double](repeating: 0, count: count)
        for column in 0..<width {
            let keys = (0..<count).map { table.values[$0 * width + column] }
            let order = (0..<count).sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
            let range = keys[order[count - 1]] - keys[order[0]]
            guard range > 0, range.isFinite else { continue }
            sums[order[0]] = .infinity
            sums[order[count - 1]] = .infinity
            for place in 1..<(count - 1) {
                let (here, before, after) = (
                    keys[order[place]], keys[order[place - 1]], keys[order[place + 1]]
                )
                sums[order[place]] += (here - before) / range + (after - here) / range
            }
        }
        return sums.map { $0 / Double(width) }
    }
}
