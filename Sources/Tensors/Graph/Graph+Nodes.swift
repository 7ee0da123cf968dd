// Nodes one by one: what a measurement of other ways to run a graph needs.
extension Graph {
    /// What running a node by itself would take.
    package enum NodeKind {
        /// A value that is given: an input by its name.
        case input(String)
        /// One value everywhere, which kernels take without reading memory.
        case fill
        /// The same memory as its first argument.
        case alias
        /// A kernel call.
        case kernel
    }

    /// What running a node by itself would take; constants count as kernels.
    package func kind(of node: Int) -> NodeKind {
        switch operations[node] {
        case .input(let index): .input(inputNames[index])
        case .fill: .fill
        case .reshape, .detach: .alias
        default: .kernel
        }
    }

    /// The nodes that a node reads.
    package func argumentNodes(of node: Int) -> [Int] { inputs(of: node) }

    /// Records one node of this graph in another one, on other inputs.
    package func copy(_ node: Int, to other: Graph, arguments: [Tensor]) throws(TensorError)
        -> Tensor
    {
        if case .constant(let index) = operations[node] {
            return try other.constant(constants[index], shapes[node])
        }
        return other.record(operations[node], arguments.map(\.node), shapes[node])
    }
}

extension Tensor {
    /// The node's place in the order of recording.
    package var place: Int { node }

    /// The tensor of a node.
    package init(of graph: Graph, place: Int) { self.init(graph, place) }
}
