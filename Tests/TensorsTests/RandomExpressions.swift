import Foundation
import Kernels
import Randomness
import Tensors
import TestSupport

/// A random graph of elementwise operations, folds, reshapes and copies, with the same computed in
/// `Double` as it is built.
struct RandomExpression {
    /// One value: a node of the graph and what it must be.
    struct Value {
        let tensor: Tensor
        let expected: [Double]
        var sizes: [Int] { tensor.shape.dimensions }
    }

    let graph = Graph()
    /// Every value recorded, inputs first.
    private(set) var values: [Value] = []
    private(set) var inputs: [String: [Float]] = [:]
    private var rng: RandomStream
    private let rows: Int
    private let columns: Int

    /// - Parameters:
    ///   - seed: Of the sizes, the values and the operations.
    ///   - operations: How many to record.
    /// - Throws: What recording throws.
    init(seed: UInt64, operations: Int) throws {
        rng = RandomStream(seed: seed).split("expression")
        rows = rng.integer(in: 1...9)
        columns = rng.integer(in: 1...40)
        for sizes in [[rows, columns], [columns], [rows, 1], [1, columns], [], [rows, columns]] {
            let given = Variable.normal(sizes, &rng)
            let name = "x\(values.count)"
            inputs[name] = given.values
            values.append(
                Value(
                    tensor: try graph.input(name, Shape(sizes)),
                    expected: given.values.map { Double($0) }))
        }
        for _ in 0..<operations { try addOperation() }
    }

    private mutating func addOperation() throws {
        // Recent values are drawn more often, so that chains arise.
        let recent = max(0, values.count - 6)
        let a = values[rng.chance(0.7) ? rng.integer(in: recent...values.count - 1) : pick()]
        switch rng.integer(below: 10) {
        case 0...3: values.append(unary(a))
        case 4...7: values.append(try binary(a, values[pick()]))
        case 8: values.append(try select(a, values[pick()]))
        default: values.append(try moved(a))
        }
    }

    private mutating func pick() -> Int { rng.integer(below: values.count) }

    private mutating func unary(_ a: Value) -> Value {
        switch rng.integer(below: 8) {
        case 0: Value(tensor: a.tensor.tanh(), expected: a.expected.map { tanh($0) })
        case 1: Value(tensor: a.tensor.sin(), expected: a.expected.map { sin($0) })
        case 2: Value(tensor: a.tensor.absolute(), expected: a.expected.map { abs($0) })
        case 3: Value(tensor: a.tensor.relu(), expected: a.expected.map { max($0, 0) })
        case 4: Value(tensor: a.tensor.negated(), expected: a.expected.map { -$0 })
        case 5: Value(tensor: a.tensor.adding(0.75), expected: a.expected.map { $0 + 0.75 })
        case 6:
            Value(tensor: a.tensor.scaled(by: -1.25), expected: a.expected.map { $0 * -1.25 })
        default:
            Value(
                tensor: a.tensor.sigmoid(), expected: a.expected.map { 1 / (1 + exp(-$0)) })
        }
    }

    /// Two values that stretch to each other; a value alone if these do not.
    private mutating func binary(_ a: Value, _ b: Value) throws -> Value {
        let kind = rng.integer(below: 5)
        let functions: [@Sendable (Double, Double) -> Double] = [
            { $0 + $1 }, { $0 - $1 }, { tanh($0) * tanh($1) }, { max($0, $1) }, { min($0, $1) },
        ]
        guard let (sizes, expected) = Host.zip(a, b, functions[kind]) else { return unary(a) }
        let tensor =
            switch kind {
            case 0: try a.tensor + b.tensor
            case 1: try a.tensor - b.tensor
            case 2: try a.tensor.tanh() * b.tensor.tanh()
            case 3: try a.tensor.maximum(b.tensor)
            default: try a.tensor.minimum(b.tensor)
            }
        guard tensor.shape.dimensions == sizes else { return Value(tensor: tensor, expected: []) }
        return Value(tensor: tensor, expected: expected)
    }

