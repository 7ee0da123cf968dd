import Kernels
import Randomness
import Tensors
import TestSupport

/// Calls operations with arguments that range from plausible to absurd.
struct HostileCaller {
    private var rng: RandomStream
    private var graph = Graph()
    /// The arguments of the last call.
    private(set) var inputs: [Tensor] = []
    /// Values for them, where they are small.
    private(set) var values: [String: [Float]] = [:]
    /// Whether the last call's arguments are small enough to run.
    var isSmall: Bool { inputs.allSatisfy { $0.shape.count < 5000 } }

    init(seed: UInt64) { rng = RandomStream(seed: seed).split("hostile") }

    /// Mostly small, now and then at the limits of some width.
    static func integer(_ rng: inout RandomStream) -> Int {
        if rng.chance(0.6) { return rng.integer(in: 1...5) }
        if rng.chance(0.4) { return rng.integer(in: -3...9) }
        let edges = [
            Int.min, Int.min + 1, Int.min / 2, -(1 << 33), Int(Int32.min), -32769, -1, 0, 127, 128,
            255, 256, 32767, 32768, 32769, 65535, 65536, 1 << 24, 1 << 30, Int(Int32.max) - 1,
            Int(Int32.max), 1 << 31, 1 << 32, 1 << 62, Int.max / 2, Int.max - 1, Int.max,
        ]
        return rng.choice(edges)
    }

    private static let shapes: [[Int]] = [
        [], [1], [3], [5], [2, 3], [3, 2], [4, 4], [1, 4], [4, 1], [2, 3, 4], [1, 1, 1],
        [2, 5, 5, 3], [1, 4, 4, 1], [3, 1, 1, 2], [2, 3, 1, 2, 1], [1, 2, 1, 2, 1, 2, 1, 2],
        [3, 3, 3, 4], [2, 2, 1, 3], [1, 1, 3, 3], [3, 3, 1, 1], [Int(Int32.max)], [65536, 1],
        [1, 65536], [46340, 46340], [1, Int(Int32.max), 1, 1], [1, 1, Int(Int32.max), 1],
        [1, 32768, 32768, 1], [32768, 32768, 1, 1], [1, 46340, 46340, 1], [1, 1, 1, 1 << 30],
        [1 << 30, 2], [2, 1 << 30], [65536], [1, 1, 1, 65536],
    ]

    private mutating func integer() -> Int { HostileCaller.integer(&rng) }
    private mutating func integers(_ like: Int) -> [Int] {
        (0..<(rng.chance(0.9) ? like : rng.integer(below: 10))).map { _ in integer() }
    }

    private mutating func tensor() throws -> Tensor {
        let name = "x\(inputs.count)"
        let shape =
            inputs.count > 0 && rng.chance(0.4)
            ? inputs[0].shape : try Shape(rng.choice(HostileCaller.shapes))
        let tensor = try graph.input(name, shape)
        if shape.count < 5000 {
            values[name] = (0..<shape.count).map { _ in
                Float(rng.chance(0.5) ? Double(rng.integer(in: -1...3)) : rng.normal())
            }
        }
        inputs.append(tensor)
        return tensor
    }

    private mutating func float() -> Float {
        // About -1e-40, which is below the normal numbers.
        let subnormal = Float(bitPattern: 0x8001_16C2)
        return rng.choice([
            0, -0.0, 1, -1, 2, 0.5, 1e-5, 1e30, subnormal, .infinity, -.infinity, .nan,
        ])
    }

    /// One call of a random operation.
    mutating func call() throws -> Tensor {
        graph = Graph()
        inputs = []
        values = [:]
        let x = try tensor()
        switch rng.integer(below: 4) {
        case 0: return try elementwise(x, try tensor())
        case 1: return try folding(x)
        case 2: return try moving(x)
        default: return try windows(x)
        }
    }

