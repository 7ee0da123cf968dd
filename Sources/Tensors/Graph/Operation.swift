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
    /// (x, statistics, gamma, beta, dy, u) → [Σu | Σu·x̂ | Σu·D], behind ReLU and pooling, where D is
    /// dy as it arrives at the normalised values
    case normProducts(epsilon: Float)
    /// (x, statistics, gamma, beta, dy, k [4, C], u?) → k₀·u + k₁·D + k₂·x̂ + k₃
    case normSpread(epsilon: Float)
    /// (x, statistics, gamma, beta, k [3, C], u?) → k₀·u + k₁ + k₂·x̂ at each window's winner
    case normCollect(epsilon: Float)
    /// (x, [depthwise weights], 1×1 weights) or, behind a batch norm, (its result, then what it
    /// reads, [depthwise weights], 1×1 weights) → y and its statistics, in one buffer that `part`
    /// reads. Behind a batch norm the kernel does without the result, which is there for gradients.
    case separable(SeparableUnit)
    /// (what `separable` read, dy) or (what it read, then what `batchNormBackward` reads) → the
    /// gradients of x and of the weights, and the sums of the batch norm before it, in one buffer.
    case separableBackward(SeparableUnit, isBehindNorm: Bool)
    /// A part of a buffer with several values; a gradient reaches the buffer through its parts.
    case part(offset: Int)
    case gatherRows
    case scatterRows
    case takeAlong(axis: Int)
    case scatterAlong(axis: Int)
    case sortIndices(axis: Int, descending: Bool)
    case argmax(axis: Int)
    case oneHot
    case primitive(AnyPrimitive)
    case random(RandomKind, salt: Int)
    /// The value of its input, with no derivative.
    case detach
}

extension Operation {
    /// Whether the first input is only for gradients, so that a plan need not compute it.
    var ignoresFirstInput: Bool {
        switch self {
        case .separable(let unit), .separableBackward(let unit, _): unit.isNormed
        default: false
        }
    }
}

/// A primitive as a hashable value.
struct AnyPrimitive: Hashable {
    let value: any Primitive

    static func == (a: AnyPrimitive, b: AnyPrimitive) -> Bool { a.value.isEqual(to: b.value) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(type(of: value)))
        value.hash(into: &hasher)
    }
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
