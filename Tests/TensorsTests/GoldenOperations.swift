import Kernels
import Tensors
import TestSupport

/// A golden case names an operation that the engine is not asked for here.
struct UnknownGoldenOperation: Error, CustomStringConvertible {
    let name: String
    var description: String { "no operation of the engine is mapped to the golden \(name)" }
}

/// The engine's counterpart of each golden operation.
enum GoldenOperations {
    static func apply(_ golden: GoldenCase, _ x: [Tensor]) throws -> Tensor {
        if let unary = unary[golden.operation] { return unary(x[0]) }
        switch golden.operation {
        case "power": return x[0].power(Float(try golden.number("exponent")))
        case "add": return try x[0] + x[1]
        case "subtract": return try x[0] - x[1]
        case "multiply": return try x[0] * x[1]
        case "divide": return try x[0] / x[1]
        case "maximum": return try x[0].maximum(x[1])
        case "minimum": return try x[0].minimum(x[1])
        case "sum", "mean", "max": return try reduction(golden, x[0])
        case "matmul":
            return try x[0].matmul(
                x[1], transposeA: golden.flag("transposeA"), transposeB: golden.flag("transposeB"))
        case "convolution":
            let padding = try golden.integers("padding")
            return try x[0].convolution(
                x[1], stride: golden.integer("stride"), padding: (padding[0], padding[1]),
                dilation: golden.integer("dilation"), groups: golden.integer("groups"))
        case "maxPool", "averagePool", "globalAveragePool": return try pooling(golden, x[0])
        case "batchNorm":
            let y = try x[0].batchNorm(
                gamma: x[1], beta: x[2], epsilon: Float(golden.number("epsilon")))
            return try golden.flag("relu") ? y.relu() : y
        case "softmax": return try x[0].softmax(axis: golden.integer("axis"))
        case "logSoftmax": return try x[0].logSoftmax(axis: golden.integer("axis"))
        case "crossEntropy":
            return try x[0].crossEntropy(labels: indices(golden.integers("labels"), x[0].graph))
        case "meanSquaredError": return try x[0].meanSquaredError(x[1])
        case "cosineSimilarity":
            return try x[0].cosineSimilarity(x[1], axis: golden.integer("axis"))
        default: return try movement(golden, x)
        }
    }

    private static let unary: [String: @Sendable (Tensor) -> Tensor] = [
        "negate": { $0.negated() }, "exp": { $0.exp() }, "log": { $0.log() },
        "sqrt": { $0.sqrt() }, "reciprocal": { $0.reciprocal() }, "rsqrt": { $0.rsqrt() },
        "square": { $0.squared() }, "abs": { $0.absolute() }, "sign": { $0.sign() },
        "tanh": { $0.tanh() }, "sigmoid": { $0.sigmoid() }, "relu": { $0.relu() },
        "sin": { $0.sin() }, "cos": { $0.cos() },
    ]

    private static func reduction(_ golden: GoldenCase, _ x: Tensor) throws -> Tensor {
        let axes = try golden.integers("axes")
        let keep = try golden.flag("keepDimensions")
        return switch golden.operation {
        case "sum": try x.sum(axes: axes, keepDimensions: keep)
        case "mean": try x.mean(axes: axes, keepDimensions: keep)
        default: try x.max(axes: axes, keepDimensions: keep)
        }
    }

    private static func pooling(_ golden: GoldenCase, _ x: Tensor) throws -> Tensor {
        if golden.operation == "globalAveragePool" { return try x.globalAveragePool() }
        let window = try golden.integer("window")
        let stride = try golden.integer("stride")
        let padding = try golden.integer("padding")
        return golden.operation == "maxPool"
            ? try x.maxPool(window: window, stride: stride, padding: padding)
            : try x.averagePool(window: window, stride: stride, padding: padding)
    }

    private static func movement(_ golden: GoldenCase, _ x: [Tensor]) throws -> Tensor {
        switch golden.operation {
        case "reshape": return try x[0].reshaped(golden.integers("shape"))
        case "transpose": return try x[0].transposed(golden.integers("permutation"))
        case "slice":
            return try x[0].sliced(
                starts: golden.integers("starts"), sizes: golden.integers("sizes"),
                strides: golden.integers("strides"))
        case "pad":
            guard try golden.number("value") == 0 else {
                throw UnknownGoldenOperation(name: "pad with other values than 0")
            }
            return try x[0].padded(
                before: golden.integers("before"), after: golden.integers("after"))
        case "concatenate": return try Tensor.concatenate(x, axis: golden.integer("axis"))
        case "broadcast": return try x[0].broadcast(to: Shape(golden.integers("shape")))
        case "resize":
            return try x[0].resized(
                height: golden.integer("height"), width: golden.integer("width"),
                golden.text("mode") == "nearest" ? .nearest : .bilinear)
        case "gatherRows":
            return try x[0].gatherRows(indices(golden.integers("indices"), x[0].graph))
        case "scatterAddRows":
            return try x[0].scatterAddRows(
                indices(golden.integers("indices"), x[0].graph), rows: golden.integer("rows"))
        case "takeAlongAxis":
            let index = try golden.tensor("indices")
            return try x[0].takeAlongAxis(
                golden.integer("axis"), x[0].graph.constant(index.floats, Shape(index.shape)))
        case "sort":
            return try x[0].sorted(
                axis: golden.integer("axis"), descending: golden.flag("descending"))
        case "topK": return try x[0].topK(golden.integer("k"), axis: golden.integer("axis"))
        default: throw UnknownGoldenOperation(name: golden.operation)
        }
    }

    private static func indices(_ values: [Int], _ graph: Graph) throws -> Tensor {
        try graph.constant(values.map { Float($0) }, Shape([values.count]))
    }
}
