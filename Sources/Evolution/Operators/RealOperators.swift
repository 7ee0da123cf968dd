public import Randomness

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A box of real vectors, with the operators that NSGA-II uses on them.
public struct RealBox: Sendable, Hashable {
    /// The least value of every variable.
    public let lower: [Double]
    /// The greatest value of every variable.
    public let upper: [Double]

    /// A box between two corners.
    ///
    /// - Throws: `lengths`, or `invalidSetting` where a lower bound is not below its upper one.
    public init(lower: [Double], upper: [Double]) throws(EvolutionError) {
        guard lower.count == upper.count, !lower.isEmpty else {
            throw .lengths(
                what: "the upper bounds", found: upper.count, expected: max(lower.count, 1))
        }
        for (index, (low, high)) in zip(lower, upper).enumerated() {
            guard low < high, (high - low).isFinite else {
                throw .invalidSetting(
                    name: "the bounds of variable \(index)", found: "\(low) to \(high)",
                    expected: "a finite lower bound below a finite upper one")
            }
        }
        self.lower = lower
        self.upper = upper
    }

    /// A vector of the box, uniform.
    public func sample(_ rng: inout RandomStream) -> [Double] {
        lower.indices.map { rng.uniform(in: lower[$0]...upper[$0]) }
    }

    /// Why a vector is not in the box; nil if it is.
    public func fault(_ vector: [Double]) -> String? {
        guard vector.count == lower.count else {
            return "it has \(vector.count) variables; expected \(lower.count)"
        }
        for index in vector.indices
        where !(vector[index] >= lower[index] && vector[index] <= upper[index]) {
            return "variable \(index) is \(vector[index]); "
                + "expected \(lower[index]) to \(upper[index])"
        }
        return nil
    }
}

/// Polynomial mutation within bounds: each variable moves with a probability, mostly a little.
///
/// Source: Deb, Goyal, "A combined genetic adaptive search (GeneAS) for engineering design", 1996,
/// in the bounded form of the NSGA-II code of its authors.
public struct PolynomialMutation: Sendable {
    /// Where vectors stay.
    public let box: RealBox
    /// η, 0 or above: the greater, the smaller the moves.
    public let eta: Double
    /// The probability that a variable moves.
    public let probability: Double

    /// A mutation; without a probability, one variable moves on average.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        box: RealBox, eta: Double = 20, probability: Double? = nil
    ) throws(EvolutionError) {
        try check("eta", eta, in: 0...1e6)
        try check("mutation probability", probability ?? 0, in: 0...1)
        self.box = box
        self.eta = eta
        self.probability = probability ?? 1 / Double(box.lower.count)
    }

    /// A mutant; a vector of the wrong length comes back as it is.
    public func callAsFunction(_ parent: [Double], _ rng: inout RandomStream) -> [Double] {
        var child = parent
        guard child.count == box.lower.count else { return child }
        let power = 1 / (eta + 1)
        for index in child.indices where rng.chance(probability) {
            let (low, high) = (box.lower[index], box.upper[index])
            let draw = rng.uniform()
            // How far the variable is from the bound on the other side bends the distribution, so
            // that no probability falls outside.
            let room = draw < 0.5 ? high - child[index] : child[index] - low
            let rest = pow(room / (high - low), eta + 1)
            let step =
                draw < 0.5
                ? pow(2 * draw + (1 - 2 * draw) * rest, power) - 1
                : 1 - pow(2 * (1 - draw) + 2 * (draw - 0.5) * rest, power)
            child[index] = min(max(child[index] + step * (high - low), low), high)
        }
        return child
    }
}

/// Simulated binary crossover within bounds: children lie about their parents as those of one-point
/// crossover of bit strings would.
///
/// Source: Deb, Agrawal, "Simulated binary crossover for continuous search space", Complex Systems
/// 1995, in the bounded form of the NSGA-II code of its authors. Of the two children one is returned,
/// each variable from either with equal probability.
public struct SimulatedBinaryCrossover: Sendable {
    /// Where vectors stay.
    public let box: RealBox
    /// η, 0 or above: the greater, the nearer children are to their parents.
    public let eta: Double
    /// The probability that a variable is crossed; otherwise it is the first parent's.
    public let probability: Double

    /// A crossover.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        box: RealBox, eta: Double = 15, probability: Double = 0.5
    ) throws(EvolutionError) {
        try check("eta", eta, in: 0...1e6)
        try check("crossover probability", probability, in: 0...1)
        self.box = box
        self.eta = eta
        self.probability = probability
    }

    /// A child of two parents; if either has the wrong length, the first comes back as it is.
    public func callAsFunction(
        _ first: [Double], _ second: [Double], _ rng: inout RandomStream
    ) -> [Double] {
        var child = first
        guard first.count == box.lower.count, second.count == first.count else { return child }
        for index in child.indices where rng.chance(probability) {
            let draw = rng.uniform()
            let takesLower = rng.chance(0.5)
            let (low, high) = (
                min(first[index], second[index]), max(first[index], second[index])
            )
            // Equal parents have equal children.
            guard high - low > 1e-14 else { continue }
            let room = takesLower ? low - box.lower[index] : box.upper[index] - high
            let spread = spread(draw, 1 + 2 * room / (high - low)) * (high - low)
            let value = 0.5 * (low + high + (takesLower ? -spread : spread))
            child[index] = min(max(value, box.lower[index]), box.upper[index])
        }
        return child
    }

    /// β: the children's distance as a multiple of the parents', for a draw in 0 ..< 1.
    private func spread(_ draw: Double, _ bound: Double) -> Double {
        let alpha = 2 - pow(bound, -(eta + 1))
        let power = 1 / (eta + 1)
        return draw <= 1 / alpha
            ? pow(draw * alpha, power) : pow(1 / (2 - draw * alpha), power)
    }
}

extension Variation where Genome == [Double] {
    /// The operators of NSGA-II over a box of real vectors.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        over box: RealBox, crossoverEta: Double = 15, mutationEta: Double = 20
    ) throws(EvolutionError) {
        let mutation = try PolynomialMutation(box: box, eta: mutationEta)
        let crossover = try SimulatedBinaryCrossover(box: box, eta: crossoverEta)
        self.init(
            sample: { box.sample(&$0) },
            mutate: { mutation($0, &$1) },
            crossover: { crossover($0, $1, &$2) },
            fault: { box.fault($0) })
    }
}
