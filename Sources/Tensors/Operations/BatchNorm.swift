internal import Kernels

extension Tensor {
    /// Batch normalisation with the statistics of this batch (transductive):
    /// y = gamma · (x − mean) / √(variance + epsilon) + beta, over all but the last dimension, with
    /// the biased variance. Source: Ioffe and Szegedy 2015, algorithm 1.
    ///
    /// - Parameters:
    ///   - gamma: [C].
    ///   - beta: [C].
    ///   - epsilon: Added to the variance, above 0.
    /// - Returns: A tensor of this shape, [..., C].
    /// - Throws: `TensorError.shapeMismatch` for other shapes, `.invalidArgument` for epsilon,
    ///   `.differentGraphs`.
    public func batchNorm(
        gamma: Tensor, beta: Tensor, epsilon: Float = 1e-5
    ) throws(TensorError) -> Tensor {
        try requireSameGraph([gamma, beta], "batchNorm")
        guard shape.rank >= 2, gamma.shape.rank == 1, beta.shape == gamma.shape,
            gamma.shape[0] == shape[shape.rank - 1]
        else {
            throw .shapeMismatch(
                operation: "batchNorm", expected: "x [..., C], gamma [C] and beta [C]",
                found: "\(shape), \(gamma.shape) and \(beta.shape)")
        }
        let statistics = try batchStatistics(epsilon: epsilon)
        return graph.record(
            BatchNorm(fusion: .none, epsilon: epsilon),
            [node, statistics.node, gamma.node, beta.node], shape)
    }

    /// [mean | 1 / √(variance + epsilon)] of each channel of [..., C]: [2, C].
    public func batchStatistics(epsilon: Float = 1e-5) throws(TensorError) -> Tensor {
        guard shape.rank >= 2 else {
            throw .shapeMismatch(
                operation: "batchNorm", expected: "x [..., C]", found: "\(shape)")
        }
        guard epsilon > 0 else {
            throw .invalidArgument(
                operation: "batchNorm", argument: "epsilon", expected: "above 0",
                found: "\(epsilon)")
        }
        return graph.record(
            NormStatistics(epsilon: epsilon), [node], try Shape([2, shape[shape.rank - 1]]))
    }
}

// MARK: The operations

// First derivatives run as fused kernels, and so do second ones behind pooling. The last kernels' own
// derivatives come from their definitions in plain operations, so any order exists.

/// x → [mean | inverse deviation]
struct NormStatistics: Primitive {
    let epsilon: Float

    var name: String { "batch_norm_statistics" }
    var attributes: [String: AttributeValue] { ["epsilon": .number(epsilon)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let x = y.arguments[0]
        let definition = try NormDefinition(x: x, epsilon: epsilon).statistics()
        return try definition.vectorJacobianProduct(
            dy, variables: [x.node], cutAtVariables: true)
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, NormKernel(plan.norm(node, .none), .statistics(epsilon: epsilon)))
    }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        try inputs[0].batchStatistics(epsilon: epsilon)
    }
}

/// (x, statistics, gamma, beta) → y; statistics count as a function of x.
struct BatchNorm: Primitive {
    let fusion: NormKernels.Fusion
    let epsilon: Float

    var name: String {
        switch fusion {
        case .none: "batch_norm"
        case .relu: "batch_norm_relu"
        case .reluPool: "batch_norm_relu_max_pool"
        }
    }
    var attributes: [String: AttributeValue] { ["epsilon": .number(epsilon)] }
    var layer: Recording.Layer.Kind? { .batchNorm }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let graph = y.graph
        let inputs = y.arguments
        let x = inputs[0]
        let channels = inputs[2].shape
        let nodes = inputs.map(\.node) + [dy.node]
        let known = fusion == .none ? dy.separableSums(of: y) : nil
        let sums =
            known
            ?? graph.record(
                BatchNormSums(fusion: fusion, epsilon: epsilon), nodes,
                Shape(unchecked: [2, channels[0]]))
        func row(_ index: Int) throws(TensorError) -> Tensor {
            try sums.sliced(starts: [index, 0], sizes: [1, channels[0]]).reshaped(channels)
        }
        let dx =
            wanted[0]
            ? graph.record(
                BatchNormBackward(fusion: fusion, epsilon: epsilon), nodes + [sums.node], x.shape)
            : nil
        return [dx, nil, wanted[2] ? try row(1) : nil, wanted[3] ? try row(0) : nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, NormKernel(plan.norm(node, fusion), .apply))
    }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        guard fusion == .none else { return graph.record(self, inputs, shape) }
        return try inputs[0].batchNorm(gamma: inputs[2], beta: inputs[3], epsilon: epsilon)
    }

    func activation(of y: Tensor) -> Tensor? {
        guard fusion != .none else { return nil }
        let inputs = y.arguments
        return y.graph.record(
            BatchNorm(fusion: .none, epsilon: epsilon), inputs, inputs[0].shape
        ).unary(.relu)
    }
}

