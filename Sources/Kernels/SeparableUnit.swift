internal import CKernels

/// A separable unit of a network with fixed sizes: [batch norm], ReLU, [depthwise convolution], 1×1
/// convolution, in one pass over memory, with the statistics that a batch norm behind it needs.
///
/// Its input pixels are read once and its output written once, where the operations one by one would
/// move four to eight times as much. The gradient computes the inner values again.
public struct SeparableUnit: Hashable, Sendable {
    /// The depthwise window, or that of the 1×1 convolution; its `outputs` are its channels.
    public let window: WindowGeometry
    /// Output channels of the 1×1 convolution.
    public let outputs: Int32
    /// Whether there is a depthwise convolution.
    public let isDepthwise: Bool
    /// Whether a batch norm comes before the ReLU.
    public let isNormed: Bool
    /// Of the statistics of the output.
    public let epsilon: Float

    /// The unit of these operations; nil if the kernels are not made for these sizes.
    ///
    /// - Parameters:
    ///   - depthwise: The window before the 1×1 convolution, if there is one.
    ///   - pointwise: The 1×1 convolution.
    ///   - isNormed: Whether a batch norm comes before the ReLU.
    ///   - epsilon: Of the statistics of the output.
    public init?(
        depthwise: WindowGeometry?, pointwise: WindowGeometry, isNormed: Bool, epsilon: Float
    ) {
        let g = pointwise
        guard g.windowHeight == 1, g.windowWidth == 1, g.stride == 1, g.groups == 1,
            g.paddingHeight == 0, g.paddingWidth == 0, g.channels % 16 == 0, g.outputs % 16 == 0,
            g.channels <= 256, g.outputs <= 256, g.width <= 1024
        else { return nil }
        if let d = depthwise {
            guard d.isDepthwise, [3, 5].contains(d.windowHeight), d.windowHeight == d.windowWidth,
                (1...2).contains(d.stride), (1...2).contains(d.dilation),
                d.paddingHeight == d.paddingWidth,
                d.paddingHeight <= d.dilation * (d.windowHeight - 1),
                // An image with its border should stay in the second-level cache.
                Int(d.height + 2 * d.paddingHeight) * Int(d.width + 2 * d.paddingWidth)
                    * Int(d.channels) <= 1 << 18
            else { return nil }
        }
        window = depthwise ?? g
        outputs = g.outputs
        isDepthwise = depthwise != nil
        self.isNormed = isNormed
        self.epsilon = epsilon
    }

    /// Multiply-adds of the forward pass; the gradient has twice as many.
    public var multiplyAdds: Int {
        let pixels = Int(window.batch) * Int(window.outputHeight) * Int(window.outputWidth)
        return pixels * Int(window.channels) * Int(outputs)
            + (isDepthwise ? window.multiplyAdds : 0)
    }

    /// Bytes of scratch memory of the forward pass.
    public var forwardScratch: Int {
        var g = window.window
        return ck_separable_forward_scratch(&g, outputs, isDepthwise ? 1 : 0)
    }

    /// Bytes of scratch memory of the gradient.
    public var backwardScratch: Int {
        var g = window.window
        return ck_separable_backward_scratch(&g, outputs, isDepthwise ? 1 : 0)
    }

    /// Runs the forward pass.
    ///
    /// - Parameters:
    ///   - x: By place: x; statistics, gamma, beta if it is normed; depthwise weights if it has
    ///     them; 1×1 weights.
    ///   - scratch: `forwardScratch` bytes, aligned to 64.
    ///   - y: The output.
    ///   - statistics: Its [mean | inverse deviation].
    public func forward(
        _ x: (Int) -> UnsafePointer<Float>, scratch: UnsafeMutableRawPointer,
        y: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>
    ) {
        var g = window.window
        let weights = isNormed ? 4 : 1
        ck_separable_forward(
            &g, outputs, x(0), isNormed ? x(1) : nil, isNormed ? x(2) : nil,
            isNormed ? x(3) : nil, isDepthwise ? x(weights) : nil,
            x(isDepthwise ? weights + 1 : weights), epsilon,
            scratch.assumingMemoryBound(to: Float.self), y, statistics)
    }

    /// Where the gradient's results go.
    public struct Gradients {
        /// To what the ReLU reads.
        public let x: UnsafeMutablePointer<Float>
        /// [dbeta | dgamma] of the batch norm before the ReLU.
        public let sums: UnsafeMutablePointer<Float>
        /// Of the depthwise weights.
        public let depthwise: UnsafeMutablePointer<Float>
        /// Of the 1×1 weights.
        public let pointwise: UnsafeMutablePointer<Float>

        /// Places for all four; those that the unit has not are left alone.
        public init(
            x: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
            depthwise: UnsafeMutablePointer<Float>, pointwise: UnsafeMutablePointer<Float>
        ) {
            self.x = x
            self.sums = sums
            self.depthwise = depthwise
            self.pointwise = pointwise
        }
    }

    /// Runs the gradient.
    ///
    /// - Parameters:
    ///   - x: By place: the inputs of the forward pass; then the output's gradient, or, if
    ///     `isBehindNorm`, y, statistics, gamma, beta, the gradient behind the batch norm of y, and
    ///     that norm's sums.
    ///   - isBehindNorm: Whether the gradient arrives behind a batch norm of the output.
    ///   - scratch: `backwardScratch` bytes, aligned to 64.
    ///   - gradients: What is written.
    public func backward(
        _ x: (Int) -> UnsafePointer<Float>, isBehindNorm: Bool, scratch: UnsafeMutableRawPointer,
        _ gradients: Gradients
    ) {
        var g = window.window
        let weights = isNormed ? 4 : 1
        let next = weights + (isDepthwise ? 2 : 1)
        ck_separable_backward(
            &g, outputs, x(0), isNormed ? x(1) : nil, isNormed ? x(2) : nil,
            isNormed ? x(3) : nil, isDepthwise ? x(weights) : nil, x(next - 1),
            x(isBehindNorm ? next + 4 : next), isBehindNorm ? x(next) : nil,
            isBehindNorm ? x(next + 1) : nil, isBehindNorm ? x(next + 2) : nil,
            isBehindNorm ? x(next + 5) : nil, scratch.assumingMemoryBound(to: Float.self),
            gradients.x, isNormed ? gradients.sums : nil, gradients.depthwise,
            gradients.pointwise)
    }
}
