import Datasets
import NeuralNetworks
public import Tensors

/// Model-agnostic meta-learning (Finn, Abbeel, Levine 2017, algorithms 1 and 2), and ANIL, which
/// adapts the head alone (Raghu et al. 2020).
///
/// Order 2 differentiates through the inner steps. Order 1 takes the query gradient at the adapted
/// point as the outer gradient (the paper's first-order approximation).
public struct MAML: MetaLearner {
    /// 1 or 2.
    public let order: Int
    /// Steps on the support set in training.
    public let innerSteps: Int
    private let inner: InnerLoop
    /// Whether training reports each batch norm's statistics of the query set.
    private let keepsStatistics: Bool

    /// - Parameters:
    ///   - order: 1 or 2.
    ///   - innerSteps: At least 0; with 0 it is ordinary training on the query sets.
    ///   - innerRate: Step size of the inner loop.
    ///   - headOnly: ANIL: the inner loop moves the head alone.
    ///   - keepsStatistics: Whether running statistics are kept.
    ///   - rule: Of the inner steps; descent by `innerRate` if nil.
    /// - Throws: `MetaLearningError.invalidOption` for another order or a negative number of steps.
    public init(
        order: Int = 1, innerSteps: Int, innerRate: Float, headOnly: Bool = false,
        keepsStatistics: Bool = false,
        rule: InnerRule? = nil
    ) throws(MetaLearningError) {
        guard (1...2).contains(order) else {
            throw .invalidOption(name: "order", expected: "1 or 2", found: "\(order)")
        }
        guard innerSteps >= 0 else {
            throw .invalidOption(
                name: "inner steps", expected: "at least 0", found: "\(innerSteps)")
        }
        self.order = order
        self.innerSteps = innerSteps
        inner = InnerLoop(rule: rule ?? .descent(rate: innerRate), headOnly: headOnly)
        self.keepsStatistics = keepsStatistics
    }

    /// The rule's name if it was written outside Swift; else `anil` if the inner loop moves the head
    /// alone, and `maml` if not.
    public var name: String {
        if case .recorded(let rule) = inner.rule { return rule.name }
        return inner.headOnly ? "anil" : "maml"
    }

    /// The adapted parameters before and after an inner step.
    public var parameterCopies: Int { 2 }

    /// Adapts to the support set and writes the gradient of the query loss, through the inner steps
    /// if the order is 2.
    public func train(
        _ task: MetaTask, _ context: LearningContext, gradient: FloatBuffer,
        _ workspace: Workspace
    ) throws -> TaskOutcome {
        let support = TaskData(task.episode.support, workspace)
        let query = TaskData(task.episode.query, workspace)
        var cost = ComputeCost(tasks: 1)
        let adapted = InnerLoop.Adapted(context, workspace)
        let plan: TaskPlan
        if order == 1 || innerSteps == 0 {
            try inner.run(
                task, context, steps: innerSteps, support: support, adapted: adapted, cost: &cost,
                workspace)
            plan = try queryPlan(task, context, workspace)
        } else {
            plan = try unrolledPlan(task, context, workspace)
            cost.gradientSteps += innerSteps
        }
        let results = FloatBuffer(count: 2)
        let layout = context.parameters.layout
        let statistics = plan.statisticsBuffers(layout)
        let told = ClassScores.areAsked(of: task, context) ? ClassScores.buffer(for: task) : nil
        try plan.run(
            workspace, support: support, query: query, parameter: adapted.pointer,
            outputs: [results.pointer, results.pointer + 1]
                + plan.entries.map { gradient.pointer + layout.offsets[$0] }
                + statistics.map(\.values.pointer) + (told.map { [$0.pointer] } ?? []))
        cost.multiplyAdds += plan.plan.multiplyAdds
        cost.gradientSteps += 1
        let score = TaskScore(
            loss: Double(results.pointer[0]), accuracy: Double(results.pointer[1]))
        return TaskOutcome(
            touched: plan.entries, score: score, cost: cost,
            statistics: statistics.map { ($0.name, $0.values.array) },
            classAccuracies: told.map { ClassScores.accuracies($0, of: task) } ?? [])
    }

