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
    private let choice: ConvolutionChoice
    private let dnnl: LibraryConvolution?

    init(
        _ pass: ConvolutionPass, _ geometry: WindowGeometry, bias: Bool, _ library: Library
    ) throws(KernelError) {
        self.pass = pass
        self.geometry = geometry
        var choice = ConvolutionChoice(
            pass, geometry, bias: bias, version: dn_library_version().major,
            isWide: dn_is_wide())
        var made: LibraryConvolution?
        if case .library(let layout) = choice {
            let found = try LibraryConvolution(
                pass, geometry, layout: layout, bias: bias, library)
            // Apogee's loops serve every depthwise window, and better than reference code.
            let isBetterOwn = found.isReference && geometry.isDepthwise && !bias
            if isBetterOwn { choice = .depthwise } else { made = found }
        }
        self.choice = choice
        dnnl = made
        implementation = made?.implementation ?? "apogee"
        let own = choice == .minimal ? MinimalFiltering.scratchBytes(geometry) : 0
        scratchBytes = made?.scratchBytes ?? own
    }

    /// The pass without its sizes, as "depthwise 3x3 forward".
    public var kind: String {
        let g = geometry
        let whole = choice == .minimal ? "minimal" : "convolution"
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
        var window = geometry.window
        switch (choice, pass) {
        case (.library, _):
            try dnnl?.run(
                context, first: first, second: second, bias: bias, output: output,
                scratch: scratch)
        case (.minimal, _):
            guard let scratch else { return }
            MinimalFiltering.run(
                pass, geometry, first: first, second: second, bias: bias, output: output,
                scratch: scratch.assumingMemoryBound(to: Float.self))
        case (.depthwise, .forward): ck_depthwise_forward(&window, first, second, output)
        case (.depthwise, .backwardData):
            ck_depthwise_backward_data(&window, first, second, output)
        case (.depthwise, .backwardWeights):
            ck_depthwise_backward_weights(&window, first, second, output)
        case (.thin, .backwardWeights):
            ck_thin_backward_weights(&window, geometry.outputs, first, second, output)
        case (.thin, _):
            ck_thin_forward(&window, geometry.outputs, first, second, bias, output)
        }
    }
}
