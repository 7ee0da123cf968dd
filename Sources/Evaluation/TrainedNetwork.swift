internal import Components
internal import Datasets
package import MetaLearning
internal import NeuralNetworks
package import Randomness
package import Records
internal import Tasks

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
            trainer, network, arm: tasks, phase: phase, name: name,
            part: try .network(workbench.network(network)), updates: updates, limit: limit)
        return TrainedNetwork(network: network, trainer: trainer, cost: cost)
    }
}
