package import Evaluation
package import Components
package import Datasets
package import MetaLearning
package import NeuralNetworks
package import Randomness
package import Records
package import Tasks

/// A network that was trained alone, with what that cost.
package struct TrainedNetwork {
    package let network: NetworkReference
    package let trainer: MetaTrainer
    package let cost: Cost
}

extension Training {
    /// Scores a network on the fixed validation tasks after adaptation.
    ///
    /// - Returns: A score a task, and the whole cost.
    /// - Throws: What the workers throw.
    package func validate(
        _ trained: TrainedNetwork
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        let tasks = try workbench.fixed(.validation).indices.map { TaskReference.validation($0) }
        let outcomes = try scorer.score(
            [(trained.network, tasks)], by: trained.trainer, steps: [factory.testSteps])
        return (outcomes[0].scores.compactMap(\.first), outcomes[0].cost)
    }

    /// Trains a network from fresh weights, for a number of updates or until a cost is reached.
    ///
    /// - Parameters:
    ///   - network: What is trained.
    ///   - stream: Of the first weights.
    ///   - tasks: Names the stream of tasks; rows of one name see the same.
    ///   - phase: Named in events.
    ///   - name: Under which the weights are saved.
    ///   - innerSteps: Instead of the learner's own.
    ///   - updates: Meta-updates at most.
    ///   - limit: Multiply-adds after which training ends.
    /// - Returns: The network with its weights.
    /// - Throws: What training throws.
    package func trainAlone(
        _ network: NetworkReference, stream: RandomStream, tasks: String, phase: String,
        name: String,
        innerSteps: Int? = nil, updates: Int, limit: Int?
    ) throws -> TrainedNetwork {
        let parameters = factory.parameters(
            ParameterLayout(try workbench.network(network).parameters), stream: stream)
        let trainer = try factory.trainer(parameters, named: name, innerSteps: innerSteps)
        let cost = try train(
            trainer, network, arm: tasks, phase: phase, name: name, updates: updates, limit: limit)
        return TrainedNetwork(network: network, trainer: trainer, cost: cost)
    }
}

extension Lab {
    /// Trains a network from fresh weights, tests it and reports the row.
    package func trainAlone(
        _ network: NetworkReference, arm: String, tasks: String, innerSteps: Int? = nil,
        updates: Int, multiplyAdds: Int?
    ) throws -> ArmOutcome {
        let trained = try training().trainAlone(
            network, stream: stream.split("parameters"), tasks: tasks, phase: "train \(arm)",
            name: arm, innerSteps: innerSteps, updates: updates, limit: multiplyAdds)
        return try report(trained, arm: arm, cost: trained.cost)
    }

    /// Tests a trained network and reports its row; for regression one row for each of several
    /// numbers of steps, to show how the error falls.
    package func report(
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
