public import NeuralNetworks
public import SearchSpaces
internal import Tensors

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
        let layouts = try configuration.cellLayouts(nodes: nodes)
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
            for node in 0..<nodes {
                for input in 0..<node + 2 {
                    for operation in cells.operations {
                        all += try StepLayers.parameters(
                            operation.steps(
                                channels: cell.channels, stride: cell.stride(input: input),
                                poolNormalization: configuration.poolNormalization),
                            under: cell.name(of: operation, node: node, input: input))
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

    /// Every node of either kind of cell that is stacked: an operation on each input that it has.
    public var decisions: [Decision] {
        CellKind.allCases.filter(configuration.cells.contains).flatMap { kind in
            (0..<cells.nodes).map { node in
                Decision(
                    name: CellSupernet.decision(kind, node),
                    inputs: (0..<node + 2).map(String.init),
                    operations: cells.operations.map(\.displayName))
            }
        }
    }

    /// The network of a mode: a path, a path under a mask, or all candidates.
    ///
    /// - Throws: `SearchSpaceError` for a genotype that is not of the space, ``ModeError`` for
    ///   open candidates that do not fit the decisions.
    public func network(_ mode: Mode) throws -> any Network {
        switch mode {
        case .path(let genotype): return try network(genotype)
        case .mask(let genotype):
            return try CellNetwork(
                try cells.decode(genotype), configuration, maskedOver: cells.operations)
        case .mix(let open):
            return try CellNetwork(
                mixing: try candidates(open), of: cells.operations, configuration)
        }
    }

    /// The open candidates of each node, by input and operation.
    private func candidates(_ open: OpenCandidates) throws -> [CellKind: [[CellNode.Entry]]] {
        let known = decisions
        if let name = open.keys.sorted().first(where: { name in
            !known.contains { $0.name == name }
        }) {
            throw ModeError.unknownDecision(name: name, known: known.map(\.name))
        }
        var found: [CellKind: [[CellNode.Entry]]] = [:]
        for kind in CellKind.allCases {
            found[kind] = try (0..<cells.nodes).map { node in
                let name = CellSupernet.decision(kind, node)
                let rows = open[name]
                if let rows {
                    guard rows.count == node + 2,
                        rows.allSatisfy({ $0.count == cells.operations.count })
                    else {
                        throw ModeError.openShape(
                            decision: name, expected: [node + 2, cells.operations.count],
                            found: rows.map(\.count))
                    }
                    guard rows.contains(where: { $0.contains(true) }) else {
                        throw ModeError.nothingOpen(decision: name)
                    }
                }
                return (0..<node + 2).flatMap { input in
                    cells.operations.enumerated().compactMap { place, operation in
                        rows?[input][place] == false
                            ? nil : CellNode.Entry(input: input, operation: operation)
                    }
                }
            }
        }
        return found
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

    /// The name of a node's decision, as `normal.node0`.
    static func decision(_ kind: CellKind, _ node: Int) -> String { "\(kind.rawValue).node\(node)" }
}