    /// A choice by a comparison of inputs, which float32 and Double decide alike.
    private mutating func select(_ a: Value, _ b: Value) throws -> Value {
        let condition = values[rng.integer(below: 6)]
        let constant = Float(rng.integer(in: -3...3)) / 4
        let fill = Value(tensor: graph.fill(constant), expected: [Double(constant)])
        let other = rng.chance(0.5) ? fill : b
        let step = Value(
            tensor: condition.tensor.step(), expected: condition.expected.map { $0 > 0 ? 1 : 0 })
        guard let pair = Host.zip(a, other, { first, _ in first }),
            let second = Host.zip(a, other, { _, second in second }),
            let size = Host.stretched(step.sizes, pair.0)
        else { return unary(a) }
        let chosen = Host.stretch(step.expected, step.sizes, size)
        let x = Host.stretch(pair.1, pair.0, size)
        let y = Host.stretch(second.1, pair.0, size)
        return Value(
            tensor: try step.tensor.select(a.tensor, other.tensor),
            expected: chosen.indices.map { chosen[$0] > 0.5 ? x[$0] : y[$0] })
    }

    /// Reshapes, stretches, transposes and folds.
    private mutating func moved(_ a: Value) throws -> Value {
        let count = a.expected.count
        switch rng.integer(below: 5) {
        case 0 where count == rows * columns:
            let sizes = rng.choice([
                [rows, columns], [1, rows, columns], [columns, rows], [count],
            ])
            return Value(tensor: try a.tensor.reshaped(sizes), expected: a.expected)
        case 1 where a.sizes.count == 2:
            let (r, c) = (a.sizes[0], a.sizes[1])
            return Value(
                tensor: try a.tensor.transposed([1, 0]),
                expected: (0..<count).map { a.expected[$0 % r * c + $0 / r] })
        case 2 where a.sizes.count == 2:
            let (r, c) = (a.sizes[0], a.sizes[1])
            return Value(
                tensor: try a.tensor.mean(axes: [1], keepDimensions: true),
                expected: (0..<r).map { row in
                    (0..<c).reduce(0) { $0 + a.expected[row * c + $1] } / Double(c)
                })
        case 3 where a.sizes.count == 2:
            let (r, c) = (a.sizes[0], a.sizes[1])
            return Value(
                tensor: try a.tensor.max(axes: [0]),
                expected: (0..<c).map { column in
                    (0..<r).reduce(-Double.infinity) { max($0, a.expected[$1 * c + column]) }
                })
        case 4: return Value(tensor: a.tensor.detached(), expected: a.expected)
        default: return unary(a)
        }
    }
}

/// Broadcasting by its definition, in `Double`.
enum Host {
    static func stretched(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = max(a.count, b.count)
        let a = [Int](repeating: 1, count: rank - a.count) + a
        let b = [Int](repeating: 1, count: rank - b.count) + b
        for (x, y) in Swift.zip(a, b) where x != y && x != 1 && y != 1 { return nil }
        return Swift.zip(a, b).map { $0 == 1 ? $1 : $0 }
    }

    static func stretch(_ values: [Double], _ sizes: [Int], _ target: [Int]) -> [Double] {
        let padded = [Int](repeating: 1, count: target.count - sizes.count) + sizes
        return (0..<target.reduce(1, *)).map { place in
            var (rest, offset, step) = (place, 0, 1)
            for axis in target.indices.reversed() {
                let index = rest % target[axis]
                rest /= target[axis]
                if padded[axis] != 1 { offset += index * step }
                step *= padded[axis]
            }
            return values[offset]
        }
    }

    static func zip(
        _ a: RandomExpression.Value, _ b: RandomExpression.Value,
        _ function: (Double, Double) -> Double
    ) -> ([Int], [Double])? {
        guard let sizes = stretched(a.sizes, b.sizes), sizes.reduce(1, *) <= 4000 else {
            return nil
        }
        let (x, y) = (stretch(a.expected, a.sizes, sizes), stretch(b.expected, b.sizes, sizes))
        return (sizes, Swift.zip(x, y).map(function))
    }
}
