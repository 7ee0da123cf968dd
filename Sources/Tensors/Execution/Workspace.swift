#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
public import Kernels

/// Working memory in which one thread runs plans, one after another.
///
/// The arena grows to the largest plan that ran in it and is then reused, so a repeated run
/// allocates nothing large.
public final class Workspace {
    let context: KernelContext
    /// Kernels that plans made for this workspace share with all others.
    public let kernels: KernelCache
    /// Where the time of every step is noted, if it is.
    public var profile: StepProfile?
    private var arena: UnsafeMutableRawPointer?
    private var capacity = 0
    private var pointers: [UnsafeMutablePointer<Float>] = []
    /// Buffers that were given back, by their number of floats.
    private var spare: [Int: [FloatBuffer]] = [:]

    /// Make it on the thread that will run plans in it.
    public init(kernels: KernelCache) throws(TensorError) {
        self.kernels = kernels
        do { context = try KernelContext(kernels) } catch { throw .kernel(error) }
    }

    deinit { free(arena) }

    /// A buffer for the running task: one that was given back, else a new one.
    ///
    /// - Parameter count: Number of floats.
    /// - Returns: A buffer whose values are any.
    public func borrow(count: Int) -> FloatBuffer {
        spare[count]?.popLast() ?? FloatBuffer(count: count)
    }

    /// Keeps a buffer for the next task, so that a training step that is like the last one allocates
    /// nothing large.
    ///
    /// - Parameter buffer: No longer read or written by anyone. It is kept unless there are many of
    ///   its size, or buffers of many sizes.
    public func giveBack(_ buffer: FloatBuffer) {
        if spare[buffer.count] == nil, spare.count >= Workspace.spareSizes { spare.removeAll() }
        guard spare[buffer.count]?.count ?? 0 < Workspace.sparePerSize else { return }
        spare[buffer.count, default: []].append(buffer)
    }

    private static let spareSizes = 16
    private static let sparePerSize = 8

    /// Runs a plan on the caller's memory.
    ///
    /// - Parameters:
    ///   - plan: Made with this workspace's kernels.
    ///   - inputs: One pointer per plan input, in order, to as many floats as its shape has.
    ///   - outputs: One pointer per plan output, which the run fills. They must not overlap inputs.
    ///   - seed: Of the plan's random tensors.
    /// - Throws: `TensorError.inputMismatch` for too few or too many pointers, `.indexOutOfRange`
    ///   for an index in the data, `.memoryRefused` by the system, `.kernel` from the library.
    public func run(
        _ plan: Plan, inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>],
        seed: UInt64 = 0
    ) throws(TensorError) {
        guard inputs.count == plan.inputs.count, outputs.count == plan.outputs.count else {
            throw .inputMismatch(
                name: "all", expected: "\(plan.inputs.count) inputs, \(plan.outputs.count) outputs",
                found: "\(inputs.count), \(outputs.count)")
        }
        let arena = try reserve(plan.arenaBytes)
        pointers.removeAll(keepingCapacity: true)
        for place in plan.places {
            switch place {
            case .input(let index): pointers.append(UnsafeMutablePointer(mutating: inputs[index]))
            case .output(let index): pointers.append(outputs[index])
            case .arena(let offset):
                pointers.append((arena + offset).assumingMemoryBound(to: Float.self))
            case .constant(let offset):
                guard let pointer = plan.constants.pointer(offset) else { continue }
                pointers.append(pointer)
            case .view(let whole, let offset):
                pointers.append(pointers[whole] + offset / 4)
            }
        }
        guard let profile else {
            for step in plan.steps {
                try run(step, scratch: step.scratch.map { arena + $0 }, seed: seed)
            }
            return
        }
        for step in plan.steps {
            let start = profile.now()
            try run(step, scratch: step.scratch.map { arena + $0 }, seed: seed)
            profile.add(step, of: plan, seconds: profile.now() - start)
        }
    }

    /// Runs a plan on arrays, for small things: tests, tables, the prompt.
    ///
    /// - Parameters:
    ///   - plan: Made with this workspace's kernels.
    ///   - inputs: The values of every plan input by name, row-major.
    ///   - seed: Of the plan's random tensors.
    /// - Returns: The values of the outputs, row-major, in the plan's order.
    /// - Throws: `TensorError.inputMismatch` for an input that is missing or of another length, and
    ///   what a run on the caller's memory throws.
    public func evaluate(
        _ plan: Plan, _ inputs: [String: [Float]] = [:], seed: UInt64 = 0
    ) throws(TensorError) -> [[Float]] {
        var offsets: [Int] = []
        var values: [Float] = []
        for port in plan.inputs {
            guard let given = inputs[port.name] else {
                throw .inputMismatch(
                    name: port.name, expected: "values of shape \(port.shape)", found: "none")
            }
            guard given.count == port.shape.count else {
                throw .inputMismatch(
                    name: port.name, expected: "\(port.shape.count) values for \(port.shape)",
                    found: "\(given.count)")
            }
            offsets.append(values.count)
            values += given
        }
        var places: [Int] = []
        var total = 0
        for port in plan.outputs {
            places.append(total)
            total += port.shape.count
        }
        let results = try Workspace.allocate(max(total, 1) * 4).assumingMemoryBound(to: Float.self)
        defer { free(results) }
        let given = try Workspace.allocate(max(values.count, 1) * 4)
            .assumingMemoryBound(to: Float.self)
        defer { free(given) }
        given.update(from: values, count: values.count)
        try run(
            plan, inputs: offsets.map { UnsafePointer(given + $0) },
            outputs: places.map { results + $0 }, seed: seed)
        return zip(places, plan.outputs).map { place, port in
            Array(UnsafeBufferPointer(start: results + place, count: port.shape.count))
        }
    }

    private func reserve(_ bytes: Int) throws(TensorError) -> UnsafeMutableRawPointer {
        if let arena, bytes <= capacity { return arena }
        free(arena)
        (arena, capacity) = (nil, 0)
        let size = max(bytes, MemoryPlan.alignment)
        let memory = try Workspace.allocate(size)
        #if canImport(Glibc)
            // Large pages: fewer misses of address translation. The system is free to refuse.
            let page = 2 << 20
            let first = (Int(bitPattern: memory) + page - 1) / page * page
            let length = Int(bitPattern: memory) + size - first
            if length >= page {
                _ = madvise(UnsafeMutableRawPointer(bitPattern: first), length, MADV_HUGEPAGE)
            }
        #endif
        (arena, capacity) = (memory, size)
        return memory
    }

    /// Memory of the system, which may refuse: Swift's own allocation would trap.
    private static func allocate(_ bytes: Int) throws(TensorError) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, MemoryPlan.alignment, bytes) == 0, let memory else {
            throw .memoryRefused(needed: bytes)
        }
        return memory
    }

    private func run(
        _ step: Step, scratch: UnsafeMutableRawPointer?, seed: UInt64
    ) throws(TensorError) {
        try step.kernel.run(
            KernelMemory(
                pointers: pointers, inputs: step.inputs, outputs: step.outputs, context: context,
                scratch: scratch, seed: seed))
    }
}
