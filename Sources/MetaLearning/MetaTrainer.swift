public import NeuralNetworks
public import Tensors

/// The outer loop: meta-updates over batches of tasks, and evaluation, on all workers.
///
/// Tasks write gradients of their own; they are added in task order, so the result does not depend
/// on how many threads there are.
public final class MetaTrainer {
    /// What one meta-update gave.
    public struct Outcome: Sendable {
        /// Mean query loss over the tasks.
        public var loss: Double
        /// Mean query accuracy; NaN for regression.
        public var accuracy: Double
        /// What the update cost.
        public var cost: ComputeCost
        /// For each task the query accuracy of each class, by label; empty
        /// unless ``MetaTrainer/scoresClasses`` asks for it, and for tasks that have none.
        public var classAccuracies: [[Double]] = []
    }

    /// Whose weights they are: the name of a search or of an arm.
    public let name: String
    /// The meta-learned parameters.
    public let parameters: ParameterSet
    /// Running statistics of batch norms, if that is the policy.
    public let statistics: ParameterSet?
    /// How tasks are learned.
    public private(set) var learner: any MetaLearner
    /// Inner steps in place of the learner's own, as a schedule set them; nil for its own.
    public private(set) var innerSteps: Int?
    /// Whether updates say how well each class of a task was told.
    public var scoresClasses = false
    /// Meta-updates made so far.
    public private(set) var updates = 0
    /// How often the parameters changed, by updates and by taking up others.
    public private(set) var changes: Int
    private let optimizer: any Optimizer
    private let executor: Executor
    private let plans: TaskPlanCache
    private let gradientClip: Float?
    private var taskGradients: [FloatBuffer] = []
    private let gradient: FloatBuffer

    /// - Parameters:
    ///   - learner: How tasks are learned.
    ///   - parameters: The meta-learned parameters, changed in place by updates.
    ///   - optimizer: Moves them along the outer gradient.
    ///   - executor: Its workers run the tasks.
    ///   - plans: Where compiled plans are kept.
    ///   - statistics: Kept up to date with momentum 0.1 if given.
    ///   - gradientClip: Norm above which the outer gradient is scaled down.
    ///   - name: Whose weights they are.
    ///   - innerSteps: What the learner has in place of its own steps; nil for its own.
    ///   - changes: How often the parameters changed before.
    public init(
        _ learner: any MetaLearner, parameters: ParameterSet, optimizer: any Optimizer,
        executor: Executor, plans: TaskPlanCache = TaskPlanCache(),
        statistics: ParameterSet? = nil, gradientClip: Float? = nil, name: String = "weights",
        innerSteps: Int? = nil, changes: Int = 0
    ) {
        self.name = name
        self.innerSteps = innerSteps
        self.changes = changes
        self.learner = learner
        self.parameters = parameters
        self.optimizer = optimizer
        self.executor = executor
        self.plans = plans
        self.statistics = statistics
        self.gradientClip = gradientClip
        gradient = FloatBuffer(count: parameters.layout.count)
    }

    /// Takes another learner from here on, with the inner steps that it has in place of its own.
    public func take(_ learner: any MetaLearner, innerSteps: Int?) {
        self.learner = learner
        self.innerSteps = innerSteps
    }

    /// The optimizer's history.
    public var optimizerState: OptimizerState { optimizer.state }

    /// Takes up saved weights and history.
    ///
    /// - Returns: Whether they are of this trainer's network, learner and optimizer; if not, nothing
    ///   changes.
    public func restore(
        weights: [Float], statistics values: [Float]?, optimizer state: OptimizerState,
        updates: Int
    ) -> Bool {
        guard weights.count == parameters.values.count, updates >= 0,
            values?.count == statistics?.values.count,
            state.moments.allSatisfy({ $0.count == weights.count }), optimizer.restore(state)
        else { return false }
        parameters.values.overwrite(weights)
        if let values { statistics?.values.overwrite(values) }
        self.updates = updates
        changes += 1
        return true
    }

