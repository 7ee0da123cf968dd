internal import OneDNNBridge

/// One pass of a convolution on oneDNN, with the reorder of its weights.
final class LibraryConvolution {
    /// oneDNN's name of the code, as "brgconv:avx512_core".
    let implementation: String
    let scratchBytes: Int
    private let handle: OpaquePointer
    /// Kept alive: the handle points into its engine.
    private let library: Library

    init(
        _ pass: ConvolutionPass, _ g: WindowGeometry, layout: dn_layout, bias: Bool,
        _ library: Library
    ) throws(KernelError) {
        self.library = library
        var shape = dn_convolution_shape(
            batch: g.batch, height: g.height, width: g.width, channels: g.channels,
            output_height: g.outputHeight, output_width: g.outputWidth, outputs: g.outputs,
            window_height: g.windowHeight, window_width: g.windowWidth, stride: g.stride,
            dilation: g.dilation, padding_height: g.paddingHeight, padding_width: g.paddingWidth,
            groups: g.groups, pass: pass.code, layout: layout,
            bias: bias && pass == .forward)
        var made: OpaquePointer?
        try check(dn_convolution_create(library.engine, &shape, &made))
        guard let made else { throw .library(call: "dn_convolution_create", status: 5) }
        handle = made
        implementation = String(cString: dn_convolution_implementation(made))
        scratchBytes = dn_convolution_scratch(made)
    }

    /// Whether this is code that oneDNN keeps for comparison: right, and very slow.
    var isReference: Bool { implementation.hasPrefix("ref") }

    deinit { dn_convolution_destroy(handle) }

    /// Arguments as `ConvolutionKernel.run` has them.
    func run(
        _ context: KernelContext, first: UnsafePointer<Float>, second: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer?
    ) throws(KernelError) {
        try check(
            dn_convolution_run(handle, context.stream, first, second, bias, output, scratch))
    }
}

extension ConvolutionPass {
    fileprivate var code: dn_pass {
        switch self {
        case .forward: DN_FORWARD
        case .backwardData: DN_BACKWARD_DATA
        case .backwardWeights: DN_BACKWARD_WEIGHTS
        }
    }
}