    /// Adapts to the support set and scores the query set after each number of steps.
    public func evaluate(
        _ task: MetaTask, _ context: LearningContext, steps: [Int], _ workspace: Workspace
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        let support = TaskData(task.episode.support, workspace)
        let query = TaskData(task.episode.query, workspace)
        var cost = ComputeCost(tasks: 1)
        let adapted = InnerLoop.Adapted(context, workspace)
        var taken = 0
        var scores: [TaskScore] = []
        for count in steps {
            try inner.run(
                task, context, steps: count - taken, support: support, adapted: adapted,
                cost: &cost, workspace)
            taken = max(taken, count)
            scores.append(
                try InnerLoop.score(
                    task, context, query: query, parameter: adapted.pointer, cost: &cost,
                    workspace))
        }
        return (scores, cost)
    }

    // MARK: Plans

    /// Loss, accuracy and gradient of the query set at given parameters.
    private func queryPlan(
        _ task: MetaTask, _ context: LearningContext, _ workspace: Workspace
    ) throws -> TaskPlan {
        let shape = TaskShape(task.episode)
        let told = ClassScores.areAsked(of: task, context)
        let key = "query \(keepsStatistics) \(told) \(shape) \(task.network.key)"
        return try context.plans.plan(key) {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let data = try tracer.data(.query)
            let forward = ForwardContext()
            let outputs = try task.network.forward(data.inputs, tracer.parameters, forward)
            return try finish(
                tracer, outputs, data.targets, forward, told, context, workspace)
        }
    }

    /// All inner steps and the query gradient through them, as one graph.
    private func unrolledPlan(
        _ task: MetaTask, _ context: LearningContext, _ workspace: Workspace
    ) throws -> TaskPlan {
        let shape = TaskShape(task.episode)
        let told = ClassScores.areAsked(of: task, context)
        let key =
            "unrolled \(inner.rule.key) \(inner.headOnly) \(innerSteps) \(keepsStatistics) \(told) "
            + "\(shape) \(task.network.key)"
        return try context.plans.plan(key) {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let support = try tracer.data(.support)
            let query = try tracer.data(.query)
            var current = tracer.parameters
            for _ in 0..<innerSteps {
                let outputs = try task.network.forward(
                    support.inputs, current, ForwardContext())
                let loss = try tracer.loss(outputs, support.targets)
                let adapted = try tracer.innerStep(
                    loss, current, names: tracer.adaptedNames(headOnly: inner.headOnly),
                    rule: inner.rule
                ) { name throws(TensorError) in try tracer.parameters(name) }
                current = tracer.parameters.replacing(
                    Dictionary(uniqueKeysWithValues: adapted.map { ($0.name, $0.value) }))
            }
            let forward = ForwardContext()
            let outputs = try task.network.forward(query.inputs, current, forward)
            return try finish(
                tracer, outputs, query.targets, forward, told, context, workspace)
        }
    }

    private func finish(
        _ tracer: TaskTracer, _ outputs: Tensor, _ targets: Tensor, _ forward: ForwardContext,
        _ told: Bool, _ context: LearningContext, _ workspace: Workspace
    ) throws -> TaskPlan {
        let loss = try tracer.loss(outputs, targets)
        let names = tracer.adaptedNames(headOnly: false)
        let initial = try names.map { name throws(TensorError) in try tracer.parameters(name) }
        let gradients = try loss.gradient(initial)
        let kept = keepsStatistics ? forward.statistics : []
        return try TaskPlan(
            [loss, tracer.accuracy(outputs, targets)] + gradients + kept.map(\.values)
                + (told ? [outputs] : []),
            entries: names, statistics: kept.map(\.name), layout: context.layout,
            workspace: workspace)
    }
}
