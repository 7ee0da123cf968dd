internal import CKernels

/// The weight gradient of a first layer behind batch norm, ReLU and 2×2 max pooling, in one pass: the
/// gradient of the layer's output, its largest tensor, is used row by row and never written out.
public struct FirstLayerGradient: Sendable {
    private let geometry: WindowGeometry

    /// Nil where the kernel does not serve a convolution of this geometry.
    public init?(_ geometry: WindowGeometry) {
        let taps = Int(geometry.windowHeight) * Int(geometry.windowWidth) * Int(geometry.channels)
        guard geometry.groups == 1, geometry.channels <= 4, taps <= 128,
            (16...512).contains(geometry.outputs)
        else { return nil }
        self.geometry = geometry
    }

    /// Bytes of scratch memory.
    public var scratchBytes: Int {
        var window = geometry.window
        return ck_thin_backward_weights_pool2_scratch(&window, geometry.outputs)
    }

    /// Multiply-adds of the convolution.
    public var multiplyAdds: Int { geometry.multiplyAdds }

    /// - Parameters:
    ///   - x: By place: the images, then what the batch norm's gradient reads: the layer's output,
    ///     its statistics, gamma, beta, the gradient of the pooled values, sums.
    ///   - scratch: `scratchBytes` bytes.
    ///   - y: The gradient of the weights, HWIO.
    public func run(
        _ x: (Int) -> UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        var window = geometry.window
        ck_thin_backward_weights_pool2(
            &window, geometry.outputs, x(0), x(1), x(2), x(3), x(4), x(5), x(6), scratch, y)
    }
}
