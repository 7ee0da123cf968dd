internal import Components
import LuaHost
import NeuralNetworks
import Tensors

/// A recording that a script's tensors belong to.
///
/// There are two kinds. Outside traced functions tensors belong to a session, whose leaves have
/// numbers, so that every tensor's numbers can be had on demand. Inside a traced function nothing
/// has numbers: what is recorded runs later, many times, on other threads.
final class TensorScope {
    let graph: Graph
    /// What is traced, for messages; nil for a session.
    let tracing: String?
    /// Whether tensors may still be added.
    private(set) var isOpen = true
    /// The leaves' numbers by input name.
    private(set) var leaves: [String: TensorStorage] = [:]
    private(set) var leafBytes = 0
    private var pending: [WeakTensor] = []
    /// Constants that a traced function took from outside, with their owners.
    private var captured: [ObjectIdentifier: (owner: TensorHandle, tensor: Tensor)] = [:]
    /// The nodes whose memory counts as the script's, and where it does.
    private var accounted = 0
    private var context: LuaContext?

    private struct WeakTensor {
        weak var handle: TensorHandle?
    }

    /// - Parameters:
    ///   - tracing: What is traced; nil for a session.
    ///   - graph: Where to record.
    init(tracing: String? = nil, graph: Graph = Graph()) {
        self.tracing = tracing
        self.graph = graph
    }

    deinit { context?.release(bytes: accounted * TensorScope.nodeBytes) }

    var isTraced: Bool { tracing != nil }

    /// About what a node takes, with its place in the table of known ones.
    private static let nodeBytes = 512
    /// Recording a node takes about a microsecond.
    private static let unitsPerNode = 300

    /// Bills what was recorded since the last time.
    func account(_ context: LuaContext) throws(LuaError) {
        let fresh = graph.nodeCount - accounted
        guard fresh > 0 else { return }
        self.context = context
        accounted += fresh
        try context.claim(bytes: fresh * TensorScope.nodeBytes)
        try context.charge(fresh * TensorScope.unitsPerNode)
    }

    func close() {
        isOpen = false
        captured = [:]
    }

    /// A new leaf of a session.
    func leaf(_ storage: TensorStorage, _ shape: Shape) throws(TensorError) -> Tensor {
        let name = "t\(leaves.count)"
        let tensor = try graph.input(name, shape)
        leaves[name] = storage
        leafBytes += 4 * shape.count
        return tensor
    }

    /// A tensor from outside as a constant of a traced function.
    func constant(
        _ handle: TensorHandle, _ make: () throws -> Tensor
    ) rethrows -> Tensor {
        let key = ObjectIdentifier(handle)
        if let known = captured[key] { return known.tensor }
        let tensor = try make()
        captured[key] = (handle, tensor)
        return tensor
    }

    /// Remembers a tensor whose numbers may be asked for.
    func add(_ handle: TensorHandle) { pending.append(WeakTensor(handle: handle)) }

    /// Tensors that are still held and have no numbers yet.
    var unevaluated: [TensorHandle] {
        pending.compactMap { $0.handle }.filter { $0.storage == nil && $0.scope === self }
    }
}

/// A tensor in a script's hands.
final class TensorHandle {
    let shape: Shape
    /// The recording that `tensor` belongs to.
    fileprivate(set) var scope: TensorScope?
    fileprivate(set) var tensor: Tensor?
    /// Its numbers, once they are known.
    fileprivate(set) var storage: TensorStorage?
    fileprivate var isLeaf = false
    /// The one number that it has everywhere, if it was made so.
    let filled: Float?

    /// A tensor of a recording.
    init(_ tensor: Tensor, in scope: TensorScope) {
        shape = tensor.shape
        self.tensor = tensor
        self.scope = scope
        filled = nil
        if !scope.isTraced { scope.add(self) }
    }

    /// A tensor of known numbers.
    init(_ storage: TensorStorage, _ shape: Shape) {
        self.shape = shape
        self.storage = storage
        filled = nil
    }

    /// A tensor of one number.
    init(filled: Float, _ shape: Shape) {
        self.shape = shape
        self.filled = filled
    }

    var isTraced: Bool { scope?.isTraced == true }

    /// Bytes that pace Lua's collector.
    var nativeBytes: Int { isTraced ? 64 : 4 * shape.count + 64 }
}

/// Numbers of a tensor, counted.
final class TensorStorage {
    let buffer: FloatBuffer
    private let memory: TensorMemory

