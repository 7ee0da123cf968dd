public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// The supernet of a cell space: the weights of every candidate operation on every edge.
///
/// A candidate's weights are named after its cell, node, input and operation, as
/// `cells.0.node1.input2.sep3.depthwise0.weight`, so a path's parameters are those of the
/// stand-alone network under the same names.
public struct CellSupernet: Supernet, Sendable {
    /// Which cells there are.
    public let cells: CellSpace
    /// The same as a space.
    public var space: any SearchSpace { cells }
    /// How they are stacked.
    public let configuration: CellNetworkConfiguration
    /// Every parameter of every candidate.
    public let layout: ParameterLayout

    /// - Throws: `SearchSpaceError` for settings out of range, `TensorError` for sizes too large.
    public init(_ cells: CellSpace, _ configuration: CellNetworkConfiguration) throws {
        self.cells = cells
        self.configuration = configuration
        let nodes = cells.nodes
        var all: [ParameterSpecification] = []
        for (index, steps) in configuration.stemSteps.enumerated() {
            all += try StepLayers.parameters(steps, under: "stem.\(index)")
        }
        let layouts = try configuration.cellLayouts(nodes: nodes)
        for cell in layouts {
            for input in 0..<2 {
                all += try StepLayers.parameters(
                    cell.preprocessSteps(input: input),
                    under: "cells.\(cell.index).preprocess\(input)")
            }
            for node in 0..<nodes {
                for input in 0..<node + 2 {
                    for operation in cells.operations {
                        all += try StepLayers.parameters(
                            operation.steps(
                                channels: cell.channels, stride: cell.stride(input: input),
                                poolNormalization: configuration.poolNormalization),
                            under: CellSupernet.name(cell.index, node, input, operation))
                    }
                }
            }
        }
        all += try Layers.linearParameters(
            "classifier", inputs: layouts.last?.outputChannels ?? 1,
            outputs: configuration.classes)
        layout = ParameterLayout(all)
    }

    /// The network of one genotype, with this supernet's parameter names.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space.
    public func network(_ genotype: Genotype) throws -> CellNetwork {
        try CellNetwork(try cells.decode(genotype), configuration)
    }

    /// The same as a network of any space.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space.
    public func subnet(_ genotype: Genotype) throws -> any Network { try network(genotype) }

    /// The layers of one genotype's network.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space.
    public func describe(_ genotype: Genotype) throws -> NetworkDescription {
        try configuration.describe(try cells.decode(genotype))
    }

    /// One operation everywhere, on the inputs of the cell, which are the largest, or on the latest
    /// nodes, which are held the longest.
    public func largestGenotypes() -> [Genotype] {
        cells.operations.indices.flatMap { operation in
            [true, false].map { first in
                Genotype(
                    (0..<2 * cells.nodes).flatMap { place in
                        let node = first ? 0 : place % cells.nodes
                        return [node, node + 1, operation, operation]
                    })
            }
        }
    }

    static func name(
        _ cell: Int, _ node: Int, _ input: Int, _ operation: CellOperation
    ) -> String {
        "cells.\(cell).node\(node).input\(input).\(operation.rawValue)"
    }
}

/// The network of one cell architecture: a path through a supernet, or a network by itself.
public struct CellNetwork: Network {
    /// What its cells are.
    public let architecture: CellArchitecture
    /// How they are stacked.
    public let configuration: CellNetworkConfiguration
    /// Where its cells stand.
    package let layouts: [CellLayout]
    /// The configuration and the architecture.
    public let key: String
    /// Multiply-adds of a forward pass of one example.
    public let work: Int

    /// - Throws: `SearchSpaceError` for an architecture or settings out of range.
    public init(
        _ architecture: CellArchitecture, _ configuration: CellNetworkConfiguration
    ) throws {
        try architecture.validate()
        work = try configuration.describe(architecture).multiplyAdds
        self.architecture = architecture
        self.configuration = configuration
        layouts = try configuration.cellLayouts(nodes: architecture.normal.nodes.count)
        key = "cells \(configuration) \(architecture)"
    }

    /// `classifier.`, the last linear layer.
    public var headPrefix: String { "classifier." }

    /// Those of the stem, the cells and the classifier, under the names of the supernet.
    public var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            var all: [ParameterSpecification] = []
            for (index, steps) in configuration.stemSteps.enumerated() {
                all += try StepLayers.parameters(steps, under: "stem.\(index)")
            }
            for cell in layouts {
                for input in 0..<2 {
                    all += try StepLayers.parameters(
                        cell.preprocessSteps(input: input),
                        under: "cells.\(cell.index).preprocess\(input)")
                }
                for (node, entries) in architecture[cell.kind].nodes.enumerated() {
                    for entry in entries.entries {
                        all += try StepLayers.parameters(
                            steps(entry, in: cell),
                            under: CellSupernet.name(
                                cell.index, node, entry.input, entry.operation))
                    }
                }
            }
            return try all
                + Layers.linearParameters(
                    "classifier", inputs: layouts.last?.outputChannels ?? 1,
                    outputs: configuration.classes)
        }
    }

    /// Images [N, H, W, C] to the channel means of the last cell, [N, F].
    public func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for (index, steps) in configuration.stemSteps.enumerated() {
            x = try StepLayers.run(steps, under: "stem.\(index)", x, parameters, context)
        }
        var (before, last) = (x, x)
        for cell in layouts {
            let output = try run(cell, before, last, parameters, context)
            (before, last) = (last, output)
        }
        return try last.globalAveragePool()
    }

    /// Features [N, F] to logits [N, classes].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("classifier", parameters, features)
    }

    /// One cell: both inputs brought to its channels, its nodes, and all nodes side by side.
    package func run(
        _ cell: CellLayout, _ before: Tensor, _ last: Tensor, _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var states: [Tensor] = []
        for (input, x) in [before, last].enumerated() {
            states.append(
                try StepLayers.run(
                    cell.preprocessSteps(input: input),
                    under: "cells.\(cell.index).preprocess\(input)", x, parameters, context))
        }
        var outputs: [Tensor] = []
        for (node, entries) in architecture[cell.kind].nodes.enumerated() {
            var sum: Tensor?
            for entry in entries.entries {
                let y = try StepLayers.run(
                    steps(entry, in: cell),
                    under: CellSupernet.name(cell.index, node, entry.input, entry.operation),
                    states[entry.input], parameters, context)
                sum = if let sum { try sum + y } else { y }
            }
            if let sum {
                states.append(sum)
                outputs.append(sum)
            }
        }
        return try Tensor.concatenate(outputs, axis: 3)
    }

    private func steps(_ entry: CellNode.Entry, in cell: CellLayout) -> [NamedStep] {
        entry.operation.steps(
            channels: cell.channels, stride: cell.stride(input: entry.input),
            poolNormalization: configuration.poolNormalization)
    }
}
