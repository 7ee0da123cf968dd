/// A recording of tensor operations with static shapes.
///
/// Operations on `Tensor` add nodes here; nothing is computed until a `Plan` compiles part of the
/// graph and a `Workspace` runs it. A node equal to an earlier one is that one (common
/// subexpressions cost nothing). One graph belongs to one thread at a time.
public final class Graph {
    /// Nodes in the order of recording: a node's inputs come before it.
    private(set) var operations: ContiguousArray<Operation> = []
    private(set) var shapes: ContiguousArray<Shape> = []
    /// Of primitives their type, else nil: quicker to look at than the operation, which is a copy.
    private(set) var types: ContiguousArray<ObjectIdentifier?> = []
    /// How many of a node's first inputs a plan need not compute.
    private(set) var unreadInputs: ContiguousArray<UInt8> = []
    private(set) var arguments: ContiguousArray<Arguments> = []
    private(set) var inputNames: [String] = []
    private(set) var inputNodes: [Int] = []
    private(set) var constants: [[Float]] = []
    private var known = NodeTable(capacity: 512)
    private var inputsByName: [String: Int] = [:]
    private var randomCount = 0

    /// Whether operations that follow each other are recorded as one where a kernel does both.
    let isFusing: Bool

    /// An empty recording.
    public convenience init() { self.init(isFusing: true) }

    /// An empty recording; without fusing, every operation is a node of its own, as a ``Recording``
    /// wants it that other operations may come before.
    package init(isFusing: Bool) {
        self.isFusing = isFusing
        operations.reserveCapacity(512)
        shapes.reserveCapacity(512)
        types.reserveCapacity(512)
        unreadInputs.reserveCapacity(512)
        arguments.reserveCapacity(512)
    }

    /// Number of nodes recorded so far.
    public var nodeCount: Int { operations.count }

    /// A tensor whose values are given when a plan runs.
    ///
    /// - Throws: `TensorError.duplicateInput` if the name is taken.
    public func input(_ name: String, _ shape: Shape) throws(TensorError) -> Tensor {
        guard inputsByName[name] == nil else { throw .duplicateInput(name: name) }
        let node = append(.input(inputNames.count), [], shape)
        inputsByName[name] = node
        inputNames.append(name)
        inputNodes.append(node)
        return Tensor(self, node)
    }

    /// A tensor with these values.
    ///
    /// - Throws: `TensorError.shapeMismatch` if the number of values is not the shape's.
    public func constant(_ values: [Float], _ shape: Shape) throws(TensorError) -> Tensor {
        guard values.count == shape.count else {
            throw .shapeMismatch(
                operation: "constant", expected: "\(shape.count) values for shape \(shape)",
                found: "\(values.count)")
        }
        constants.append(values)
        return Tensor(self, append(.constant(constants.count - 1), [], shape))
    }

    /// A tensor with one value everywhere.
    public func fill(_ value: Float, _ shape: Shape = .scalar) -> Tensor {
        record(.fill(value), [], shape)
    }

    /// A number that no other random tensor of this graph has.
    func newSalt() -> Int {
        randomCount += 1
        return randomCount
    }

    // MARK: Recording

    /// Up to six inputs of a node, without heap storage.
    struct Arguments: Hashable {
        var nodes: SIMD8<Int32> = SIMD8(repeating: -1)
        var count: Int32 = 0
        /// Longer lists (concatenation) live on the heap.
        var more: [Int]?

        init(_ list: [Int]) {
            guard list.count <= 8 else {
                more = list
                count = Int32(list.count)
                return
            }
            for (place, node) in list.enumerated() { nodes[place] = Int32(node) }
            count = Int32(list.count)
        }

        /// All eight nodes as words, which is quicker than one by one.
        func hash(into hasher: inout Hasher) {
            let words = unsafeBitCast(nodes, to: SIMD4<UInt64>.self)
            for place in 0..<4 { hasher.combine(words[place]) }
            hasher.combine(count)
            if let more { hasher.combine(more) }
        }

        subscript(place: Int) -> Int { more.map { $0[place] } ?? Int(nodes[place]) }
    }

    /// The node that computes this, new or known.
    ///
    /// - Parameters:
    ///   - primitive: What is computed.
    ///   - inputs: Tensors of this graph.
    ///   - shape: Of the result; the caller has checked that it follows from the inputs.
    /// - Returns: The node's tensor.
    package func record(
        _ primitive: some Primitive, _ inputs: [Tensor], _ shape: Shape
    ) -> Tensor {
        record(.primitive(primitive), inputs.map(\.node), shape)
    }

    /// The node that computes this, new or known.
    func record(_ primitive: some Primitive, _ inputs: [Int], _ shape: Shape) -> Tensor {
        record(.primitive(primitive), inputs, shape)
    }

    /// The node that is this, new or known.
    func record(_ operation: Operation, _ inputs: [Int], _ shape: Shape) -> Tensor {
        let arguments = Arguments(inputs)
        var hasher = Hasher()
        operation.hash(into: &hasher)
        arguments.hash(into: &hasher)
        shape.hash(into: &hasher)
        let hash = hasher.finalize()
        let equal = known.find(hash) { node in
            self.arguments[node] == arguments && shapes[node] == shape
                && operations[node] == operation
        }
        if let equal { return Tensor(self, equal) }
        let node = append(operation, arguments, shape)
        known.insert(node, hash)
        return Tensor(self, node)
    }

    /// A node of its own with the value of another: a variable to differentiate by, which no other
    /// use of that value is.
    package func variable(_ tensor: Tensor) -> Tensor {
        Tensor(self, append(.primitive(Broadcast()), [tensor.node], tensor.shape))
    }

    private func append(_ operation: Operation, _ inputs: [Int], _ shape: Shape) -> Int {
        append(operation, Arguments(inputs), shape)
    }

    private func append(_ operation: Operation, _ inputs: Arguments, _ shape: Shape) -> Int {
        operations.append(operation)
        arguments.append(inputs)
        shapes.append(shape)
        if case .primitive(let primitive) = operation {
            types.append(ObjectIdentifier(type(of: primitive)))
            unreadInputs.append(UInt8(clamping: primitive.unreadInputs))
        } else {
            types.append(nil)
            unreadInputs.append(0)
        }
        return operations.count - 1
    }

    /// The inputs of a node.
    func inputs(of node: Int) -> [Int] {
        let list = arguments[node]
        return (0..<Int(list.count)).map { list[$0] }
    }
}
