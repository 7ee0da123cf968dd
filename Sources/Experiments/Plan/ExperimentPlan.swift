/// Everything that an experiment asks for, checked and typed.
///
/// A plan is decoded from a ``PlanValue`` against the registry's components, and only so: what is
/// recorded and hashed is what was decoded. To vary a plan, change its tree (see
/// ``PlanOverride``) and decode it again.
public struct ExperimentPlan: Sendable, Hashable {
    /// The experiment's name.
    public let name: String
    /// What it is about, if the script says so.
    public let description: String?
    /// The seed of every random draw.
    public let seed: UInt64
    /// The tasks that are learned.
    public let tasks: TasksPlan
    /// What is searched, or the one network that is trained.
    public let space: SpacePlan
    /// How a network learns to learn.
    public let learner: LearnerPlan
    /// Which architectures are evaluated next; nil where there is nothing to search.
    public let strategy: StrategyPlan?
    /// The subnet of the next training task; nil where there is nothing to search.
    public let paths: ComponentSelection?
    /// The search method of a script or plugin; nil for the built-in one.
    public let method: ComponentSelection?
    /// Steps of the search after which its state is saved, besides after each generation.
    public let checkpointSteps: Int
    /// The settings that change while the run goes on.
    public let schedule: ComponentSelection
    /// How architectures are judged, most important first; empty where there is nothing to search.
    public let objectives: [ComponentSelection]
    /// Who receives the run's events besides the console and the store.
    public let reporters: [ComponentSelection]
    /// What the run may spend.
    public let budget: BudgetPlan
    /// The short search on each unseen task; nil where there is nothing to search.
    public let perTaskSearch: PerTaskSearchPlan?
    /// The rows of the results.
    public let arms: [ComponentSelection]
    /// What happens when an architecture's or a test task's loss is no finite number.
    public let onNonFinite: NonFinitePolicy

    /// The objectives that the strategy ranks by: all under `nsga2`, which seeks a front, and under
    /// a plugin's strategy, which chooses for itself; the first under the others. The rest are
    /// recorded with every evaluation.
    public var rankingObjectives: [ComponentSelection] {
        switch strategy {
        case .nsga2, .plugin: objectives
        default: Array(objectives.prefix(1))
        }
    }

    /// Individuals of a generation where neither plan nor strategy says how many.
    static let usualPopulation = 50

    /// Evaluations of a generation: the budget's, or else the strategy's population.
    public var evaluationsPerGeneration: Int {
        budget.evaluationsPerGeneration ?? strategy?.population ?? Self.usualPopulation
    }

    /// The checked options that all the above were read from.
    public let options: Options

    /// The plan's canonical text: JSON, keys in a fixed order, every default written out,
    /// functions as `"function FILE:LINE"`; on one line, or indented by two spaces.
    public func json(pretty: Bool = false) -> String {
        PlanRecord.json(
            kept { $0.name != "reporters" || $0.value != .list([]) }, pretty: pretty)
    }

    /// 16 hexadecimal digits that are equal for equal plans, whatever their seed: runs that differ
    /// in the seed alone are runs of one experiment. Who is told of a run does not count either.
    public var hash: String {
        let counted = kept { $0.name != "seed" && $0.name != "reporters" }
        return PlanRecord.hash(PlanRecord.json(counted, pretty: false))
    }

    /// The options that a record holds.
    private func kept(_ isKept: (Options.Entry) -> Bool) -> Options {
        var kept = Options(at: options.position)
        for entry in options.entries where isKept(entry) { kept.append(entry.name, entry.value) }
        return kept
    }

    // MARK: Decoding

    /// Checks one plan.
    ///
    /// - Parameters:
    ///   - value: The tree that the script returned.
    ///   - registry: What names in it may mean.
    ///   - location: What to name where the tree itself has no place.
    /// - Throws: ``ExperimentError`` for the first mistake.
    public init(
        decoding value: PlanValue, registry: Registry, at location: PlanLocation? = nil
    ) throws(ExperimentError) {
        try self.init(
            decoding: value, registry: registry,
            position: PlanPosition("", at: value.location ?? location))
    }

