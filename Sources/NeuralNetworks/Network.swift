public import Tensors

/// A network as a pure function of named parameters.
///
/// It has two parts: features, and a head that turns features into outputs. ANIL adapts the head
/// alone, prototypical networks use the features alone.
public protocol Network: Sendable {
    /// Names the network's structure: networks of one key trace to the same graph.
    var key: String { get }
    /// Multiply-adds of a forward pass of one example, to tell long tasks from short ones; 0 if it is
    /// not known. Results do not depend on it.
    var work: Int { get }
    /// The parameters that the network may read, trained ones only.
    var parameters: [ParameterSpecification] { get throws(TensorError) }
    /// Names of the head's parameters begin so.
    var headPrefix: String { get }
    /// Inputs to features [N, F].
    func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor
    /// Features to outputs [N, K].
    func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor
}

extension Network {
    /// Not known.
    public var work: Int { 0 }

    /// Inputs to outputs.
    public func forward(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try head(features(x, parameters, context), parameters, context)
    }
}

extension ParameterSpecification {
    /// The running statistics of the batch norms among some parameters: [mean 0 | variance 1].
    public static func runningStatistics(
        of parameters: [ParameterSpecification]
    ) throws(TensorError) -> [ParameterSpecification] {
        try parameters.filter { $0.name.hasSuffix(".gamma") }.map { gamma throws(TensorError) in
            ParameterSpecification(
                String(gamma.name.dropLast("gamma".count)) + "statistics",
                try Shape([2, gamma.shape.count]), .statistics)
        }
    }
}
