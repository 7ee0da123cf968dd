internal import Kernels

/// What a node of a graph computes. Each case is closed under differentiation: its derivative is
/// made of cases of this enum.
enum Operation: Hashable {
    case input(Int)
    case constant(Int)
    case fill(Float)
    case elementwise(ElementwiseFunction, immediate: Float)
    case broadcast
    case reduce(Reduction, axes: AxisSet)
    case reshape
    case transpose([Int])
    case slice(starts: [Int], strides: [Int])
    /// Zeros before and between the elements; the shape says how many come after.
    case pad(before: [Int], strides: [Int])
    case concatenate(axis: Int)
    case matmul(transposeA: Bool, transposeB: Bool)
    case convolution(ConvolutionPass, WindowGeometry)
    case maxPool(WindowGeometry)
    case maxPoolIndex(WindowGeometry)
    case windowGather(WindowGeometry)
    case windowScatter(WindowGeometry)
    case averagePool(WindowGeometry)
    case averagePoolBackward(WindowGeometry)
    /// x → [mean | inverse deviation]
    case normStatistics(epsilon: Float)
    /// (x, statistics, gamma, beta) → y; statistics count as a function of x.
    case batchNorm(NormKernels.Fusion, epsilon: Float)
    /// (x, statistics, gamma, beta, dy) → [dbeta | dgamma]
    case batchNormSums(NormKernels.Fusion, epsilon: Float)
    /// (x, statistics, gamma, beta, dy, sums) → dx; sums count as a function of the others.
    case batchNormBackward(NormKernels.Fusion, epsilon: Float)
    case gatherRows
    case scatterRows
    case takeAlong(axis: Int)
    case scatterAlong(axis: Int)
    case sortIndices(axis: Int, descending: Bool)
    case argmax(axis: Int)
    case oneHot
    case resize(bilinear: Bool)
    case resizeBackward(bilinear: Bool)
    case random(RandomKind, salt: Int)
    /// The value of its input, with no derivative.
    case detach
}

/// How axes are folded.
enum Reduction: UInt8, Hashable {
    case sum, max
}

/// Laws of random tensors.
enum RandomKind: UInt8, Hashable {
    case uniform, normal
}

/// A set of axes, as bits.
struct AxisSet: OptionSet, Hashable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ axes: [Int]) {
        rawValue = axes.reduce(0) { $0 | (1 << UInt8($1)) }
    }

    func contains(axis: Int) -> Bool { rawValue & (1 << UInt8(axis)) != 0 }
}
