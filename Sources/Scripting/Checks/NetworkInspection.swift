public import Components
internal import Evaluation
public import Experiments
internal import MetaLearning
internal import NeuralNetworks
public import SearchSpaces
internal import Supernets
internal import Tasks
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
        let built: any Network
        if plan.isSearching {
            guard let genotype else {
                throw ExperimentError.failed(
                    "the plan's space has many networks: name one by its genotype")
            }
            let supernet = try plan.space.supernet(plan.site, builder)
            network = try supernet.describe(genotype)
            built = try supernet.subnet(genotype)
        } else {
            (built, network) = try plan.space.network(plan.site)
        }
        let factory = try LearnerFactory(
            plan: plan.learner, executor: try Executor(threads: 1), builder: builder)
        let layout = ParameterLayout(try built.parameters)
        try factory.prepare(layout)
        plannedBytes = try MemoryEstimate.plans(
            of: factory.learner(), [built], layout: layout,
            statistics: factory.statisticsLayout(layout), sizes: plan.tasks.sizes,
            trains: true, executor: factory.executor
        ).arenaBytes
    }
}
