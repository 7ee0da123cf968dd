/// A value in a graph: what an operation will compute once a plan runs.
///
/// Tensors are immutable and cheap to copy. Images are NHWC, convolution weights HWIO.
public struct Tensor {
    /// The recording that this tensor belongs to.
    public let graph: Graph
    let node: Int

    init(_ graph: Graph, _ node: Int) {
        self.graph = graph
        self.node = node
    }

    /// The sizes of the dimensions.
    public var shape: Shape { graph.shapes[node] }

    /// The value of this tensor, through which no gradient flows.
    public func detached() -> Tensor { graph.record(.detach, [node], shape) }

    var operation: Operation { graph.operations[node] }

    /// The tensors that this one is computed from.
    package var arguments: [Tensor] { graph.inputs(of: node).map { Tensor(graph, $0) } }

    /// The value, if this tensor has one value everywhere.
    var filled: Float? {
        guard case .fill(let value)? = structure else { return nil }
        return value
    }

    func requireSameGraph(_ others: [Tensor], _ operation: String) throws(TensorError) {
        for other in others where other.graph !== graph {
            throw .differentGraphs(operation: operation)
        }
    }
}
