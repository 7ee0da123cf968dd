package import Components
public import NeuralNetworks

/// Where batch norm takes its statistics from. Results of different policies are not comparable.
public enum BatchNormPolicy: String, Sendable, Hashable, CaseIterable {
    /// From the batch itself, query batches included.
    case transductive
    /// From running averages of training.
    case running
}

/// How every learner treats the networks that it trains, whatever they are.
public struct NetworkOptions: Sendable, Hashable {
    /// How batch norm takes its statistics.
    public let batchNorm: BatchNormPolicy
    /// How weights start.
    public let initialWeights: InitialWeights

    /// Whether running statistics are kept.
    public var keepsStatistics: Bool { batchNorm == .running }

    package static let batchNormOption = PlanOption.choice(
        "batch_norm", BatchNormPolicy.transductive,
        "Statistics of batch norm: of the batch itself, or running averages.")
    package static let initialWeightsOption = PlanOption.choice(
        "initial_weights", InitialWeights.uniform,
        "Initialization: uniform as in PyTorch's layers, or normal by He et al.")

    package static let options = [
        batchNormOption.specification, initialWeightsOption.specification,
    ]

    package init(_ options: Options) {
        batchNorm = options[Self.batchNormOption]
        initialWeights = options[Self.initialWeightsOption]
    }
}
