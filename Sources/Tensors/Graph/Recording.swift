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
            var own = 0
            if case .primitive(let primitive) = operation {
                own = primitive.multiplyAdds(
                    graph.inputs(of: node).map { graph.shapes[$0] }, shape)
            }
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
        case .reshape: return try made[node.arguments[0]].reshaped(node.shape)
        case .fill, .detach, .part:
            return graph.record(
                node.operation, node.arguments.map { made[$0].node }, node.shape)
        case .primitive(let primitive):
            return try primitive.replay(node.arguments.map { made[$0] }, node.shape, in: graph)
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
            guard case .primitive(let primitive) = graph.operations[place],
                let active = primitive.activation(of: Tensor(graph, place))
            else { continue }
            if !found.contains(where: { $0.node == active.node }) { found.append(active) }
        }
        return found
    }
}
