public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// Conv-4, the reference network of few-shot learning: four blocks of convolution, batch norm, ReLU
/// and pooling, then a linear layer.
public struct Conv4Network: Network {
    /// Filters, image size and ways.
    public let configuration: Conv4Configuration
    private let featureCount: Int

    /// - Throws: `SearchSpaceError` for sizes out of range, or an image that the poolings use up.
    public init(_ configuration: Conv4Configuration) throws {
        self.configuration = configuration
        let layers = try configuration.describe().layers
        featureCount = layers.first { $0.name == "flatten" }?.outputShape.reduce(1, *) ?? 1
    }

    /// `conv4` and the configuration.
    public var key: String { "conv4 \(configuration)" }
    /// `classifier.`, the last linear layer.
    public var headPrefix: String { "classifier." }

    /// Those of the four blocks, then of the classifier.
    public var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            var all: [ParameterSpecification] = []
            for block in 0..<Conv4Configuration.blocks {
                all += try StepLayers.parameters(
                    configuration.blockSteps(block), under: "blocks.\(block)")
            }
            return try all
                + Layers.linearParameters(
                    "classifier", inputs: featureCount, outputs: configuration.classes)
        }
    }

    /// Images [N, H, W, C] to the flattened result of the last block, [N, F].
    public func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for block in 0..<Conv4Configuration.blocks {
            x = try StepLayers.run(
                configuration.blockSteps(block), under: "blocks.\(block)", x, parameters, context)
        }
        return try x.flattened()
    }

    /// Features [N, F] to logits [N, classes].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("classifier", parameters, features)
    }
}

/// Linear layers with ReLU between: the network of the sine regression experiment.
public struct PerceptronNetwork: Network {
    /// Widths.
    public let configuration: MLPConfiguration

    /// A perceptron of these widths.
    public init(_ configuration: MLPConfiguration) { self.configuration = configuration }

    /// `mlp` and the widths.
    public var key: String { "mlp \(configuration)" }
    /// The prefix of the last linear layer, `layers.2.` after two hidden ones.
    public var headPrefix: String { "layers.\(configuration.hidden.count)." }

    /// Weight and bias of each linear layer, from the inputs on.
    public var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            var all: [ParameterSpecification] = []
            var width = configuration.inputs
            for (index, next) in (configuration.hidden + [configuration.outputs]).enumerated() {
                all += try Layers.linearParameters(
                    "layers.\(index).linear", inputs: width, outputs: next)
                width = next
            }
            return all
        }
    }

    /// Inputs [N, inputs] to the last hidden layer after ReLU, [N, F].
    public func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for index in configuration.hidden.indices {
            x = try Layers.linear("layers.\(index).linear", parameters, x).relu()
        }
        return x
    }

    /// Features [N, F] to outputs [N, outputs].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("layers.\(configuration.hidden.count).linear", parameters, features)
    }
}
