package import Evaluation
internal import Datasets
internal import MetaLearning
internal import Randomness
package import Records
internal import Tasks

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
