internal import Datasets
public import NeuralNetworks
public import Tensors

/// Memory of a training step, known from shapes before anything runs.
public enum MemoryEstimate {
    /// Bytes of working memory for one task's query gradient: the largest plan of first-order
    /// learning. Every worker needs as much.
    ///
    /// - Parameters:
    ///   - network: What is trained.
    ///   - queryShape: Of the query inputs, examples first.
    ///   - isClassification: Whether the loss is the cross-entropy; else the mean squared error.
    /// - Returns: The size of the plan's arena.
    /// - Throws: `TensorError` if the network cannot be traced on such inputs, or has no plan.
    public static func trainingBytes(
        _ network: any Network, queryShape: [Int], isClassification: Bool
    ) throws -> Int {
        let graph = Graph()
        let parameters = Parameters(graph, ParameterLayout(try network.parameters))
        let x = try graph.input("query.inputs", try Shape(queryShape))
        let outputs = try network.forward(x, parameters, ForwardContext())
        let loss: Tensor
        if isClassification {
            let labels = try graph.input("query.targets", try Shape([queryShape[0]]))
            loss = try outputs.crossEntropy(labels: labels)
        } else {
            loss = try outputs.meanSquaredError(
                try graph.input("query.targets", outputs.shape))
        }
        let tensors = try parameters.names.map { name throws(TensorError) in
            try parameters(name)
        }
        let executor = try Executor(threads: 1)
        return try Plan([loss] + loss.gradient(tensors), kernels: executor.kernels).arenaBytes
    }

    /// What the plans of a learner need for one task, on any of several networks.
    ///
    /// The learner goes through a task of zeros whose plans are compiled and never run. Kernels
    /// stay in the executor's cache, so a run with it finds them ready.
    ///
    /// - Parameters:
    ///   - learner: How tasks are learned.
    ///   - networks: What is trained or scored, each by itself.
    ///   - layout: Of the parameters that all of them read.
    ///   - statistics: Of running statistics, if evaluation normalises queries with them.
    ///   - sizes: Of the tasks.
    ///   - trains: Whether the networks are trained, and not scored alone.
    ///   - executor: Its kernels are used.
    /// - Returns: The largest arena, and which code serves the operations.
    /// - Throws: `TensorError` for sizes that no plan can have, `MetaLearningError.unsuitableTask`.
    public static func plans(
        of learner: any MetaLearner, _ networks: [any Network], layout: ParameterLayout,
        statistics: ParameterLayout? = nil, sizes: TaskSizes, trains: Bool, executor: Executor
    ) throws -> PlanNeeds {
        let episode = sizes.episode
        let parameters = ParameterSet(zeros: layout)
        let gradient = FloatBuffer(count: trains ? layout.count : 0)
        let running = statistics.map { ParameterSet(zeros: $0) }
        let needs = ResultSlots<PlanNeeds>(count: 1)
        try executor.forEach(1) { _, workspace in
            var found = PlanNeeds()
            for network in networks {
                let plans = TaskPlanCache(measuring: ())
                let task = MetaTask(network, episode)
                if trains {
                    _ = try learner.train(
                        task, LearningContext(parameters: parameters, plans: plans),
                        gradient: gradient, workspace)
                }
                _ = try learner.evaluate(
                    task,
                    LearningContext(parameters: parameters, statistics: running, plans: plans),
                    steps: [1], workspace)
                for plan in plans.plans.map(\.plan) {
                    found.arenaBytes = max(found.arenaBytes, plan.arenaBytes)
                    found.services.formUnion(plan.services)
                }
            }
            needs[0] = found
        }
        return needs[0] ?? PlanNeeds()
    }
}

/// The sizes of a task, without its data.
public struct TaskSizes: Sendable, Hashable {
    /// Of the support inputs, examples first.
    public var support: [Int]
    /// Of the query inputs, examples first.
    public var query: [Int]
    /// Classes; nil for regression of one value.
    public var ways: Int?

    /// The sizes of a task.
    public init(support: [Int], query: [Int], ways: Int?) {
        self.support = support
        self.query = query
        self.ways = ways
    }

    /// A task of these sizes whose numbers are left out: plans for it can be compiled, not run.
    var episode: Episode {
        func batch(_ shape: [Int]) -> Batch {
            Batch(
                inputs: [], inputShape: shape,
                targets: ways == nil
                    ? .values([], shape: [shape.first ?? 0, 1]) : .labels([]))
        }
        return Episode(
            support: batch(support), query: batch(query), ways: ways ?? 1,
            shots: (support.first ?? 0) / max(ways ?? 1, 1))
    }
}

/// What the plans of learning one task need.
public struct PlanNeeds: Sendable {
    /// Bytes of the largest plan's arena; every worker needs as much.
    public var arenaBytes = 0
    /// Which code serves the plans' operations.
    public var services: Set<OperationService> = []
}
