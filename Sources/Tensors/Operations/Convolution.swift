internal import Kernels

extension Tensor {
    /// The convolution (cross-correlation) of images with a kernel.
    ///
    /// Shapes: this tensor [N, H, W, C], `weights` [kh, kw, C / groups, K], result [N, H', W', K]
    /// with H' = (H + 2·padding − dilation·(kh − 1) − 1) / stride + 1.
    ///
    /// - Parameters:
    ///   - weights: The kernel; its first two sizes are the window.
    ///   - stride: Of the window, both axes.
    ///   - padding: Zeros around the image: height, width. Nil keeps the size at stride 1.
    ///   - dilation: Distance of neighbouring kernel elements.
    ///   - groups: Parts that channels are split into; C for a depthwise convolution.
    /// - Returns: [N, H', W', K].
    /// - Throws: `TensorError.shapeMismatch` for shapes that do not fit together,
    ///   `.invalidArgument` for an option out of range, `.invalidShape` for a result too large,
    ///   `.differentGraphs`.
    public func convolution(
        _ weights: Tensor, stride: Int = 1, padding: (height: Int, width: Int)? = nil,
        dilation: Int = 1, groups: Int = 1
    ) throws(TensorError) -> Tensor {
        try requireSameGraph([weights], "convolution")
        guard shape.rank == 4, weights.shape.rank == 4 else {
            throw .shapeMismatch(
                operation: "convolution",
                expected: "images [N, H, W, C] and weights [kh, kw, C / groups, K]",
                found: "\(shape) and \(weights.shape)")
        }
        guard groups >= 1, shape[3] % groups == 0, weights.shape[3] % groups == 0,
            weights.shape[2] == shape[3] / groups
        else {
            throw .shapeMismatch(
                operation: "convolution",
                expected: "weights with \(groups >= 1 ? shape[3] / groups : 0) input channels "
                    + "(\(shape[3]) in \(groups) groups)",
                found: "\(weights.shape)")
        }
        let geometry = try geometry(
            "convolution", window: (weights.shape[0], weights.shape[1]), stride: stride,
            padding: padding, dilation: dilation, outputs: weights.shape[3], groups: groups)
        if let unit = separable(weights, geometry) { return unit }
        return graph.record(
            Convolution(pass: .forward, geometry: geometry), [node, weights.node],
            try Tensor.outputShape(geometry).checked())
    }

    /// Checks window options against this tensor's images.
    func geometry(
        _ operation: String, window: (height: Int, width: Int), stride: Int,
        padding: (height: Int, width: Int)?, dilation: Int, outputs: Int, groups: Int
    ) throws(TensorError) -> WindowGeometry {
        guard shape.rank == 4 else {
            throw .shapeMismatch(
                operation: operation, expected: "images [N, H, W, C]", found: "\(shape)")
        }
        let limit = 1 << 15
        func require(
            _ name: String, _ value: Int, _ range: ClosedRange<Int>
        ) throws(TensorError) {
            guard range.contains(value) else {
                throw .invalidArgument(
                    operation: operation, argument: name,
                    expected: "\(range.lowerBound)...\(range.upperBound)", found: "\(value)")
            }
        }
        try require("window height", window.height, 1...limit)
        try require("window width", window.width, 1...limit)
        try require("stride", stride, 1...limit)
        try require("dilation", dilation, 1...limit)
        let same = (
            height: dilation * (window.height - 1) / 2, width: dilation * (window.width - 1) / 2
        )
        let padding = padding ?? same
        try require("padding height", padding.height, 0...limit)
        try require("padding width", padding.width, 0...limit)
        let reach = (
            height: dilation * (window.height - 1) + 1, width: dilation * (window.width - 1) + 1
        )
        // Kernels count positions in 32 bits.
        let padded = Swift.max(shape[1] + 2 * padding.height, shape[2] + 2 * padding.width)
        try require("image size with padding", padded, 1...Int(Int32.max))
        guard shape[1] + 2 * padding.height >= reach.height,
            shape[2] + 2 * padding.width >= reach.width
        else {
            throw .shapeMismatch(
                operation: operation,
                expected: "images of at least \(reach.height)×\(reach.width) with their padding",
                found: "\(shape) with padding \(padding.height), \(padding.width)")
        }
        return WindowGeometry(
            batch: shape[0], height: shape[1], width: shape[2], channels: shape[3],
            outputs: outputs, windowHeight: window.height, windowWidth: window.width,
            stride: stride, dilation: dilation, paddingHeight: padding.height,
            paddingWidth: padding.width, groups: groups)
    }

