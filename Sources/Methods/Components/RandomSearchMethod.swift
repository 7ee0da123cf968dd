internal import Experiments
internal import Evaluation
internal import Components
internal import Evolution
internal import Randomness
internal import Records
internal import SearchSpaces
internal import Supernets

/// The best of as many uniform genotypes as the search evaluated, by the same weights and validation
/// tasks; on tables, random search with the budget of the others.
struct RandomSearchMethod: Method {

    static var component: Component {
        Component(
            .method, "random_search", needs: [Need(.choices, of: .space)],
            "The best of random search at equal evaluations."
        ) { _, _ in RandomSearchMethod() }
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? {
        plan.offersExamples ? .asArm(SearchedMethod.name) : nil
    }

    func budgetProblem(_ budget: ArmBudget) -> String? {
        if case .asArm = budget { return nil }
        return "it uses the evaluations of a search as its budget; give \"as NAME\""
    }

    func subnetTrainers(in plan: ExperimentPlan) -> Int { plan.budget.finalUpdates > 0 ? 1 : 0 }

    func ownWork(in plan: ExperimentPlan) -> RowWork? {
        RowWork(
            updates: plan.budget.finalUpdates,
            evaluations: Saturating.product([
                plan.budget.generations, plan.evaluationsPerGeneration,
            ]))
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let name = arm.name
        if let search = try TableSearch(lab) { return try search.row(name, RandomPlan(), lab) }
        let search = try lab.searched(named: arm.budgetArm ?? SearchedMethod.name)
        let (journal, evaluator) = (lab.journal, search.evaluator)
        let (before, found) = (evaluator.cost, try search.found)
        let count = found.evaluation.evaluations
        var random = try RandomSearch(
            variation: try Variation(over: search.supernet.space),
            rng: lab.stream.split("random search"))
        var left = count
        var note: String?
        try journal.start("random search", total: left, unit: "evaluations")
        while left > 0 {
            try journal.checkInterruption()
            let asked = try random.ask(min(left, 16))
            if asked.isEmpty {
                note = Shortage.exhausted.note(
                    evaluations: count - left, of: search.supernet.space)
                try journal.record(
                    .message(Event.Message("\(name): \(note ?? "")", level: .warning)))
                break
            }
            try random.tell(
                evaluator.evaluate(
                    asked, generation: nil,
                    origin: { _ in Lineage.Origin("random_search") }
                ).map { $0.ranked(by: search.ranking) })
            left -= asked.count
            try journal.progress(
                "random search", count - left, of: count, unit: "evaluations")
        }
        let spent = { evaluator.cost - before }
        guard let best = random.best else { return ArmOutcome(cost: spent()) }
        guard best.isFinite else {
            try journal.record(
                .message(
                    Event.Message(
                        "random_search: no architecture has a finite loss after adaptation, so "
                            + "it has no row", level: .warning)))
            return ArmOutcome(cost: spent())
        }
        // It gets the weights as the search left them, and as many final updates.
        let (tested, final) = try search.finish(best.genome, arm: name)
        return try search.report(
            name, tested, [best.genome],
            cost: found.training + spent() + final, note: note, lab)
    }
}
