internal import Tasks
internal import Components
internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import Supernets
internal import Tensors

/// What trains and tests networks: tasks, learner, workers, and the steps that arms are made of.
final class Training {
    let plan: ExperimentPlan
    let tasks: any TaskSource
    let builder: ComponentBuilder
    let factory: LearnerFactory
    let journal: RunJournal
    let stream: RandomStream
    /// The most memory that the run will hold at once.
    let memory: MemoryForecast
    private let testEpisodes: [Episode]
    private var reported: Set<String> = []

    init(
        _ plan: ExperimentPlan, methods: [any Method], builder: ComponentBuilder,
        settings: RunSettings, journal: RunJournal
    ) throws {
        self.plan = plan
        self.builder = builder
        self.journal = journal
        stream = RandomStream(seed: settings.seed)
        // Refused before anything large is made.
        var memory = try MemoryForecast(
            plan, methods: methods, threads: settings.threads, builder: builder)
        try memory.check(limit: settings.memoryLimit)
        tasks = try plan.tasks.source(
            directory: settings.dataDirectory, stream: stream, builder)
        factory = try LearnerFactory(
            plan: plan.learner, executor: try Executor(threads: settings.threads),
            builder: builder)
        memory.count(data: tasks.dataBytes)
        try memory.count(
            workersOf: methods, factory, innerSteps: try Training.scheduledSteps(plan, builder),
            builder: builder)
        try memory.check(limit: settings.memoryLimit)
        self.memory = memory
        testEpisodes = try tasks.test(plan.budget.testTasks)
    }

    /// The inner steps of a schedule that is a table, which are known beforehand.
    private static func scheduledSteps(
        _ plan: ExperimentPlan, _ builder: ComponentBuilder
    ) throws -> Int? {
        guard case .named = plan.schedule else { return nil }
        return try builder.make(plan.schedule, at: .schedule)(
            RunProgress(
                phase: .search, update: 0, updates: 1, generation: 0,
                generations: plan.budget.generations)
        ).innerSteps
    }

    /// Says which convolutions run on oneDNN's reference code, each kind once: it is right, and many
    /// times slower than it could be.
    func warnOfReferenceKernels(isSaid: Bool = false) throws {
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
    func update(
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
    ///   - name: Under which the parameters are saved, however the training ends.
    ///   - updates: Meta-updates at most.
    ///   - limit: Multiply-adds after which training ends.
    /// - Returns: What the updates cost.
    /// - Throws: `RunInterruption` between updates; what sampling, learning or the sink throws.
    func train(
        _ trainer: MetaTrainer, _ network: any Network, arm: String, phase: String, name: String,
        updates: Int, limit: Int? = nil
    ) throws -> Cost {
        try journal.saving(trainer, named: name) {
            try train(
                trainer, network, arm: arm, phase: phase, updates: updates, limit: limit)
        }
    }

    private func train(
        _ trainer: MetaTrainer, _ network: any Network, arm: String, phase: String, updates: Int,
        limit: Int?
    ) throws -> Cost {
        var cost = Cost.zero
        var done = 0
        let record = ClassRecord()
        try journal.start(phase, total: limit == nil ? updates : 0, unit: "updates")
        while done < updates {
            if let limit, cost.multiplyAdds >= limit { break }
            let progress = RunProgress(
                phase: .final, update: done, updates: updates, generation: 0, generations: 0)
            let drawn = try tasks.training(
                plan.learner.metaBatch, update: trainer.updates, arm: arm, progress: progress,
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
    func test(
        _ trainer: MetaTrainer, _ networks: [any Network], arm: String, steps: [Int],
        count: Int? = nil
    ) throws -> (scores: [[TaskScore]], cost: ComputeCost) {
        let episodes = count.map { Array(testEpisodes.prefix($0)) } ?? testEpisodes
        let phase = "test \(arm)"
        try journal.start(phase, total: episodes.count, unit: "tasks")
        var scores = [[TaskScore]](repeating: [], count: steps.count)
        var cost = ComputeCost()
        var broken: [Int] = []
        for start in stride(from: 0, to: episodes.count, by: 32) {
            try journal.checkInterruption()
            let end = min(start + 32, episodes.count)
            let (part, spent) = try trainer.evaluate(
                (start..<end).map {
                    MetaTask(networks.count == 1 ? networks[0] : networks[$0], episodes[$0])
                }, steps: steps)
            cost += spent
            for (index, task) in part.enumerated() {
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
            try journal.progress(phase, end, of: episodes.count, unit: "tasks")
        }
        if let first = broken.first {
            let count = Set(broken).count
            try journal.record(
                .message(
                    Event.Message(
                        "\(arm): the loss of \(count) of \(episodes.count) test tasks is not a "
                            + "finite number, first of task \(first); each counts as one of which "
                            + "nothing was right", level: .warning)))
        }
        return (scores, cost)
    }

    /// Stops at a test task whose loss is no finite number, if the plan says so or if there is no
    /// worst score to count it as.
    private func refuse(_ arm: String, _ trainer: MetaTrainer, task: Int) throws {
        guard plan.onNonFinite == .stop || tasks.kind == .regression else { return }
        throw MetaLearningError.notFinite(
            what: "the query loss of \(arm) at test", update: trainer.updates, task: task)
    }

    /// The support sets of the test tasks: all that a per-task search may see.
    func testSupports(_ count: Int?) -> [SupportSet] {
        testEpisodes.prefix(count ?? testEpisodes.count).map(SupportSet.init)
    }

    /// Settings that results must not be compared across.
    ///
    /// - Parameter steps: Inner steps after which an arm was scored.
    /// - Returns: The settings by name.
    func settings(steps: Int) -> [String: String] {
        var settings = factory.settings
        settings["test_steps"] = "\(steps)"
        return settings
    }
}
