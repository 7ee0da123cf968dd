internal import CKernels

/// The geometry of a convolution or pooling over NHWC images: sizes, stride, dilation, padding.
///
/// Letters: N batch, H × W image, C input channels, K output channels, G groups.
/// `outputHeight = (H + 2·paddingHeight − dilation·(windowHeight − 1) − 1) / stride + 1`.
public struct WindowGeometry: Hashable, Sendable {
    public var batch: Int32
    public var height: Int32
    public var width: Int32
    public var channels: Int32
    /// Output channels K; equal to `channels` for pooling.
    public var outputs: Int32
    public var windowHeight: Int32
    public var windowWidth: Int32
    public var stride: Int32
    public var dilation: Int32
    public var paddingHeight: Int32
    public var paddingWidth: Int32
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

    public var outputHeight: Int32 {
        (height + 2 * paddingHeight - dilation * (windowHeight - 1) - 1) / stride + 1
    }

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
