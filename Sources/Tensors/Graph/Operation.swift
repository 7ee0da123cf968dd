internal import CKernels
internal import Kernels

/// What a node of a graph computes. Each case is closed under differentiation: its derivative is
/// made of cases of this enum.
enum Operation: Hashable {
    case input(Int)
    case constant(Int)
    case fill(Float)
    case elementwise(Elementwise, immediate: Float)
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
    case batchNorm(NormFusion, epsilon: Float)
    /// (x, statistics, gamma, beta, dy) → [dbeta | dgamma]
    case batchNormSums(NormFusion, epsilon: Float)
    /// (x, statistics, gamma, beta, dy, sums) → dx; sums count as a function of the others.
    case batchNormBackward(NormFusion, epsilon: Float)
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

/// Elementwise functions, by number of arguments.
enum Elementwise: UInt8, Hashable {
    case negate, exp, log, sqrt, reciprocal, rsqrt, square, abs, sign, tanh, sigmoid, relu, step
    case sin, cos, power, addImmediate, multiplyImmediate
    case add, subtract, multiply, divide, maximum, minimum, greater, greaterEqual, equal
    case select

    var arity: Int {
        switch self {
        case .select: 3
        case .add, .subtract, .multiply, .divide, .maximum, .minimum, .greater, .greaterEqual,
            .equal:
            2
        default: 1
        }
    }

    /// The instruction of the elementwise interpreter.
    var opcode: ck_opcode {
        switch self {
        case .negate: CK_NEGATE
        case .exp: CK_EXP
        case .log: CK_LOG
        case .sqrt: CK_SQRT
        case .reciprocal: CK_RECIPROCAL
        case .rsqrt: CK_RSQRT
        case .square: CK_SQUARE
        case .abs: CK_ABS
        case .sign: CK_SIGN
        case .tanh: CK_TANH
        case .sigmoid: CK_SIGMOID
        case .relu: CK_RELU
        case .step: CK_STEP
        case .sin: CK_SIN
        case .cos: CK_COS
        case .power: CK_POWER_IMMEDIATE
        case .addImmediate: CK_ADD_IMMEDIATE
        case .multiplyImmediate: CK_MULTIPLY_IMMEDIATE
        case .add: CK_ADD
        case .subtract: CK_SUBTRACT
        case .multiply: CK_MULTIPLY
        case .divide: CK_DIVIDE
        case .maximum: CK_MAXIMUM
        case .minimum: CK_MINIMUM
        case .greater: CK_GREATER
        case .greaterEqual: CK_GREATER_EQUAL
        case .equal: CK_EQUAL
        case .select: CK_SELECT
        }
    }
}

/// How axes are folded.
enum Reduction: UInt8, Hashable {
    case sum, max
}

/// What batch norm does besides normalising, in one pass over memory.
enum NormFusion: UInt8, Hashable {
    case none, relu
    /// ReLU, then 2×2 max-pooling with stride 2.
    case reluPool
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