    private mutating func elementwise(_ x: Tensor, _ y: Tensor) throws -> Tensor {
        switch rng.integer(below: 16) {
        case 0: return try x + y
        case 1: return try x * y
        case 2: return try x / y
        case 3: return try x.maximum(y)
        case 4: return try x.select(y, try tensor())
        case 5: return x.power(float())
        case 6: return x.scaled(by: float()).scaled(by: float())
        case 7: return x.adding(float())
        case 8: return try x.matmul(y, transposeA: rng.chance(0.5), transposeB: rng.chance(0.5))
        case 9: return try x.crossEntropy(labels: y)
        case 10: return try x.cosineSimilarity(y, axis: integer(), epsilon: float())
        case 11: return try x.meanSquaredError(y)
        case 12: return try x.accuracy(labels: y)
        case 13: return try x.equal(to: y).greater(than: x - graph.fill(float(), y.shape))
        case 14: return try graph.constant([Float](repeating: 1, count: 3), Shape(integers(2)))
        default:
            return try graph.randomUniform(Shape(integers(2))) * x.minimum(y).sigmoid().sqrt()
        }
    }

    private mutating func folding(_ x: Tensor) throws -> Tensor {
        let keep = rng.chance(0.5)
        switch rng.integer(below: 12) {
        case 0: return try x.sum(axes: integers(2), keepDimensions: keep)
        case 1: return try x.mean(axes: integers(1), keepDimensions: keep)
        case 2: return try x.max(axes: integers(3), keepDimensions: keep)
        case 3: return try x.argmax(axis: integer())
        case 4: return try x.softmax(axis: integer())
        case 5: return try x.logSoftmax(axis: integer())
        case 6: return try x.sorted(axis: integer(), descending: keep)
        case 7: return try x.sortedIndices(axis: integer(), descending: keep)
        case 8: return try x.topK(integer(), axis: integer())
        case 9: return try x.globalAveragePool()
        case 10: return try x.batchStatistics(epsilon: float())
        default:
            let y = try x.batchNorm(gamma: tensor(), beta: tensor(), epsilon: float())
            return keep ? try y.relu().maxPool(window: integer()) : y.relu()
        }
    }

    private mutating func moving(_ x: Tensor) throws -> Tensor {
        let rank = x.shape.rank
        switch rng.integer(below: 12) {
        case 0: return try x.reshaped(integers(2))
        case 1: return try x.reshaped([integer(), -1])
        case 2: return try x.transposed(integers(rank))
        case 3:
            return try x.sliced(
                starts: integers(rank).map { rng.chance(0.6) ? 0 : $0 }, sizes: integers(rank),
                strides: rng.chance(0.5) ? nil : integers(rank))
        case 4: return try x.padded(before: integers(rank), after: integers(rank))
        case 5: return try Tensor.concatenate([x, tensor(), x], axis: integer())
        case 6: return try x.broadcast(to: Shape(integers(rank + 1)))
        case 7: return try x.gatherRows(tensor())
        case 8: return try x.scatterAddRows(tensor(), rows: integer())
        case 9: return try x.takeAlongAxis(integer(), tensor())
        case 10: return try x.oneHot(classes: integer())
        default:
            return try x.resized(
                height: integer(), width: integer(), rng.chance(0.5) ? .nearest : .bilinear)
        }
    }

    private mutating func windows(_ x: Tensor) throws -> Tensor {
        let stride = rng.chance(0.5) ? nil : integer()
        switch rng.integer(below: 3) {
        case 0:
            return try x.maxPool(
                window: integer(), stride: stride, padding: rng.chance(0.5) ? 0 : integer())
        case 1:
            return try x.averagePool(
                window: integer(), stride: stride, padding: rng.chance(0.5) ? 0 : integer())
        default:
            return try x.convolution(
                tensor(), stride: stride ?? 1,
                padding: rng.chance(0.5) ? nil : (integer(), integer()),
                dilation: rng.chance(0.5) ? 1 : integer(), groups: rng.chance(0.5) ? 1 : integer())
        }
    }
}