    /// Checks one plan or a list of them, each after the overrides have been laid over it in order.
    ///
    /// Where the tree itself has no place, `location` is named.
    ///
    /// - Throws: ``ExperimentError`` for the first mistake; in a list, options are named from
    ///   `[1]`.
    public static func plans(
        decoding value: PlanValue, overrides: [PlanOverride] = [], registry: Registry,
        at location: PlanLocation? = nil
    ) throws(ExperimentError) -> [ExperimentPlan] {
        let position = PlanPosition("", at: value.location ?? location)
        guard case .table(let table) = value.kind else {
            throw .wrongType(
                at: position, expected: "a table, or a list of tables", found: value.summary)
        }
        var value = value
        for override in overrides { value = try override.applied(to: value) }
        guard isList(table), case .table(let list) = value.kind else {
            return [try ExperimentPlan(decoding: value, registry: registry, position: position)]
        }
        var plans: [ExperimentPlan] = []
        for (index, item) in list.positional.enumerated() {
            plans.append(
                try ExperimentPlan(
                    decoding: item, registry: registry,
                    position: position.item(index, at: item.location)))
        }
        return plans
    }

    /// Whether a script's table is a list of plans rather than a plan.
    static func isList(_ table: PlanTable) -> Bool {
        table.named.isEmpty && !table.positional.isEmpty
    }

    private init(
        decoding value: PlanValue, registry: Registry, position: PlanPosition
    ) throws(ExperimentError) {
        guard case .table(let table) = value.kind else {
            throw .wrongType(at: position, expected: "a table", found: value.summary)
        }
        // Another version may have other keys, so this comes before all of them.
        if let api = table["api"], case .integer(let number) = api.kind, number != 1 {
            throw .unsupportedAPI(at: position.child("api", at: api.location), found: number)
        }
        let searching = PlanOptions.isSearchable(table)
        try PlanOptions.refuseMisplaced(table, searching: searching, at: position)
        let decoder = PlanDecoder(registry: registry)
        options = try decoder.options(
            table, searching ? PlanOptions.search : PlanOptions.fixed, at: position)

        name = options[PlanOptions.name]
        description = options[PlanOptions.description]
        seed = UInt64(options[PlanOptions.seed])
        tasks = try TasksPlan(options[PlanOptions.tasks], at: position)
        space = try SpacePlan(options[PlanOptions.space], at: position)
        learner = try LearnerPlan(options[PlanOptions.learner], at: position)
        schedule = options[PlanOptions.schedule]
        reporters = options[PlanOptions.reporters]
        onNonFinite = options[PlanOptions.onNonFinite]
        if searching {
            strategy = try StrategyPlan(options[PlanOptions.strategy], at: position)
            paths = options[PlanOptions.paths]
            method = options[PlanOptions.method]
            checkpointSteps = options[PlanOptions.checkpointSteps]
            objectives = options[PlanOptions.objectives]
            budget = BudgetPlan(search: options[PlanOptions.searchBudget])
            perTaskSearch = PerTaskSearchPlan(options[PlanOptions.perTaskSearch])
        } else {
            strategy = nil
            paths = nil
            method = nil
            checkpointSteps = 1
            objectives = []
            budget = BudgetPlan(fixed: options[PlanOptions.fixedBudget])
            perTaskSearch = nil
        }
        arms = options[searching ? PlanOptions.searchArms : PlanOptions.fixedArms]
        try validate(at: position, ComponentBuilder(registry: registry))
    }
}

/// What happens when a loss is NaN or infinite where only an architecture or a task is judged. In
/// training the run always stops, as the weights that all share would be lost.
public enum NonFinitePolicy: String, Sendable, Hashable, CaseIterable {
    /// The run stops, its state saved.
    case stop
    /// The architecture's trial is marked as failed and ranks behind all others; a test task counts
    /// as one of which nothing was right. The run goes on.
    case failTrial = "fail_trial"
}
