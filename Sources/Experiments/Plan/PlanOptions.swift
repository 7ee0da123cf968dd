internal import Evaluation
internal import Components
internal import Evolution
internal import MetaLearning
internal import NeuralNetworks
internal import Supernets
internal import Tasks

/// The options of a whole plan.
enum PlanOptions {
    static let name = PlanOption.text(
        "name", 1...200, default: .required, "The experiment's name, one line.")
    static let description = PlanOption.text(
        "description", 1...10_000, default: .required, "What the experiment is about."
    ).optional("none")
    static let api = PlanOption.integer("api", 1...1, "The plan format's version; write api = 1.")
    static let seed = PlanOption.integer(
        "seed", 0...(.max), 0, "The seed of all random numbers; --seed overrides it.")
    static let tasks = PlanOption.component(
        "tasks", .tasks, default: .required, "The tasks to learn.")
    static let space = PlanOption.component(
        "space", .space, default: .required, "The search space, or one fixed network.")
    static let learner = PlanOption.component(
        "learner", .learner, default: .value("maml"), "How networks are meta-learned.")
    static let strategy = PlanOption.component(
        "strategy", .strategy, default: .value("evolution"),
        "How the next architectures are chosen.")
    static let paths = PlanOption.component(
        "paths", .pathSampler, default: .value("mixed"),
        "How subnets are chosen for training tasks after the warm-up.")
    static let schedule = PlanOption.component(
        "schedule", .schedule, default: .value("constant"),
        "Settings that change during the run.")
    static let objectives = PlanOption.list(
        "objectives", .component(.objective), count: 1...16, default: .value(["query_error"]),
        "How architectures are scored: nsga2 ranks by all, the others by the first.",
        read: { if case .component(let selection) = $0 { selection } else { nil } })
    static let searchBudget = PlanOption.section(
        "budget", BudgetPlan.searchOptions, "The budget of the run.")
    static let fixedBudget = PlanOption.section(
        "budget", BudgetPlan.fixedOptions, "The budget of the run.")
    static let perTaskSearch = PlanOption.section(
        "per_task_search", PerTaskSearchPlan.options, "The short search on each unseen task.")

    static let method = PlanOption.component(
        "method", .method, default: .required,
        "A search method from the script or a plugin, instead of the built-in one."
    ).optional("the built-in across-task search")
    static let checkpointSteps = PlanOption.integer(
        "checkpoint_steps", 1...1_000_000, 10, unit: "steps",
        "Steps of the search between checkpoints, in addition to one after each generation.")

    private static let arms = PlanOption.list(
        "arms", .component(.method, adding: ArmPlan.options), count: 1...16,
        default: .required, "The rows of the results: methods with their options.",
        read: { if case .component(let selection) = $0 { selection } else { nil } })
    static let searchArms = arms.derived(
        "{ \"searched\", \"searched_per_task\", \"random_search\", \"conv4\" }, without what "
            + "per_task_search turns off"
    ) { options, registry in
        let hasPerTask = options[perTaskSearch][PerTaskSearchPlan.enabledOption]
        let usual =
            hasPerTask
            ? ["searched", "searched_per_task", "random_search", "conv4"]
            : ["searched", "random_search", "conv4"]
        return list(fitting(usual, options, registry))
    }
    static let fixedArms = arms.derived("the learner's name, and \"pretrained\" for sine tasks") {
        options, registry in
        let trained = PlainValue.component(
            "trained", ["name": PlainValue(.string(options[learner].title))])
        let others = fitting(["pretrained"], options, registry).map { PlainValue(.string($0)) }
        return PlainValue(.table(PlainTable(positional: [trained] + others)))
    }

    /// The rows whose needs the plan's other components meet.
    private static func fitting(
        _ rows: [String], _ options: Options, _ registry: Registry
    ) -> [String] {
        let names: [ExtensionPoint: String] = [
            .tasks: options[tasks].title, .space: options[space].title,
            .learner: options[learner].title,
        ]
        return rows.filter { row in
            registry.component(row, at: .method).map { registry.isFit($0, among: names) } ?? true
        }
    }

    private static func list(_ names: [String]) -> PlainValue {
        PlainValue(.table(PlainTable(positional: names.map { PlainValue(.string($0)) })))
    }

    static let reporters = PlanOption.list(
        "reporters", .component(.reporter), count: 0...16, default: .value([]),
        "Functions and plugins that receive the run's events, besides the console and the store.",
        read: { if case .component(let selection) = $0 { selection } else { nil } })

    static let onReporterFailure = PlanOption.choice(
        "on_reporter_failure", ReporterFailurePolicy.warn,
        "What to do if a reporter fails: warn and go on without it, or stop the run.")

    static let onNonFinite = PlanOption.choice(
        "on_non_finite", NonFinitePolicy.stop,
        "What to do if the loss of an architecture or test task is NaN or infinite.")

    static let limits = PlanOption.section(
        "limits", LimitsPlan.options, "What functions of scripts may use; no result depends on it.")

