import Datasets
import NeuralNetworks
public import Tensors

/// Prototypical networks (Snell, Swersky, Zemel 2017): a query belongs to the class whose mean
/// support embedding is nearest. The embedding is the network's features.
public struct PrototypicalNetwork: MetaLearner {
    /// How near an embedding is to a prototype.
    public enum Distance: String, Sendable, Hashable {
        /// Squared Euclidean, as in the paper.
        case euclidean
        /// One minus the cosine of the angle, times ten.
        case cosine
    }

    private let distance: Distance
    private let keepsStatistics: Bool

    /// - Parameters:
    ///   - distance: How near an embedding is to a prototype.
    ///   - keepsStatistics: Whether training reports each batch norm's statistics of the query set.
    public init(distance: Distance = .euclidean, keepsStatistics: Bool = false) {
        self.distance = distance
        self.keepsStatistics = keepsStatistics
    }

    /// `prototypical`.
    public var name: String { "prototypical" }

    /// None: there is no inner loop.
    public var parameterCopies: Int { 0 }

    /// Writes the gradient of the query loss; there is no inner loop. Throws
    /// `MetaLearningError.unsuitableTask` for regression.
    public func train(
        _ task: MetaTask, _ context: LearningContext, gradient: FloatBuffer,
        _ workspace: Workspace
    ) throws -> TaskOutcome {
        let plan = try plan(task, context, trains: true, workspace)
        let layout = context.parameters.layout
        let statistics = plan.statisticsBuffers(layout)
        let told = ClassScores.areAsked(of: task, context) ? ClassScores.buffer(for: task) : nil
        let score = try run(
            plan, task, context,
            plan.entries.map { gradient.pointer + layout.offsets[$0] }
                + statistics.map(\.values.pointer) + (told.map { [$0.pointer] } ?? []), workspace)
        return TaskOutcome(
            touched: plan.entries, score: score,
            cost: ComputeCost(multiplyAdds: plan.plan.multiplyAdds, gradientSteps: 1, tasks: 1),
            statistics: statistics.map { ($0.name, $0.values.array) },
            classAccuracies: told.map { ClassScores.accuracies($0, of: task) } ?? [])
    }

    /// Scores the query set once and gives that score for each number of steps. Throws
    /// `MetaLearningError.unsuitableTask` for regression.
    public func evaluate(
        _ task: MetaTask, _ context: LearningContext, steps: [Int], _ workspace: Workspace
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        let plan = try plan(task, context, trains: false, workspace)
        let score = try run(plan, task, context, [], workspace)
        return (
            steps.map { _ in score },
            ComputeCost(multiplyAdds: plan.plan.multiplyAdds, tasks: 1)
        )
    }

    private func run(
        _ plan: TaskPlan, _ task: MetaTask, _ context: LearningContext,
        _ places: [UnsafeMutablePointer<Float>], _ workspace: Workspace
    ) throws -> TaskScore {
        let results = FloatBuffer(count: 2)
        try plan.run(
            workspace, support: TaskData(task.episode.support, workspace),
            query: TaskData(task.episode.query, workspace), parameter: context.pointer,
            outputs: [results.pointer, results.pointer + 1] + places)
        return TaskScore(
            loss: Double(results.pointer[0]), accuracy: Double(results.pointer[1]))
    }

    private func plan(
        _ task: MetaTask, _ context: LearningContext, trains: Bool, _ workspace: Workspace
    ) throws -> TaskPlan {
        let shape = TaskShape(task.episode)
        guard shape.isClassification else {
            throw MetaLearningError.unsuitableTask(
                learner: name, reason: "prototypes need classes; regression tasks have none")
        }
        let source: BatchNormSource =
            context.statistics == nil || trains ? .batch : .running
        let keeps = trains && keepsStatistics
        let told = trains && ClassScores.areAsked(of: task, context)
        let key =
            "prototypes \(distance) \(trains) \(keeps) \(told) \(source) \(shape) "
            + task.network.key
        return try context.plans.plan(key) {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let support = try tracer.data(.support)
            let query = try tracer.data(.query)
            let embedded = try task.network.features(
                support.inputs, tracer.parameters, ForwardContext(batchNorm: source))
            let forward = ForwardContext(batchNorm: source)
            let queries = try task.network.features(query.inputs, tracer.parameters, forward)
            let kept = keeps ? forward.statistics : []
            let logits = try logits(
                queries, prototypes(embedded, support.targets, ways: task.episode.ways))
            let loss = try tracer.loss(logits, query.targets)
            let names = trains ? tracer.adaptedNames(headOnly: false) : []
            let tensors = try names.map { name throws(TensorError) in
                try tracer.parameters(name)
            }
            return try TaskPlan(
                [loss, tracer.accuracy(logits, query.targets)] + loss.gradient(tensors)
                    + kept.map(\.values) + (told ? [logits] : []),
                entries: names, statistics: kept.map(\.name), layout: context.layout,
                workspace: workspace)
        }
    }

    /// Class means [ways, F].
    private func prototypes(
        _ embedded: Tensor, _ labels: Tensor, ways: Int
    ) throws(TensorError) -> Tensor {
        let member = try labels.oneHot(classes: ways)
        let counts = try member.sum(axes: [0]).reshaped([ways, 1])
        return try member.matmul(embedded, transposeA: true) / counts
    }

    /// Minus the distance of each query to each prototype: [Q, ways].
    private func logits(
        _ queries: Tensor, _ prototypes: Tensor
    ) throws(TensorError) -> Tensor {
        let dot = try queries.matmul(prototypes, transposeB: true)
        let ownSquares = try queries.squared().sum(axes: [1], keepDimensions: true)
        let squares = try prototypes.squared().sum(axes: [1])
        switch distance {
        case .euclidean:
            return try dot.scaled(by: 2) - ownSquares - squares
        case .cosine:
            let scale = try ownSquares.adding(1e-8).rsqrt() * squares.adding(1e-8).rsqrt()
            return try (dot * scale).scaled(by: 10)
        }
    }
}
