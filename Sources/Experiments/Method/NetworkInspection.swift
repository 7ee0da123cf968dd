internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
public import SearchSpaces
internal import Supernets
internal import Tensors

/// Facts about a plan's network that need no training: for `apogee inspect`.
public struct NetworkInspection: Sendable {
    /// Every layer with its shape and counts.
    public let network: NetworkDescription
    /// Bytes of the largest plan of learning one task: every worker's arena.
    public let plannedBytes: Int

    /// - Parameters:
    ///   - plan: Its space and tasks say which network.
    ///   - genotype: Of a searchable space; nil for a fixed network.
    ///   - builder: Makes the operations that a script or a plugin gives.
    /// - Throws: `ExperimentError.failed` for a searchable space without a genotype,
    ///   `SearchSpaceError` for a network that cannot be built, `TensorError` for one that cannot
    ///   be planned.
    public init(
        plan: ExperimentPlan, genotype: Genotype?,
        builder: ComponentBuilder = ComponentBuilder(registry: Registry())
    ) throws {
        let (inputShape, outputs) = Networks.sizes(plan.tasks)
        let built: any Network
        switch plan.space {
        case .nasBench201:
            throw ExperimentError.failed(
                "the networks of \"nas_bench_201\" are looked up; there is none to inspect")
        case .cells, .custom:
            guard let genotype else {
                throw ExperimentError.failed(
                    "the plan's space has many networks: name one by its genotype")
            }
            let supernet = try Networks.supernet(plan, builder: builder)
            network = try supernet.describe(genotype)
            built = try supernet.subnet(genotype)
        case .conv4(let conv4):
            let configuration = Networks.conv4Configuration(
                conv4, inputShape: inputShape, ways: outputs)
            network = try configuration.describe()
            built = try Conv4Network(configuration)
        case .mlp(let mlp):
            let configuration = Networks.perceptron(mlp, outputs: outputs)
            network = try configuration.describe()
            built = PerceptronNetwork(configuration)
        }
        let factory = try LearnerFactory(
            plan: plan.learner, executor: try Executor(threads: 1), builder: builder)
        let layout = ParameterLayout(try built.parameters)
        try factory.prepare(layout)
        plannedBytes = try MemoryEstimate.plans(
            of: factory.learner(), [built], layout: layout,
            statistics: factory.statisticsLayout(layout), sizes: Networks.taskSizes(plan.tasks),
            trains: true, executor: factory.executor
        ).arenaBytes
    }
}
