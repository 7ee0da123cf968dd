/// What a layer does.
public enum LayerKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A convolution over all channels or over groups of several.
    case convolution
    /// A convolution that keeps the channels apart.
    case depthwiseConvolution
    /// Two 1×1 convolutions of stride 2 side by side.
    case offsetConvolutions
    /// Normalisation over a batch with scale and shift.
    case batchNorm
    /// max(x, 0).
    case relu
    /// Max pooling.
    case maxPool
    /// Average pooling over windows.
    case averagePool
    /// The mean over height and width.
    case globalAveragePool
    /// Nothing is done.
    case identity
    /// Zeros.
    case zero
    /// The sum of two inputs.
    case add
    /// Inputs side by side in the channels.
    case concatenate
    /// All axes in one.
    case flatten
    /// A matrix product with bias.
    case linear
    /// An operation of a script or a plugin, as one layer.
    case custom
}

/// One layer of a network with its exact counts, for one example.
public struct LayerDescription: Sendable, Hashable, Codable {
    /// The layer's place, such as `cells.0.nodes.1.0.sep3.depthwise0`: cell, node and slot.
    public let name: String
    /// What the layer does.
    public let kind: LayerKind
    /// The output of one example: (H, W, C), or (features) after flattening.
    public let outputShape: [Int]
    /// Trained numbers: weights, biases, and the scales and shifts of batch norms.
    public let parameters: Int
    /// Multiplications that are followed by an addition, for one example: those of convolutions and
    /// matrix products (kernel area × inputs per group × output numbers). Everything else (bias,
    /// batch norm, pooling, ReLU, sums) counts as 0.
    public let multiplyAdds: Int

    /// A layer.
    public init(
        name: String, kind: LayerKind, outputShape: [Int], parameters: Int, multiplyAdds: Int
    ) {
        self.name = name
        self.kind = kind
        self.outputShape = outputShape
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
    }
}

/// The layers of a stand-alone network in the order in which they run, with exact counts.
public struct NetworkDescription: Sendable, Hashable, Codable {
    /// The layers in order.
    public let layers: [LayerDescription]

    /// A network of these layers.
    public init(layers: [LayerDescription]) {
        self.layers = layers
    }

    /// Trained numbers of the whole network.
    public var parameters: Int { sum(of: \.parameters) }

    /// Multiply-adds of the whole network for one example, forward only.
    public var multiplyAdds: Int { sum(of: \.multiplyAdds) }

    /// Saturates instead of trapping: layers may come from a file.
    private func sum(of count: KeyPath<LayerDescription, Int>) -> Int {
        layers.reduce(0) { total, layer in
            let (sum, overflow) = total.addingReportingOverflow(layer[keyPath: count])
            return overflow ? Int.max : sum
        }
    }
}
