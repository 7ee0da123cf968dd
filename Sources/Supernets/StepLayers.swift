package import NeuralNetworks
package import SearchSpaces
package import Tensors

/// The layer steps of a search space as parameters and as operations, so that what is counted and
/// what runs are read from one definition.
package enum StepLayers {
    /// The trained parameters of steps whose names begin with `prefix`.
    package static func parameters(
        _ steps: [NamedStep], under prefix: String
    ) throws(TensorError) -> [ParameterSpecification] {
        var all: [ParameterSpecification] = []
        for named in steps {
            let name = "\(prefix).\(named.name)"
            switch named.step {
            case .convolution(let c):
                all += try Layers.convolutionParameters(
                    name, window: c.kernel, inputs: c.inputs, outputs: c.outputs,
                    groups: c.groups, bias: c.bias)
            case .offsetConvolutions(let inputs, let outputs):
                let (first, second) = LayerStep.offsetChannels(outputs)
                for (part, channels) in [(0, first), (1, second)] where channels > 0 {
                    all += try Layers.convolutionParameters(
                        "\(name).\(part)", window: (1, 1), inputs: inputs, outputs: channels,
                        bias: false)
                }
            case .batchNorm(let channels):
                all += try Layers.batchNormParameters(name, channels: channels)
            case .custom(let custom):
                all += try traced(custom).parameters(
                    channels: custom.channels, stride: custom.stride, under: prefix)
            case .relu, .maxPool, .averagePool, .identity, .zero: continue
            }
        }
        return all
    }

    /// Runs steps one after another on images [N, H, W, C].
    package static func run(
        _ steps: [NamedStep], under prefix: String, _ x: Tensor, _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for named in steps {
            let name = "\(prefix).\(named.name)"
            switch named.step {
            case .relu: x = x.relu()
            case .convolution(let c):
                x = try Layers.convolution(
                    name, parameters, x, stride: c.stride,
                    padding: (c.paddingHeight, c.paddingWidth), dilation: c.dilation,
                    groups: c.groups, bias: c.bias)
            case .offsetConvolutions(_, let outputs):
                x = try offsetConvolutions(name, parameters, x, outputs)
            case .batchNorm: x = try Layers.batchNorm(name, parameters, x, context)
            case .maxPool(let p):
                x = try x.maxPool(window: p.kernel, stride: p.stride, padding: p.padding)
            case .averagePool(let p):
                x = try x.averagePool(window: p.kernel, stride: p.stride, padding: p.padding)
            case .identity: continue
            case .custom(let custom):
                x = try traced(custom).run(
                    stride: custom.stride, under: prefix, x, parameters, context)
            case .zero(let stride):
                var shape = x.shape
                shape[1] = (shape[1] + stride - 1) / stride
                shape[2] = (shape[2] + stride - 1) / stride
                x = x.graph.fill(0, shape)
            }
        }
        return x
    }

    /// How a custom operation runs.
    private static func traced(_ step: CustomStep) throws(TensorError) -> TracedOperation {
        guard let traced = step.operation.definition as? TracedOperation else {
            throw .inputMismatch(
                name: "operation \(step.operation.name)", expected: "a traced operation",
                found: "its name alone")
        }
        return traced
    }

    private static func offsetConvolutions(
        _ name: String, _ parameters: Parameters, _ x: Tensor, _ outputs: Int
    ) throws(TensorError) -> Tensor {
        let (first, second) = LayerStep.offsetChannels(outputs)
        var parts: [Tensor] = []
        if first > 0 {
            parts.append(
                try Layers.convolution(
                    "\(name).0", parameters, x, stride: 2, padding: (0, 0), bias: false))
        }
        if second > 0 {
            let starts = [0, 1 - x.shape[1] % 2, 1 - x.shape[2] % 2, 0]
            let sizes = zip(x.shape.dimensions, starts).map { $0 - $1 }
            parts.append(
                try Layers.convolution(
                    "\(name).1", parameters, x.sliced(starts: starts, sizes: sizes), stride: 2,
                    padding: (0, 0), bias: false))
        }
        return try Tensor.concatenate(parts, axis: 3)
    }
}
