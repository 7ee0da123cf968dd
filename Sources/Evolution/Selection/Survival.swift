/// The environmental selection of NSGA-II: whole fronts while they fit, then of the first front
/// that does not fit the rows with most room; the earlier of equals.
public struct Survival: Sendable, Hashable {
    /// The row numbers of the survivors, in the order of their ranks.
    public private(set) var indices: [Int] = []
    /// The Pareto rank of each survivor.
    public private(set) var ranks: [Int] = []
    /// The crowding distance of each survivor among the survivors of its front.
    public private(set) var crowding: [Double] = []

    /// Selects up to `count` rows.
    ///
    /// - Parameters:
    ///   - objectives: N rows of M minimized objectives; +∞ is allowed.
    ///   - count: How many survive at most.
    /// - Throws: `lengths` for rows that differ, `notFinite` for NaN.
    /// - Complexity: O(N log N) for M ≤ 2, O(M·N²) at worst beyond.
    public init(objectives: [[Double]], count: Int) throws(EvolutionError) {
        self.init(try ObjectiveTable(objectives), count: count)
    }

    init(_ table: ObjectiveTable, count: Int) {
        let fronts = NonDominatedSort.fronts(ranks: NonDominatedSort.ranks(table))
        for (rank, front) in fronts.enumerated() where indices.count < count {
            var survivors = front
            if front.count > count - indices.count {
                let room = CrowdingDistance.distances(table.rows(front))
                let order = front.indices.sorted {
                    room[$0] == room[$1] ? $0 < $1 : room[$0] > room[$1]
                }
                survivors = order.prefix(count - indices.count).sorted().map { front[$0] }
            }
            indices += survivors
            ranks += Array(repeating: rank, count: survivors.count)
            crowding += CrowdingDistance.distances(table.rows(survivors))
        }
    }
}
