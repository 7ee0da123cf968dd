package import Tasks
internal import Components
internal import Datasets
package import MetaLearning
package import NeuralNetworks
package import Randomness
package import Records
internal import Supernets
internal import Tensors

/// What trains and tests networks: tasks, learner, workers, and the steps that arms are made of.
package final class Training {
    /// The tasks of the run.
    package let tasks: any TaskSource
    /// The run's networks, fixed tasks and learner.
    package let workbench: Workbench
    /// Scores networks.
    package let scorer: Scorer
    package let journal: RunJournal
    package let stream: RandomStream
    private let policy: NonFinitePolicy
    private var reported: Set<String> = []

    /// Makes trainers.
    package var factory: LearnerFactory { workbench.factory }

    /// - Parameters:
    ///   - tasks: The tasks of the run.
    ///   - workbench: The run's networks, fixed tasks and learner.
    ///   - workers: Score networks.
    ///   - journal: Bills and records.
    ///   - stream: The run's.
    ///   - policy: What happens when a test task's loss is no finite number.
    package init(
        _ tasks: any TaskSource, _ workbench: Workbench, workers: any Workers,
        journal: RunJournal, stream: RandomStream, policy: NonFinitePolicy
    ) {
        self.tasks = tasks
        self.workbench = workbench
        scorer = Scorer(workbench.run, workers)
        self.journal = journal
        self.stream = stream
        self.policy = policy
    }

    /// Says which convolutions run on oneDNN's reference code, each kind once: it is right, and many
    /// times slower than it could be.
    package func warnOfReferenceKernels(isSaid: Bool = false) throws {
        for service in factory.executor.kernels.services
        where service.isReference && reported.insert(service.operation).inserted && !isSaid {
            try journal.record(
                .message(
                    Event.Message(
                        "\(service.operation) (\(service.sizes)) runs on oneDNN's reference code "
                            + "(\(service.implementation)), many times slower than it could; other "
                            + "numbers of channels may help, and apogee doctor --kernels tells more",
                        level: .warning)))
        }
    }

    // MARK: Training

    /// One meta-update, billed and recorded.
    ///
    /// - Parameters:
    ///   - trainer: Holds the parameters, which move.
    ///   - drawn: One batch of tasks.
    ///   - networks: What each of them trains.
    ///   - record: Takes in how well the tasks' classes were told.
    ///   - rateFactor: Times the outer learning rate.
    ///   - phase: Named in events.
    ///   - done: Updates of the phase, this one included.
    ///   - total: Updates of the whole phase.
    /// - Returns: What it cost.
    /// - Throws: `RunInterruption` before anything moved; what learning or the sink throws.
    package func update(
        _ trainer: MetaTrainer, _ drawn: [TrainingTask], _ networks: [any Network],
        record: ClassRecord, rateFactor: Float, phase: String, done: Int, of total: Int
    ) throws -> Cost {
        try journal.checkInterruption()
        trainer.scoresClasses = tasks.hasSampler
        let outcome = try trainer.update(
            zip(networks, drawn).map { MetaTask($0, $1.episode) }, rateFactor: rateFactor)
        for (task, accuracies) in zip(drawn, outcome.classAccuracies) {
            record.take(accuracies, classes: task.classes ?? [])
        }
        var metrics = [Metric("loss", outcome.loss)]
        if outcome.accuracy.isFinite {
            metrics.append(Metric("accuracy", outcome.accuracy, unit: "fraction"))
        }
        try journal.record(
            .metaUpdate(Event.Update(number: trainer.updates, phase: phase, metrics: metrics)))
        try journal.progress(phase, done, of: total, unit: "updates", metrics)
        return journal.bill(outcome.cost)
    }

    /// Trains one network on fresh tasks for a number of updates, or until a cost is reached.
    ///
    /// - Parameters:
    ///   - trainer: Holds the parameters, which move.
    ///   - network: The same for every task.
    ///   - arm: Names the stream of tasks; arms of one name see the same.
    ///   - phase: Named in events.
    ///   - name: Under which the network is saved, however the training ends.
    ///   - part: What is saved.
    ///   - updates: Meta-updates at most.
    ///   - limit: Multiply-adds after which training ends.
    /// - Returns: What the updates cost.
    /// - Throws: `RunInterruption` between updates; what sampling, learning or the sink throws.
    package func train(
        _ trainer: MetaTrainer, _ network: NetworkReference, arm: String, phase: String,
        name: String, part: SavedPart, updates: Int, limit: Int? = nil
    ) throws -> Cost {
        try journal.saving(trainer, part, named: name) {
            try train(
                trainer, network, arm: arm, phase: phase, updates: updates, limit: limit)
        }
    }

    private func train(
        _ trainer: MetaTrainer, _ network: NetworkReference, arm: String, phase: String,
        updates: Int,
        limit: Int?
    ) throws -> Cost {
        let network = try workbench.network(network)
        var cost = Cost.zero
        var done = 0
        let record = ClassRecord()
        try journal.start(phase, total: limit == nil ? updates : 0, unit: "updates")
        while done < updates {
            if let limit, cost.multiplyAdds >= limit { break }
            let progress = RunProgress(
                phase: .final, update: done, updates: updates, generation: 0, generations: 0)
            let drawn = try tasks.training(
                factory.plan.metaBatch, update: trainer.updates, arm: arm, progress: progress,
                record: record)
            // With a limit the length is known from what was spent so far.
            let share = limit.map { Double(cost.multiplyAdds) / Double($0) } ?? progress.fraction
            var total = limit == nil ? updates : 0
            if let limit, done > 0, cost.multiplyAdds > 0 {
                let length = Double(done) * Double(limit) / Double(cost.multiplyAdds)
                total = Int(exactly: length.rounded(.up)) ?? 0
            }
            cost += try update(
                trainer, drawn, drawn.map { _ in network }, record: record,
                rateFactor: factory.rateFactor(share), phase: phase, done: done + 1, of: total)
            done += 1
        }
        return cost
    }

    // MARK: Testing

    /// Adapts to every test task and scores it.
    ///
    /// - Parameters:
    ///   - trainer: Learns and scores; its parameters stay as they are.
    ///   - networks: One for all tasks, or one each.
    ///   - arm: Named in events.
    ///   - steps: Numbers of inner steps after which to score, ascending.
    ///   - count: How many of the test tasks, from the first; all if nil.
    /// - Returns: For each number of steps the scores in the order of the tasks, and the whole
    ///   cost.
    /// - Throws: `RunInterruption` between batches of tasks; what learning or the sink throws.
    package func test(
        _ trainer: MetaTrainer, _ networks: [NetworkReference], arm: String, steps: [Int],
        count: Int? = nil
    ) throws -> (scores: [[TaskScore]], cost: ComputeCost) {
        let all = try workbench.fixed(.test).count
        let total = min(count ?? all, all)
        let phase = "test \(arm)"
        try journal.start(phase, total: total, unit: "tasks")
        var scores = [[TaskScore]](repeating: [], count: steps.count)
        var cost = ComputeCost()
        var broken: [Int] = []
        for start in stride(from: 0, to: total, by: 32) {
            try journal.checkInterruption()
            let end = min(start + 32, total)
            let part = try scorer.score(
                (start..<end).map {
                    (networks.count == 1 ? networks[0] : networks[$0], [.test($0)])
                },
                by: trainer, steps: steps)
            for (index, outcome) in part.enumerated() {
                cost += outcome.cost
                let task = outcome.scores[0]
                for place in steps.indices {
                    let isBroken = !task[place].loss.isFinite
                    if isBroken {
                        try refuse(arm, trainer, task: start + index)
                        broken.append(start + index)
                    }
                    scores[place].append(
                        isBroken ? TaskScore(loss: task[place].loss, accuracy: 0) : task[place])
                }
            }
            try journal.progress(phase, end, of: total, unit: "tasks")
        }
        if let first = broken.first {
            let count = Set(broken).count
            try journal.record(
                .message(
                    Event.Message(
                        "\(arm): the loss of \(count) of \(total) test tasks is not a "
                            + "finite number, first of task \(first); each counts as one of which "
                            + "nothing was right", level: .warning)))
        }
        return (scores, cost)
    }

    /// Stops at a test task whose loss is no finite number, if the plan says so or if there is no
    /// worst score to count it as.
    private func refuse(_ arm: String, _ trainer: MetaTrainer, task: Int) throws {
        guard policy == .stop || tasks.kind == .regression else { return }
        throw MetaLearningError.notFinite(
            what: "the query loss of \(arm) at test", update: trainer.updates, task: task)
    }

    /// The support sets of the test tasks: all that a per-task search may see.
    ///
    /// - Parameter count: How many of the test tasks, from the first; all if nil.
    /// - Returns: One a task.
    /// - Throws: What drawing the tasks throws.
    package func testSupports(_ count: Int?) throws -> [SupportSet] {
        let all = try workbench.fixed(.test)
        return all.prefix(count ?? all.count).map(SupportSet.init)
    }

    /// Settings that results must not be compared across.
    ///
    /// - Parameter steps: Inner steps after which an arm was scored.
    /// - Returns: The settings by name.
    package func settings(steps: Int) -> [String: String] {
        var settings = factory.settings
        settings["test_steps"] = "\(steps)"
        return settings
    }
}
