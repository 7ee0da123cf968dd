/// The reference network of few-shot learning: four blocks of 3×3 convolution with bias, batch
/// norm, ReLU and 2×2 max pooling, then a linear layer over all that is left.
///
/// Source: Vinyals et al. 2016; Finn, Abbeel, Levine, "MAML", ICML 2017 (32 filters on
/// mini-ImageNet, 64 on Omniglot).
public struct Conv4Configuration: Sendable, Hashable, Codable {
    /// Channels of every block.
    public var filters: Int
    /// Rows of an image.
    public var inputHeight: Int
    /// Columns of an image.
    public var inputWidth: Int
    /// Channels of an image.
    public var inputChannels: Int
    /// Outputs of the network.
    public var classes: Int

    /// A Conv-4.
    public init(
        filters: Int, inputHeight: Int, inputWidth: Int, inputChannels: Int, classes: Int
    ) {
        self.filters = filters
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.classes = classes
    }

    /// Blocks of the network.
    public static let blocks = 4

    /// The layers of a block, 0 to 3.
    public func blockSteps(_ block: Int) -> [NamedStep] {
        let convolution = Convolution(
            kernelHeight: 3, kernelWidth: 3, inputs: block == 0 ? inputChannels : filters,
            outputs: filters, bias: true)
        return [
            NamedStep("convolution", .convolution(convolution)),
            NamedStep("batchNorm", .batchNorm(channels: filters)),
            NamedStep("relu", .relu),
            NamedStep("maxPool", .maxPool(Pooling(kernel: 2, stride: 2, padding: 0))),
        ]
    }

    /// The layers with exact counts, named `blocks.0.convolution` … `flatten`, `classifier`.
    ///
    /// - Throws: `invalidSetting`, `tooLarge`, or `imageTooSmall` for images under 16 pixels.
    public func describe() throws(SearchSpaceError) -> NetworkDescription {
        try checkPositive([
            ("filters", filters), ("inputHeight", inputHeight), ("inputWidth", inputWidth),
            ("inputChannels", inputChannels), ("classes", classes),
        ])
        var builder = DescriptionBuilder()
        var shape = ImageShape(height: inputHeight, width: inputWidth, channels: inputChannels)
        for block in 0..<Self.blocks {
            shape = try builder.append(blockSteps(block), under: "blocks.\(block)", to: shape)
        }
        let features = try builder.product(shape.dimensions, "flatten", "the size of the output")
        try builder.append(.flatten, "flatten", [features])
        try builder.appendLinear("classifier", inputs: features, outputs: classes)
        return builder.description
    }
}
