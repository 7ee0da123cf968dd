internal import Kernels

/// Which sums are computed by the kernel that makes one of their terms, because nothing else reads
/// that term: a convolution with its bias, a batch norm with what is added to it. Likewise the
/// gradient of a batch norm that only the weight gradient of a first layer reads.
struct Absorption {
    enum Sum {
        /// The bias's node.
        case bias(convolution: Int, bias: Int)
        /// A batch norm and another node, which is a batch norm to absorb too if `both`.
        case norm(norm: Int, other: Int, both: Bool)
    }

    /// By the node of the addition.
    private(set) var sums: [Int: Sum] = [:]
    /// The batch norm's gradient that a first layer's weight gradient computes, by its node.
    private(set) var gradients: [Int: (norm: Int, kernel: FirstLayerGradient)] = [:]
    /// Terms that are no steps of their own.
    private(set) var isAbsorbed: [Bool]

    /// - Parameters:
    ///   - graph: Holds the nodes.
    ///   - needed: Which nodes the plan computes.
    ///   - kept: Which nodes' values are read from outside.
    ///   - fusion: A sum that runs with other elementwise nodes stays with them.
    init(_ graph: Graph, needed: [Bool], kept: [Bool], fusion: Fusion) {
        let count = needed.count
        isAbsorbed = [Bool](repeating: false, count: count)
        var readers = [Int](repeating: 0, count: count)
        for node in 0..<count where needed[node] {
            let list = graph.arguments[node]
            let first = Int(graph.unreadInputs[node])
            for place in first..<max(first, Int(list.count)) { readers[list[place]] += 1 }
        }
        func isFree(_ node: Int) -> Bool { readers[node] == 1 && !kept[node] && needed[node] }
        for node in 0..<count where needed[node] {
            if let convolution = graph.primitive(node, Convolution.self),
                convolution.pass == .backwardWeights
            {
                let norm = graph.arguments[node][1]
                if graph.primitive(norm, BatchNormBackward.self)?.fusion == .reluPool,
                    isFree(norm), graph.arguments[node][0] != norm,
                    let kernel = FirstLayerGradient(convolution.geometry)
                {
                    gradients[node] = (norm, kernel)
                    isAbsorbed[norm] = true
                }
            }
            guard graph.primitive(node, Elementwise.self)?.function == .add,
                fusion.members[node]?.count == 1
            else { continue }
            let shape = graph.shapes[node]
            let terms = graph.inputs(of: node)
            for (term, other) in [(terms[0], terms[1]), (terms[1], terms[0])]
            where term != other && isFree(term) && graph.shapes[term] == shape {
                if let sum = Absorption.sum(graph, term, other, isFree) {
                    sums[node] = sum
                    isAbsorbed[term] = true
                    if case .norm(_, let second, true) = sum { isAbsorbed[second] = true }
                    break
                }
            }
        }
    }

    private static func sum(
        _ graph: Graph, _ term: Int, _ other: Int, _ isFree: (Int) -> Bool
    ) -> Sum? {
        let shape = graph.shapes[term]
        if let convolution = graph.primitive(term, Convolution.self), convolution.pass == .forward {
            let geometry = convolution.geometry
            guard !geometry.isDepthwise,
                OperandExtent(of: graph.shapes[other], in: shape)
                    == .row(columns: Int(geometry.outputs))
            else { return nil }
            return .bias(convolution: term, bias: other)
        }
        guard isPlainNorm(graph, term), graph.shapes[other] == shape else { return nil }
        return .norm(norm: term, other: other, both: isPlainNorm(graph, other) && isFree(other))
    }

    private static func isPlainNorm(_ graph: Graph, _ node: Int) -> Bool {
        graph.primitive(node, BatchNorm.self)?.fusion == NormKernels.Fusion.none
    }
}

extension PlanCompiler {
    /// Lowers an addition together with the terms that only it reads.
    ///
    /// - Returns: Whether the node is such an addition.
    mutating func lowerSum(_ node: Int) throws(TensorError) -> Bool {
        switch absorption.sums[node] {
        case nil: return false
        case .bias(let convolution, let bias):
            guard let primitive = graph.primitive(convolution, Convolution.self) else {
                return false
            }
            emit(
                node, try primitive.kernel(kernels, hasBias: true),
                inputs: graph.inputs(of: convolution) + [bias])
        case .norm(let term, let other, let both):
            emit(
                node, NormKernel(norm(term, .none), .add(both: both)),
                inputs: graph.inputs(of: term) + (both ? graph.inputs(of: other) : [other]))
        }
        return true
    }

    /// Lowers the weight gradient of a first layer together with the batch norm's gradient that only
    /// it reads.
    ///
    /// - Returns: Whether the node is such a gradient.
    mutating func lowerFirstLayer(_ node: Int) -> Bool {
        guard let (norm, kernel) = absorption.gradients[node] else { return false }
        emit(
            node, FirstLayerKernel(kernel: kernel),
            inputs: [graph.arguments[node][0]] + graph.inputs(of: norm))
        return true
    }
}

/// A batch norm's gradient and the weight gradient of the first layer before it.
private struct FirstLayerKernel: Kernel {
    let kernel: FirstLayerGradient

    var name: String { "batch norm + thin backwardWeights" }
    var service: OperationService { .compiled("batch norm and first layer backward") }
    var multiplyAdds: Int { kernel.multiplyAdds }
    var scratchBytes: Int { kernel.scratchBytes }

    func run(_ memory: KernelMemory) {
        guard let scratch = memory.scratch else { return }
        kernel.run(
            { memory.input($0) }, scratch: scratch.assumingMemoryBound(to: Float.self),
            memory.output)
    }
}
