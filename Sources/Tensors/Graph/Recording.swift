internal import Kernels

/// Part of a graph as a value: it belongs to no thread, and can be recorded again in any graph.
///
/// A forward pass that was written outside Swift is recorded once for each shape, and then costs
/// what a built-in one costs. Replaying goes through the operations' own constructors, so that what
/// was recorded without fusing fuses with what comes before it as if it had been written there.
public struct Recording: Sendable {
    /// An input of the recording.
    public struct Input: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its sizes.
        public let shape: Shape
    }

    struct Node: Sendable {
        let operation: Operation
        let arguments: [Int]
        let shape: Shape
        /// Of a convolution or a matrix product.
        let multiplyAdds: Int
    }

    /// What the outputs depend on, in the order of recording.
    public let inputs: [Input]
    let nodes: [Node]
    private let constants: [[Float]]
    private let outputs: [Int]

    /// Multiply-adds of the recording's convolutions and matrix products.
    public let multiplyAdds: Int

    /// What these tensors of one graph depend on.
    ///
    /// - Throws: `TensorError.differentGraphs`; `.invalidArgument` without outputs.
    public init(_ outputs: [Tensor]) throws(TensorError) {
        guard let graph = outputs.first?.graph else {
            throw .invalidArgument(
                operation: "recording", argument: "outputs", expected: "at least one tensor",
                found: "none")
        }
        for output in outputs where output.graph !== graph {
            throw .differentGraphs(operation: "recording")
        }
        let last = outputs.map(\.node).max() ?? 0
        var needed = [Bool](repeating: false, count: last + 1)
        for output in outputs { needed[output.node] = true }
        for node in stride(from: last, through: 0, by: -1) where needed[node] {
            for input in graph.inputs(of: node) { needed[input] = true }
        }
        var places = [Int](repeating: -1, count: last + 1)
        var nodes: [Node] = []
        var inputs: [Input] = []
        var constants: [[Float]] = []
        var total = 0
        for node in 0...last where needed[node] {
            places[node] = nodes.count
            var operation = graph.operations[node]
            let shape = graph.shapes[node]
            switch operation {
            case .input(let index):
                operation = .input(inputs.count)
                inputs.append(Input(name: graph.inputNames[index], shape: shape))
            case .constant(let index):
                operation = .constant(constants.count)
                constants.append(graph.constants[index])
            default: break
            }
            let own = Recording.multiplyAdds(
                operation, shape, graph.inputs(of: node).map { graph.shapes[$0] })
            total = Recording.sum(total, own)
            nodes.append(
                Node(
                    operation: operation, arguments: graph.inputs(of: node).map { places[$0] },
                    shape: shape, multiplyAdds: own))
        }
        self.nodes = nodes
        self.inputs = inputs
        self.constants = constants
        self.outputs = outputs.map { places[$0.node] }
        multiplyAdds = total
    }

    private static func multiplyAdds(
        _ operation: Operation, _ shape: Shape, _ inputs: [Shape]
    ) -> Int {
        switch operation {
        case .convolution(_, let geometry): return geometry.multiplyAdds
        case .separable(let unit): return unit.multiplyAdds
        case .separableBackward(let unit, _): return 2 * unit.multiplyAdds
        case .matmul(let transposeA, _):
            let inner = inputs[0][inputs[0].rank - (transposeA ? 2 : 1)]
            return shape.count.multipliedReportingOverflow(by: inner).0
        default: return 0
        }
    }

    private static func sum(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    /// Records everything in a graph.
    ///
    /// - Parameters:
    ///   - graph: Where to.
    ///   - input: The tensor of that graph that stands for an input; asked in the order of
    ///     ``inputs``, each when it is first read.
    /// - Returns: The outputs.
    /// - Throws: What `input` throws, and `TensorError.shapeMismatch` for a tensor of another shape
    ///   than the input's.
    public func replay(
        in graph: Graph, input: (String) throws(TensorError) -> Tensor
    ) throws(TensorError) -> [Tensor] {
        var made: [Tensor] = []
        made.reserveCapacity(nodes.count)
        for node in nodes {
            made.append(try replay(node, in: graph, made, input))
        }
        return outputs.map { made[$0] }
    }

    private func replay(
        _ node: Node, in graph: Graph, _ made: [Tensor],
        _ input: (String) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        switch node.operation {
        case .input(let index):
            let tensor = try input(inputs[index].name)
            guard tensor.shape == node.shape else {
                throw .shapeMismatch(
                    operation: "recording, input \(inputs[index].name)",
                    expected: "shape \(node.shape)", found: "\(tensor.shape)")
            }
            return tensor
        case .constant(let index): return try graph.constant(constants[index], node.shape)
        case .random(.uniform, _): return graph.randomUniform(node.shape)
        case .random(.normal, _): return graph.randomNormal(node.shape)
        case .elementwise(.relu, _): return made[node.arguments[0]].relu()
        case .normStatistics(let epsilon):
            return try made[node.arguments[0]].batchStatistics(epsilon: epsilon)
        case .batchNorm(.none, let epsilon):
            return try made[node.arguments[0]].batchNorm(
                gamma: made[node.arguments[2]], beta: made[node.arguments[3]], epsilon: epsilon)
        case .convolution(.forward, let g):
            return try made[node.arguments[0]].convolution(
                made[node.arguments[1]], stride: Int(g.stride),
                padding: (Int(g.paddingHeight), Int(g.paddingWidth)), dilation: Int(g.dilation),
                groups: Int(g.groups))
        case .reshape: return try made[node.arguments[0]].reshaped(node.shape)
        case .maxPool(let g)
        where g.windowHeight == 2 && g.windowWidth == 2 && g.stride == 2 && g.paddingHeight == 0
            && g.paddingWidth == 0:
            return try made[node.arguments[0]].maxPool(window: 2)
        default:
            return graph.record(
                node.operation, node.arguments.map { made[$0].node }, node.shape)
        }
    }
}

extension Tensor {
    /// The outputs of all ReLUs that this tensor depends on, each once, in the order of recording;
    /// also of those that a kernel does together with other operations.
    package var rectified: [Tensor] {
        var needed = [Bool](repeating: false, count: node + 1)
        needed[node] = true
        for place in stride(from: node, through: 0, by: -1) where needed[place] {
            for input in graph.inputs(of: place) { needed[input] = true }
        }
        var found: [Tensor] = []
        for place in needed.indices where needed[place] {
            let inputs = graph.inputs(of: place)
            let active: Tensor
            switch graph.operations[place] {
            case .elementwise(.relu, _): active = Tensor(graph, place)
            case .batchNorm(.relu, let epsilon), .batchNorm(.reluPool, let epsilon):
                active = graph.record(
                    .batchNorm(.none, epsilon: epsilon), inputs, graph.shapes[inputs[0]]
                ).unary(.relu)
            case .separable(let unit):
                let parts = inputs[..<Int(unit.parts)].map { Tensor(graph, $0) }
                guard let x = try? Tensor.concatenate(parts, axis: 3) else { continue }
                active = x.unary(.relu)
            default: continue
            }
            if !found.contains(where: { $0.node == active.node }) { found.append(active) }
        }
        return found
    }
}
