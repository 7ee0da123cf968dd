/// The height, width and channels of one example between two layers.
public struct ImageShape: Sendable, Hashable, Codable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int
    /// Channels.
    public var channels: Int

    /// A shape.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// (H, W, C).
    public var dimensions: [Int] { [height, width, channels] }
}

/// Walks through a network's steps, and writes down each layer's shape and counts.
///
/// Counts and shapes come from user input, so every product is checked against ``limit``.
struct DescriptionBuilder {
    /// No layer may have more parameters, outputs or multiply-adds than this (2^40).
    static let limit = 1 << 40

    private(set) var layers: [LayerDescription] = []

    var description: NetworkDescription { NetworkDescription(layers: layers) }

    /// Appends steps one after the other.
    ///
    /// - Returns: The shape after the last step.
    mutating func append(
        _ steps: [NamedStep], under prefix: String, to input: ImageShape
    ) throws(SearchSpaceError) -> ImageShape {
        var shape = input
        for step in steps {
            shape = try append(step.step, name: "\(prefix).\(step.name)", to: shape)
        }
        return shape
    }

    private mutating func append(
        _ step: LayerStep, name: String, to input: ImageShape
    ) throws(SearchSpaceError) -> ImageShape {
        switch step {
        case .relu: return try append(.relu, name, input)
        case .identity: return try append(.identity, name, input)
        case .zero(let stride): return try append(.zero, name, strided(input, stride))
        case .batchNorm(let channels):
            return try append(
                .batchNorm, name, input, parameters: product([2, channels], name, "parameters"))
        case .maxPool(let pooling):
            return try append(.maxPool, name, pooled(input, pooling, name))
        case .averagePool(let pooling):
            return try append(.averagePool, name, pooled(input, pooling, name))
        case .convolution(let geometry):
            var output = strided(input, geometry.stride)
            output.channels = geometry.outputs
            let taps = try product(
                [
                    geometry.kernelHeight, geometry.kernelWidth, geometry.inputs / geometry.groups,
                    geometry.outputs,
                ], name, "the number of weights")
            let isDepthwise = geometry.groups > 1 && geometry.groups == geometry.inputs
            return try append(
                isDepthwise ? .depthwiseConvolution : .convolution, name, output,
                parameters: taps + (geometry.bias ? geometry.outputs : 0),
                multiplyAdds: product(
                    [taps, output.height, output.width], name, "the number of multiply-adds"))
        case .custom(let custom):
            let place = custom.place(height: input.height, width: input.width)
            let counts = try custom.operation.definition.counts(place)
            return try append(
                .custom, name,
                ImageShape(
                    height: place.outputHeight, width: place.outputWidth,
                    channels: custom.channels),
                parameters: product([1, counts.parameters], name, "parameters"),
                multiplyAdds: product(
                    [1, counts.multiplyAdds], name, "the number of multiply-adds"))
        case .offsetConvolutions(let inputs, let outputs):
            var output = strided(input, 2)
            output.channels = outputs
            let taps = try product([inputs, outputs], name, "the number of weights")
            return try append(
                .offsetConvolutions, name, output, parameters: taps,
                multiplyAdds: product(
                    [taps, output.height, output.width], name, "the number of multiply-adds"))
        }
    }

    /// Appends one layer with an image as output.
    @discardableResult
    mutating func append(
        _ kind: LayerKind, _ name: String, _ output: ImageShape, parameters: Int = 0,
        multiplyAdds: Int = 0
    ) throws(SearchSpaceError) -> ImageShape {
        try append(
            kind, name, output.dimensions, parameters: parameters, multiplyAdds: multiplyAdds)
        return output
    }

    /// Appends one layer with any output.
    mutating func append(
        _ kind: LayerKind, _ name: String, _ output: [Int], parameters: Int = 0,
        multiplyAdds: Int = 0
    ) throws(SearchSpaceError) {
        _ = try product(output, name, "the size of the output")
        layers.append(
            LayerDescription(
                name: name, kind: kind, outputShape: output, parameters: parameters,
                multiplyAdds: multiplyAdds))
    }

    /// Appends a linear layer with bias.
    mutating func appendLinear(
        _ name: String, inputs: Int, outputs: Int
    ) throws(SearchSpaceError) {
        let weights = try product([inputs, outputs], name, "the number of weights")
        try append(
            .linear, name, [outputs], parameters: weights + outputs, multiplyAdds: weights)
    }

    // MARK: Shapes and products

    private func strided(_ shape: ImageShape, _ stride: Int) -> ImageShape {
        // Padding makes every strided convolution round up.
        var result = shape
        result.height = (shape.height - 1) / stride + 1
        result.width = (shape.width - 1) / stride + 1
        return result
    }

    private func pooled(
        _ shape: ImageShape, _ pooling: Pooling, _ name: String
    ) throws(SearchSpaceError) -> ImageShape {
        let height = shape.height + 2 * pooling.padding - pooling.kernel
        let width = shape.width + 2 * pooling.padding - pooling.kernel
        guard height >= 0, width >= 0 else {
            throw .imageTooSmall(layer: name, height: shape.height, width: shape.width)
        }
        return ImageShape(
            height: height / pooling.stride + 1, width: width / pooling.stride + 1,
            channels: shape.channels)
    }

    /// The product of non-negative factors, at most ``limit``.
    func product(
        _ factors: [Int], _ layer: String, _ what: String
    ) throws(SearchSpaceError) -> Int {
        var result = 1
        for factor in factors {
            let (next, overflow) = result.multipliedReportingOverflow(by: factor)
            guard !overflow, next <= Self.limit else {
                throw .tooLarge(layer: layer, what: what)
            }
            result = next
        }
        return result
    }
}

/// Checks that settings are from 1 to 2^40, so that sums of a few of them cannot overflow.
func checkPositive(_ settings: [(String, Int)]) throws(SearchSpaceError) {
    for (name, value) in settings where !(1...DescriptionBuilder.limit).contains(value) {
        throw .invalidSetting(name: name, found: "\(value)", expected: "1 to 2^40")
    }
}
