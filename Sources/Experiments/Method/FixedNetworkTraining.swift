internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import Supernets

/// Meta-learning of one network that is not searched: Conv-4 on episodes, a perceptron on sines.
struct FixedNetworkTraining {
    private let loop: MethodLoop
    private let network: any Network

    init(_ loop: MethodLoop) throws {
        self.loop = loop
        switch loop.plan.space {
        case .mlp(let mlp):
            network = PerceptronNetwork(Networks.perceptron(mlp, outputs: loop.tasks.outputs))
        case .conv4(let conv4):
            network = try Conv4Network(
                Networks.conv4Configuration(
                    conv4, inputShape: loop.tasks.inputShape, ways: loop.tasks.outputs))
        case .cells, .nasBench201, .custom:
            throw ExperimentError.failed("such a space is searched, not trained as one network")
        }
    }

    func run() throws {
        for arm in loop.plan.arms {
            // Pre-training is learning without inner steps: all tasks' points as one data set.
            let learner = arm == .pretrained ? try loop.factory.learner(innerSteps: 0) : nil
            try run(arm.name, learner)
        }
    }

    private func run(_ arm: String, _ learner: (any MetaLearner)?) throws {
        let layout = ParameterLayout(try network.parameters)
        let parameters = loop.factory.parameters(
            layout, stream: loop.stream.split("parameters"))
        let trainer = try loop.factory.trainer(parameters, learner: learner)
        let cost = try loop.train(
            trainer, network, arm: "fixed", phase: "train \(arm)", name: arm,
            updates: loop.plan.budget.totalUpdates)
        let steps = testSteps
        let (scores, _) = try loop.test(trainer, [network], arm: arm, steps: steps)
        for (count, own) in zip(steps, scores) {
            try loop.report(
                loop.tasks.kind == .regression
                    ? ArmScores(
                        arm: arm, metric: "squared_error_after_\(count)_steps", unit: "",
                        values: own.map(\.loss))
                    : ArmScores(
                        arm: arm, metric: "accuracy", unit: "fraction",
                        values: own.map(\.accuracy)),
                cost: cost, steps: count)
        }
    }

    /// Regression shows how the error falls; classification counts at the end.
    private var testSteps: [Int] {
        let last = loop.factory.testSteps
        guard loop.tasks.kind == .regression else { return [last] }
        return [0, 1, last].reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.sorted()
    }
}
