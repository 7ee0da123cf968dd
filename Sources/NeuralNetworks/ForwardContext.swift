public import Tensors

/// Where batch norm takes its statistics from.
public enum BatchNormSource: Sendable, Hashable {
    /// From the batch itself (transductive).
    case batch
    /// From running statistics, which are parameters named `….statistics`: [mean | variance].
    case running
}

/// What a forward pass is told, and what it leaves behind.
public final class ForwardContext {
    /// Added to variances unless said otherwise, as in PyTorch.
    public static let defaultEpsilon: Float = 1e-5

    /// Added to variances.
    public let epsilon: Float
    /// Where batch norm takes its statistics from.
    public let batchNorm: BatchNormSource
    /// The statistics of each batch norm passed, in order: the name of its running statistics, and
    /// [mean | 1 / √(variance + epsilon)] of this batch.
    public private(set) var statistics: [(name: String, values: Tensor)] = []

    /// - Parameters:
    ///   - batchNorm: Where batch norm takes its statistics from.
    ///   - epsilon: Added to variances, above 0.
    public init(batchNorm: BatchNormSource = .batch, epsilon: Float = defaultEpsilon) {
        self.batchNorm = batchNorm
        self.epsilon = epsilon
    }

    /// Keeps the statistics of a batch norm.
    package func note(_ name: String, _ values: Tensor) { statistics.append((name, values)) }
}
