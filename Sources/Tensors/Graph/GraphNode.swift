/// A node of a graph as other modules read it: what is computed, with which options, from what.
///
/// A graph that is recorded without fusing has one node for each operation that was called, which is
/// what a writer of another format wants.
package struct GraphNode: Sendable, Hashable {
    /// The operation: of a primitive its name; else `input`, `constant`, `fill`, `reshape`, `detach`
    /// or `part`.
    package let name: String
    /// The operation's options: of an input its `name`, of a constant its `values`, of a fill its
    /// `value`, of a part its `offset` in floats.
    package let attributes: [String: AttributeValue]
    /// The nodes that it reads, which come before it.
    package let inputs: [Int]
    /// Sizes of the result.
    package let shape: Shape
}

extension Graph {
    /// All nodes in the order of recording; a tensor's is at its ``Tensor/place``.
    package var nodes: [GraphNode] { (0..<nodeCount).map { node($0) } }

    /// One node.
    package func node(_ place: Int) -> GraphNode {
        let name: String
        var attributes: [String: AttributeValue] = [:]
        switch operations[place] {
        case .input(let index): (name, attributes) = ("input", ["name": .text(inputNames[index])])
        case .constant(let index):
            (name, attributes) = ("constant", ["values": .list(constants[index].map(Double.init))])
        case .fill(let value): (name, attributes) = ("fill", ["value": .number(value)])
        case .reshape: name = "reshape"
        case .detach: name = "detach"
        case .part(let offset): (name, attributes) = ("part", ["offset": .number(offset)])
        case .primitive(let primitive):
            (name, attributes) = (primitive.name, primitive.attributes)
        }
        return GraphNode(
            name: name, attributes: attributes, inputs: inputs(of: place), shape: shapes[place])
    }
}
