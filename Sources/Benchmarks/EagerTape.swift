internal import Tensors

/// A graph run as an eager tape runs it: each node a kernel call of its own, its result in memory of
/// its own.
struct EagerTape {
    private struct Call {
        let node: Int
        /// Nil where the node is its first argument's memory.
        let plan: Plan?
        let arguments: [Int]
        let count: Int
        /// The nodes that nothing later reads.
        var lastReads: [Int] = []
    }

    private var sequence: [Call] = []
    private let inputs: [(node: Int, name: String)]
    private let outputs: [(node: Int, count: Int)]
    /// The last node of the forward pass.
    private let lossNode: Int
    private let nodeCount: Int

    /// Kernel calls in one run.
    var calls: Int { sequence.count { $0.plan != nil } }

    init(_ outputs: [Tensor], loss: Tensor, _ workspace: Workspace) throws {
        let graph = loss.graph
        self.outputs = outputs.map { ($0.place, $0.shape.count) }
        lossNode = loss.place
        nodeCount = graph.nodeCount
        var needed = [Bool](repeating: false, count: graph.nodeCount)
        for output in outputs { needed[output.place] = true }
        for node in stride(from: graph.nodeCount - 1, through: 0, by: -1) where needed[node] {
            for argument in graph.argumentNodes(of: node) { needed[argument] = true }
        }
        var inputs: [(node: Int, name: String)] = []
        for node in 0..<graph.nodeCount where needed[node] {
            let arguments = graph.argumentNodes(of: node)
            let shape = Tensor(of: graph, place: node).shape
            switch graph.kind(of: node) {
            case .input(let name): inputs.append((node, name))
            case .fill:
                // Kernels take it as an immediate; one that is an output or reshaped is written.
                let own = Graph()
                let plan = try Plan(
                    [graph.copy(node, to: own, arguments: [])], kernels: workspace.kernels)
                sequence.append(Call(node: node, plan: plan, arguments: [], count: shape.count))
            case .alias:
                sequence.append(
                    Call(node: node, plan: nil, arguments: [arguments[0]], count: shape.count))
            case .kernel:
                let own = Graph()
                var read: [Int] = []
                var tensors: [Int: Tensor] = [:]
                for argument in arguments where tensors[argument] == nil {
                    if case .fill = graph.kind(of: argument) {
                        tensors[argument] = try graph.copy(argument, to: own, arguments: [])
                    } else {
                        tensors[argument] = try own.input(
                            "\(argument)", Tensor(of: graph, place: argument).shape)
                        read.append(argument)
                    }
                }
                let plan = try Plan(
                    [graph.copy(node, to: own, arguments: arguments.compactMap { tensors[$0] })],
                    kernels: workspace.kernels)
                sequence.append(
                    Call(
                        node: node, plan: plan, arguments: plan.inputs.compactMap { Int($0.name) },
                        count: shape.count))
            }
        }
        self.inputs = inputs
        dropUnreadFills(graph)
        noteLastReads()
    }

    private mutating func dropUnreadFills(_ graph: Graph) {
        var isRead = Set(outputs.map(\.node))
        for call in sequence { isRead.formUnion(call.arguments) }
        sequence.removeAll { call in
            if case .fill = graph.kind(of: call.node) { !isRead.contains(call.node) } else { false }
        }
    }

    /// Which values of the backward pass are dead after which call. Values that share memory with
    /// another (reshapes) are kept with it to the end, as are outputs.
    private mutating func noteLastReads() {
        var kept = Set(outputs.map(\.node))
        var last: [Int: Int] = [:]
        for (index, call) in sequence.enumerated() {
            if call.plan == nil { kept.formUnion([call.node, call.arguments[0]]) }
            for argument in call.arguments { last[argument] = index }
        }
        for call in sequence.indices {
            let node = sequence[call].node
            guard node > lossNode, !kept.contains(node), let reader = last[node] else { continue }
            sequence[reader].lastReads.append(node)
        }
    }

    /// Runs every call.
    ///
    /// - Parameters:
    ///   - workspace: Where kernels find their scratch memory.
    ///   - freesGradients: Whether values of the backward pass go when nothing reads them any more;
    ///     otherwise all stay to the end, as those of the forward pass always do.
    ///   - given: Where an input's values are.
    ///   - take: Gets the outputs' values at the end.
    /// - Returns: The most bytes that were held at once.
    /// - Throws: `TensorError`.
    func run(
        _ workspace: Workspace, freesGradients: Bool,
        given: (String) -> UnsafeMutablePointer<Float>, take: ([[Float]]) -> Void
    ) throws -> Int {
        var values = [UnsafeMutablePointer<Float>?](repeating: nil, count: nodeCount)
        var own = [Int](repeating: 0, count: nodeCount)
        var (held, most) = (0, 0)
        for (node, name) in inputs { values[node] = given(name) }
        defer { for node in own.indices where own[node] > 0 { values[node]?.deallocate() } }
        for call in sequence {
            guard let plan = call.plan else {
                values[call.node] = values[call.arguments[0]]
                continue
            }
            let output = UnsafeMutableRawPointer.allocate(
                byteCount: max(call.count, 1) * 4, alignment: 64
            ).assumingMemoryBound(to: Float.self)
            values[call.node] = output
            own[call.node] = call.count * 4
            held += call.count * 4
            most = max(most, held)
            try workspace.run(
                plan, inputs: call.arguments.compactMap { values[$0].map { UnsafePointer($0) } },
                outputs: [output])
            guard freesGradients else { continue }
            for node in call.lastReads {
                values[node]?.deallocate()
                held -= own[node]
                own[node] = 0
            }
        }
        take(
            outputs.map { node, count in
                Array(
                    UnsafeBufferPointer(start: values[node], count: values[node] == nil ? 0 : count)
                )
            })
        return most
    }
}
