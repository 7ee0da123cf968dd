public import Evaluation
public import Tasks
internal import Components
internal import Datasets
public import Evolution
internal import MetaLearning
internal import NeuralNetworks
public import Randomness
public import Records
public import SearchSpaces
internal import Supernets

/// What a run offers to a search method: its space, tasks, shared weights, strategies and
/// evaluations. Whatever costs compute is billed here, so no method can evaluate for nothing.
public final class MethodServices {
    /// One task of a meta-update. Methods pass it on; only the run looks inside.
    public final class Task {
        let drawn: TrainingTask
        fileprivate let life: RunLife

        /// The memory of its numbers.
        public var bytes: Int {
            4 * (drawn.episode.support.inputs.count + drawn.episode.query.inputs.count)
        }

        init(_ drawn: TrainingTask, _ life: RunLife) {
            self.drawn = drawn
            self.life = life
        }
    }

    /// The plan of the run.
    public let plan: ExperimentPlan
    private let search: SupernetSearch
    private let training: Training
    /// What training and the method's own functions cost so far; evaluations are billed apart.
    private(set) var trainingCost = Cost.zero
    private var strategyCount = 0
    private var innerSteps: Int?
    /// Whether a generation was recorded since the last save.
    private var hasGeneration = false
    let lineage = Lineage()
    private let life = RunLife()
    /// What is under way and calls functions of the script; nil between such calls.
    private var underWay: String?

    init(_ search: SupernetSearch) {
        self.search = search
        training = search.training
        plan = search.plan
    }

    /// What is searched.
    public var space: any SearchSpace { search.supernet.space }

    /// Meta-updates of the shared weights so far.
    public var updates: Int { search.trainer.updates }

    /// A stream of the run by its name. The same name gives the same stream.
    public func stream(_ name: String) -> RandomStream { training.stream.split(name) }

    /// The plan's settings at a point of the run. Inner steps, if the schedule sets them, hold from
    /// here on.
    ///
    /// - Throws: What the schedule throws.
    public func settings(_ progress: RunProgress) throws -> ScheduleSettings {
        let settings = try during("settings") { try search.schedule(progress) }
        try set(innerSteps: settings.innerSteps)
        return settings
    }

    /// Evaluations by their first objective, best first; of equal ones the earlier.
    public func ranked(_ population: [Evaluation<Genotype>]) -> [Evaluation<Genotype>] {
        search.ranked(population)
    }

    /// Multiply-adds that were billed so far, for training and for evaluations.
    var multiplyAdds: Int { (trainingCost + search.evaluator.cost).multiplyAdds }

    /// Bills what functions of the script computed.
    func billScripts() { trainingCost += training.journal.billScripts() }

    // MARK: Limits

    /// Ends what the run offers: a script that kept its context is told so from here on.
    func end() { life.isOver = true }

    /// - Throws: ``ExperimentError/failed(_:)`` after the run.
    public func checkLife() throws { try life.check("context") }

