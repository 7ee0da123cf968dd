public import Randomness
public import Tensors
public import Testing

/// A named input of a function under test.
public struct Variable: Sendable {
    /// Sizes, outermost first.
    public let shape: [Int]
    /// Row-major.
    public let values: [Float]

    /// Given numbers.
    public init(_ shape: [Int], _ values: [Float]) {
        self.shape = shape
        self.values = values
    }

    /// Normal numbers.
    public static func normal(
        _ shape: [Int], _ rng: inout RandomStream, scale: Double = 1
    ) -> Variable {
        Variable(shape, (0..<shape.reduce(1, *)).map { _ in Float(rng.normal() * scale) })
    }

    /// Numbers in a range.
    public static func uniform(
        _ shape: [Int], in range: ClosedRange<Double>, _ rng: inout RandomStream
    ) -> Variable {
        Variable(shape, (0..<shape.reduce(1, *)).map { _ in Float(rng.uniform(in: range)) })
    }

    /// Numbers in random order that are at least `gap` from each other and from 0, so that no
    /// comparison changes its outcome within a small step.
    public static func spaced(
        _ shape: [Int], gap: Double = 0.2, _ rng: inout RandomStream
    ) -> Variable {
        let count = shape.reduce(1, *)
        var values = (0..<count).map { Float((Double($0 - count / 2) + 0.5) * gap) }
        rng.shuffle(&values)
        return Variable(shape, values)
    }
}

/// Expects the engine's derivative of a function, along seeded directions, to be what differences
/// of the derivative one order below give.
///
/// The output of order 0 is contracted with a random cotangent to a number s₀; sₖ₊₁ is the
/// derivative of sₖ along a random direction. The engine's sₖ is compared with the fourth-order
/// difference [8(s(h) − s(−h)) − (s(2h) − s(−2h))] / 12h of its own sₖ₋₁ for each k up to `order`.
/// Its truncation error is of the order h⁴; rounding of float32 adds about 1e-7 · |terms| / h, so a
/// step of about 1e-2 leaves four digits. Contractions are made in `Double`.
///
/// - Parameters:
///   - order: The highest derivative to check.
///   - variables: The arguments, and where the derivatives are taken.
///   - seed: Of cotangent and directions.
///   - step: h, relative to inputs of about 1.
///   - tolerance: Relative to the sum of the magnitudes that make up the number compared.
///   - what: Named in the failure.
///   - sourceLocation: Where the failure is told.
///   - function: What is differentiated.
/// - Throws: What the function, the compiler and the run throw.
public func expectGradientsMatch(
    order: Int = 2, _ variables: [Variable], seed: UInt64 = 1, step: Double = 1e-2,
    tolerance: Double = 1e-3, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation, _ function: ([Tensor]) throws -> Tensor
) throws {
    let engine = try Engine()
    let graph = Graph()
    var rng = RandomStream(seed: seed)
    let inputs = try variables.enumerated().map { index, variable in
        try graph.input("x\(index)", try Shape(variable.shape))
    }
    let output = try function(inputs)
    // Level k: tensors and the weights whose contraction is s_k.
    var tensors: [[Tensor]] = [[output]]
    var weights: [[[Float]]] = [[Variable.normal(output.shape.dimensions, &rng).values]]
    var scalar = try output.contracted(weights[0][0])
    for level in 1...order {
        let directions = variables.map { variable in
            Variable.uniform(variable.shape, in: -1...1, &rng).values
        }
        let gradients = try scalar.gradient(inputs)
        tensors.append(gradients)
        weights.append(directions)
        if level < order {
            var sum = graph.fill(0)
            for (gradient, direction) in zip(gradients, directions) {
                sum = try sum + gradient.contracted(direction)
            }
            scalar = sum
        }
    }
    func contraction(_ level: Int, moved: Double) throws -> (value: Double, magnitude: Double) {
        var given: [String: [Float]] = [:]
        for (index, variable) in variables.enumerated() {
            let direction = level < order ? weights[level + 1][index] : []
            given["x\(index)"] = zip(
                variable.values, moved == 0 ? variable.values : direction
            ).map { Float(Double($0) + moved * Double($1)) }
        }
        let values = try engine.evaluate(tensors[level], given)
        var (value, magnitude) = (0.0, 0.0)
        for (list, weight) in zip(values, weights[level]) {
            for (a, b) in zip(list, weight) {
                value += Double(a) * Double(b)
                magnitude += abs(Double(a) * Double(b))
            }
        }
        return (value, magnitude)
    }
    for level in 1...order {
        let found = try contraction(level, moved: 0)
        let below = try contraction(level - 1, moved: 0)
        func difference(_ h: Double) throws -> Double {
            let above = try contraction(level - 1, moved: h)
            return above.value - (try contraction(level - 1, moved: -h)).value
        }
        let expected = (8 * (try difference(step)) - (try difference(2 * step))) / (12 * step)
        let noise = 2e-7 * below.magnitude / step
        let allowed = tolerance * max(0.1, found.magnitude) + noise
        #expect(
            abs(found.value - expected) <= allowed,
            """
            \(what) order \(level): the graph gives \(found.value), differences \(expected), \
            allowed \(allowed)
            """, sourceLocation: sourceLocation)
    }
}

extension Tensor {
    /// The sum of this tensor's elements times these numbers.
    ///
    /// - Throws: `TensorError.shapeMismatch` if there are not as many.
    public func contracted(_ weights: [Float]) throws(TensorError) -> Tensor {
        try (self * graph.constant(weights, shape)).sum()
    }
}
