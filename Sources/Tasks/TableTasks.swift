public import Datasets
public import SearchSpaces
internal import Components
internal import Randomness

/// Tables in place of training, as a family of tasks: which are searched, and which give the results.
public struct TableTasks: Sendable {
    /// The genotypes that the tables hold.
    public let space: ChoiceSpace
    /// The tables that are searched: their mean error counts.
    public let searched: [CellBenchmark.Table]
    /// The tables of the results.
    public let tested: [CellBenchmark.Table]
    /// The plan's options.
    public let plan: TabularPlan
    /// Whether the numbers are made up.
    public let isSynthetic: Bool

    init(_ plan: TabularPlan, files: [String]) throws {
        self.plan = plan
        space = try TableTasks.space()
        let benchmark: CellBenchmark
        if let file = files.first {
            benchmark = try CellBenchmark(path: file)
        } else {
            benchmark = CellBenchmark(synthetic: RandomStream(seed: 201))
        }
        isSynthetic = benchmark.isSynthetic
        searched = plan.tables.compactMap { benchmark[$0] }
        tested = plan.testTables.compactMap { benchmark[$0] }
    }

    /// Six edges of five operations.
    static func space() throws(SearchSpaceError) -> ChoiceSpace {
        let edges = ["0_1", "0_2", "1_2", "0_3", "1_3", "2_3"]
        return try ChoiceSpace(
            name: "nas_bench_201",
            choices: edges.map {
                Choice(name: "edge_\($0)", options: CellBenchmark.operations)
            })
    }

    /// The mean over tables of a genotype's number in a column; 0 for one that no table holds.
    public func mean(
        _ tables: [CellBenchmark.Table], _ column: KeyPath<CellBenchmark.Table, [Double]>,
        _ genotype: Genotype
    ) -> Double {
        guard let number = CellBenchmark.number(of: genotype.genes), !tables.isEmpty else {
            return 0
        }
        return tables.reduce(0) { $0 + $1[keyPath: column][number] } / Double(tables.count)
    }
}
