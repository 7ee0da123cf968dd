public import Components
internal import Datasets
public import MetaLearning
public import Randomness
internal import SearchSpaces
internal import Supernets

/// Tables in place of training: every architecture's accuracy is looked up, and its training billed
/// as if it had been done.
public struct TabularPlan: TasksPlan, Hashable {
    /// `tabular`.
    public var name: String { "tabular" }
    /// The sets of tables.
    public enum Benchmark: String, Sendable, Hashable, CaseIterable {
        /// NAS-Bench-201 (Dong, Yang 2020).
        case nasBench201 = "nas_bench_201"
        /// Made-up numbers over the same cells, which need no data.
        case synthetic
    }

    /// The set of tables.
    public let dataset: Benchmark
    /// The tables that are searched, as a family of tasks: their mean error counts.
    public let tables: [String]
    /// The tables for the results; empty for those searched on.
    public let testTables: [String]
    /// Searches, each with a seed of its own; arms share the seeds.
    public let seeds: Int

    static let datasetOption = PlanOption.choice(
        "dataset", Benchmark.nasBench201, "The set of tables; \"synthetic\" needs no data.")
    static let tableNames = OptionType.choice(CellBenchmark.names)
    private static func names(
        _ name: String, _ value: PlainValue, least: Int, _ summary: String
    ) -> PlanOption<[String]> {
        .list(
            name, tableNames, count: least...CellBenchmark.names.count, default: .value(value),
            summary, read: { if case .string(let text) = $0 { text } else { nil } })
    }
    static let tablesOption = names(
        "tables", ["cifar10"], least: 1,
        "The tables to search on; architectures are ranked by mean error.")
    static let testTablesOption = names(
        "test_tables", [], least: 0,
        "The tables for the results; empty for those searched on.")
    static let seedsOption = PlanOption.integer(
        "seeds", 2...10_000, 50, unit: "seeds", "Searches per arm; all arms use the same seeds.")

    static let options = [
        datasetOption.specification, tablesOption.specification, testTablesOption.specification,
        seedsOption.specification,
    ]

    init(_ options: Options) throws(ExperimentError) {
        dataset = options[Self.datasetOption]
        tables = options[Self.tablesOption]
        let tested = options[Self.testTablesOption]
        testTables = tested.isEmpty ? tables : tested
        seeds = options[Self.seedsOption]
        for (name, list) in [("tables", tables), ("test_tables", tested)]
        where Set(list).count < list.count {
            throw .contradiction(
                at: options.position.child(name), problem: "a table is listed twice")
        }
    }

    static var tabular: Component {
        Component(
            .tasks, "tabular", options: options, offers: [.tables],
            needs: [Need(.tables, of: .space)],
            "Looked-up accuracies of NAS-Bench-201 (Dong, Yang 2020); nothing is trained."
        ) { options, _ in try TabularPlan(options) }
    }

    /// Those of an image of the tables' data sets.
    public var sizes: TaskSizes {
        TaskSizes(support: [1, 32, 32, 3], query: [1, 32, 32, 3], ways: 10)
    }

    /// Classes of CIFAR-10.
    public var outputs: Int { 10 }

    /// Throws: always ``ExperimentError/failed(_:)``.
    public func source(
        files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws -> any TaskSource {
        throw ExperimentError.failed("tables have no tasks to learn")
    }

    /// The file of real tables.
    public func files(in directory: String?) throws -> [String] {
        guard dataset == .nasBench201 else { return [] }
        guard let directory else {
            throw ExperimentError.missingData(
                what: "the tables of NAS-Bench-201",
                hint: "give their folder with --data, or set tasks.dataset = \"synthetic\"")
        }
        return [try CellBenchmark.file(in: directory)]
    }

    /// The tables.
    public func tables(files: [String]) throws -> TableTasks? {
        try TableTasks(self, files: files)
    }
}

/// The cells of NAS-Bench-201, whose accuracies are looked up.
struct TableSpacePlan: SpacePlan {
    let name = "nas_bench_201"
    let widthRemedy = "nothing"

    static var nasBench201: Component {
        Component(
            .space, "nas_bench_201", offers: [.choices, .tables],
            needs: [Need(.tables, of: .tasks)],
            "Cells with six edges and five operations each, for tasks = \"tabular\"."
        ) { _, _ in TableSpacePlan() }
    }

    func searchSpace(_ builder: ComponentBuilder) throws -> (any SearchSpace)? {
        try TableTasks.space()
    }
}
