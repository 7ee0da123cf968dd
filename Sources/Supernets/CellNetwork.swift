public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// A network of cells: a path through a supernet, a network by itself, or a mixture of candidates.
///
/// Its nodes sum candidates, each an operation on an input: those of an architecture as they are, or
/// any number of them, each times a number that is read as a parameter.
public struct CellNetwork: StagedNetwork {
    /// What its cells are; nil for a mixture.
    public let architecture: CellArchitecture?
    /// How they are stacked.
    public let configuration: CellNetworkConfiguration
    /// Where its cells stand.
    package let layouts: [CellLayout]
    /// The configuration and the architecture, or the candidates.
    public let key: String
    /// Multiply-adds of a forward pass of one example; 0 for a mixture.
    public let work: Int
    /// What each node sums.
    private let candidates: [CellKind: [[CellNode.Entry]]]
    /// What scales candidates; nil where they are as they are.
    private let factor: CandidateFactor?

    /// The network of an architecture.
    ///
    /// - Throws: `SearchSpaceError` for an architecture or settings out of range.
    public init(
        _ architecture: CellArchitecture, _ configuration: CellNetworkConfiguration
    ) throws {
        try self.init(architecture, configuration, factor: nil)
    }

    /// The same, each candidate times its number in `mask.DECISION` [inputs, operations].
    init(
        _ architecture: CellArchitecture, _ configuration: CellNetworkConfiguration,
        maskedOver operations: [CellOperation]
    ) throws {
        try self.init(
            architecture, configuration,
            factor: CandidateFactor(prefix: "mask", operations: operations, initial: 1))
    }

    /// Sums of candidates, each times its number in `mix.DECISION` [inputs, operations].
    init(
        mixing candidates: [CellKind: [[CellNode.Entry]]], of operations: [CellOperation],
        _ configuration: CellNetworkConfiguration
    ) throws {
        architecture = nil
        self.configuration = configuration
        self.candidates = candidates
        layouts = try configuration.cellLayouts(nodes: candidates[.normal]?.count ?? 0)
        work = 0
        factor = CandidateFactor(
            prefix: "mix", operations: operations, initial: 1 / Float(max(operations.count, 1)))
        let text = CellKind.allCases.map { kind in
            (candidates[kind] ?? []).map { node in
                node.map { "\($0.operation.rawValue) \($0.input)" }.joined(separator: ", ")
            }.joined(separator: " · ")
        }
        key = "cells \(configuration) mix \(text.joined(separator: "; "))"
    }

    private init(
        _ architecture: CellArchitecture, _ configuration: CellNetworkConfiguration,
        factor: CandidateFactor?
    ) throws {
        try architecture.validate()
        work = try configuration.describe(architecture).multiplyAdds
        self.architecture = architecture
        self.configuration = configuration
        self.factor = factor
        layouts = try configuration.cellLayouts(nodes: architecture.normal.nodes.count)
        key = "cells \(configuration) \(architecture)" + (factor.map { " \($0.prefix)" } ?? "")
        candidates = Dictionary(
            uniqueKeysWithValues: CellKind.allCases.map { kind in
                (kind, architecture[kind].nodes.map(\.entries))
            })
    }

    /// `classifier.`, the last linear layer.
    public var headPrefix: String { "classifier." }

    /// Those of the stem, the cells and the classifier, under the names of the supernet, then what
    /// scales candidates.
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
                for (node, entries) in (candidates[cell.kind] ?? []).enumerated() {
                    for entry in entries {
                        all += try StepLayers.parameters(
                            steps(entry, in: cell),
                            under: cell.name(of: entry.operation, node: node, input: entry.input))
                    }
                }
            }
            all += try Layers.linearParameters(
                "classifier", inputs: layouts.last?.outputChannels ?? 1,
                outputs: configuration.classes)
            guard let factor else { return all }
            for kind in CellKind.allCases where configuration.cells.contains(kind) {
                for node in (candidates[kind] ?? []).indices {
                    all.append(try factor.parameter(kind, node))
                }
            }
            return all
        }
    }

    /// Images [N, H, W, C] to the channel means of the last cell, [N, F].
    public func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        let cells = try range(0..<layouts.count + 1, [x], parameters, context)
        return try cells[1].globalAveragePool()
    }

    /// Features [N, F] to logits [N, classes].
    public func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("classifier", parameters, features)
    }

    // MARK: Stages

    /// `stem`, the cells as `cells.0`, and `classifier`. Between them go the outputs of two cells,
    /// the earlier one first.
    public var stages: [String] { ["stem"] + layouts.map { "cells.\($0.index)" } + ["classifier"] }

    /// Runs some stages; all but the stem read two tensors, all but the classifier give two.
    public func range(
        _ stages: Range<Int>, _ inputs: [Tensor], _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> [Tensor] {
        try check(stages, inputs, expecting: stages.lowerBound == 0 ? 1 : 2)
        var state = inputs
        for stage in stages {
            if stage == 0 {
                var x = state[0]
                for (index, steps) in configuration.stemSteps.enumerated() {
                    x = try StepLayers.run(steps, under: "stem.\(index)", x, parameters, context)
                }
                state = [x, x]
            } else if stage <= layouts.count {
                let output = try run(
                    layouts[stage - 1], state[0], state[1], parameters, context)
                state = [state[1], output]
            } else {
                state = [try head(state[1].globalAveragePool(), parameters, context)]
            }
        }
        return state
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
        for (node, entries) in (candidates[cell.kind] ?? []).enumerated() {
            var sum: Tensor?
            for entry in entries {
                var y = try StepLayers.run(
                    steps(entry, in: cell),
                    under: cell.name(of: entry.operation, node: node, input: entry.input),
                    states[entry.input], parameters, context)
                if let factor { y = try factor.times(y, entry, cell.kind, node, parameters) }
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

/// Numbers that scale candidates: for each decision a parameter [inputs, operations].
private struct CandidateFactor: Sendable {
    /// Of the parameters' names.
    let prefix: String
    /// All operations of the space, in the order of the columns.
    let operations: [CellOperation]
    /// First value of each number.
    let initial: Float

    private func name(_ kind: CellKind, _ node: Int) -> String {
        "\(prefix).\(CellSupernet.decision(kind, node))"
    }

    func parameter(
        _ kind: CellKind, _ node: Int
    ) throws(TensorError) -> ParameterSpecification {
        ParameterSpecification(
            name(kind, node), try Shape([node + 2, operations.count]), .constant(initial))
    }

    /// A candidate's output [N, H, W, C] times its number.
    func times(
        _ y: Tensor, _ entry: CellNode.Entry, _ kind: CellKind, _ node: Int,
        _ parameters: Parameters
    ) throws(TensorError) -> Tensor {
        let all = try parameters(name(kind, node))
        let column = operations.firstIndex(of: entry.operation) ?? 0
        return try y
            * all.sliced(starts: [entry.input, column], sizes: [1, 1]).reshaped([1, 1, 1, 1])
    }
}
