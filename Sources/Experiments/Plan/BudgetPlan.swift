internal import Components
internal import Evolution

/// What a run may spend.
public struct BudgetPlan: Sendable, Hashable {
    /// Meta-updates before the first generation; all of a fixed network's.
    public internal(set) var warmUpUpdates: Int
    /// Generations of the strategy; 0 for a fixed network.
    public internal(set) var generations: Int
    /// Meta-updates in each generation.
    public internal(set) var updatesPerGeneration: Int
    /// Evaluations in each generation; nil for the strategy's population.
    public let evaluationsPerGeneration: Int?
    /// Meta-updates of the chosen architecture after the search.
    public internal(set) var finalUpdates: Int
    /// The fixed tasks by which architectures are evaluated.
    public internal(set) var validationTasks: Int
    /// Unseen tasks for the results.
    public internal(set) var testTasks: Int

    /// Meta-updates of the whole run.
    public var totalUpdates: Int {
        warmUpUpdates + generations * updatesPerGeneration + finalUpdates
    }

    static let warmUpOption = PlanOption.integer(
        "warm_up_updates", 0...10_000_000, 1_000, unit: "meta-updates",
        "Meta-updates on uniform paths before the first generation.")
    static let generationsOption = PlanOption.integer(
        "generations", 1...1_000_000, 20, unit: "generations", "Generations of the strategy.")
    static let updatesPerGenerationOption = PlanOption.integer(
        "updates_per_generation", 0...1_000_000, 50, unit: "meta-updates",
        "Meta-updates in each generation.")
    static let evaluationsOption = PlanOption.integer(
        "evaluations_per_generation", 1...1_000_000, unit: "evaluations",
        "Evaluations in each generation."
    ).optional("the strategy's population, or \(usualPopulation)")
    static let finalUpdatesOption = PlanOption.integer(
        "final_updates", 0...10_000_000, 0, unit: "meta-updates",
        "Meta-updates of the chosen architecture after the search.")
    static let validationTasksOption = PlanOption.integer(
        "validation_tasks", 1...100_000, 16, unit: "tasks",
        "Fixed tasks for evaluating architectures.")
    static let testTasksOption = PlanOption.integer(
        "test_tasks", 2...1_000_000, 600, unit: "tasks", "Unseen tasks for the results.")
    static let updatesOption = PlanOption.integer(
        "updates", 0...10_000_000, 2_000, unit: "meta-updates",
        "Meta-updates of a fixed network.")

    static let searchOptions = [
        warmUpOption.specification, generationsOption.specification,
        updatesPerGenerationOption.specification, evaluationsOption.specification,
        finalUpdatesOption.specification, validationTasksOption.specification,
        testTasksOption.specification,
    ]
    static let fixedOptions = [
        updatesOption.specification, validationTasksOption.specification,
        testTasksOption.specification,
    ]

    init(search options: Options) {
        warmUpUpdates = options[Self.warmUpOption]
        generations = options[Self.generationsOption]
        updatesPerGeneration = options[Self.updatesPerGenerationOption]
        evaluationsPerGeneration = options[Self.evaluationsOption]
        finalUpdates = options[Self.finalUpdatesOption]
        validationTasks = options[Self.validationTasksOption]
        testTasks = options[Self.testTasksOption]
    }

    init(fixed options: Options) {
        warmUpUpdates = options[Self.updatesOption]
        generations = 0
        updatesPerGeneration = 0
        evaluationsPerGeneration = nil
        finalUpdates = 0
        validationTasks = options[Self.validationTasksOption]
        testTasks = options[Self.testTasksOption]
    }
}

/// The short search on each unseen task, by its support set only: query labels never reach it.
///
/// With several shots candidates are ranked leaving one shot out; with one shot by the loss after
/// adaptation on augmented supports.
public struct PerTaskSearchPlan: Sendable, Hashable {
    /// Whether the search is done at all.
    public let enabled: Bool
    /// Generations of the search on one task.
    public internal(set) var generations: Int
    /// Individuals per generation.
    public internal(set) var population: Int
    /// Augmented copies of each support example.
    public internal(set) var augmentations: Int
    /// The furthest that an augmented copy is shifted, pixels.
    public let shift: Int
    /// Unseen tasks that are searched; nil for all.
    public internal(set) var tasks: Int?

    static let enabledOption = PlanOption.boolean(
        "enabled", true, "Whether each unseen task gets a short search.")
    static let generationsOption = PlanOption.integer(
        "generations", 1...1_000, 2, unit: "generations", "Generations on one task.")
    static let populationOption = PlanOption.integer(
        "population", 2...10_000, 10, unit: "individuals", "Individuals per generation.")
    static let augmentationsOption = PlanOption.integer(
        "augmentations", 1...64, 4, unit: "copies",
        "Augmented copies of each support example, used for ranking with one shot.")
    static let shiftOption = PlanOption.integer(
        "shift", 0...64, 2, unit: "pixels", "Maximum shift of an augmented copy.")
    static let tasksOption = PlanOption.integer(
        "tasks", 2...1_000_000, unit: "tasks", "Unseen tasks to search on."
    ).optional("all test tasks")

    static let options = [
        enabledOption.specification, generationsOption.specification,
        populationOption.specification, augmentationsOption.specification,
        shiftOption.specification, tasksOption.specification,
    ]

    init(_ options: Options) {
        enabled = options[Self.enabledOption]
        generations = options[Self.generationsOption]
        population = options[Self.populationOption]
        augmentations = options[Self.augmentationsOption]
        shift = options[Self.shiftOption]
        tasks = options[Self.tasksOption]
    }
}