    /// Moves the parameters by the mean outer gradient of some tasks.
    ///
    /// - Parameters:
    ///   - tasks: One batch.
    ///   - rateFactor: Times the outer learning rate.
    /// - Returns: Mean loss and accuracy, and the cost.
    /// - Throws: `MetaLearningError.notFinite` or `.notFiniteData` before anything is moved, naming
    ///   update and task; what the learner throws.
    public func update(_ tasks: [MetaTask], rateFactor: Float = 1) throws -> Outcome {
        while taskGradients.count < tasks.count {
            taskGradients.append(FloatBuffer(count: parameters.layout.count))
        }
        let outcomes = OutcomeSlots(count: tasks.count)
        let context = LearningContext(
            parameters: parameters, plans: plans, scoresClasses: scoresClasses)
        let (learner, gradients, number) = (learner, taskGradients, updates)
        try executor.forEach(tasks.count, work: { tasks[$0].network.work }) {
            index, workspace in
            try tasks[index].checkFinite(update: number, task: index)
            outcomes[index] = try learner.train(
                tasks[index], context, gradient: gradients[index], workspace)
        }
        var result = Outcome(loss: 0, accuracy: 0, cost: ComputeCost())
        var isTouched = [Bool](repeating: false, count: parameters.layout.entries.count)
        let share = 1 / Float(max(tasks.count, 1))
        for index in tasks.indices {
            guard let outcome = outcomes[index] else { continue }
            guard outcome.score.loss.isFinite else {
                throw MetaLearningError.notFinite(
                    what: "the loss", update: updates, task: index)
            }
            add(outcome, gradients[index], share, &isTouched)
            result.loss += outcome.score.loss / Double(tasks.count)
            result.accuracy += outcome.score.accuracy / Double(tasks.count)
            result.cost += outcome.cost
            result.classAccuracies.append(outcome.classAccuracies)
        }
        let touched = isTouched.indices.filter { isTouched[$0] }
        try clip(touched, outcomes, tasks: tasks.count)
        optimizer.update(
            parameters, gradient: gradient, touched: touched, rateFactor: rateFactor)
        for index in tasks.indices { keep(outcomes[index]?.statistics ?? []) }
        updates += 1
        changes += 1
        return result
    }

    /// Learns and scores tasks without moving the parameters.
    ///
    /// - Parameters:
    ///   - tasks: What to learn, each by itself.
    ///   - steps: Numbers of inner steps after which to score, ascending.
    /// - Returns: For each task a score for each number of steps, and the whole cost.
    /// - Throws: `MetaLearningError.notFiniteData`; what the learner throws, for the
    ///   lowest-numbered task that failed. A score may be no finite number.
    public func evaluate(
        _ tasks: [MetaTask], steps: [Int]
    ) throws -> (scores: [[TaskScore]], cost: ComputeCost) {
        let results = try evaluations(tasks, steps: steps)
        return (results.map(\.scores), results.reduce(into: ComputeCost()) { $0 += $1.cost })
    }

    /// Learns and scores tasks without moving the parameters, each with its cost.
    ///
    /// - Parameters:
    ///   - tasks: What to learn, each by itself.
    ///   - steps: Numbers of inner steps after which to score, ascending.
    /// - Returns: For each task a score for each number of steps, and what it cost.
    /// - Throws: As ``evaluate(_:steps:)``.
    public func evaluations(
        _ tasks: [MetaTask], steps: [Int]
    ) throws -> [(scores: [TaskScore], cost: ComputeCost)] {
        let slots = ScoreSlots(count: tasks.count)
        let context = LearningContext(
            parameters: parameters, statistics: statistics, plans: plans)
        let (learner, number) = (learner, updates)
        try executor.forEach(tasks.count, work: { tasks[$0].network.work }) {
            index, workspace in
            try tasks[index].checkFinite(update: number, task: index)
            slots[index] = try learner.evaluate(tasks[index], context, steps: steps, workspace)
        }
        return tasks.indices.map { slots[$0] ?? ([], ComputeCost()) }
    }

    // MARK: Sums in task order

    private func add(
        _ outcome: TaskOutcome, _ task: FloatBuffer, _ share: Float, _ isTouched: inout [Bool]
    ) {
        let layout = parameters.layout
        for entry in outcome.touched {
            let first = layout.offsets[entry]
            let range = first..<first + layout.entries[entry].shape.count
            if isTouched[entry] {
                for place in range { gradient.pointer[place] += share * task.pointer[place] }
            } else {
                isTouched[entry] = true
                for place in range { gradient.pointer[place] = share * task.pointer[place] }
            }
        }
    }

    private func clip(_ touched: [Int], _ outcomes: OutcomeSlots, tasks: Int) throws {
        let layout = parameters.layout
        var square = 0.0
        for entry in touched {
            let first = layout.offsets[entry]
            for place in first..<first + layout.entries[entry].shape.count {
                square += Double(gradient.pointer[place] * gradient.pointer[place])
            }
        }
        guard square.isFinite else {
            let culprit = (0..<tasks).first { task in
                (outcomes[task]?.touched ?? []).contains { entry in
                    let first = layout.offsets[entry]
                    let range = first..<first + layout.entries[entry].shape.count
                    return !range.allSatisfy { taskGradients[task].pointer[$0].isFinite }
                }
            }
            throw MetaLearningError.notFinite(
                what: "the gradient", update: updates, task: culprit ?? 0)
        }
        guard let gradientClip, square.squareRoot() > Double(gradientClip) else { return }
        let factor = gradientClip / Float(square.squareRoot())
        for entry in touched {
            let first = layout.offsets[entry]
            for place in first..<first + layout.entries[entry].shape.count {
                gradient.pointer[place] *= factor
            }
        }
    }

    /// Moves running means and variances a tenth of the way to a batch's.
    private func keep(_ batch: [(name: String, values: [Float])]) {
        guard let statistics else { return }
        RunningStatistics.move(statistics, to: batch, rate: 0.1)
    }
}
