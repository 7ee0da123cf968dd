extension CellOperation {
    /// The layers of this operation inside a cell.
    ///
    /// - Parameters:
    ///   - channels: Channels of the input and of the output.
    ///   - stride: 1, or 2 on the inputs 0 and 1 of a reduction cell.
    ///   - poolNormalization: Whether the poolings end with a batch norm, as in MetaNAS; T-NAS has
    ///     none.
    /// - Returns: The layers in order; the last one's output is the operation's.
    public func steps(channels: Int, stride: Int, poolNormalization: Bool) -> [NamedStep] {
        let pooling = Pooling(kernel: 3, stride: stride, padding: 1)
        let norm = NamedStep("batchNorm", .batchNorm(channels: channels))
        switch self {
        case .max3:
            return [NamedStep("maxPool", .maxPool(pooling))] + (poolNormalization ? [norm] : [])
        case .avg3:
            return [NamedStep("averagePool", .averagePool(pooling))]
                + (poolNormalization ? [norm] : [])
        case .skip:
            guard stride > 1 else { return [NamedStep("identity", .identity)] }
            return LayerStep.factorizedReduction(inputs: channels, outputs: channels)
        case .sep3:
            return Self.separable(channels, 3, stride, index: 0)
                + Self.separable(channels, 3, 1, index: 1)
        case .sep5:
            return Self.separable(channels, 5, stride, index: 0)
                + Self.separable(channels, 5, 1, index: 1)
        case .dil3: return Self.separable(channels, 3, stride, dilation: 2)
        case .dil5: return Self.separable(channels, 5, stride, dilation: 2)
        case .conv3: return Self.separable(channels, 3, stride)
        case .none: return [NamedStep("zero", .zero(stride: stride))]
        case .conv1x5_5x1:
            let wide = Convolution(
                kernelHeight: 1, kernelWidth: 5, inputs: channels, outputs: channels,
                stride: stride)
            let tall = Convolution(
                kernelHeight: 5, kernelWidth: 1, inputs: channels, outputs: channels)
            return [
                NamedStep("relu", .relu), NamedStep("convolution0", .convolution(wide)),
                NamedStep("convolution1", .convolution(tall)), norm,
            ]
        case .custom(let operation):
            let step = CustomStep(operation: operation, channels: channels, stride: stride)
            return [NamedStep("operation", .custom(step))]
        }
    }

    /// ReLU, depthwise convolution, pointwise convolution, batch norm; names end in `index`.
    private static func separable(
        _ channels: Int, _ kernel: Int, _ stride: Int, dilation: Int = 1, index: Int? = nil
    ) -> [NamedStep] {
        let suffix = index.map(String.init) ?? ""
        let depthwise = Convolution.depthwise(
            channels, kernel: kernel, stride: stride, dilation: dilation)
        return [
            NamedStep("relu" + suffix, .relu),
            NamedStep("depthwise" + suffix, .convolution(depthwise)),
            NamedStep("pointwise" + suffix, .convolution(.pointwise(channels, channels))),
            NamedStep("batchNorm" + suffix, .batchNorm(channels: channels)),
        ]
    }
}

extension LayerStep {
    /// ReLU, 1×1 convolution, batch norm: how a cell brings its inputs to its own channels.
    static func pointwiseBlock(inputs: Int, outputs: Int) -> [NamedStep] {
        [
            NamedStep("relu", .relu),
            NamedStep("convolution", .convolution(.pointwise(inputs, outputs))),
            NamedStep("batchNorm", .batchNorm(channels: outputs)),
        ]
    }

    /// ReLU, two offset 1×1 convolutions of stride 2, batch norm: half the size without losing
    /// three quarters of the input.
    static func factorizedReduction(inputs: Int, outputs: Int) -> [NamedStep] {
        [
            NamedStep("relu", .relu),
            NamedStep("convolutions", .offsetConvolutions(inputs: inputs, outputs: outputs)),
            NamedStep("batchNorm", .batchNorm(channels: outputs)),
        ]
    }
}
