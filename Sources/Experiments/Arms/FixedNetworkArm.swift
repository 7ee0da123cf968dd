internal import Supernets
internal import Tasks
internal import Components
internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness

/// The plan's one network, which is not searched: under the plan's learner, after which the row is
/// named, or trained on all tasks at once and then adapted.
struct FixedNetworkArm: Arm {
    let name: String
    /// Whether it is trained on all tasks' points as one data set: learning without inner steps.
    var isPretrained = false

    /// The row of a learner.
    static func component(learner name: String, source: String) -> Component {
        Component(
            .arm, name, source: source,
            needs: [
                Need(.examples, of: .tasks), Need(.oneNetwork, of: .space),
                Need(.name(name), of: .learner),
            ],
            "The fixed network under the learner \"\(name)\"."
        ) { _, _ in FixedNetworkArm(name: name) }
    }

    static var pretrained: Component {
        Component(
            .arm, "pretrained",
            needs: [Need(.sharedTargets, of: .tasks), Need(.oneNetwork, of: .space)],
            "The fixed network trained on all tasks at once, then adapted."
        ) { _, _ in FixedNetworkArm(name: "pretrained", isPretrained: true) }
    }

    func run(_ lab: Lab) throws {
        let training = try lab.training()
        let network = try lab.plan.space.network(
            NetworkSite(inputShape: training.tasks.inputShape, outputs: training.tasks.outputs)
        ).network
        let learner = isPretrained ? try training.factory.learner(innerSteps: 0) : nil
        let parameters = training.factory.parameters(
            ParameterLayout(try network.parameters), stream: lab.stream.split("parameters"))
        let trainer = try training.factory.trainer(parameters, learner: learner)
        let cost = try training.train(
            trainer, network, arm: "fixed", phase: "train \(name)", name: name,
            updates: lab.plan.budget.totalUpdates)
        let isRegression = training.tasks.kind == .regression
        let steps = testSteps(last: training.factory.testSteps, isRegression)
        let (scores, _) = try training.test(trainer, [network], arm: name, steps: steps)
        for (count, own) in zip(steps, scores) {
            try lab.report(
                isRegression
                    ? ArmScores(
                        arm: name, metric: "squared_error_after_\(count)_steps", unit: "",
                        values: own.map(\.loss))
                    : ArmScores(
                        arm: name, metric: "accuracy", unit: "fraction",
                        values: own.map(\.accuracy)),
                cost: cost, settings: training.settings(steps: count))
        }
    }

    /// Regression shows how the error falls; classification counts at the end.
    private func testSteps(last: Int, _ isRegression: Bool) -> [Int] {
        guard isRegression else { return [last] }
        return [0, 1, last].reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.sorted()
    }
}
