import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport

/// A small supernet of cells with weights, and runs of its networks on fixed images.
struct ModeBench {
    let space: CellSpace
    let supernet: CellSupernet
    let weights: Weights
    let engine: Engine

    init(
        nodes: Int = 2, operations: [CellOperation] = CellOperation.allCases, channels: Int = 4,
        cells: [CellKind] = [.normal, .reduction]
    ) throws {
        space = try CellSpace(nodes: nodes, operations: operations)
        supernet = try CellSupernet(
            space,
            CellNetworkConfiguration(
                inputHeight: 7, inputWidth: 6, inputChannels: 1, classes: 3, channels: channels,
                cells: cells, poolNormalization: true))
        let first = Weights(initial: supernet, weights: .he, stream: RandomStream(seed: 5))
        // Scales and shifts start as 1 and 0, by which a fault could hide.
        weights = first.perturbed(RandomStream(seed: 6), scale: 0.1)
        engine = try Engine()
    }

    func genotype(_ seed: UInt64) -> Genotype {
        var rng = RandomStream(seed: seed)
        return space.sample(&rng)
    }

    static func images(_ count: Int = 3, seed: UInt64 = 11) -> [Float] {
        var rng = RandomStream(seed: seed)
        return (0..<count * 42).map { _ in Float(rng.uniform(in: -1...1)) }
    }

    /// The tensors of a body over images [3, 7, 6, 1] and parameters of these values.
    func run(
        _ values: ParameterSet, seed: UInt64 = 11,
        _ body: (Tensor, Parameters) throws -> [Tensor]
    ) throws -> [[Float]] {
        let graph = Graph()
        let x = try graph.input("x", try Shape([3, 7, 6, 1]))
        let outputs = try body(x, Parameters(graph, values.layout))
        let plan = try Plan(outputs, kernels: engine.workspace.kernels)
        var given = ["x": ModeBench.images(seed: seed)]
        for port in plan.inputs where port.name != "x" { given[port.name] = values[port.name] }
        return try engine.workspace.evaluate(plan, given)
    }

    /// The logits of a mode on parameters of its own, some of which are set.
    func logits(
        _ mode: Mode, of supernet: (any Supernet)? = nil, setting values: [String: [Float]] = [:]
    ) throws -> [Float] {
        let own = Weights(supernet ?? self.supernet, weights.parameters)
        let parameters = try own.parameters(of: mode).setting(values)
        let network = try own.network(mode)
        return try run(parameters) { x, parameters in
            [try network.forward(x, parameters, ForwardContext())]
        }[0]
    }

    /// For each decision the numbers that are `on` for a genotype's candidates, else `off`.
    func numbers(
        _ prefix: String, _ genotype: Genotype, on: Float = 1, off: Float = 0
    ) throws -> [String: [Float]] {
        let architecture = try space.decode(genotype)
        var found: [String: [Float]] = [:]
        for kind in CellKind.allCases {
            for (node, entries) in architecture[kind].nodes.enumerated() {
                var values = [Float](repeating: off, count: (node + 2) * space.operations.count)
                for entry in entries.entries {
                    let column = space.operations.firstIndex(of: entry.operation) ?? 0
                    values[entry.input * space.operations.count + column] = on
                }
                found["\(prefix).\(kind.rawValue).node\(node)"] = values
            }
        }
        return found
    }
}

extension ParameterSet {
    /// A set of its own with other values for some names.
    func setting(_ values: [String: [Float]]) -> ParameterSet {
        let result = copy()
        for (name, list) in values {
            guard let index = layout.index(of: name) else { continue }
            for (place, value) in list.enumerated() {
                result.values.pointer[layout.offsets[index] + place] = value
            }
        }
        return result
    }
}
