// What candidate operations, stems and preprocessings are made of. Cost counting reads these
// steps, and so can whoever builds a network, so that the counts and the network cannot part.

/// A primitive layer of a network over images (N, H, W, C).
public enum LayerStep: Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// A convolution.
    case convolution(Convolution)
    /// Two 1×1 convolutions of stride 2 without bias, side by side in the channels: the first, with
    /// ``offsetChannels(_:)``.0 outputs, starts at (0, 0); the second starts one further along
    /// every axis of even size and at 0 along an axis of odd size, so that both outputs have the
    /// size ⌈H/2⌉ × ⌈W/2⌉.
    case offsetConvolutions(inputs: Int, outputs: Int)
    /// Normalisation over a batch with a scale and a shift per channel.
    case batchNorm(channels: Int)
    /// The greatest value of each window; padding never wins.
    case maxPool(Pooling)
    /// The mean of each window without its padding.
    case averagePool(Pooling)
    /// Nothing is done.
    case identity
    /// Zeros of the strided size.
    case zero(stride: Int)
    /// The whole operation of a script or a plugin.
    case custom(CustomStep)

    /// How ``offsetConvolutions(inputs:outputs:)`` shares its output channels.
    public static func offsetChannels(_ outputs: Int) -> (Int, Int) {
        (outputs / 2, outputs - outputs / 2)
    }
}

/// The geometry of a convolution. Padding is dilation · (kernel − 1) / 2 on every side, so that
/// at stride `s` the output has the size ⌈H/s⌉ × ⌈W/s⌉ (kernels are odd).
public struct Convolution: Hashable, Sendable {
    /// The kernel's height and width, odd.
    public var kernel: (height: Int, width: Int) { (kernelHeight, kernelWidth) }
    /// The kernel's height, odd.
    public let kernelHeight: Int
    /// The kernel's width, odd.
    public let kernelWidth: Int
    /// Input channels.
    public let inputs: Int
    /// Output channels.
    public let outputs: Int
    /// The step of the window along both axes.
    public let stride: Int
    /// The distance between the kernel's taps along both axes.
    public let dilation: Int
    /// Groups of channels; `inputs` makes it depthwise.
    public let groups: Int
    /// Whether a bias per output channel is added.
    public let bias: Bool

    /// A convolution.
    public init(
        kernelHeight: Int, kernelWidth: Int, inputs: Int, outputs: Int, stride: Int = 1,
        dilation: Int = 1, groups: Int = 1, bias: Bool = false
    ) {
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.inputs = inputs
        self.outputs = outputs
        self.stride = stride
        self.dilation = dilation
        self.groups = groups
        self.bias = bias
    }

    /// Rows of padding above and below.
    public var paddingHeight: Int { dilation * (kernelHeight - 1) / 2 }
    /// Columns of padding left and right.
    public var paddingWidth: Int { dilation * (kernelWidth - 1) / 2 }

    /// A 1×1 convolution.
    static func pointwise(_ inputs: Int, _ outputs: Int) -> Convolution {
        Convolution(kernelHeight: 1, kernelWidth: 1, inputs: inputs, outputs: outputs)
    }

    /// A convolution that keeps the channels apart.
    static func depthwise(
        _ channels: Int, kernel: Int, stride: Int, dilation: Int
    ) -> Convolution {
        Convolution(
            kernelHeight: kernel, kernelWidth: kernel, inputs: channels, outputs: channels,
            stride: stride, dilation: dilation, groups: channels)
    }
}

/// The geometry of a pooling over square windows: the output has the size
/// ⌊(H + 2 · padding − kernel) / stride⌋ + 1.
public struct Pooling: Hashable, Sendable {
    /// The window's side.
    public let kernel: Int
    /// The step of the window.
    public let stride: Int
    /// Rows and columns of padding on every side.
    public let padding: Int

    /// A pooling.
    public init(kernel: Int, stride: Int, padding: Int) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

/// A step and the last part of its layer's name; parameters are named after it.
public struct NamedStep: Hashable, Sendable {
    /// The name, unique among its neighbours, such as `depthwise0`.
    public let name: String
    /// What is done.
    public let step: LayerStep

    /// A named step.
    public init(_ name: String, _ step: LayerStep) {
        self.name = name
        self.step = step
    }
}
