internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
public import SearchSpaces
internal import Supernets

/// Facts about a plan's network that need no training: for `apogee inspect`.
public struct NetworkInspection: Sendable {
    /// Every layer with its shape and counts.
    public let network: NetworkDescription
    /// Bytes that one worker needs for one task's training step, by the memory plan.
    public let plannedBytes: Int

    /// - Parameters:
    ///   - plan: Its space and tasks say which network.
    ///   - genotype: Of a searchable space; nil for a fixed network.
    /// - Throws: `ExperimentError.failed` for a searchable space without a genotype,
    ///   `SearchSpaceError` for a network that cannot be built, `TensorError` for one that cannot
    ///   be planned.
    public init(plan: ExperimentPlan, genotype: Genotype?) throws {
        let (inputShape, outputs) = Networks.sizes(plan.tasks)
        let built: any Network
        switch plan.space {
        case .nasBench201:
            throw ExperimentError.failed(
                "the networks of \"nas_bench_201\" are looked up; there is none to inspect")
        case .cells(let cells):
            guard let genotype else {
                throw ExperimentError.failed(
                    "the plan's space has many networks: name one by its genotype")
            }
            let configuration = Networks.configuration(
                cells, inputShape: inputShape, ways: outputs)
            let architecture = try Networks.space(cells).decode(genotype)
            network = try configuration.describe(architecture)
            built = try CellNetwork(architecture, configuration)
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
        plannedBytes = try MemoryEstimate.trainingBytes(
            built, queryShape: Networks.queryShape(plan.tasks, inputShape),
            isClassification: inputShape.count > 1)
    }
}

extension Networks {
    static func queryShape(_ plan: TasksPlan, _ inputShape: [Int]) -> [Int] {
        switch plan {
        case .sine(let sine): [sine.queries] + inputShape
        case .tabular: inputShape
        case .episodes(let episodes): [episodes.ways * episodes.queries] + inputShape
        }
    }
}
