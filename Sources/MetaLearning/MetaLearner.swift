public import NeuralNetworks
public import Tensors

/// A way to learn to learn: how one task moves the shared parameters, and how a task is learned
/// when it counts.
public protocol MetaLearner: Sendable {
    /// The learner's name, as `maml`.
    var name: String { get }

    /// Buffers of all parameters' size that a worker holds while it learns a task, besides the
    /// outer gradient.
    var parameterCopies: Int { get }

    /// Learns one task and writes the outer gradient.
    ///
    /// - Parameters:
    ///   - task: The task and its network.
    ///   - context: Shared parameters, caches and settings.
    ///   - gradient: Of the parameters' layout; only the entries that the task touches are written.
    ///   - workspace: Of the running thread.
    /// - Returns: What the task touched, how it scored, and what it cost.
    /// - Throws: `MetaLearningError.unsuitableTask` for a kind of task that the learner has no way
    ///   with; `TensorError` if the network cannot be traced or run.
    func train(
        _ task: MetaTask, _ context: LearningContext, gradient: FloatBuffer, _ workspace: Workspace
    ) throws -> TaskOutcome

    /// Learns one task on its support set and scores it on its query set.
    ///
    /// - Parameters:
    ///   - task: The task and its network.
    ///   - context: Shared parameters, caches and settings.
    ///   - steps: Numbers of inner steps after which to score, ascending; learners without inner
    ///     steps ignore their values and score once for each.
    ///   - workspace: Of the running thread.
    /// - Returns: A score for each number of steps, and the cost.
    /// - Throws: `MetaLearningError.unsuitableTask` for a kind of task that the learner has no way
    ///   with; `TensorError` if the network cannot be traced or run.
    func evaluate(
        _ task: MetaTask, _ context: LearningContext, steps: [Int], _ workspace: Workspace
    ) throws -> (scores: [TaskScore], cost: ComputeCost)
}

/// What every task of an update or an evaluation shares.
public struct LearningContext: Sendable {
    /// The meta-learned parameters; only read while tasks run.
    public let parameters: ParameterSet
    /// Running statistics of batch norms, if that is the policy.
    public let statistics: ParameterSet?
    /// Plans compiled earlier.
    public let plans: TaskPlanCache
    /// Whether training says how well each class of a task was told.
    public let scoresClasses: Bool
    let layout: ParameterLayout

    /// - Parameters:
    ///   - parameters: The meta-learned parameters.
    ///   - statistics: Given, evaluation normalises queries with them; nil is transductive.
    ///   - plans: Where compiled plans are kept.
    ///   - scoresClasses: Whether training says how well each class of a task was told.
    public init(
        parameters: ParameterSet, statistics: ParameterSet? = nil, plans: TaskPlanCache,
        scoresClasses: Bool = false
    ) {
        self.parameters = parameters
        self.statistics = statistics
        self.plans = plans
        self.scoresClasses = scoresClasses
        layout = ParameterLayout(
            parameters.layout.entries + (statistics?.layout.entries ?? []))
    }

    /// Where an entry of the joint layout has its values.
    func pointer(_ entry: Int) -> UnsafeMutablePointer<Float> {
        let own = parameters.layout.entries.count
        if entry < own || statistics == nil {
            return parameters.values.pointer + parameters.layout.offsets[entry]
        }
        let statistics = statistics ?? parameters
        return statistics.values.pointer + statistics.layout.offsets[entry - own]
    }
}

/// What training on one task gave.
public struct TaskOutcome: Sendable {
    /// Entries of the layout whose gradient was written.
    public var touched: [Int]
    /// Query score at the adapted parameters; for Reptile the support loss.
    public var score: TaskScore
    /// What the task cost.
    public var cost: ComputeCost
    /// [mean | inverse deviation] of the query batch by the name of the running statistics.
    var statistics: [(name: String, values: [Float])] = []
    /// The fraction of each class's queries that were classified correctly, by label; empty unless it was
    /// asked for, and of learners that see no query in training.
    var classAccuracies: [Double] = []
}
