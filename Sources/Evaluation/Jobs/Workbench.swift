package import Datasets
internal import MetaLearning
package import NeuralNetworks
internal import Tasks
internal import Tensors

/// What it takes to run a run's jobs: its networks, its fixed tasks and its learner. Everything on it
/// follows from the plan, the seed and the data, so each worker can build its own.
package final class Workbench {
    /// The run that it belongs to.
    package let run: RunIdentity
    /// Makes trainers; its executor's threads run the tasks.
    package let factory: LearnerFactory
    private let makeNetwork: (NetworkReference) throws -> any Network
    private let makeTasks: (FixedTasks) throws -> [Episode]
    private var tasks: [FixedTasks: [Episode]] = [:]

    /// The fixed tasks of a run.
    package enum FixedTasks: String {
        /// Those by which architectures are compared.
        case validation
        /// Those of the results.
        case test
    }

    /// - Parameters:
    ///   - run: The run that it belongs to.
    ///   - factory: Makes trainers.
    ///   - tasks: All fixed tasks of a kind, drawn when first asked for.
    ///   - networks: A network of the run.
    package init(
        _ run: RunIdentity, factory: LearnerFactory,
        tasks: @escaping (FixedTasks) throws -> [Episode],
        networks: @escaping (NetworkReference) throws -> any Network
    ) {
        self.run = run
        self.factory = factory
        makeTasks = tasks
        makeNetwork = networks
    }

    /// All fixed tasks of a kind.
    ///
    /// - Throws: What drawing them throws.
    package func fixed(_ kind: FixedTasks) throws -> [Episode] {
        if let known = tasks[kind] { return known }
        let made = try makeTasks(kind)
        tasks[kind] = made
        return made
    }

    /// A network of the run.
    ///
    /// - Throws: `SearchSpaceError` for a genotype not of the space; ``EvaluationError`` for a
    ///   network that the run does not have.
    package func network(_ reference: NetworkReference) throws -> any Network {
        try makeNetwork(reference)
    }

    private func episode(_ reference: TaskReference) throws -> Episode {
        func fixed(_ kind: FixedTasks, _ number: Int) throws -> Episode {
            let all = try self.fixed(kind)
            guard all.indices.contains(number) else {
                throw EvaluationError.unknown("\(kind.rawValue) task \(number)")
            }
            return all[number]
        }
        switch reference {
        case .validation(let number): return try fixed(.validation, number)
        case .test(let number): return try fixed(.test, number)
        case .given(let episode): return episode
        }
    }

    /// Runs jobs that begin from a trainer's weights, all tasks of all jobs on all threads.
    ///
    /// - Returns: One outcome a job, in order.
    /// - Throws: ``EvaluationError`` for a job of another run or other weights; what learning throws.
    func run(
        _ jobs: [EvaluationJob], weightsOf trainer: MetaTrainer
    ) throws -> [EvaluationOutcome] {
        guard let steps = jobs.first?.steps else { return [] }
        guard jobs.allSatisfy({ $0.steps == steps }) else {
            return try jobs.flatMap { try run([$0], weightsOf: trainer) }
        }
        var tasks: [MetaTask] = []
        for job in jobs {
            try check(job, trainer)
            let network = try network(job.network)
            for task in job.tasks { tasks.append(MetaTask(network, try episode(task))) }
        }
        let results = try trainer.evaluations(tasks, steps: steps)
        var start = 0
        return jobs.map { job in
            let own = results[start..<start + job.tasks.count]
            start += job.tasks.count
            return EvaluationOutcome(
                scores: own.map(\.scores), cost: own.reduce(into: ComputeCost()) { $0 += $1.cost })
        }
    }

    private func check(_ job: EvaluationJob, _ trainer: MetaTrainer) throws(EvaluationError) {
        guard job.run == run else { throw .otherRun(found: job.run, expected: run) }
        guard job.weights == trainer.version, job.innerSteps == trainer.innerSteps else {
            throw .otherWeights(found: trainer.version, expected: job.weights)
        }
    }

    // MARK: Elsewhere

    /// Runs one job as bytes, with weights as bytes: what a worker does that shares no memory.
    ///
    /// - Parameters:
    ///   - text: An encoded ``EvaluationJob``.
    ///   - weights: The encoded ``WeightsSnapshot`` that it needs.
    /// - Returns: The encoded ``EvaluationOutcome``.
    /// - Throws: ``EvaluationError`` for what cannot be decoded or is of another run; what learning
    ///   throws.
    package func run(encoded text: String, weights: String) throws -> String {
        let job = try EvaluationJob(encoded: text)
        let snapshot = try WeightsSnapshot(encoded: weights)
        guard snapshot.version == job.weights else {
            throw EvaluationError.otherWeights(found: snapshot.version, expected: job.weights)
        }
        guard job.run == run else {
            throw EvaluationError.otherRun(found: job.run, expected: run)
        }
        let trainer = try snapshot.trainer(factory, innerSteps: job.innerSteps)
        return try run([job], weightsOf: trainer)[0].encoded()
    }
}
