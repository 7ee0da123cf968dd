import Datasets
public import NeuralNetworks
public import Tensors

/// Reptile (Nichol, Achiam, Schulman 2018, algorithm 1): the shared parameters move towards those
/// that ordinary training on the support set ends at.
public struct Reptile: MetaLearner {
    /// The inner optimizer.
    public enum InnerRule: Sendable, Hashable {
        /// Plain gradient descent.
        case sgd(rate: Float, momentum: Float, weightDecay: Float = 0)
        /// Adam, its moments new for every task.
        case adam(Adam.Options)
    }

    /// Steps on the support set in training.
    public let innerSteps: Int
    private let rule: InnerRule
    private let keepsStatistics: Bool

    /// - Parameters:
    ///   - innerSteps: At least 1.
    ///   - rule: How an inner step moves the parameters.
    ///   - keepsStatistics: Whether training reports each batch norm's statistics of the support
    ///     set, as they are before the last step.
    /// - Throws: `MetaLearningError.invalidOption` for fewer steps.
    public init(
        innerSteps: Int, rule: InnerRule, keepsStatistics: Bool = false
    ) throws(MetaLearningError) {
        guard innerSteps >= 1 else {
            throw .invalidOption(
                name: "inner steps", expected: "at least 1", found: "\(innerSteps)")
        }
        self.innerSteps = innerSteps
        self.rule = rule
        self.keepsStatistics = keepsStatistics
    }

    /// `reptile`.
    public var name: String { "reptile" }

    /// The moving parameters, their slope, and the inner rule's moments.
    public var parameterCopies: Int {
        switch rule {
        case .sgd: 3
        case .adam: 4
        }
    }

    /// Trains a copy of the parameters on the support set; the outer gradient is start − end, and
    /// the score is the support loss before the last step.
    public func train(
        _ task: MetaTask, _ context: LearningContext, gradient: FloatBuffer,
        _ workspace: Workspace
    ) throws -> TaskOutcome {
        var cost = ComputeCost(tasks: 1)
        let own = context.parameters.copy(
            into: workspace.borrow(count: context.parameters.values.count))
        defer { workspace.giveBack(own.values) }
        let (touched, loss, statistics) = try adapt(
            task, context, own, makeOptimizer(context), steps: innerSteps,
            TaskData(task.episode.support, workspace), &cost, workspace)
        // The outer gradient is the way back: start − end.
        let layout = context.parameters.layout
        for entry in touched {
            let first = layout.offsets[entry]
            for place in first..<first + layout.entries[entry].shape.count {
                gradient.pointer[place] =
                    context.parameters.values.pointer[place] - own.values.pointer[place]
            }
        }
        return TaskOutcome(
            touched: touched, score: TaskScore(loss: Double(loss), accuracy: .nan), cost: cost,
            statistics: statistics)
    }

    /// Trains a copy of the parameters on the support set and scores it on the query set after each
    /// number of steps.
    public func evaluate(
        _ task: MetaTask, _ context: LearningContext, steps: [Int], _ workspace: Workspace
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        var cost = ComputeCost(tasks: 1)
        let own = context.parameters.copy(
            into: workspace.borrow(count: context.parameters.values.count))
        defer { workspace.giveBack(own.values) }
        let optimizer = makeOptimizer(context)
        let support = TaskData(task.episode.support, workspace)
        let query = TaskData(task.episode.query, workspace)
        var taken = 0
        var scores: [TaskScore] = []
        for count in steps {
            _ = try adapt(
                task, context, own, optimizer, steps: count - taken, support, &cost, workspace)
            taken = max(taken, count)
            scores.append(
                try InnerLoop.score(
                    task, context, query: query, parameter: { pointer($0, own, context) },
                    cost: &cost, workspace))
        }
        return (scores, cost)
    }

    private func pointer(
        _ entry: Int, _ own: ParameterSet, _ context: LearningContext
    ) -> UnsafeMutablePointer<Float> {
        entry < own.layout.entries.count
            ? own.values.pointer + own.layout.offsets[entry] : context.pointer(entry)
    }

    private func makeOptimizer(_ context: LearningContext) -> any Optimizer {
        switch rule {
        case .sgd(let rate, let momentum, let decay):
            SGD(rate: rate, momentum: momentum, weightDecay: decay)
        case .adam(let options): Adam(options, layout: context.parameters.layout)
        }
    }

    private func adapt(
        _ task: MetaTask, _ context: LearningContext, _ own: ParameterSet,
        _ optimizer: any Optimizer, steps: Int, _ support: TaskData, _ cost: inout ComputeCost,
        _ workspace: Workspace
    ) throws -> (touched: [Int], loss: Float, statistics: [(name: String, values: [Float])]) {
        guard steps > 0 else { return ([], .nan, []) }
        let shape = TaskShape(task.episode)
        let plan = try context.plans.plan("slope \(keepsStatistics) \(shape) \(task.network.key)") {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let data = try tracer.data(.support)
            let forward = ForwardContext()
            let outputs = try task.network.forward(data.inputs, tracer.parameters, forward)
            let kept = keepsStatistics ? forward.statistics : []
            let loss = try tracer.loss(outputs, data.targets)
            let names = tracer.adaptedNames(headOnly: false)
            let tensors = try names.map { name throws(TensorError) in
                try tracer.parameters(name)
            }
            return try TaskPlan(
                [loss] + loss.gradient(tensors) + kept.map(\.values), entries: names,
                statistics: kept.map(\.name), layout: context.layout, workspace: workspace)
        }
        let loss = FloatBuffer(count: 1)
        let slope = workspace.borrow(count: own.layout.count)
        defer { workspace.giveBack(slope) }
        let statistics = plan.statisticsBuffers(own.layout)
        for _ in 0..<steps {
            try plan.run(
                workspace, support: support, query: nil,
                parameter: { pointer($0, own, context) },
                outputs: [loss.pointer]
                    + plan.entries.map { slope.pointer + own.layout.offsets[$0] }
                    + statistics.map(\.values.pointer))
            optimizer.update(own, gradient: slope, touched: plan.entries, rateFactor: 1)
            cost.multiplyAdds += plan.plan.multiplyAdds
            cost.gradientSteps += 1
        }
        return (plan.entries, loss.pointer[0], statistics.map { ($0.name, $0.values.array) })
    }
}
