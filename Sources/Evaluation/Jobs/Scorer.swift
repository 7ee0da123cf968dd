package import MetaLearning

/// Makes jobs of what is to be scored in a run, and hands them to its workers.
package struct Scorer {
    private let run: RunIdentity
    private let workers: any Workers

    package init(_ run: RunIdentity, _ workers: any Workers) {
        self.run = run
        self.workers = workers
    }

    /// Scores networks after adaptation, by a trainer's weights as they are.
    ///
    /// - Parameters:
    ///   - networks: Each with the tasks that it learns.
    ///   - trainer: Holds the weights, which stay as they are.
    ///   - steps: Numbers of inner steps after which to score, ascending.
    /// - Returns: One outcome a network, in order.
    /// - Throws: What the workers throw.
    package func score(
        _ networks: [(network: NetworkReference, tasks: [TaskReference])],
        by trainer: MetaTrainer, steps: [Int]
    ) throws -> [EvaluationOutcome] {
        try workers.run(
            networks.map {
                EvaluationJob(
                    run: run, network: $0.network, weights: trainer.version,
                    innerSteps: trainer.innerSteps, tasks: $0.tasks, steps: steps)
            }, weightsOf: trainer)
    }
}
