internal import Components
internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import Tasks

/// A network that was trained alone, with what that cost.
struct TrainedNetwork {
    let network: any Network
    let trainer: MetaTrainer
    let cost: Cost

    /// Scores on tasks after adaptation, without moving the weights.
    func score(
        _ tasks: [Episode], steps: Int
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        let (scores, cost) = try trainer.evaluate(
            tasks.map { MetaTask(network, $0) }, steps: [steps])
        return (scores.compactMap(\.first), cost)
    }
}

extension Training {
    /// Trains a network from fresh weights, for a number of updates or until a cost is reached.
    ///
    /// - Parameters:
    ///   - network: What is trained.
    ///   - stream: Of the first weights.
    ///   - tasks: Names the stream of tasks; rows of one name see the same.
    ///   - phase: Named in events.
    ///   - name: Under which the weights are saved.
    ///   - learner: Instead of the plan's.
    ///   - updates: Meta-updates at most.
    ///   - limit: Multiply-adds after which training ends.
    /// - Returns: The network with its weights.
    /// - Throws: What training throws.
    func trainAlone(
        _ network: any Network, stream: RandomStream, tasks: String, phase: String, name: String,
        learner: (any MetaLearner)? = nil, updates: Int, limit: Int?
    ) throws -> TrainedNetwork {
        let parameters = factory.parameters(
            ParameterLayout(try network.parameters), stream: stream)
        let trainer = try factory.trainer(parameters, learner: learner)
        let cost = try train(
            trainer, network, arm: tasks, phase: phase, name: name, updates: updates, limit: limit)
        return TrainedNetwork(network: network, trainer: trainer, cost: cost)
    }
}

extension Lab {
    /// Trains a network from fresh weights, tests it and reports the row.
    func trainAlone(
        _ network: any Network, arm: String, tasks: String, learner: (any MetaLearner)? = nil,
        updates: Int, multiplyAdds: Int?
    ) throws -> ArmOutcome {
        let trained = try training().trainAlone(
            network, stream: stream.split("parameters"), tasks: tasks, phase: "train \(arm)",
            name: arm, learner: learner, updates: updates, limit: multiplyAdds)
        return try report(trained, arm: arm, cost: trained.cost)
    }

    /// Tests a trained network and reports its row; for regression one row for each of several
    /// numbers of steps, to show how the error falls.
    func report(
        _ trained: TrainedNetwork, arm: String, cost: Cost, settings more: [String: String] = [:]
    ) throws -> ArmOutcome {
        let training = try training()
        let isRegression = training.tasks.kind == .regression
        let last = training.factory.testSteps
        let steps = isRegression ? Array(Set([0, 1, last])).sorted() : [last]
        let (scores, _) = try training.test(
            trained.trainer, [trained.network], arm: arm, steps: steps)
        for (count, own) in zip(steps, scores) {
            try report(
                isRegression
                    ? ArmScores(
                        arm: arm, metric: "squared_error_after_\(count)_steps", unit: "",
                        values: own.map(\.loss))
                    : ArmScores(
                        arm: arm, metric: "accuracy", unit: "fraction",
                        values: own.map(\.accuracy)),
                cost: cost,
                settings: training.settings(steps: count).merging(more) { own, _ in own })
        }
        return ArmOutcome(cost: cost)
    }
}
