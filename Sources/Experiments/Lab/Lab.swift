internal import Tasks
internal import Components
internal import Randomness
public import Records
internal import Supernets

/// What an arm of a run works with: the plan, the run's streams and journal, and either what is
/// trained or what is looked up. Whatever costs compute is billed through it.
public final class Lab {
    let plan: ExperimentPlan
    let builder: ComponentBuilder
    let journal: RunJournal
    let stream: RandomStream
    /// Tables in place of training; nil where networks are trained.
    let tables: TableSearch?
    private let trained: Training?
    private let arms: [any Arm]
    private let isResumed: Bool
    private var searched: SupernetSearch?
    private var firsts: [String: ArmScores] = [:]

    /// The most memory that the run will hold at once; nil where it only looks results up.
    var memory: MemoryForecast? { trained?.memory }

    /// - Throws: What is wrong with the plan's data or sizes, before anything is trained;
    ///   `ExperimentError.memoryExceeded` for a run that would need more than it may have.
    init(
        _ plan: ExperimentPlan, builder: ComponentBuilder, settings: RunSettings,
        journal: RunJournal
    ) throws {
        self.plan = plan
        self.builder = builder
        self.journal = journal
        stream = RandomStream(seed: settings.seed)
        isResumed = settings.resumed != nil
        arms = try plan.arms.map { try builder.make($0, at: .arm) }
        if let found = try plan.tasks.tables(directory: settings.dataDirectory) {
            tables = try TableSearch(
                plan, found, builder: builder, settings: settings, journal: journal)
            trained = nil
        } else {
            tables = nil
            trained = try Training(
                plan, arms: arms, builder: builder, settings: settings, journal: journal)
            // What is wrong with the supernet's networks is said before anything is trained.
            if plan.isSearching { searched = try SupernetSearch(self.training()) }
        }
        for arm in arms { try arm.check(self) }
    }

    /// Every arm in the plan's order.
    func run() throws {
        // What was said before an interruption is recorded already.
        try trained?.warnOfReferenceKernels(isSaid: isResumed)
        try tables?.warn()
        for arm in arms { try arm.run(self) }
        try trained?.warnOfReferenceKernels()
    }

    /// What trains and tests networks.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` where tables are looked up.
    func training() throws -> Training {
        guard let trained else {
            throw ExperimentError.failed("tables are looked up, so nothing can be trained")
        }
        return trained
    }

    /// The supernet of the plan's space.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a plan that searches none.
    func supernet() throws -> any Supernet {
        guard let searched else {
            throw ExperimentError.failed("the plan's space has nothing to search")
        }
        return searched.supernet
    }

    /// The run's search, done when an arm first asks for it.
    func search() throws -> SupernetSearch {
        guard let searched else {
            throw ExperimentError.failed("the plan's space has nothing to search")
        }
        try searched.runOnce()
        return searched
    }

    /// Records an arm's row, and how the first arm with its metric compares with it.
    ///
    /// - Throws: What the sink throws.
    func report(
        _ scores: ArmScores, cost: Cost, genotype: String? = nil, settings: [String: String]
    ) throws {
        try journal.record(
            .result(scores.result(cost: cost, genotype: genotype, settings: settings)))
        guard let first = firsts[scores.metric] else {
            firsts[scores.metric] = scores
            return
        }
        if let comparison = try first.compared(to: scores) {
            try journal.record(.comparison(comparison))
        }
    }
}