    static func outputShape(_ g: WindowGeometry) -> Shape {
        Shape(unchecked: [Int(g.batch), Int(g.outputHeight), Int(g.outputWidth), Int(g.outputs)])
    }

    static func inputShape(_ g: WindowGeometry) -> Shape {
        Shape(unchecked: [Int(g.batch), Int(g.height), Int(g.width), Int(g.channels)])
    }

    static func weightShape(_ g: WindowGeometry) -> Shape {
        Shape(unchecked: [
            Int(g.windowHeight), Int(g.windowWidth), Int(g.channels / g.groups), Int(g.outputs),
        ])
    }
}

/// A convolution is linear in each argument, so the derivatives of its three passes are the three
/// passes themselves.
struct Convolution: Primitive {
    let pass: ConvolutionPass
    let geometry: WindowGeometry

    var name: String {
        switch pass {
        case .forward: "convolution"
        case .backwardData: "convolution_backward_data"
        case .backwardWeights: "convolution_backward_weights"
        }
    }
    var attributes: [String: AttributeValue] { geometry.attributes }
    var layer: Recording.Layer.Kind? {
        geometry.isDepthwise ? .depthwiseConvolution : .convolution
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let graph = y.graph
        let inputs = graph.inputs(of: y.node)
        let (first, second, c, g) = (inputs[0], inputs[1], dy.node, geometry)
        func forward(_ x: Int, _ w: Int) -> Tensor {
            graph.record(
                Convolution(pass: .forward, geometry: g), [x, w], Tensor.outputShape(g))
        }
        func data(_ dy: Int, _ w: Int) -> Tensor {
            graph.record(
                Convolution(pass: .backwardData, geometry: g), [dy, w], Tensor.inputShape(g))
        }
        func weights(_ x: Int, _ dy: Int) -> Tensor {
            graph.record(
                Convolution(pass: .backwardWeights, geometry: g), [x, dy], Tensor.weightShape(g))
        }
        switch pass {
        case .forward:  // (x, w) → y
            return [
                wanted[0] ? data(c, second) : nil, wanted[1] ? weights(first, c) : nil,
            ]
        case .backwardData:  // (dy, w) → dx
            return [
                wanted[0] ? forward(c, second) : nil, wanted[1] ? weights(c, first) : nil,
            ]
        case .backwardWeights:  // (x, dy) → dw
            return [
                wanted[0] ? data(second, c) : nil, wanted[1] ? forward(first, c) : nil,
            ]
        }
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) throws(TensorError) {
        plan.emit(node, try kernel(plan.kernels, hasBias: false))
    }

    /// The pass as a step, which may add a bias as its third input.
    func kernel(
        _ kernels: KernelCache, hasBias: Bool
    ) throws(TensorError) -> some Kernel {
        do {
            return ConvolutionStep(
                kernel: try kernels.convolution(pass, geometry, bias: hasBias), hasBias: hasBias)
        } catch {
            throw .kernel(error)
        }
    }

    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int { geometry.multiplyAdds }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        guard pass == .forward else { return graph.record(self, inputs, shape) }
        let g = geometry
        return try inputs[0].convolution(
            inputs[1], stride: Int(g.stride),
            padding: (Int(g.paddingHeight), Int(g.paddingWidth)), dilation: Int(g.dilation),
            groups: Int(g.groups))
    }
}

private struct ConvolutionStep: Kernel {
    let kernel: ConvolutionKernel
    let hasBias: Bool

    var name: String { kernel.kind }
    var implementation: String { kernel.implementation }
    var service: OperationService { OperationService(kernel) }
    var multiplyAdds: Int { kernel.multiplyAdds }
    var scratchBytes: Int { kernel.scratchBytes }

    func run(_ memory: KernelMemory) throws(TensorError) {
        do {
            try kernel.run(
                memory.context, first: memory.input(0), second: memory.input(1),
                bias: hasBias ? memory.input(2) : nil, output: memory.output,
                scratch: memory.scratch)
        } catch { throw .kernel(error) }
    }
}
