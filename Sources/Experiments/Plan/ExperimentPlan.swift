public import Evaluation
internal import NeuralNetworks
public import Components
public import Evolution
public import MetaLearning
public import Supernets
public import Tasks

/// Everything that an experiment asks for, checked and typed.
///
/// A plan is decoded from a ``PlainValue`` against the registry's components, and only so: what is
/// recorded and hashed is what was decoded. To vary a plan, change its tree (see
/// ``PlanOverride``) and decode it again.
public struct ExperimentPlan: Sendable {
    /// The experiment's name.
    public let name: String
    /// What it is about, if the script says so.
    public let description: String?
    /// The seed of every random draw.
    public let seed: UInt64
    /// Whether tasks have examples to learn from, and are not looked up.
    package let offersExamples: Bool
    /// Whether there is anything to search.
    public let isSearching: Bool
    /// What the plan's networks are made for.
    public let site: NetworkSite
    /// The tasks to learn.
    public let tasks: any TasksPlan
    /// What is searched, or the one network that is trained.
    public let space: any SpacePlan
    /// How networks are meta-learned.
    public let learner: any LearnerPlan
    /// Which architectures are evaluated next; nil where there is nothing to search.
    public let strategy: (any StrategyPlan)?
    /// The subnet of the next training task; nil where there is nothing to search.
    public let paths: ComponentSelection?
    /// The search method of a script or plugin; nil for the built-in one.
    public let method: ComponentSelection?
    /// Steps of the search between checkpoints, in addition to one after each generation.
    public internal(set) var checkpointSteps: Int
    /// The settings that change while the run goes on.
    public let schedule: ComponentSelection
    /// How architectures are judged, most important first; empty where there is nothing to search.
    public let objectives: [ComponentSelection]
    /// Who receives the run's events besides the console and the store.
    public let reporters: [ComponentSelection]
    /// What happens when one of them fails.
    public internal(set) var onReporterFailure: ReporterFailurePolicy
    /// What functions of scripts may use.
    public let allowance: ScriptAllowance
    /// The budget of the run.
    public internal(set) var budget: BudgetPlan
    /// The short search on each unseen task; nil where there is nothing to search.
    public internal(set) var perTaskSearch: PerTaskSearchPlan?
    /// The rows of the results.
    public internal(set) var arms: [ArmPlan]
    /// What happens when an architecture's or a test task's loss is no finite number.
    public let onNonFinite: NonFinitePolicy

    /// The objectives that the strategy ranks by: all under `nsga2`, which seeks a front, and under
    /// a plugin's strategy, which chooses for itself; the first under the others. The rest are
    /// recorded with every evaluation.
    public var rankingObjectives: [ComponentSelection] {
        strategy?.ranksByAll == true ? objectives : Array(objectives.prefix(1))
    }

    /// Evaluations of a generation: the budget's, or else the strategy's population.
    public var evaluationsPerGeneration: Int {
        budget.evaluationsPerGeneration ?? strategy?.population ?? usualPopulation
    }

    /// The checked options that all the above were read from.
    public let options: Options

    /// The plan's canonical text: JSON, keys in a fixed order, every default written out,
    /// functions as `"function FILE:LINE"`; on one line, or indented by two spaces.
    public func json(pretty: Bool = false) -> String {
        PlanRecord.json(
            kept {
                switch $0.name {
                case "reporters": !reporters.isEmpty
                case "on_reporter_failure": onReporterFailure != .warn
                case "limits": allowance != ScriptAllowance()
                default: true
                }
            }, pretty: pretty)
    }

    /// 16 hexadecimal digits that are equal for equal plans, whatever their seed: runs that differ
    /// in the seed alone are runs of one experiment. Who is told of a run does not count either.
    public var hash: String {
        let counted = kept {
            !["seed", "reporters", "on_reporter_failure", "limits"].contains($0.name)
        }
        return PlanRecord.hash(PlanRecord.json(counted, pretty: false))
    }

    /// All components that the plan names, each before those that its own options name.
    public var components: [ComponentSelection] {
        var found: [ComponentSelection] = []
        func visit(_ value: OptionValue) {
            switch value {
            case .component(let selection):
                found.append(selection)
                if case .named(_, let own) = selection { own.entries.forEach { visit($0.value) } }
            case .list(let items): items.forEach(visit)
            case .section(let own): own.entries.forEach { visit($0.value) }
            default: return
            }
        }
        options.entries.forEach { visit($0.value) }
        return found
    }

    /// The options that a record holds.
    private func kept(_ isKept: (Options.Entry) -> Bool) -> Options {
        var kept = Options(at: options.position)
        for entry in options.entries where isKept(entry) { kept.append(entry.name, entry.value) }
        return kept
    }

    /// What the options of a plan were checked against, in the same order.
    package static func specifications(_ plan: ExperimentPlan) -> [OptionSpecification] {
        plan.isSearching ? PlanOptions.search : PlanOptions.fixed
    }

