internal import Evaluation
internal import Experiments
internal import Components
internal import NeuralNetworks
internal import Supernets
internal import Tasks

/// Conv-4 under the same learner, until as many multiply-adds are billed as the searched network
/// cost.
struct Conv4Method: Method {
    let plan: Conv4Plan

    static var component: Component {
        Component(
            .method, "conv4", options: Conv4Plan.options,
            needs: [Need(.images, of: .tasks), Need(.choices, of: .space)],
            "Conv-4 with the same learner and the same billed compute."
        ) { options, _ in Conv4Method(plan: Conv4Plan(options)) }
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? { .asArm(SearchedMethod.name) }

    func budgetProblem(_ budget: ArmBudget) -> String? { nil }

    func ownNetworks(inputShape: [Int], outputs: Int) throws -> [any Network] {
        [try plan.network(NetworkSite(inputShape: inputShape, outputs: outputs)).network]
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let limit = try lab.limit(arm, usual: usualBudget(in: lab.plan))
        return try lab.trainAlone(
            .own(arm: arm.name, place: 0), arm: arm.name, tasks: "conv4",
            updates: limit.updates, multiplyAdds: limit.multiplyAdds)
    }
}
