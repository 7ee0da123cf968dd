/// What a node of a graph is: one of the few that a compiler itself must know, because they take no
/// kernel call, or a primitive.
enum Operation: Hashable, Sendable {
    /// A value that is given when a plan runs.
    case input(Int)
    /// Values that are known when a graph is recorded.
    case constant(Int)
    /// One value everywhere.
    case fill(Float)
    /// The same memory as its input's, in another shape.
    case reshape
    /// The value of its input, with no derivative.
    case detach
    /// A part of a buffer with several values; a gradient reaches the buffer through its parts.
    case part(offset: Int)
    /// A kernel call.
    case primitive(any Primitive)

    static func == (a: Operation, b: Operation) -> Bool {
        switch (a, b) {
        case (.primitive(let first), .primitive(let second)): first.isEqual(to: second)
        case (.input(let first), .input(let second)),
            (.constant(let first), .constant(let second)),
            (.part(let first), .part(let second)):
            first == second
        // 0 and −0 are equal numbers, and NaN is none.
        case (.fill(let first), .fill(let second)): first.bitPattern == second.bitPattern
        case (.reshape, .reshape), (.detach, .detach): true
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .primitive(let primitive):
            hasher.combine(ObjectIdentifier(type(of: primitive)))
            primitive.hash(into: &hasher)
        case .input(let index), .constant(let index), .part(let index): hasher.combine(index)
        case .fill(let value): hasher.combine(value.bitPattern)
        case .reshape: hasher.combine(1)
        case .detach: hasher.combine(2)
        }
    }
}

extension Graph {
    /// What computes a node, if it is a primitive of this type.
    func primitive<P: Primitive>(_ node: Int, _ type: P.Type) -> P? {
        guard types[node] == ObjectIdentifier(type),
            case .primitive(let primitive) = operations[node]
        else { return nil }
        return primitive as? P
    }

    /// What a node is, unless it is a primitive.
    func structure(_ node: Int) -> Operation? { types[node] == nil ? operations[node] : nil }
}

extension Tensor {
    /// What computes this tensor, if it is a primitive of this type.
    func primitive<P: Primitive>(_ type: P.Type) -> P? { graph.primitive(node, type) }

    /// What this tensor is, unless a primitive computes it.
    var structure: Operation? { graph.structure(node) }
}