    /// What a plan that searches is checked against, for the reference.
    package static var searchSpecifications: [OptionSpecification] { PlanOptions.search }
    /// What a plan with one fixed network is checked against, for the reference.
    package static var fixedSpecifications: [OptionSpecification] {
        // It is recorded, and cannot be given.
        PlanOptions.fixed.filter { $0.name != PlanOptions.schedule.specification.name }
    }
    /// What every row takes besides its method's options, for the reference.
    package static var rowSpecifications: [OptionSpecification] { ArmPlan.options }

    // MARK: Decoding

    /// Checks one plan.
    ///
    /// - Parameters:
    ///   - value: The tree that the script returned.
    ///   - registry: What names in it may mean.
    ///   - location: What to name where the tree itself has no place.
    /// - Throws: ``ExperimentError`` for the first mistake.
    public init(
        decoding value: PlainValue, registry: Registry, at location: PlanLocation? = nil
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
        decoding value: PlainValue, overrides: [PlanOverride] = [], registry: Registry,
        at location: PlanLocation? = nil
    ) throws(ExperimentError) -> [ExperimentPlan] {
        let position = PlanPosition("", at: value.location ?? location)
        guard case .table(let table) = value.kind else {
            throw .wrongType(
                at: position, expected: "a table, or a list of tables", found: value.summary)
        }
        var value = value
        for override in overrides { value = try override.applied(to: value) }
        guard table.isList, case .table(let list) = value.kind else {
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

    private init(
        decoding value: PlainValue, registry: Registry, position: PlanPosition
    ) throws(ExperimentError) {
        guard case .table(let given) = value.kind else {
            throw .wrongType(at: position, expected: "a table", found: value.summary)
        }
        // Another version may have other keys, so this comes before all of them.
        if let api = given["api"], case .integer(let number) = api.kind, number != 1 {
            throw .unsupportedAPI(at: position.child("api", at: api.location), found: number)
        }
        let searching = PlanOptions.isSearchable(given, registry)
        let table = try PlanOptions.namingLearners(
            given, registry, searching, at: position)
        try PlanOptions.refuseMisplaced(
            table, searching: searching, registry, at: position)
        let decoder = PlanDecoder(registry: registry)
        let options = try decoder.options(
            table, searching ? PlanOptions.search : PlanOptions.fixed, at: position)
        self.options = options

        name = options[PlanOptions.name]
        description = options[PlanOptions.description]
        seed = UInt64(options[PlanOptions.seed])
        let builder = ComponentBuilder(registry: registry)
        func make<Product>(
            _ option: PlanOption<ComponentSelection>, _ point: Point<Product>
        ) throws(ExperimentError) -> Product {
            try ExperimentPlan.explained(at: position.child(option.specification.name)) {
                try builder.make(options[option], at: point)
            }
        }
        tasks = try make(PlanOptions.tasks, .tasks)
        space = try make(PlanOptions.space, .space)
        learner = try make(PlanOptions.learner, .learner)
        isSearching = searching
        offersExamples =
            registry.component(tasks.name, at: .tasks)?.offers.contains(.examples) ?? true
        schedule = options[PlanOptions.schedule]
        reporters = options[PlanOptions.reporters]
        allowance = LimitsPlan.read(options[PlanOptions.limits])
        onReporterFailure = options[PlanOptions.onReporterFailure]
        onNonFinite = options[PlanOptions.onNonFinite]
        if searching {
            strategy = try make(PlanOptions.strategy, .strategy)
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
        arms = options[searching ? PlanOptions.searchArms : PlanOptions.fixedArms].map {
            ArmPlan($0)
        }
        site = NetworkSite(
            inputShape: tasks.inputShape, outputs: tasks.outputs,
            batches: ExperimentPlan.batches(
                tasks, perTaskSearch, objectives, registry),
            sources: learner.network.keepsStatistics
                || ExperimentPlan.runsNetworks(objectives, registry)
                ? [.batch, .running] : [.batch])
        try validate(at: position, builder)
    }

    /// Whether an objective of a script or a plugin may run networks itself: on a single image, or
    /// without normalisation.
    private static func runsNetworks(
        _ objectives: [ComponentSelection], _ registry: Registry
    ) -> Bool {
        objectives.contains {
            registry.component($0.title, at: .objective)?.offers.contains(.measured) != true
        }
    }

    private static func batches(
        _ tasks: any TasksPlan, _ search: PerTaskSearchPlan?, _ objectives: [ComponentSelection],
        _ registry: Registry
    ) -> [Int] {
        var counts = tasks.batches(
            augmentations: search.flatMap { $0.enabled ? $0.augmentations : nil })
        if !counts.isEmpty, runsNetworks(objectives, registry) { counts.append(1) }
        return Set(counts).filter { $0 > 0 }.sorted()
    }

    /// Does what may throw anything, and says where in the plan it went wrong.
    static func explained<Result>(
        at position: PlanPosition, _ body: () throws -> Result
    ) throws(ExperimentError) -> Result {
        do {
            return try body()
        } catch let error as ExperimentError {
            throw error
        } catch {
            throw .contradiction(at: position, problem: "\(error)")
        }
    }
}

extension ExperimentPlan: Hashable {
    /// Equal where all options are.
    public static func == (a: ExperimentPlan, b: ExperimentPlan) -> Bool { a.options == b.options }

    /// Hashes the options.
    public func hash(into hasher: inout Hasher) { hasher.combine(options) }
}
