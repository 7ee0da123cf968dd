/// One operation on tensors: everything that there is to know of it, in one place.
///
/// A value of a conforming type is what a node of a graph computes, with its options. To add an
/// operation, write its type, its kernel and a function that checks shapes and calls
/// ``Graph/record(_:_:_:)``; no other file has to know of it.
///
/// ```swift
/// struct Cube: Primitive {
///     var name: String { "cube" }
///
///     func derivative(
///         of y: Tensor, _ dy: Tensor, wanted: [Bool]
///     ) throws(TensorError) -> [Tensor?] {
///         [try dy * y.arguments[0].squared().scaled(by: 3)]
///     }
///
///     func lower(_ node: Int, in plan: inout PlanCompiler) {
///         plan.emit(node, CubeKernel(count: plan.shape(of: node).count))
///     }
/// }
/// ```
///
/// Nodes with equal values, inputs and shapes are one node, so two values may be equal only if they
/// compute the same bits.
///
/// A pass over plans that runs several operations as one kernel call knows them by their type
/// (``Graph/primitive(_:_:)``); differentiation does not see it.
package protocol Primitive: Hashable, Sendable {
    /// What readers of a graph call it.
    var name: String { get }

    /// Its options, as readers of a graph see them.
    var attributes: [String: AttributeValue] { get }

    /// The derivative, in terms of other recorded operations, so that it has a derivative itself.
    ///
    /// - Parameters:
    ///   - y: A node that computes this.
    ///   - dy: The cotangent of `y`, of its shape.
    ///   - wanted: By input, whether its cotangent is asked for.
    /// - Returns: By input, its cotangent; nil where none flows or none is wanted.
    /// - Throws: What recording throws.
    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?]

    /// The derivative of a node with several values, which is read through its parts.
    ///
    /// - Parameters:
    ///   - y: A node that computes this.
    ///   - parts: The cotangents of those parts that have one.
    /// - Returns: By input, its cotangent; nil where none flows.
    /// - Throws: What recording throws.
    func derivative(
        of y: Tensor, parts: [PartCotangent]
    ) throws(TensorError) -> [Tensor?]

    /// Adds the kernel call to a plan that computes a node.
    func lower(_ node: Int, in plan: inout PlanCompiler) throws(TensorError)

    /// Multiply-adds of a run, if it is a convolution or a matrix product.
    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int

    /// How many of the first inputs are there for derivatives only, so that a plan need not compute
    /// them.
    var unreadInputs: Int { get }

    /// Records this in another graph, through the function that users call if that one records
    /// something else for certain inputs.
    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor

    /// What it is as the main step of a layer, for tables of layers.
    var layer: Recording.Layer.Kind? { get }

    /// The output of the ReLU in a node that computes this, if there is one.
    func activation(of y: Tensor) -> Tensor?

    /// Whether its result is its input in another form, as a transposed weight is still that weight.
    var isRearrangement: Bool { get }
}

/// An option of an operation as a plain value.
package enum AttributeValue: Hashable, Sendable {
    /// A size, a count or any other number.
    case number(Double)
    /// Several numbers, as one for each axis.
    case list([Double])
    /// The name of a choice.
    case text(String)
    /// Yes or no.
    case flag(Bool)

    static func number(_ value: some BinaryInteger) -> AttributeValue { .number(Double(value)) }
    static func number(_ value: Float) -> AttributeValue { .number(Double(value)) }
    static func list(_ values: [Int]) -> AttributeValue { .list(values.map(Double.init)) }
}

/// The cotangent of one of the values of a node with several.
package struct PartCotangent {
    /// Where the value lies in the node's buffer, in floats.
    package let offset: Int
    /// The cotangent, of the value's shape.
    package let value: Tensor
}

extension Primitive {
    package var attributes: [String: AttributeValue] { [:] }

    /// Without a derivative: none flows.
    package func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        wanted.map { _ in nil }
    }

    package func derivative(
        of y: Tensor, parts: [PartCotangent]
    ) throws(TensorError) -> [Tensor?] {
        y.arguments.map { _ in nil }
    }

    package func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int { 0 }

    package var unreadInputs: Int { 0 }

    package func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        graph.record(self, inputs.map(\.node), shape)
    }

    package var layer: Recording.Layer.Kind? { nil }

    package func activation(of y: Tensor) -> Tensor? { nil }

    package var isRearrangement: Bool { false }

    /// Whether another primitive is of this type and equal.
    func isEqual(to other: any Primitive) -> Bool {
        guard ObjectIdentifier(type(of: other)) == ObjectIdentifier(Self.self) else {
            return false
        }
        return (other as? Self) == self
    }
}
