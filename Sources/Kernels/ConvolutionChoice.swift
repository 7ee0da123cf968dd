internal import OneDNNBridge

/// Whose code runs one pass of a convolution: a fixed table, from measurements that
/// `Decisions/0008-two-versions-of-onednn` gives.
///
/// Nothing is measured while a program runs, so the same machine type and version of oneDNN always
/// choose alike, and give the same bits.
enum ConvolutionChoice: Equatable {
    /// Apogee's loops over depthwise windows.
    case depthwise
    /// Apogee's loops over few input channels.
    case thin
    /// Apogee's 3×3 convolutions with fewer multiplications.
    case minimal
    /// oneDNN, to which the images are described in this layout.
    case library(dn_layout)

    /// - Parameters:
    ///   - pass: Forward, or one of the two derivatives.
    ///   - g: Sizes, stride, dilation and padding.
    ///   - bias: Whether the forward pass adds a bias.
    ///   - version: The major version of oneDNN, 2 or 3.
    ///   - isWide: Whether oneDNN uses AVX-512.
    init(_ pass: ConvolutionPass, _ g: WindowGeometry, bias: Bool, version: Int32, isWide: Bool) {
        if MinimalFiltering.serves(pass, g) {
            self = .minimal
        } else if g.groups == 1, g.channels <= 4, pass != .backwardData {
            self = .thin
        } else if g.isDepthwise, !bias,
            !(version >= 3 && isWide && ConvolutionChoice.isDepthwiseBetterInThree(pass, g))
        {
            self = .depthwise
        } else {
            let isBlocked =
                isWide && g.channels == 16 && g.outputs == 16 && g.groups == 1
                && !(version >= 3 && ConvolutionChoice.isPlainBetterInThree(pass, g))
            self = .library(isBlocked ? DN_BLOCKED_16 : DN_NHWC)
        }
    }

    /// oneDNN 3 runs depthwise forward passes in 0.6 to 0.8 of the time of Apogee's loops, and so the
    /// weights' gradients of small plain windows; the others it runs as slowly as version 2.
    private static func isDepthwiseBetterInThree(
        _ pass: ConvolutionPass, _ g: WindowGeometry
    ) -> Bool {
        guard g.channels % 16 == 0 else { return false }
        return switch pass {
        case .forward: true
        case .backwardData: false
        case .backwardWeights:
            g.windowHeight == 3 && g.windowWidth == 3 && g.stride == 1 && g.dilation == 1
        }
    }

    /// With 16 channels NHWC and oneDNN's blocked layout are the same bytes, and the blocked code is
    /// faster, except for the weights' gradients of square windows.
    private static func isPlainBetterInThree(_ pass: ConvolutionPass, _ g: WindowGeometry) -> Bool {
        pass == .backwardWeights && g.windowHeight == g.windowWidth
    }
}
