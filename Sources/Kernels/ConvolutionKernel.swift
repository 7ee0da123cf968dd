internal import CKernels
internal import OneDNNBridge

/// The three passes of a convolution; each is the derivative of the others.
public enum ConvolutionPass: Hashable, Sendable {
    /// (x, weights, bias?) → y
    case forward
    /// (dy, weights) → dx
    case backwardData
    /// (x, dy) → dweights
    case backwardWeights
}

/// One pass of a convolution with fixed sizes, NHWC data and HWIO weights.
///
/// Depthwise convolutions, first layers with few channels and 3×3 ones that minimal filtering makes
/// faster run on our own loops, the rest on oneDNN. oneDNN wants weights in a blocked layout of its
/// own choice; the reorder is part of the kernel and works in the scratch memory that the caller's
/// plan sets aside.
///
/// The oneDNN handles are never changed after `init` and primitives may be executed from several
/// threads when the scratchpad is the caller's, hence `@unchecked Sendable`.
public final class ConvolutionKernel: @unchecked Sendable {
    /// Bytes of scratch memory that `run` needs, aligned to 64.
    public let scratchBytes: Int
    /// Which implementation runs: "apogee" or oneDNN's own name.
    public let implementation: String
    /// Multiply-adds of one run.
    public var multiplyAdds: Int { geometry.multiplyAdds }
    let pass: ConvolutionPass
    let geometry: WindowGeometry
    private let dnnl: LibraryConvolution?
    private let isMinimal: Bool

    init(
        _ pass: ConvolutionPass, _ geometry: WindowGeometry, bias: Bool, _ library: Library
    ) throws(KernelError) {
        self.pass = pass
        self.geometry = geometry
        let g = geometry
        let isThin = g.groups == 1 && g.channels <= 4
        isMinimal = MinimalFiltering.serves(pass, g)
        let own = g.isDepthwise && !bias || isThin && pass != .backwardData
        if own || isMinimal {
            dnnl = nil
            implementation = "apogee"
            scratchBytes = isMinimal ? MinimalFiltering.scratchBytes(g) : 0
        } else {
            let primitive = try LibraryConvolution(pass, geometry, bias: bias, library)
            dnnl = primitive
            implementation = primitive.implementation
            scratchBytes = primitive.scratchBytes
        }
    }

    /// The pass without its sizes, as "depthwise 3x3 forward".
    public var kind: String {
        let g = geometry
        let whole = isMinimal ? "minimal" : "convolution"
        let family = g.isDepthwise ? "depthwise" : g.groups > 1 ? "grouped" : whole
        let dilation = g.dilation > 1 ? " dilated" : ""
        return "\(family) \(g.windowHeight)x\(g.windowWidth)\(dilation) \(pass)"
    }

    /// Runs the pass.
    ///
    /// - Parameters:
    ///   - context: Of the running thread.
    ///   - first: x, dy or x, by pass.
    ///   - second: weights, weights or dy, by pass.
    ///   - bias: [K], forward only.
    ///   - output: y, dx or dweights, by pass.
    ///   - scratch: `scratchBytes` bytes, aligned to 64.
    /// - Throws: `KernelError.library` if oneDNN fails; Apogee's own kernels do not throw.
    public func run(
        _ context: KernelContext, first: UnsafePointer<Float>, second: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutableRawPointer?
    ) throws(KernelError) {
        if let dnnl {
            try dnnl.run(
                context, first: first, second: second, bias: bias, output: output,
                scratch: scratch)
            return
        }
        if isMinimal {
            guard let scratch else { return }
            MinimalFiltering.run(
                pass, geometry, first: first, second: second, bias: bias, output: output,
                scratch: scratch.assumingMemoryBound(to: Float.self))
            return
        }
        var window = geometry.window
        if geometry.isDepthwise {
            switch pass {
            case .forward: ck_depthwise_forward(&window, first, second, output)
            case .backwardData: ck_depthwise_backward_data(&window, first, second, output)
            case .backwardWeights: ck_depthwise_backward_weights(&window, first, second, output)
            }
        } else if pass == .forward {
            ck_thin_forward(&window, geometry.outputs, first, second, bias, output)
        } else {
            ck_thin_backward_weights(&window, geometry.outputs, first, second, output)
        }
    }
}
