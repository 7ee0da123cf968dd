internal import CKernels

/// 3×3 convolutions by sixteen matrix products for each 2×2 tile of outputs instead of thirty-six
/// (Lavin and Gray, 2016): fewer multiplications, and rounding errors of about the same size.
enum MinimalFiltering {
    /// Whether a pass of a convolution is faster this way than on oneDNN.
    ///
    /// The sums of a tile need the registers of AVX-512; narrow layers spend their time on
    /// transforming tiles, wide ones have weights beyond the second-level cache, and uneven sizes
    /// compute outputs that nobody asks for.
    static func serves(_ pass: ConvolutionPass, _ g: WindowGeometry) -> Bool {
        guard isWide, g.windowHeight == 3, g.windowWidth == 3, g.stride == 1, g.dilation == 1,
            g.groups == 1, (0...2).contains(g.paddingHeight), (0...2).contains(g.paddingWidth),
            (32...128).contains(g.channels), (32...128).contains(g.outputs),
            g.channels % 16 == 0, g.outputs % 16 == 0
        else { return false }
        let isBackward = pass == .backwardData
        let height = Int(isBackward ? g.height : g.outputHeight)
        let width = Int(isBackward ? g.width : g.outputWidth)
        let tiles = (height + 1) / 2 * ((width + 1) / 2)
        return 9 * height * width * 2 >= 16 * tiles * 3
    }

    static func scratchBytes(_ g: WindowGeometry) -> Int {
        var window = g.window
        return ck_winograd_scratch(&window, g.outputs)
    }

    /// Arguments as `ConvolutionKernel.run` has them.
    static func run(
        _ pass: ConvolutionPass, _ g: WindowGeometry, first: UnsafePointer<Float>,
        second: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        var window = g.window
        switch pass {
        case .forward:
            ck_winograd_forward(&window, g.outputs, first, second, bias, scratch, output)
        case .backwardData:
            ck_winograd_backward_data(&window, g.outputs, first, second, scratch, output)
        case .backwardWeights:
            ck_winograd_backward_weights(&window, g.outputs, first, second, scratch, output)
        }
    }

    private static var isWide: Bool {
        guard let name = ck_clone() else { return false }
        return String(cString: name) == "x86-64-v4"
    }
}
