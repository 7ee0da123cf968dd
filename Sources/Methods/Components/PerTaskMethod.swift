internal import Experiments
internal import Evaluation
internal import Tasks
internal import Components
internal import Randomness
internal import Records
internal import SearchSpaces

/// The searched network with a short search on each unseen task, which sees the task's support set
/// alone.
struct PerTaskMethod: Method {
    static var component: Component {
        Component(
            .method, "searched_per_task",
            needs: [
                Need(.examples, of: .tasks), Need(.choices, of: .space),
                Need(.adaptation, of: .learner),
            ], "The searched network with a short search on each unseen task."
        ) { _, _ in PerTaskMethod() }
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? { .asArm(SearchedMethod.name) }

    func budgetProblem(_ budget: ArmBudget) -> String? {
        if case .asArm = budget { return nil }
        return "it continues a search; give \"as NAME\", the arm of that search"
    }

    func problem(in plan: ExperimentPlan) -> String? {
        guard plan.perTaskSearch?.enabled == true else {
            return "\"searched_per_task\" needs per_task_search.enabled = true"
        }
        return nil
    }

    /// Tasks that are searched at a time.
    private static let batch = 8

    func supportCopies(in plan: ExperimentPlan, shots: Int) -> Int {
        guard let search = plan.perTaskSearch, search.enabled else { return 0 }
        // Candidates are judged on copies of the support set.
        return Saturating.product([Self.batch, shots > 1 ? shots : 1 + search.augmentations])
    }

    func ownWork(in plan: ExperimentPlan) -> RowWork? {
        guard let search = plan.perTaskSearch, search.enabled else { return nil }
        let tasks = search.tasks ?? plan.budget.testTasks
        return RowWork(
            adaptations: Saturating.product([tasks, search.generations, search.population]))
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        guard let plan = lab.plan.perTaskSearch, plan.enabled else {
            return ArmOutcome(cost: .zero)
        }
        let search = try lab.searched(named: arm.budgetArm ?? SearchedMethod.name)
        let (training, found) = (search.training, try search.found)
        let perTask = PerTaskSearch(
            plan: plan, scorer: training.scorer, variation: try search.variation(),
            prior: found.best, steps: training.factory.testSteps,
            policy: lab.plan.onNonFinite)
        let supports = try training.testSupports(plan.tasks)
        try lab.journal.start("search per task", total: supports.count, unit: "tasks")
        var chosen: [Genotype] = []
        var cost = found.cost
        for start in stride(from: 0, to: supports.count, by: Self.batch) {
            try lab.journal.checkInterruption()
            let part = Array(supports[start..<min(start + Self.batch, supports.count)])
            let own = try perTask.choose(
                part, first: start, trainer: found.trainer,
                stream: lab.stream.split("per task"))
            chosen += own.genotypes
            cost += lab.journal.bill(own.cost, evaluations: own.evaluations)
            try lab.journal.progress(
                "search per task", chosen.count, of: supports.count, unit: "tasks")
        }
        // Each task has a network of its own, and all of them share these weights.
        try lab.journal.save(
            found.trainer, .supernet(["contents": "supernet, one subnet for each task"]),
            named: arm.name)
        return try search.report(
            arm.name, found.trainer, chosen, cost: cost, count: supports.count, lab)
    }
}
