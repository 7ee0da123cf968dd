internal import Components
internal import Evaluation
internal import Experiments
internal import Randomness
internal import SearchSpaces
internal import Supernets

/// One architecture drawn at random, trained alone: what a search must beat.
struct GuessMethod: Method {
    static var component: Component {
        Component(
            .method, "guess", needs: [Need(.examples, of: .tasks), Need(.choices, of: .space)],
            "One architecture drawn at random, trained alone."
        ) { _, _ in GuessMethod() }
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? { .asArm(ArmPlan.searched) }
    func budgetProblem(_ budget: ArmBudget) -> String? { nil }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let limit = try lab.limit(arm, usual: usualBudget(in: lab.plan))
        let supernet = try lab.supernet()
        var rng = lab.stream.split("guess")
        return try lab.trainAlone(
            .subnet(supernet.space.sample(&rng)), arm: arm.name, tasks: "fixed",
            updates: limit.updates, multiplyAdds: limit.multiplyAdds)
    }
}
