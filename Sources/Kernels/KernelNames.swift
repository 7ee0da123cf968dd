internal import CKernels

// Names of kernels and of whose code they are: for `apogee doctor --kernels` and warnings.

extension KernelInformation {
    /// Apogee's own kernels in the version that the loader picked, as `apogee x86-64-v4`.
    public static var ownKernels: String {
        guard let name = ck_clone() else { return "apogee" }
        return "apogee " + String(cString: name)
    }

    /// What serves matrix products: oneDNN's, for the widest instruction set it will use.
    public static var matrixProducts: String { "dnnl_sgemm:\(instructionSet)" }
}

extension ConvolutionKernel {
    /// What is computed, as `convolution forward 3×3 stride 2`.
    public var operation: String {
        let g = geometry
        var text = "convolution \(pass.title) \(g.windowHeight)×\(g.windowWidth)"
        if g.isDepthwise {
            text += " depthwise"
        } else if g.groups > 1 {
            text += " in \(g.groups) groups"
        }
        if g.stride > 1 { text += " stride \(g.stride)" }
        if g.dilation > 1 { text += " dilation \(g.dilation)" }
        return text
    }

    /// Channels and images, as `64→64 on 25×14×14`.
    public var sizes: String {
        let g = geometry
        return "\(g.channels)→\(g.outputs) on \(g.batch)×\(g.height)×\(g.width)"
    }
}

extension ConvolutionPass {
    fileprivate var title: String {
        switch self {
        case .forward: "forward"
        case .backwardData: "backward data"
        case .backwardWeights: "backward weights"
        }
    }
}
