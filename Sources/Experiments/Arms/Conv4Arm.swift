internal import Tasks
internal import Components
internal import Datasets
internal import MetaLearning
public import NeuralNetworks
internal import Randomness
internal import Records
internal import Supernets

/// Conv-4 under the same learner, until as many multiply-adds are billed as the searched network
/// cost.
struct Conv4Arm: Arm {
    let name = "conv4"
    let plan: Conv4Plan

    static var component: Component {
        Component(
            .arm, "conv4", options: Conv4Plan.options,
            needs: [Need(.images, of: .tasks), Need(.choices, of: .space)],
            "Conv-4 under the same learner and the same billed compute."
        ) { options, _ in Conv4Arm(plan: Conv4Plan(options)) }
    }

    func ownNetwork(inputShape: [Int], outputs: Int) throws -> (any Network)? {
        try network(inputShape: inputShape, outputs: outputs)
    }

    private func network(inputShape: [Int], outputs: Int) throws -> any Network {
        try plan.network(NetworkSite(inputShape: inputShape, outputs: outputs)).network
    }

    func run(_ lab: Lab) throws {
        let search = try lab.search()
        let training = search.training
        let network = try network(
            inputShape: training.tasks.inputShape, outputs: training.tasks.outputs)
        let parameters = training.factory.parameters(
            ParameterLayout(try network.parameters), stream: lab.stream.split("parameters"))
        let own = try training.factory.trainer(parameters)
        let cost = try training.train(
            own, network, arm: name, phase: "train \(name)", name: name, updates: .max,
            limit: try search.found.cost.multiplyAdds)
        let steps = training.factory.testSteps
        let (scores, _) = try training.test(own, [network], arm: name, steps: [steps])
        try lab.report(
            ArmScores(
                arm: name, metric: "accuracy", unit: "fraction",
                values: scores[0].map(\.accuracy)),
            cost: cost, settings: training.settings(steps: steps))
    }
}
