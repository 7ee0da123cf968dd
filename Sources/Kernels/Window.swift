internal import CKernels

/// The geometry of a convolution or pooling over NHWC images: sizes, stride, dilation, padding.
///
/// Letters: N batch, H × W image, C input channels, K output channels, G groups.
/// `outputHeight = (H + 2·paddingHeight − dilation·(windowHeight − 1) − 1) / stride + 1`.
public struct WindowGeometry: Hashable, Sendable {
    /// Images N.
    public var batch: Int32
    /// Image height H.
    public var height: Int32
    /// Image width W.
    public var width: Int32
    /// Input channels C.
    public var channels: Int32
    /// Output channels K; equal to `channels` for pooling.
    public var outputs: Int32
    /// Rows of the window.
    public var windowHeight: Int32
    /// Columns of the window.
    public var windowWidth: Int32
    /// Positions that the window moves by, along both axes.
    public var stride: Int32
    /// Distance of neighbouring window elements; 1 for adjacent ones.
    public var dilation: Int32
    /// Rows added above and below the image.
    public var paddingHeight: Int32
    /// Columns added left and right of the image.
    public var paddingWidth: Int32
    /// Groups G that channels and outputs are split into; 1 for an ordinary convolution.
    public var groups: Int32

    /// Sizes are taken as they are: the tensor operation that makes this value has checked them.
    public init(
        batch: Int, height: Int, width: Int, channels: Int, outputs: Int, windowHeight: Int,
        windowWidth: Int, stride: Int, dilation: Int, paddingHeight: Int, paddingWidth: Int,
        groups: Int
    ) {
        self.batch = Int32(batch)
        self.height = Int32(height)
        self.width = Int32(width)
        self.channels = Int32(channels)
        self.outputs = Int32(outputs)
        self.windowHeight = Int32(windowHeight)
        self.windowWidth = Int32(windowWidth)
        self.stride = Int32(stride)
        self.dilation = Int32(dilation)
        self.paddingHeight = Int32(paddingHeight)
        self.paddingWidth = Int32(paddingWidth)
        self.groups = Int32(groups)
    }

    /// Rows of the result.
    public var outputHeight: Int32 {
        (height + 2 * paddingHeight - dilation * (windowHeight - 1) - 1) / stride + 1
    }

    /// Columns of the result.
    public var outputWidth: Int32 {
        (width + 2 * paddingWidth - dilation * (windowWidth - 1) - 1) / stride + 1
    }

    /// One group a channel, one output a group.
    public var isDepthwise: Bool { groups > 1 && groups == channels && outputs == channels }

    /// Multiply-adds of a convolution with this geometry.
    public var multiplyAdds: Int {
        let outputCount = Int(batch) * Int(outputHeight) * Int(outputWidth) * Int(outputs)
        return outputCount * Int(windowHeight) * Int(windowWidth) * Int(channels / groups)
    }

    var window: ck_window {
        ck_window(
            n: batch, h: height, w: width, c: channels, oh: outputHeight, ow: outputWidth,
            kh: windowHeight, kw: windowWidth, stride: stride, dilation: dilation,
            pad_h: paddingHeight, pad_w: paddingWidth)
    }
}
