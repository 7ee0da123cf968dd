package import MetaLearning

/// Whoever runs jobs: the threads of this process, or one day the ranks of a cluster.
///
/// Billing, functions of scripts and records stay with the caller, so workers see no more than jobs
/// and weights.
package protocol Workers: AnyObject {
    /// Runs jobs that all begin from the weights of one trainer.
    ///
    /// - Parameters:
    ///   - jobs: What to score; the trainer's weights as they are now.
    ///   - trainer: Holds the weights, which stay as they are.
    /// - Returns: One outcome a job, in the jobs' order, whatever order they ran in.
    /// - Throws: ``EvaluationError`` for a job that cannot be run here; what learning throws, for the
    ///   lowest-numbered task that failed.
    func run(_ jobs: [EvaluationJob], weightsOf trainer: MetaTrainer) throws -> [EvaluationOutcome]
}

/// The threads of this process.
package final class ThreadWorkers: Workers {
    private let workbench: Workbench

    package init(_ workbench: Workbench) { self.workbench = workbench }

    package func run(
        _ jobs: [EvaluationJob], weightsOf trainer: MetaTrainer
    ) throws -> [EvaluationOutcome] {
        try workbench.run(jobs, weightsOf: trainer)
    }
}

extension MetaTrainer {
    /// The present state of its weights.
    package var version: WeightsVersion { WeightsVersion(name: name, number: changes) }
}