    /// - Throws: `TensorError.memoryExceeded` where scripts hold too much.
    init(count: Int, _ memory: TensorMemory) throws {
        try memory.take(4 * count)
        self.memory = memory
        buffer = FloatBuffer(count: count)
    }

    convenience init(_ values: [Float], _ memory: TensorMemory) throws {
        try self.init(count: values.count, memory)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress {
                buffer.pointer.update(from: base, count: values.count)
            }
        }
    }

    deinit { memory.give(4 * buffer.count) }
}

/// Bytes of numbers that a script's tensors hold.
final class TensorMemory {
    var limit: Int
    private(set) var held = 0
    private let context: LuaContext

    init(_ context: LuaContext, limit: Int) {
        self.context = context
        self.limit = limit
    }

    /// Counts bytes, and bills that they are written.
    func take(_ bytes: Int) throws {
        guard bytes <= limit - held else {
            throw TensorError.memoryExceeded(
                needed: Saturating.sum([held, bytes]), limit: limit)
        }
        try charge(bytes / 16)
        held += bytes
    }

    func charge(_ units: Int) throws(LuaError) { try context.charge(units) }

    func give(_ bytes: Int) { held -= bytes }
}

/// Runs what a script asks of its tensors: records operations, and computes numbers on demand
/// through the same plans that networks run by.
final class TensorEngine {
    let memory: TensorMemory
    /// Multiply-adds of everything computed so far.
    private(set) var multiplyAdds = 0
    /// Calls of differentiating functions that are under way; while there are any, no tensor may
    /// lose its history.
    private var differentiating = 0
    private var session = TensorScope()
    private var older: [WeakScope] = []
    private var workspace: Workspace?
    /// A session is closed when it has this many nodes.
    private static let nodes = 2_048
    /// A session is closed when its leaves hold this many bytes.
    private static let bytes = 64 << 20

    private struct WeakScope {
        weak var scope: TensorScope?
    }

    init(_ context: LuaContext, byteLimit: Int) {
        memory = TensorMemory(context, limit: byteLimit)
    }

    // MARK: Recording

    /// The recording that an operation on these tensors belongs to.
    func scope(of handles: [TensorHandle]) throws -> TensorScope {
        var found: TensorScope?
        for handle in handles {
            guard let scope = handle.scope, scope.isTraced else { continue }
            guard scope.isOpen else { throw TensorUse.ended(scope.tracing ?? "") }
            if let found, found !== scope { throw TensorUse.mixed }
            found = scope
        }
        if let found { return found }
        if differentiating == 0,
            session.graph.nodeCount > TensorEngine.nodes || session.leafBytes > TensorEngine.bytes
        {
            try rotate()
        }
        return session
    }

    /// A handle's tensor in a recording.
    func tensor(_ handle: TensorHandle, in scope: TensorScope) throws -> Tensor {
        if handle.scope === scope, let tensor = handle.tensor {
            let isKnown = handle.storage != nil && !handle.isLeaf
            if scope.isTraced || differentiating > 0 || !isKnown { return tensor }
        } else if let other = handle.scope, other.isTraced {
            throw other.isOpen ? TensorUse.mixed : TensorUse.ended(other.tracing ?? "")
        }
        if let filled = handle.filled { return scope.graph.fill(filled, handle.shape) }
        let storage = try storage(handle)
        if scope.isTraced {
            return try scope.constant(handle) {
                try scope.graph.constant(storage.buffer.array, handle.shape)
            }
        }
        let leaf = try scope.leaf(storage, handle.shape)
        (handle.scope, handle.tensor, handle.isLeaf) = (scope, leaf, true)
        return leaf
    }

    /// A node of its own for a handle, to differentiate by.
    func variable(_ handle: TensorHandle, in scope: TensorScope) throws -> TensorHandle {
        if !scope.isTraced, let storage = handle.storage, handle.isLeaf || handle.tensor == nil {
            return TensorHandle(try scope.leaf(storage, handle.shape), in: scope)
        }
        return TensorHandle(scope.graph.variable(try tensor(handle, in: scope)), in: scope)
    }

    /// Differentiates: while `body` runs, no tensor loses its history.
    ///
    /// - Parameter body: Returns what must be kept.
    /// - Returns: What `body` returned, with numbers if this is the outermost call and nothing is
    ///   traced.
    /// - Throws: What `body` throws.
    func differentiate(_ body: () throws -> [TensorHandle]) throws -> [TensorHandle] {
        if differentiating == 0 { try rotate() }
        differentiating += 1
        let results: [TensorHandle]
        do {
            results = try body()
        } catch {
            differentiating -= 1
            throw error
        }
        differentiating -= 1
        if differentiating == 0 {
            try evaluate(results.filter { !$0.isTraced })
            try rotate()
        }
        return results
    }

