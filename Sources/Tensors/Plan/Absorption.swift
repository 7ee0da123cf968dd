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
            let first = graph.operations[node].ignoresFirstInput ? 1 : 0
            for place in first..<max(first, Int(list.count)) { readers[list[place]] += 1 }
        }
        func isFree(_ node: Int) -> Bool { readers[node] == 1 && !kept[node] && needed[node] }
        for node in 0..<count where needed[node] {
            if case .convolution(.backwardWeights, let geometry) = graph.operations[node] {
                let norm = graph.arguments[node][1]
                if case .batchNormBackward(.reluPool, _) = graph.operations[norm], isFree(norm),
                    graph.arguments[node][0] != norm, let kernel = FirstLayerGradient(geometry)
                {
                    gradients[node] = (norm, kernel)
                    isAbsorbed[norm] = true
                }
            }
            guard case .elementwise(.add, _) = graph.operations[node],
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
        switch graph.operations[term] {
        case .convolution(.forward, let geometry):
            guard !geometry.isDepthwise,
                OperandExtent(of: graph.shapes[other], in: shape)
                    == .row(columns: Int(geometry.outputs))
            else { return nil }
            return .bias(convolution: term, bias: other)
        case .batchNorm(.none, _):
            guard graph.shapes[other] == shape else { return nil }
            if case .batchNorm(.none, _) = graph.operations[other], isFree(other) {
                return .norm(norm: term, other: other, both: true)
            }
            return .norm(norm: term, other: other, both: false)
        default: return nil
        }
    }
}
