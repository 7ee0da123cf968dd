public import Tensors

/// Layers as functions of named parameters. Each comes with the parameters that it needs.
public enum Layers {
    // MARK: Convolution

    /// The parameters of a convolution: `NAME.weight` [kh, kw, in / groups, out] and `NAME.bias`.
    public static func convolutionParameters(
        _ name: String, window: (height: Int, width: Int), inputs: Int, outputs: Int,
        groups: Int = 1, bias: Bool
    ) throws(TensorError) -> [ParameterSpecification] {
        let shape = try Shape([window.height, window.width, inputs / max(groups, 1), outputs])
        // Of sizes that the shape has checked: a script's numbers may be of any size.
        let fanIn = shape.dimensions.dropLast().reduce(1, *)
        var parameters = [
            ParameterSpecification("\(name).weight", shape, .weight(fanIn: fanIn))
        ]
        if bias {
            parameters.append(
                ParameterSpecification(
                    "\(name).bias", try Shape([outputs]), .bias(fanIn: fanIn)))
        }
        return parameters
    }

    /// A convolution of [N, H, W, C] with the parameters of this name.
    public static func convolution(
        _ name: String, _ parameters: Parameters, _ x: Tensor, stride: Int = 1,
        padding: (height: Int, width: Int)? = nil, dilation: Int = 1, groups: Int = 1, bias: Bool
    ) throws(TensorError) -> Tensor {
        let y = try x.convolution(
            parameters("\(name).weight"), stride: stride, padding: padding, dilation: dilation,
            groups: groups)
        return bias ? try y + parameters("\(name).bias") : y
    }

    // MARK: Linear

    /// The parameters of a linear layer: `NAME.weight` [in, out] and `NAME.bias` [out].
    public static func linearParameters(
        _ name: String, inputs: Int, outputs: Int
    ) throws(TensorError) -> [ParameterSpecification] {
        [
            ParameterSpecification(
                "\(name).weight", try Shape([inputs, outputs]), .weight(fanIn: inputs)),
            ParameterSpecification(
                "\(name).bias", try Shape([outputs]), .bias(fanIn: inputs)),
        ]
    }

    /// x · weight + bias, for x [N, in].
    public static func linear(
        _ name: String, _ parameters: Parameters, _ x: Tensor
    ) throws(TensorError) -> Tensor {
        try x.matmul(parameters("\(name).weight")) + parameters("\(name).bias")
    }

    // MARK: Batch norm

    /// The trained parameters of a batch norm: `NAME.gamma` and `NAME.beta` [C].
    public static func batchNormParameters(
        _ name: String, channels: Int
    ) throws(TensorError) -> [ParameterSpecification] {
        let shape = try Shape([channels])
        return [
            ParameterSpecification("\(name).gamma", shape, .constant(1)),
            ParameterSpecification("\(name).beta", shape, .constant(0)),
        ]
    }

    /// Batch norm over all but the last dimension, by the context's policy.
    public static func batchNorm(
        _ name: String, _ parameters: Parameters, _ x: Tensor, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        let gamma = try parameters("\(name).gamma")
        let beta = try parameters("\(name).beta")
        let running = "\(name).statistics"
        switch context.batchNorm {
        case .batch:
            context.note(running, try x.batchStatistics(epsilon: context.epsilon))
            return try x.batchNorm(gamma: gamma, beta: beta, epsilon: context.epsilon)
        case .running:
            let statistics = try parameters(running)
            let channels = gamma.shape[0]
            func row(_ index: Int) throws(TensorError) -> Tensor {
                try statistics.sliced(starts: [index, 0], sizes: [1, channels])
                    .reshaped(gamma.shape)
            }
            let scale = try gamma * row(1).adding(context.epsilon).rsqrt()
            return try (x - row(0)) * scale + beta
        }
    }
}