    // MARK: Numbers

    /// The numbers of a tensor, computed if they are not known.
    func storage(_ handle: TensorHandle) throws -> TensorStorage {
        if let storage = handle.storage { return storage }
        if let scope = handle.scope, scope.isTraced {
            throw scope.isOpen
                ? TensorUse.symbolic(scope.tracing ?? "") : TensorUse.ended(scope.tracing ?? "")
        }
        if let filled = handle.filled {
            let storage = try TensorStorage(count: handle.shape.count, memory)
            storage.buffer.pointer.update(repeating: filled, count: handle.shape.count)
            handle.storage = storage
            return storage
        }
        try evaluate([handle])
        guard let storage = handle.storage else { throw TensorUse.mixed }
        return storage
    }

    /// The numbers of some tensors, all that are not known computed together.
    func storages(_ handles: [TensorHandle]) throws -> [TensorStorage] {
        if let one = handles.first(where: \.isTraced) { _ = try storage(one) }
        try evaluate(handles)
        return try handles.map { try storage($0) }
    }

    /// Computes tensors of sessions, those of one session in one plan.
    private func evaluate(_ handles: [TensorHandle]) throws {
        var left: [TensorHandle] = []
        for handle in handles
        where handle.storage == nil && handle.tensor != nil
            && !left.contains(where: { $0 === handle })
        {
            left.append(handle)
        }
        while let scope = left.first?.scope {
            let own = left.filter { $0.scope === scope }
            left.removeAll { $0.scope === scope }
            try evaluate(own, in: scope)
        }
    }

    private func evaluate(_ handles: [TensorHandle], in scope: TensorScope) throws {
        let workspace = try self.workspace ?? Workspace(kernels: Executor(threads: 1).kernels)
        self.workspace = workspace
        let plan = try Plan(handles.compactMap(\.tensor), kernels: workspace.kernels)
        guard plan.arenaBytes <= memory.limit else {
            throw TensorError.memoryExceeded(needed: plan.arenaBytes, limit: memory.limit)
        }
        // Before it runs, so that no single operation is longer than the limit.
        try memory.charge(
            plan.multiplyAdds / 512 + plan.arenaBytes / 64 + 100 * plan.stepCount)
        let results = try handles.map { handle in
            try TensorStorage(count: handle.shape.count, memory)
        }
        var inputs: [UnsafePointer<Float>] = []
        for port in plan.inputs {
            guard let leaf = scope.leaves[port.name] else { throw TensorUse.mixed }
            inputs.append(UnsafePointer(leaf.buffer.pointer))
        }
        try workspace.run(plan, inputs: inputs, outputs: results.map(\.buffer.pointer))
        multiplyAdds += plan.multiplyAdds
        for (handle, storage) in zip(handles, results) {
            handle.storage = storage
            if differentiating == 0 {
                (handle.scope, handle.tensor) = (nil, nil)
            }
        }
    }

    /// Begins a new session. Tensors of the old one that are still held keep it, unless memory is
    /// short: then they are computed, and what they were computed from can go.
    private func rotate() throws {
        guard session.graph.nodeCount > 0 else { return }
        older.removeAll { $0.scope == nil }
        older.append(WeakScope(scope: session))
        session = TensorScope()
        guard memory.held > memory.limit / 2 else { return }
        for scope in older.compactMap(\.scope) { try evaluate(scope.unevaluated) }
        older = []
    }
}

/// Tensors used where they have no meaning.
enum TensorUse: Error, CustomStringConvertible {
    /// A traced tensor was asked for numbers.
    case symbolic(String)
    /// A traced tensor outlived its function.
    case ended(String)
    /// Tensors of two recordings met.
    case mixed

    var description: String {
        switch self {
        case .symbolic(let name):
            "this tensor is being traced in \(name): it has a shape and no numbers yet, as the "
                + "function runs once and what it recorded runs many times; compute with tensors, "
                + "such as condition:select(a, b), or decide by shapes"
        case .ended(let name):
            "this tensor was made while \(name) was traced and is not valid after it has returned; "
                + "return it, or compute it again"
        case .mixed:
            "these tensors belong to two different recordings; make both inside the same function"
        }
    }
}
