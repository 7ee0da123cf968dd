internal import Kernels

extension Tensor {
    /// The maximum over a sliding window; padding never wins.
    ///
    /// - Parameters:
    ///   - window: Its height and width.
    ///   - stride: Of the window; nil for the window's size.
    ///   - padding: Positions around the image, at most half the window.
    /// - Returns: [N, H', W', C] for images [N, H, W, C], with
    ///   H' = (H + 2·padding − window) / stride + 1.
    /// - Throws: `TensorError.shapeMismatch` unless these are images that the window fits in,
    ///   `.invalidArgument` for an option out of range, `.invalidShape` for a result too large.
    public func maxPool(
        window: Int, stride: Int? = nil, padding: Int = 0
    ) throws(TensorError) -> Tensor {
        let g = try poolGeometry("maxPool", window, stride ?? window, padding)
        if window == 2, stride ?? 2 == 2, padding == 0, let norm = primitive(BatchNorm.self),
            norm.fusion == .relu
        {
            return graph.record(
                BatchNorm(fusion: .reluPool, epsilon: norm.epsilon), graph.inputs(of: node),
                Tensor.outputShape(g))
        }
        return graph.record(MaxPool(window: g), [node], try Tensor.outputShape(g).checked())
    }

    /// The mean over a sliding window; padding is not counted.
    public func averagePool(
        window: Int, stride: Int? = nil, padding: Int = 0
    ) throws(TensorError) -> Tensor {
        let g = try poolGeometry("averagePool", window, stride ?? window, padding)
        return graph.record(
            AveragePool(window: g, isTransposed: false), [node],
            try Tensor.outputShape(g).checked())
    }

    /// The mean over height and width: [N, H, W, C] → [N, C].
    public func globalAveragePool() throws(TensorError) -> Tensor {
        guard shape.rank == 4 else {
            throw .shapeMismatch(
                operation: "globalAveragePool", expected: "images [N, H, W, C]", found: "\(shape)")
        }
        // Of tensors side by side, the means are side by side.
        if primitive(Concatenate.self)?.axis == 3 {
            return try Tensor.concatenate(
                arguments.map { part throws(TensorError) in try part.mean(axes: [1, 2]) }, axis: 1)
        }
        return try mean(axes: [1, 2])
    }

    private func poolGeometry(
        _ operation: String, _ window: Int, _ stride: Int, _ padding: Int
    ) throws(TensorError) -> WindowGeometry {
        guard padding <= window / 2 else {
            throw .invalidArgument(
                operation: operation, argument: "padding", expected: "0...\(window / 2)",
                found: "\(padding)")
        }
        return try geometry(
            operation, window: (window, window), stride: stride, padding: (padding, padding),
            dilation: 1, outputs: shape.rank == 4 ? shape[3] : 1, groups: 1)
    }
}

// MARK: The operations

/// The maxima. Their derivative scatters to the winning positions; that scatter and the gather it
/// comes from are linear and each other's transpose.
struct MaxPool: Primitive {
    let window: WindowGeometry

    var name: String { "max_pool" }
    var attributes: [String: AttributeValue] { window.attributes }
    var layer: Recording.Layer.Kind? { .maxPool }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let x = y.arguments[0]
        let index = y.graph.record(MaxPoolIndex(window: window), [x], y.shape)
        return [y.graph.record(WindowScatter(window: window), [dy, index], x.shape)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, WindowKernel(window: window, call: .maxPool))
    }

    /// The maxima and their positions in one pass.
    var kernelOfBoth: some Kernel { WindowKernel(window: window, call: .maxPoolBoth) }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        let isHalving =
            window.windowHeight == 2 && window.windowWidth == 2 && window.stride == 2
            && window.paddingHeight == 0 && window.paddingWidth == 0
        return isHalving
            ? try inputs[0].maxPool(window: 2) : graph.record(self, inputs, shape)
    }
}

/// Where the maxima are; no derivative.
struct MaxPoolIndex: Primitive {
    let window: WindowGeometry

    var name: String { "max_pool_index" }
    var attributes: [String: AttributeValue] { window.attributes }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, WindowKernel(window: window, call: .maxPoolIndex))
    }
}

/// (values, positions) → the values at the positions.
struct WindowGather: Primitive {
    let window: WindowGeometry

    var name: String { "window_gather" }
    var attributes: [String: AttributeValue] { window.attributes }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let scatter = WindowScatter(window: window)
        return [y.graph.record(scatter, [dy, inputs[1]], inputs[0].shape), nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, WindowKernel(window: window, call: .gather))
    }
}

/// (values, positions) → an image with the values added at the positions.
private struct WindowScatter: Primitive {
    let window: WindowGeometry

    var name: String { "window_scatter" }
    var attributes: [String: AttributeValue] { window.attributes }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let gather = WindowGather(window: window)
        return [y.graph.record(gather, [dy, inputs[1]], inputs[0].shape), nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, WindowKernel(window: window, call: .scatter))
    }
}

private struct AveragePool: Primitive {
    let window: WindowGeometry
    let isTransposed: Bool

    var name: String { isTransposed ? "average_pool_transposed" : "average_pool" }
    var attributes: [String: AttributeValue] { window.attributes }
    var layer: Recording.Layer.Kind? { isTransposed ? nil : .averagePool }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let transpose = AveragePool(window: window, isTransposed: !isTransposed)
        return [y.graph.record(transpose, [dy], y.arguments[0].shape)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(
            node,
            WindowKernel(
                window: window, call: isTransposed ? .averagePoolTransposed : .averagePool))
    }
}

private struct WindowKernel: Kernel {
    enum Call {
        case maxPool, maxPoolIndex, maxPoolBoth, gather, scatter
        case averagePool, averagePoolTransposed
    }

    let window: WindowGeometry
    let call: Call

    private var isAverage: Bool { call == .averagePool || call == .averagePoolTransposed }

    var name: String { isAverage ? "average pool" : "max pool" }

    var service: OperationService {
        let isBackward = call == .scatter || call == .averagePoolTransposed
        return .compiled(
            (isAverage ? "average pooling" : "max pooling") + (isBackward ? " backward" : ""))
    }

    func run(_ memory: KernelMemory) {
        let (x, y) = (memory.input(0), memory.output)
        switch call {
        case .maxPool: WindowKernels.maxPool(window, x, y)
        case .maxPoolIndex: WindowKernels.maxPoolIndex(window, x, y)
        case .maxPoolBoth: WindowKernels.maxPool(window, x, y, index: memory.output(1))
        case .gather: WindowKernels.gather(window, x, memory.input(1), y)
        case .scatter: WindowKernels.scatter(window, x, memory.input(1), y)
        case .averagePool: WindowKernels.averagePool(window, x, y)
        case .averagePoolTransposed: WindowKernels.averagePoolBackward(window, x, y)
        }
    }
}

extension WindowGeometry {
    /// A window's options for readers of a graph.
    var attributes: [String: AttributeValue] {
        [
            "window": .list([Int(windowHeight), Int(windowWidth)]), "stride": .number(stride),
            "dilation": .number(dilation),
            "padding": .list([Int(paddingHeight), Int(paddingWidth)]), "groups": .number(groups),
        ]
    }
}