    /// Does what a method asked for, if the run still goes on.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` after the run, and for a function of the script that
    ///   is called by the very thing that it asks for.
    private func during<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        try life.check("context")
        if let underWay {
            throw ExperimentError.failed(
                "\(name) cannot be called during \(underWay); callbacks can use only their arguments"
            )
        }
        underWay = name
        defer { underWay = nil }
        return try body()
    }

    private func set(innerSteps: Int?) throws {
        search.trainer.take(
            try training.factory.learner(innerSteps: innerSteps), innerSteps: innerSteps)
        self.innerSteps = innerSteps
    }

    // MARK: Training

    /// Fresh training tasks.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - update: Number of the update, which names their stream.
    ///   - progress: What a task sampler of the plan is told.
    /// - Returns: The tasks, the same for the same update.
    /// - Throws: What the sampler throws.
    public func tasks(_ count: Int, update: Int, progress: RunProgress) throws -> [Task] {
        try during("tasks") {
            try training.tasks.training(
                count, update: update, arm: "search", progress: progress, record: search.classes
            ).map { Task($0, life) }
        }
    }

    /// The subnet that each task of a meta-update trains.
    ///
    /// - Parameters:
    ///   - count: How many tasks.
    ///   - update: Number of the update, which names their streams.
    ///   - progress: What a path sampler of the plan is told.
    ///   - population: What it may draw from, best first.
    ///   - fraction: Share of paths from the population, 0…1; nil leaves paths to the plan's `paths`.
    /// - Returns: A genotype for each task, the same for the same update.
    /// - Throws: What the sampler throws.
    public func paths(
        _ count: Int, update: Int, progress: RunProgress, population: [Genotype],
        fraction: Double?
    ) throws -> [Genotype] {
        try during("paths") {
            let sampler = try fraction.map { PathSamplers.mixed($0) } ?? search.pathSampler()
            let streams = training.stream.split("paths").split(update)
            let context = PathContext(
                progress: progress, space: search.supernet.space, population: population)
            return try (0..<count).map { index in
                var rng = streams.split(index)
                return try sampler(context, &rng)
            }
        }
    }

    /// One meta-update of the shared weights, billed and recorded.
    ///
    /// - Parameters:
    ///   - tasks: One batch.
    ///   - paths: The subnet that each task trains.
    ///   - fraction: Of the run, 0…1, by which the outer learning rate is scheduled.
    ///   - factor: Times the outer learning rate.
    ///   - phase: Named in events.
    ///   - done: Updates of the phase, this one included.
    ///   - total: Updates of the whole phase.
    /// - Throws: `SearchSpaceError` for a path not of the space; what learning or the sink throws.
    public func update(
        _ tasks: [Task], paths: [Genotype], fraction: Double, factor: Double, phase: String,
        done: Int, of total: Int
    ) throws {
        trainingCost += try during("update") {
            for task in tasks where task.life !== life {
                throw ExperimentError.failed(RunLife.problem("task"))
            }
            return try training.update(
                search.trainer, tasks.map(\.drawn),
                try paths.map { try search.supernet.subnet($0) }, record: search.classes,
                rateFactor: training.factory.rateFactor(fraction) * Float(factor), phase: phase,
                done: done, of: total)
        }
    }

    // MARK: Searching

    /// The plan's strategy, begun anew.
    ///
    /// - Throws: What the strategy's operators throw.
    public func strategy() throws -> MethodStrategy {
        try during("strategy") {
            let name = strategyCount == 0 ? "strategy" : "strategy \(strategyCount)"
            strategyCount += 1
            return try MethodStrategy(
                search.strategies, rng: training.stream.split(name), ranking: search.ranking,
                lineage: lineage, life: life, onShortage: tell)
        }
    }

    /// The plan's strategy as it was saved.
    ///
    /// - Throws: `RecordsError` for a text that holds no state.
    public func strategy(saved text: String) throws -> MethodStrategy {
        let saved = try RecordCoding.decode(MethodStrategy.Saved.self, from: text)
        return try MethodStrategy(
            search.strategies, rng: training.stream.split("strategy"), ranking: search.ranking,
            lineage: lineage, life: life, state: saved.state,
            mutationProbability: saved.mutationProbability,
            onShortage: tell)
    }

    /// Says once why a strategy proposed fewer genotypes than it was asked for.
    private func tell(_ shortage: Shortage) throws {
        guard search.note == nil else { return }
        let text = shortage.note(evaluations: search.evaluator.trials, of: space)
        search.note = text
        try training.journal.record(
            .message(Event.Message("\(search.name): \(text)", level: .warning)))
    }

    /// Genotypes scored on the fixed validation tasks with the shared weights as they are.
    ///
    /// - Parameters:
    ///   - genotypes: Of the space.
    ///   - generation: Recorded with each trial.
    ///   - origin: Recorded with each trial; how the strategy made it if nil.
    /// - Returns: One evaluation each, with all of the plan's objectives, minimized; strategies rank by
    ///   the first of them.
    /// - Throws: `SearchSpaceError` for a genotype not of the space; what learning throws.
    public func evaluate(
        _ genotypes: [Genotype], generation: Int?, origin: String?
    ) throws -> [Evaluation<Genotype>] {
        try during("evaluate") {
            let made = origin == nil ? lineage.origins() : nil
            return try search.evaluator.evaluate(
                genotypes, generation: generation,
                origin: { made?($0) ?? Lineage.Origin(origin ?? "listed") })
        }
    }

    /// Checks that evaluations are what ``evaluate(_:generation:origin:)`` gave in this run.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for the first that is not.
    public func check(_ evaluations: [Evaluation<Genotype>], _ name: String) throws {
        for (place, evaluation) in evaluations.enumerated()
        where !search.evaluator.proofs.contains(evaluation) {
            throw ExperimentError.failed(
                "\(name)[\(place + 1)]: no evaluation of this run gave this genotype these "
                    + "objectives; pass on what context:evaluate returned, or evaluate it")
        }
    }

    // MARK: Events

    /// Records that a part of the run begins.
    public func start(_ phase: String, total: Int, unit: String) throws {
        try during("start") { try training.journal.start(phase, total: total, unit: unit) }
    }

    /// Records how far a part of the run is.
    public func progress(
        _ phase: String, _ done: Int, of total: Int, unit: String, _ metrics: [Metric]
    ) throws {
        try during("progress") {
            try training.journal.progress(phase, done, of: total, unit: unit, metrics)
        }
    }

    /// Records a generation with its best individual; nothing if there is none.
    public func generation(
        _ number: Int, evaluated: Int, population: [Evaluation<Genotype>]
    ) throws {
        try check(population, "population")
        try during("generation") {
            try search.record(number, population, evaluated: evaluated)
            hasGeneration = true
        }
    }

    /// Records a sentence.
    public func message(_ text: String) throws {
        try during("message") { try training.journal.record(.message(Event.Message(text))) }
    }

    /// - Throws: The interruption, if the user asked to stop.
    public func checkInterruption() throws { try training.journal.checkInterruption() }

    /// Whether an error is the user's wish to stop, which methods must let pass.
    public static func isInterruption(_ error: any Error) -> Bool { error is RunInterruption }

    // MARK: State

    /// Shared weights, their optimizer's history and the number of updates.
    ///
    /// - Returns: JSON text and arrays.
    /// - Throws: Never in practice: encoding plain values.
    public func learnerState() throws -> MethodState {
        try search.trainer.savedState()
    }

    /// Takes up shared weights as they were saved.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a state of another network.
    public func restoreLearner(_ state: MethodState) throws {
        try search.trainer.restore(state)
    }

    /// The state from which the run can go on, as it is now.
    func checkpoint(_ method: any SearchMethod, isDone: Bool) throws -> MethodState {
        let state = try method.saved(self)
        let checkpoint = Checkpoint(
            method: state.text, events: training.journal.recorded, isDone: isDone,
            training: trainingCost, evaluation: search.evaluator.cost,
            trials: search.evaluator.trials, failures: search.evaluator.failures,
            proofs: search.evaluator.proofs,
            strategies: strategyCount, innerSteps: innerSteps, lineage: lineage.calls,
            operators: lineage.uses,
            classes: search.classes.scores)
        return MethodState(text: try RecordCoding.json(checkpoint), arrays: state.arrays)
    }

    /// Hands a state to the sink.
    func save(_ state: MethodState) throws {
        try search.save(state)
        hasGeneration = false
    }

    /// Whether a state is due after so many steps: every so often, and after each generation.
    func isDue(_ steps: Int) -> Bool { hasGeneration || steps % max(plan.checkpointSteps, 1) == 0 }

    /// Takes up what ``save(_:)`` kept.
    ///
    /// - Returns: Whether the search was over.
    /// - Throws: ``ExperimentError/failed(_:)`` for a state that is of another run.
    func restore(_ method: any SearchMethod, _ saved: MethodState) throws -> Bool {
        let checkpoint = try saved.checkpoint()
        do {
            try method.restore(
                MethodState(text: checkpoint.method, arrays: saved.arrays), self)
            try set(innerSteps: checkpoint.innerSteps)
        } catch {
            throw MethodState.unusable("\(error)")
        }
        trainingCost = checkpoint.training
        strategyCount = checkpoint.strategies
        lineage.calls = checkpoint.lineage
        lineage.uses = checkpoint.operators ?? []
        search.classes.scores = checkpoint.classes
        search.evaluator.restore(
            cost: checkpoint.evaluation, trials: checkpoint.trials, failures: checkpoint.failures,
            proofs: checkpoint.proofs ?? EvaluationProofs())
        training.journal.resume(
            checkpoint.training + checkpoint.evaluation, recorded: checkpoint.events)
        return checkpoint.isDone
    }
}