/// (x, statistics, gamma, beta, dy) → [dbeta | dgamma]
struct BatchNormSums: Primitive {
    let fusion: NormKernels.Fusion
    let epsilon: Float

    var name: String { "batch_norm_sums" }
    var attributes: [String: AttributeValue] {
        ["epsilon": .number(epsilon), "fusion": .text("\(fusion)")]
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        if fusion == .reluPool { return try y.pullBackPooledSums(epsilon, dy, wanted) }
        let inputs = y.arguments
        let definition = try NormDefinition(x: inputs[0], epsilon: epsilon).sums(
            fusion, gamma: inputs[2], beta: inputs[3], dy: inputs[4])
        let found = try definition.vectorJacobianProduct(
            dy, variables: [0, 2, 3, 4].map { inputs[$0].node }, cutAtVariables: true)
        return [found[0], nil, found[1], found[2], found[3]]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, NormKernel(plan.norm(node, fusion), .sums))
    }
}

/// (x, statistics, gamma, beta, dy, sums) → dx; sums count as a function of the others.
struct BatchNormBackward: Primitive {
    let fusion: NormKernels.Fusion
    let epsilon: Float

    var name: String { "batch_norm_backward" }
    var attributes: [String: AttributeValue] {
        ["epsilon": .number(epsilon), "fusion": .text("\(fusion)")]
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        if fusion == .reluPool { return try y.pullBackPooledGradient(epsilon, dy, wanted) }
        let inputs = y.arguments
        let definition = try NormDefinition(x: inputs[0], epsilon: epsilon).backward(
            fusion, gamma: inputs[2], beta: inputs[3], dy: inputs[4])
        let found = try definition.vectorJacobianProduct(
            dy, variables: [0, 2, 3, 4].map { inputs[$0].node }, cutAtVariables: true)
        return [found[0], nil, found[1], found[2], found[3], nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, NormKernel(plan.norm(node, fusion), .backward))
    }
}

/// A pass of batch norm as a step of a plan.
struct NormKernel: Kernel {
    enum Pass {
        case statistics(epsilon: Float)
        case apply, sums, backward
        /// Plus another tensor, or another batch norm.
        case add(both: Bool)
        case products
        case spread(hasOther: Bool)
        case collect(hasOther: Bool)
    }

    private let kernels: NormKernels
    private let pass: Pass

    init(_ kernels: NormKernels, _ pass: Pass) {
        self.kernels = kernels
        self.pass = pass
    }

    var name: String {
        switch pass {
        case .statistics: "batch norm statistics"
        case .apply: "batch norm apply"
        case .add: "batch norm apply + add"
        case .sums: "batch norm sums"
        case .backward: "batch norm backward"
        case .products, .spread, .collect: "batch norm second derivative"
        }
    }

    var service: OperationService {
        switch pass {
        case .statistics, .apply, .add: .compiled("batch norm")
        case .sums, .backward: .compiled("batch norm backward")
        case .products, .spread, .collect: .compiled("batch norm second derivative")
        }
    }

    func run(_ memory: KernelMemory) {
        let y = memory.output
        switch pass {
        case .statistics(let epsilon): kernels.statistics(memory.input(0), epsilon: epsilon, y)
        case .apply: kernels.apply({ memory.input($0) }, y)
        case .add(let both): kernels.add({ memory.input($0) }, both: both, y)
        case .sums: kernels.sums({ memory.input($0) }, y)
        case .backward: kernels.backward({ memory.input($0) }, y)
        case .products: kernels.products({ memory.input($0) }, y)
        case .spread(let other): kernels.spread({ memory.input($0) }, hasOther: other, y)
        case .collect(let other): kernels.collect({ memory.input($0) }, hasOther: other, y)
        }
    }
}

extension PlanCompiler {
    /// The kernels for the sizes of a node's first input.
    func norm(_ node: Int, _ fusion: NormKernels.Fusion) -> NormKernels {
        let shape = inputShape(of: node, 0)
        let channels = shape[shape.rank - 1]
        let image =
            shape.rank == 4 ? (batch: shape[0], height: shape[1], width: shape[2]) : (0, 0, 0)
        return NormKernels(
            fusion, rows: shape.count / channels, channels: channels, image: image)
    }
}
