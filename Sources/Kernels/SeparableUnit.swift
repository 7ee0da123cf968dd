internal import CKernels

/// A separable unit of a network with fixed sizes: [batch norm], ReLU, [depthwise convolution], 1×1
/// convolution, in one pass over memory, with the statistics that a batch norm behind it needs.
///
/// Its input pixels are read once and its output written once, where the operations one by one would
/// move four to eight times as much. The gradient computes the inner values again. A unit without a
/// depthwise convolution runs as a ``MixingKernel``, alone or with others that read the same.
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
    /// Tensors that the input's channels come in, side by side and of equal size; one in general.
    public let parts: Int32

    /// The unit of these operations; nil if the kernels are not made for these sizes.
    ///
    /// - Parameters:
    ///   - depthwise: The window before the 1×1 convolution, if there is one.
    ///   - pointwise: The 1×1 convolution.
    ///   - isNormed: Whether a batch norm comes before the ReLU.
    ///   - epsilon: Of the statistics of the output.
    ///   - parts: Tensors that the input comes in; more than one only without the former two.
    public init?(
        depthwise: WindowGeometry?, pointwise: WindowGeometry, isNormed: Bool, epsilon: Float,
        parts: Int = 1
    ) {
        let g = pointwise
        guard g.windowHeight == 1, g.windowWidth == 1, g.stride == 1, g.groups == 1,
            g.paddingHeight == 0, g.paddingWidth == 0, g.channels % 16 == 0, g.outputs % 16 == 0,
            g.channels <= 256, g.outputs <= 256, g.width <= 1024, parts >= 1,
            parts == 1 || depthwise == nil && !isNormed && Int(g.channels) % (16 * parts) == 0
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
        self.parts = Int32(parts)
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
        return ck_separable_forward_scratch(&g, outputs)
    }

    /// Bytes of scratch memory of the gradient.
    public var backwardScratch: Int {
        var g = window.window
        return ck_separable_backward_scratch(&g, outputs)
    }

    /// Runs the forward pass of a unit with a depthwise convolution.
    ///
    /// - Parameters:
    ///   - x: By place: x; statistics, gamma, beta if it is normed; depthwise weights; 1×1 weights.
    ///   - scratch: `forwardScratch` bytes, aligned to 64.
    ///   - y: By place: the output, its [mean | inverse deviation].
    public func forward(
        _ x: (Int) -> UnsafePointer<Float>, scratch: UnsafeMutableRawPointer,
        _ y: (Int) -> UnsafeMutablePointer<Float>
    ) {
        var g = window.window
        let weights = isNormed ? 4 : 1
        ck_separable_forward(
            &g, outputs, x(0), isNormed ? x(1) : nil, isNormed ? x(2) : nil,
            isNormed ? x(3) : nil, x(weights), x(weights + 1), epsilon,
            scratch.assumingMemoryBound(to: Float.self), y(0), y(1))
    }

    /// Runs the gradient of a unit with a depthwise convolution.
    ///
    /// - Parameters:
    ///   - x: By place: the inputs of the forward pass; then the output's gradient, or, if
    ///     `isBehindNorm`, y, statistics, gamma, beta, the gradient behind the batch norm of y, and
    ///     that norm's sums; then what is added.
    ///   - isBehindNorm: Whether the gradient arrives behind a batch norm of the output.
    ///   - added: Other gradients to what the ReLU reads, which the first result has in it.
    ///   - scratch: `backwardScratch` bytes, aligned to 64.
    ///   - y: By place: the gradients to what the ReLU reads; [dbeta | dgamma] of the batch norm
    ///     before it, if it is normed; those of the depthwise and the 1×1 weights.
    public func backward(
        _ x: (Int) -> UnsafePointer<Float>, isBehindNorm: Bool, added: Int,
        scratch: UnsafeMutableRawPointer, _ y: (Int) -> UnsafeMutablePointer<Float>
    ) {
        var g = window.window
        let weights = isNormed ? 4 : 1
        let next = weights + 2
        let others = next + (isBehindNorm ? 6 : 1)
        withPointers(added, { x(others + $0) }) { list in
            ck_separable_backward(
                &g, outputs, x(0), isNormed ? x(1) : nil, isNormed ? x(2) : nil,
                isNormed ? x(3) : nil, x(weights), x(next - 1),
                x(isBehindNorm ? next + 4 : next), isBehindNorm ? x(next) : nil,
                isBehindNorm ? x(next + 1) : nil, isBehindNorm ? x(next + 2) : nil,
                isBehindNorm ? x(next + 5) : nil, list, Int32(added),
                scratch.assumingMemoryBound(to: Float.self), y(0), isNormed ? y(1) : nil, y(2),
                y(3))
        }
    }
}

/// Calls `body` with an array of pointers for C.
func withPointers<Result>(
    _ count: Int, _ pointer: (Int) -> UnsafePointer<Float>,
    _ body: (UnsafePointer<UnsafePointer<Float>?>?) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: max(count, 1)) {
        list in
        for place in 0..<count { list[place] = pointer(place) }
        return body(list.baseAddress.map { UnsafePointer($0) })
    }
}
