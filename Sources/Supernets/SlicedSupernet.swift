public import NeuralNetworks
public import SearchSpaces
internal import Tensors

/// A narrow supernet that reads parts of a wide one's parameters: elastic width.
///
/// Its layout is the wide one's, so one set of weights serves every width, and a step on a narrow
/// network moves the wide one's leading channels (Yu et al., "Slimmable neural networks", ICLR 2019).
public struct SlicedSupernet: Supernet {
    /// The supernet of fewer channels, over parameters of its own.
    public let narrow: any Supernet
    /// Which part of each of the wide supernet's parameters it reads.
    public let parts: [String: ParameterPart]
    /// The wide supernet's parameters.
    public let layout: ParameterLayout
    private let wide: CellSupernet

    init(_ wide: CellSupernet, _ narrow: CellSupernet, _ parts: [String: ParameterPart]) {
        self.wide = wide
        self.narrow = narrow
        self.parts = parts
        layout = wide.layout
    }

    /// The wide supernet's.
    public var space: any SearchSpace { wide.space }
    /// The wide supernet's.
    public var decisions: [Decision] { wide.decisions }

    /// The narrow network of a genotype.
    ///
    /// - Throws: As the wide supernet's.
    public func subnet(_ genotype: Genotype) throws -> any Network {
        try network(.path(genotype))
    }

    /// The narrow network of a mode.
    ///
    /// - Throws: As the wide supernet's.
    public func network(_ mode: Mode) throws -> any Network {
        SlicedNetwork(try narrow.network(mode).staged(), parts, layout)
    }

    /// Another width of the wide supernet.
    ///
    /// - Throws: As the wide supernet's.
    public func sliced(channels: Int) throws -> SlicedSupernet {
        try wide.sliced(channels: channels)
    }

    /// The layers of one genotype's narrow network.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space.
    public func describe(_ genotype: Genotype) throws -> NetworkDescription {
        try narrow.describe(genotype)
    }

    /// The wide supernet's.
    ///
    /// - Throws: Nothing.
    public func largestGenotypes() throws -> [Genotype] { wide.largestGenotypes() }
}

/// A network that reads parts of larger parameters.
struct SlicedNetwork: StagedNetwork {
    private let base: any StagedNetwork
    private let parts: [String: ParameterPart]
    private let layout: ParameterLayout

    init(
        _ base: any StagedNetwork, _ parts: [String: ParameterPart], _ layout: ParameterLayout
    ) {
        self.base = base
        self.parts = parts
        self.layout = layout
    }

    var key: String { "slice of \(layout.count) \(base.key)" }
    var work: Int { base.work }
    var headPrefix: String { base.headPrefix }
    var stages: [String] { base.stages }

    /// The whole parameters, as a step moves parts of those.
    var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            try base.parameters.map { own in
                layout.index(of: own.name).map { layout.entries[$0] } ?? own
            }
        }
    }

    func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try base.features(x, parameters.sliced(to: parts), context)
    }

    func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try base.head(features, parameters.sliced(to: parts), context)
    }

    func range(
        _ stages: Range<Int>, _ inputs: [Tensor], _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> [Tensor] {
        try base.range(stages, inputs, parameters.sliced(to: parts), context)
    }
}

