/// How cells are stacked into a network: stem, cells, global average pooling, linear layer.
public struct CellNetworkConfiguration: Sendable, Hashable, Codable {
    /// What brings the image to the channels of the first cell.
    public enum Stem: String, Sendable, Hashable, Codable, CaseIterable {
        /// One 3×3 convolution to 3·C channels and a batch norm: for images of up to 32 pixels.
        case single
        /// 3×3 convolution to ⌊3·C/2⌋ channels, batch norm, ReLU, 2×2 max pooling, 3×3 convolution
        /// to 3·C channels, batch norm, 2×2 max pooling: for larger images, as in T-NAS.
        case double

        /// The stem for images of this size.
        public static func suited(height: Int, width: Int) -> Stem {
            max(height, width) <= 32 ? .single : .double
        }
    }

    /// Rows of an image.
    public var inputHeight: Int
    /// Columns of an image.
    public var inputWidth: Int
    /// Channels of an image.
    public var inputChannels: Int
    /// Outputs of the network: the ways of an episode.
    public var classes: Int
    /// C, the channels of a cell's nodes before the first reduction cell; doubled by each one.
    public var channels: Int
    /// What comes before the cells.
    public var stem: Stem
    /// The kinds of the cells, in order.
    public var cells: [CellKind]
    /// Whether the poolings inside cells end with a batch norm.
    public var poolNormalization: Bool

    /// A stack of cells; without a stem, the one that suits the image size.
    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int, classes: Int, channels: Int = 16,
        stem: Stem? = nil, cells: [CellKind] = [.normal, .reduction],
        poolNormalization: Bool = false
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.classes = classes
        self.channels = channels
        self.stem = stem ?? .suited(height: inputHeight, width: inputWidth)
        self.cells = cells
        self.poolNormalization = poolNormalization
    }

    /// Checks every setting's range.
    ///
    /// - Throws: `invalidSetting`.
    public func validate() throws(SearchSpaceError) {
        try checkPositive([
            ("inputHeight", inputHeight), ("inputWidth", inputWidth),
            ("inputChannels", inputChannels), ("classes", classes), ("channels", channels),
        ])
        guard !cells.isEmpty else {
            throw .invalidSetting(name: "cells", found: "none", expected: "at least one cell")
        }
    }

    /// The channels of the stem's output: 3·C.
    public var stemChannels: Int { 3 &* channels }

    /// The stem's layers, a group for each of `stem.0` and, for ``Stem/double``, `stem.1`.
    public var stemSteps: [[NamedStep]] {
        func block(_ inputs: Int, _ outputs: Int) -> [NamedStep] {
            let convolution = Convolution(
                kernelHeight: 3, kernelWidth: 3, inputs: inputs, outputs: outputs)
            return [
                NamedStep("convolution", .convolution(convolution)),
                NamedStep("batchNorm", .batchNorm(channels: outputs)),
            ]
        }
        let pool = NamedStep("maxPool", .maxPool(Pooling(kernel: 2, stride: 2, padding: 0)))
        switch stem {
        case .single: return [block(inputChannels, stemChannels)]
        case .double:
            // 3C/2 is at least 1, as C is at least 1.
            let middle = stemChannels / 2
            return [
                block(inputChannels, middle) + [NamedStep("relu", .relu), pool],
                block(middle, stemChannels) + [pool],
            ]
        }
    }

    /// Where every cell stands in the stack, if each has this number of nodes, at least 1.
    ///
    /// - Throws: `invalidSetting`, or `tooLarge` where the channels double past all bounds.
    public func cellLayouts(nodes: Int) throws(SearchSpaceError) -> [CellLayout] {
        try checkPositive([("nodes", nodes)])
        return try cellLayouts { _ in nodes }
    }

    /// As above, for cells whose two kinds differ in their number of nodes.
    func cellLayouts(nodes: (CellKind) -> Int) throws(SearchSpaceError) -> [CellLayout] {
        try validate()
        var layouts: [CellLayout] = []
        var inputs = (stemChannels, stemChannels)
        var current = channels
        var previousReduced = false
        let builder = DescriptionBuilder()
        for (index, kind) in cells.enumerated() {
            if kind == .reduction {
                current = try builder.product([2, current], "cells.\(index)", "its channels")
            }
            let outputs = try builder.product(
                [nodes(kind), current], "cells.\(index)", "the channels of its output")
            layouts.append(
                CellLayout(
                    index: index, kind: kind, inputChannels0: inputs.0, inputChannels1: inputs.1,
                    channels: current, outputChannels: outputs, halvesInput0: previousReduced))
            inputs = (inputs.1, outputs)
            previousReduced = kind == .reduction
        }
        return layouts
    }
}

/// A cell's place in a stack: what comes in, what goes out.
public struct CellLayout: Sendable, Hashable {
    /// The cell's number, from 0.
    public let index: Int
    /// Normal or reduction.
    public let kind: CellKind
    /// Channels of the output of the cell before the previous one (or of the stem).
    public let inputChannels0: Int
    /// Channels of the output of the previous cell (or of the stem).
    public let inputChannels1: Int
    /// Channels of every node.
    public let channels: Int
    /// Channels of the cell's output: those of all nodes.
    public let outputChannels: Int
    /// Whether input 0 is twice the size of input 1, because the previous cell reduced it.
    public let halvesInput0: Bool

    /// The layers that bring input 0 or 1 to the cell's channels and size.
    public func preprocessSteps(input: Int) -> [NamedStep] {
        if input > 0 { return LayerStep.pointwiseBlock(inputs: inputChannels1, outputs: channels) }
        return halvesInput0
            ? LayerStep.factorizedReduction(inputs: inputChannels0, outputs: channels)
            : LayerStep.pointwiseBlock(inputs: inputChannels0, outputs: channels)
    }

    /// The stride of an operation on this input of a node: 2 on the inputs 0 and 1 of a reduction
    /// cell.
    public func stride(input: Int) -> Int { kind == .reduction && input < 2 ? 2 : 1 }

    /// The name of an operation on an input of a node, before those of its layers and parameters.
    public func name(of operation: CellOperation, node: Int, input: Int) -> String {
        "cells.\(index).node\(node).input\(input).\(operation.rawValue)"
    }
}
