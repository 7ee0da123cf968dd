internal import Evaluation
internal import Experiments
internal import Components
internal import MetaLearning
internal import Supernets
internal import Tasks

/// The plan's one network, which is not searched: under the plan's learner, after which the row is
/// named, or trained on all tasks at once and then adapted.
struct PlanNetworkMethod: Method {
    /// Whether it is trained on all tasks' points as one data set: learning without inner steps.
    var isPretrained = false

    static var trained: Component {
        Component(
            .method, "trained",
            needs: [Need(.examples, of: .tasks), Need(.oneNetwork, of: .space)],
            "The plan's fixed network with the plan's learner."
        ) { _, _ in PlanNetworkMethod() }
    }

    static var pretrained: Component {
        Component(
            .method, "pretrained",
            needs: [Need(.sharedTargets, of: .tasks), Need(.oneNetwork, of: .space)],
            "The fixed network trained on all tasks at once, then adapted."
        ) { _, _ in PlanNetworkMethod(isPretrained: true) }
    }

    func budgetProblem(_ budget: ArmBudget) -> String? { nil }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let limit = try lab.limit(arm, usual: nil)
        return try lab.trainAlone(
            .planned, arm: arm.name, tasks: "fixed", innerSteps: isPretrained ? 0 : nil,
            updates: limit.updates, multiplyAdds: limit.multiplyAdds)
    }
}