extension CellSupernet {
    /// The supernet of fewer channels that reads the leading channels of this one's parameters.
    ///
    /// Where tensors stand side by side, as a cell's nodes or both halves of a factorized reduction,
    /// the leading channels of each are read.
    ///
    /// - Parameter channels: As in the configuration; 1 to this supernet's.
    /// - Returns: A supernet of this one's layout.
    /// - Throws: ``ModeError`` for another width or an operation that was recorded for one width.
    public func sliced(channels: Int) throws -> SlicedSupernet {
        guard (1...configuration.channels).contains(channels) else {
            throw ModeError.width(found: channels, limit: configuration.channels)
        }
        for case .custom(let operation) in cells.operations {
            throw ModeError.customOperation(name: operation.name)
        }
        var smaller = configuration
        smaller.channels = channels
        let narrow = try CellSupernet(cells, smaller)
        var slicer = Slicer()
        let image = [Segment(configuration.inputChannels, configuration.inputChannels)]
        var x = image
        for (index, steps) in zip(configuration.stemSteps, smaller.stemSteps).enumerated() {
            x = slicer.walk(steps.0, steps.1, under: "stem.\(index)", x)
        }
        var (before, last) = (x, x)
        let layouts = try zip(
            configuration.cellLayouts(nodes: cells.nodes), smaller.cellLayouts(nodes: cells.nodes))
        for (cell, small) in layouts {
            let node = Segment(cell.channels, small.channels)
            var states = [before, last].enumerated().map { input, x in
                slicer.walk(
                    cell.preprocessSteps(input: input), small.preprocessSteps(input: input),
                    under: "cells.\(cell.index).preprocess\(input)", x)
            }
            for place in 0..<cells.nodes {
                for input in 0..<place + 2 {
                    for operation in cells.operations {
                        func steps(_ cell: CellLayout) -> [NamedStep] {
                            operation.steps(
                                channels: cell.channels, stride: cell.stride(input: input),
                                poolNormalization: configuration.poolNormalization)
                        }
                        _ = slicer.walk(
                            steps(cell), steps(small),
                            under: cell.name(of: operation, node: place, input: input),
                            states[input])
                    }
                }
                states.append([node])
            }
            (before, last) = (last, [Segment](repeating: node, count: cells.nodes))
        }
        slicer.parts["classifier.weight"] = ParameterPart([
            last.ranges, [0..<configuration.classes],
        ])
        return SlicedSupernet(self, narrow, slicer.parts)
    }
}

/// Channels that stand side by side with others: how many there are, and how many are read.
private struct Segment {
    let whole: Int
    let part: Int

    init(_ whole: Int, _ part: Int) {
        self.whole = whole
        self.part = part
    }
}

extension [Segment] {
    /// The places of the channels that are read.
    fileprivate var ranges: [Range<Int>] {
        var offset = 0
        var found: [Range<Int>] = []
        for segment in self {
            if segment.part > 0 { found.append(offset..<offset + segment.part) }
            offset += segment.whole
        }
        return found
    }
}

/// Follows channels through layers, and finds the part of each parameter.
private struct Slicer {
    var parts: [String: ParameterPart] = [:]

    /// - Parameters:
    ///   - steps: Of the wide network.
    ///   - small: The same of the narrow one.
    ///   - prefix: Of the parameters' names.
    ///   - x: The input's channels.
    /// - Returns: The output's channels.
    mutating func walk(
        _ steps: [NamedStep], _ small: [NamedStep], under prefix: String, _ x: [Segment]
    ) -> [Segment] {
        var x = x
        for (whole, part) in zip(steps, small) {
            let name = "\(prefix).\(whole.name)"
            switch (whole.step, part.step) {
            case (.convolution(let wide), .convolution(let narrow)):
                let kernel = [[0..<wide.kernelHeight], [0..<wide.kernelWidth]]
                if wide.groups == 1 {
                    let output = [Segment(wide.outputs, narrow.outputs)]
                    parts["\(name).weight"] = ParameterPart(kernel + [x.ranges, output.ranges])
                    x = output
                } else {
                    // One filter for each channel: it goes where its channel goes.
                    parts["\(name).weight"] = ParameterPart(kernel + [[0..<1], x.ranges])
                }
                if wide.bias { parts["\(name).bias"] = ParameterPart([x.ranges]) }
            case (.offsetConvolutions(_, let wide), .offsetConvolutions(_, let narrow)):
                let (wholes, sizes) = (
                    LayerStep.offsetChannels(wide), LayerStep.offsetChannels(narrow)
                )
                let halves = [Segment(wholes.0, sizes.0), Segment(wholes.1, sizes.1)]
                for (index, half) in halves.enumerated() where half.part > 0 {
                    parts["\(name).\(index).weight"] = ParameterPart([
                        [0..<1], [0..<1], x.ranges, [half].ranges,
                    ])
                }
                x = halves
            case (.batchNorm, .batchNorm):
                parts["\(name).gamma"] = ParameterPart([x.ranges])
                parts["\(name).beta"] = ParameterPart([x.ranges])
                parts["\(name).statistics"] = ParameterPart([[0..<2], x.ranges])
            default: continue
            }
        }
        return x
    }
}
