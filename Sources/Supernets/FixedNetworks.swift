public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// Conv-4, the reference network of few-shot learning: four blocks of convolution, batch norm, ReLU
/// and pooling, then a linear layer.
public struct Conv4Network: StagedNetwork {
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
        try range(0..<Conv4Configuration.blocks, [x], parameters, context)[0].flattened()
    }

    /// `blocks.0` to `blocks.3`, and `classifier`, which flattens first.
    public var stages: [String] {
        (0..<Conv4Configuration.blocks).map { "blocks.\($0)" } + ["classifier"]
    }

    /// Runs some stages; each reads and gives one tensor.
    public func range(
        _ stages: Range<Int>, _ inputs: [Tensor], _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> [Tensor] {
        try check(stages, inputs, expecting: 1)
        var x = inputs[0]
        for stage in stages {
            x =
                stage < Conv4Configuration.blocks
                ? try StepLayers.run(
                    configuration.blockSteps(stage), under: "blocks.\(stage)", x, parameters,
                    context)
                : try head(x.flattened(), parameters, context)
        }
        return [x]
    }

    /// Features [N, F] to logits [N, classes].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("classifier", parameters, features)
    }
}

/// Linear layers with ReLU between: the network of the sine regression experiment.
public struct PerceptronNetwork: StagedNetwork {
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
        guard !configuration.hidden.isEmpty else { return x }
        return try range(0..<configuration.hidden.count, [x], parameters, context)[0]
    }

    /// A stage for each linear layer, as `layers.0`.
    public var stages: [String] { (0...configuration.hidden.count).map { "layers.\($0)" } }

    /// Runs some stages; each reads and gives one tensor.
    public func range(
        _ stages: Range<Int>, _ inputs: [Tensor], _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> [Tensor] {
        try check(stages, inputs, expecting: 1)
        var x = inputs[0]
        for stage in stages {
            x =
                stage < configuration.hidden.count
                ? try Layers.linear("layers.\(stage).linear", parameters, x).relu()
                : try head(x, parameters, context)
        }
        return [x]
    }

    /// Features [N, F] to outputs [N, outputs].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("layers.\(configuration.hidden.count).linear", parameters, features)
    }
}
