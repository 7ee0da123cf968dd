internal import Kernels

/// Turns nodes into steps: dead code out, elementwise chains fused, reshapes made free, memory laid
/// out by liveness.
package struct PlanCompiler {
    let graph: Graph
    let outputNodes: [Int]
    let kernels: KernelCache

    private(set) var steps: [Step] = []
    private(set) var places: [Plan.Place] = []
    private(set) var usedInputs: [Int] = []
    private(set) var multiplyAdds = 0
    private(set) var memory = MemoryPlan()
    let constants = ConstantStorage()

    private var needed: [Bool]
    let fusion: Fusion
    let absorption: Absorption
    let joining: UnitJoining
    /// Nodes that run with others as one kernel call, or at the place of one that does.
    private var isFused: [Bool]
    /// Of units: the offset and the buffer of each of their results.
    private var unitBuffers: [Int: [(offset: Int, buffer: Int)]] = [:]
    /// The buffer that holds a node's value.
    private var buffers: [Int]
    private(set) var bufferBytes: [Int] = []
    private var isArena: [Bool] = []
    private var scratchBytes: [Int] = []

    init(_ graph: Graph, _ outputs: [Int], _ kernels: KernelCache) throws(TensorError) {
        self.graph = graph
        self.kernels = kernels
        outputNodes = outputs
        let count = (outputs.max() ?? -1) + 1
        needed = [Bool](repeating: false, count: count)
        var kept = needed
        for output in outputs {
            needed[output] = true
            kept[output] = true
        }
        for node in stride(from: count - 1, through: 0, by: -1) where needed[node] {
            let list = graph.arguments[node]
            let first = Int(graph.unreadInputs[node])
            for place in first..<Int(list.count) { needed[list[place]] = true }
        }
        // A reshaped or detached value is the same buffer, so its source must be kept whole.
        for node in 0..<count where needed[node] {
            switch graph.structure(node) {
            case .reshape, .detach: kept[graph.arguments[node][0]] = true
            default: continue
            }
        }
        fusion = Fusion(graph, needed: needed, kept: kept)
        absorption = Absorption(graph, needed: needed, kept: kept, fusion: fusion)
        joining = UnitJoining(
            graph, needed: needed, kept: kept, fusion: fusion, absorption: absorption)
        isFused = absorption.isAbsorbed
        for node in 0..<count where fusion.root[node] >= 0 && fusion.root[node] != node {
            isFused[node] = true
        }
        for node in absorption.sums.keys { isFused[node] = true }
        for node in absorption.gradients.keys { isFused[node] = true }
        for node in joining.sums.keys { isFused[node] = true }
        for node in joining.normSums.keys { isFused[node] = true }
        for node in joining.statistics.keys { isFused[node] = true }
        for (maxima, positions) in joining.positions {
            isFused[maxima] = true
            isFused[positions] = true
        }
        buffers = [Int](repeating: -1, count: count)
    }

    mutating func compile() throws(TensorError) {
        // Inputs first: units may run before others that their weights were recorded behind.
        for node in needed.indices where needed[node] {
            guard case .input(let index)? = graph.structure(node) else { continue }
            usedInputs.append(index)
            buffers[node] = addBuffer(
                .input(usedInputs.count - 1), bytes: graph.shapes[node].count * 4, isArena: false)
        }
        for node in needed.indices where needed[node] {
            if isFused[node] { try lowerFused(node) } else { try lower(node) }
        }
        bindOutputs()
        layOutMemory()
        constants.seal()
    }

    // MARK: Buffers

    private mutating func addBuffer(_ place: Plan.Place, bytes: Int, isArena: Bool) -> Int {
        places.append(place)
        bufferBytes.append(bytes)
        self.isArena.append(isArena)
        return places.count - 1
    }

    mutating func newBuffer(_ node: Int) -> Int {
        addBuffer(.arena(offset: -1), bytes: graph.shapes[node].count * 4, isArena: true)
    }

    /// The buffer of a value that a kernel reads; a fill is written out when first needed.
    mutating func buffer(_ node: Int) -> Int {
        if buffers[node] >= 0 { return buffers[node] }
        if case .fill(let value)? = graph.structure(node) {
            let buffer = newBuffer(node)
            buffers[node] = buffer
            append(FillKernel(value: value, count: graph.shapes[node].count), [], to: [buffer])
        }
        return buffers[node]
    }

    private mutating func append(_ kernel: some Kernel, _ inputs: [Int], to outputs: [Int]) {
        steps.append(Step(kernel: kernel, inputs: inputs, outputs: outputs, scratch: nil))
        scratchBytes.append(kernel.scratchBytes)
        let (sum, overflow) = multiplyAdds.addingReportingOverflow(kernel.multiplyAdds)
        multiplyAdds = overflow ? .max : sum
    }

    /// Adds a kernel call that computes a node from all its inputs.
    package mutating func emit(_ node: Int, _ kernel: some Kernel) {
        emit(node, kernel, inputs: graph.inputs(of: node))
    }

    /// Adds a kernel call that computes a node from the values of other nodes.
    mutating func emit(_ node: Int, _ kernel: some Kernel, inputs: [Int]) {
        let read = inputs.map { buffer($0) }
        let output = newBuffer(node)
        buffers[node] = output
        append(kernel, read, to: [output])
    }

    /// Adds a kernel call that computes several nodes from all inputs of the first.
    mutating func emit(_ nodes: [Int], _ kernel: some Kernel) {
        let outputs = nodes.map { newBuffer($0) }
        emit(kernel, graph.inputs(of: nodes[0]), to: outputs)
        for (node, output) in zip(nodes, outputs) { buffers[node] = output }
    }

    /// Adds a kernel call that computes several values.
    mutating func emit(_ kernel: some Kernel, _ inputs: [Int], to outputs: [Int]) {
        append(kernel, inputs.map { buffer($0) }, to: outputs)
    }

    /// The sizes of a node's value.
    package func shape(of node: Int) -> Shape { graph.shapes[node] }

    /// The sizes of one of a node's inputs.
    package func inputShape(of node: Int, _ index: Int) -> Shape {
        graph.shapes[graph.arguments[node][index]]
    }

    /// The sizes of a node's inputs.
    package func inputShapes(of node: Int) -> [Shape] {
        graph.inputs(of: node).map { graph.shapes[$0] }
    }

    /// Buffers for the results of a unit, each its own unless the plan gives all of them as one.
    mutating func unitBuffers(
        _ node: Int, _ results: [(offset: Int, shape: Shape)]
    ) -> [Int] {
        if let known = unitBuffers[node] { return known.map(\.buffer) }
        let isWhole = outputNodes.contains(node)
        if isWhole { buffers[node] = newBuffer(node) }
        let whole = buffers[node]
        let made = results.map { offset, shape in
            let place: Plan.Place =
                isWhole ? .view(of: whole, offset: offset * 4) : .arena(offset: 0)
            return (offset, addBuffer(place, bytes: shape.count * 4, isArena: !isWhole))
        }
        unitBuffers[node] = made
        return made.map(\.1)
    }

    /// Makes a node's value the one in a buffer.
    mutating func bind(_ node: Int, to buffer: Int) { buffers[node] = buffer }

    private mutating func lower(_ node: Int) throws(TensorError) {
        switch graph.operations[node] {
        case .input: return
        case .constant(let index):
            let offset = constants.append(graph.constants[index])
            buffers[node] = addBuffer(
                .constant(offset: offset), bytes: graph.shapes[node].count * 4, isArena: false)
        case .fill:
            return  // written out only if a kernel other than an elementwise one reads it
        case .reshape, .detach:
            buffers[node] = buffer(graph.arguments[node][0])
        case .part(let offset):
            if let known = unitBuffers[graph.arguments[node][0]] {
                buffers[node] = known.first { $0.offset == offset }?.buffer ?? -1
                return
            }
            let whole = buffer(graph.arguments[node][0])
            buffers[node] = addBuffer(
                .view(of: whole, offset: offset * 4), bytes: graph.shapes[node].count * 4,
                isArena: false)
        case .primitive(let primitive): try primitive.lower(node, in: &self)
        }
    }

    /// Lowers what runs with other nodes as one kernel call; the others are computed there.
    private mutating func lowerFused(_ node: Int) throws(TensorError) {
        if try lowerSum(node) { return }
        if lowerFirstLayer(node) || lowerJoined(node) || bindStatistics(node) { return }
        if let positions = joining.positions[node],
            let pool = graph.primitive(node, MaxPool.self)
        {
            emit([node, positions], pool.kernelOfBoth)
        }
    }

    /// Outputs are written where the caller wants them: the step that makes one writes there
    /// directly, unless the value is an input, a constant or already another output.
    private mutating func bindOutputs() {
        for (index, node) in outputNodes.enumerated() {
            let source = buffer(node)
            if isArena[source] {
                places[source] = .output(index)
                isArena[source] = false
            } else {
                let count = graph.shapes[node].count
                let target = addBuffer(.output(index), bytes: count * 4, isArena: false)
                let copy = StridedCopy(
                    sizes: [count], sourceStrides: [1], destinationStrides: [1])
                append(CopyKernel(copy: copy), [source], to: [target])
            }
        }
    }

    /// The buffer that this one is a part of, or itself.
    private func whole(_ buffer: Int) -> Int {
        var whole = buffer
        while case .view(let base, _) = places[whole] { whole = base }
        return whole
    }

    private mutating func layOutMemory() {
        var lastUse = [Int](repeating: -1, count: places.count)
        for index in steps.indices {
            // What is used of a buffer keeps all of it.
            for used in steps[index].inputs {
                lastUse[used] = index
                lastUse[whole(used)] = index
            }
            for used in steps[index].outputs {
                lastUse[used] = index
                lastUse[whole(used)] = index
            }
        }
        var dying = [[Int]](repeating: [], count: steps.count)
        for buffer in places.indices where isArena[buffer] && lastUse[buffer] >= 0 {
            dying[lastUse[buffer]].append(buffer)
        }
        var placed = [Bool](repeating: false, count: places.count)
        for index in steps.indices {
            for part in steps[index].outputs {
                let output = whole(part)
                guard isArena[output], !placed[output] else { continue }
                places[output] = .arena(offset: memory.take(bufferBytes[output]))
                placed[output] = true
            }
            if scratchBytes[index] > 0 {
                let offset = memory.take(scratchBytes[index])
                steps[index].scratch = offset
                memory.release(offset, scratchBytes[index])
            }
            for buffer in dying[index] {
                if case .arena(let offset) = places[buffer] {
                    memory.release(offset, bufferBytes[buffer])
                }
            }
        }
    }
}

/// One value everywhere.
private struct FillKernel: Kernel {
    let value: Float
    let count: Int

    var name: String { "fill" }
    var service: OperationService { .swift("copy") }

    func run(_ memory: KernelMemory) { memory.output.update(repeating: value, count: count) }
}