    private static let common = [
        name.specification, description.specification, api.specification, seed.specification,
        tasks.specification, space.specification, learner.specification, reporters.specification,
        onReporterFailure.specification, limits.specification,
    ]
    private static let searchOnly = [
        strategy.specification, paths.specification, objectives.specification,
        perTaskSearch.specification, method.specification, checkpointSteps.specification,
    ]

    /// What has no meaning where networks are looked up.
    private static let ofTraining = [
        learner.specification, paths.specification, schedule.specification,
        perTaskSearch.specification, method.specification, checkpointSteps.specification,
        onNonFinite.specification,
    ].map(\.name)

    /// The options of a plan that searches.
    static let search =
        common + searchOnly + [
            schedule.specification, searchBudget.specification, searchArms.specification,
            onNonFinite.specification,
        ]

    /// The options of a plan with one fixed network.
    static let fixed =
        common + [
            schedule.specification, fixedBudget.specification, fixedArms.specification,
            onNonFinite.specification,
        ]

    /// The plan with each arm that is named after a learner written as the method "trained" under
    /// that name, which is what such an arm means.
    static func namingLearners(
        _ table: PlainTable, _ registry: Registry, _ searching: Bool, at position: PlanPosition
    ) throws(ExperimentError) -> PlainTable {
        guard let arms = table["arms"], var list = arms.table else { return table }
        let given = table["learner"]
        var own = "maml"
        if case .string(let name)? = (given?.table?.positional.first ?? given)?.kind { own = name }
        for (index, arm) in list.positional.enumerated() {
            guard
                case .string(let name)? = (arm.table?.positional.first ?? arm).kind
                    as PlainValue.Kind?,
                registry.component(name, at: .learner) != nil,
                !searching || registry.component(name, at: .method) == nil
            else { continue }
            guard searching || name == own || given?.table?.positional.isEmpty == true else {
                throw .contradiction(
                    at: position.child("arms").item(index, at: arm.location),
                    problem: "the plan's learner is \(PlanText.quoted(own)), not "
                        + PlanText.quoted(name))
            }
            var row = arm.table ?? PlainTable(positional: [arm])
            row.positional[0] = PlainValue(.string("trained"), at: arm.location)
            if row["name"] == nil { row["name"] = PlainValue(.string(name), at: arm.location) }
            list.positional[index] = PlainValue(.table(row), at: arm.location)
        }
        var changed = table
        changed["arms"] = PlainValue(.table(list), at: arms.location)
        return changed
    }

    /// Whether a plan searches, by its space's name alone; a wrong name is looked at later.
    static func isSearchable(_ table: PlainTable, _ registry: Registry) -> Bool {
        offers("space", .space, .choices, in: table, registry)
    }

    /// Whether what a plan names offers something; a wrong name is looked at later.
    private static func offers(
        _ option: String, _ point: ExtensionPoint, _ trait: Trait, in table: PlainTable,
        _ registry: Registry
    ) -> Bool {
        guard let given = table[option] else { return true }
        let name = given.table?.positional.first ?? given
        guard case .string(let text) = name.kind,
            let component = registry.component(text, at: point)
        else { return true }
        return component.offers.contains(trait)
    }

    /// Refuses options that belong to the other kind of plan, with a better sentence than that
    /// they do not exist.
    static func refuseMisplaced(
        _ table: PlainTable, searching: Bool, _ registry: Registry, at position: PlanPosition
    ) throws(ExperimentError) {
        let budget = table["budget"]?.table?.named ?? []
        let inBudget = position.child("budget", at: table["budget"]?.location)
        if searching {
            if let entry = budget.first(where: { $0.name == "updates" }) {
                throw .contradiction(
                    at: inBudget.child("updates", at: entry.value.location),
                    problem: "is only for fixed networks; give warm_up_updates, "
                        + "generations and updates_per_generation")
            }
            if !offers("tasks", .tasks, .examples, in: table, registry),
                let entry = table.named.first(where: { ofTraining.contains($0.name) })
            {
                throw .contradiction(
                    at: position.child(entry.name, at: entry.value.location),
                    problem: "nothing is trained, because the tasks are looked up in tables; "
                        + "remove it, or use the tasks \"episodes\"")
            }
            return
        }
        let reason = "there is nothing to search, because the space is one fixed network; "
        // A schedule is asked once a generation; its default stands in the plan's record.
        let top = searchOnly.map(\.name) + [schedule.specification.name]
        if let entry = table.named.first(where: { top.contains($0.name) }) {
            throw .contradiction(
                at: position.child(entry.name, at: entry.value.location),
                problem: reason + "remove it, or use the space \"cells\"")
        }
        let known = BudgetPlan.fixedOptions.map(\.name)
        let searchNames = BudgetPlan.searchOptions.map(\.name).filter { !known.contains($0) }
        if let entry = budget.first(where: { searchNames.contains($0.name) }) {
            throw .contradiction(
                at: inBudget.child(entry.name, at: entry.value.location),
                problem: reason + "give budget.updates")
        }
    }
}
