public import SearchSpaces

/// The built-in crossovers of genotypes.
public enum GenotypeCrossover: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``UniformCrossover``.
    case uniform
    /// ``OnePointCrossover``.
    case onePoint
}

extension Variation where Genome == Genotype {
    /// The built-in operators over a search space. Each closure may be replaced afterwards; what a
    /// replacement returns is checked against the space.
    ///
    /// - Parameters:
    ///   - space: Where genotypes come from and stay.
    ///   - mutationProbability: The probability that a gene changes, 0 to 1.
    ///   - crossover: How two genotypes make one; nil for never.
    ///   - granularity: What crosses over as one.
    /// - Throws: `invalidSetting`.
    public init(
        over space: any SearchSpace, mutationProbability: Double = 0.1,
        crossover: GenotypeCrossover? = .uniform, granularity: Granularity = .block
    ) throws(EvolutionError) {
        let mutation = try PerGeneMutation(space: space, probability: mutationProbability)
        let listing = Listing(space)
        self.init(
            sample: { try space.sample(&$0) },
            mutate: { try mutation($0, &$1) },
            fault: { genotype in
                do {
                    try space.validate(genotype)
                    return nil
                } catch {
                    return "\(error)"
                }
            },
            enumerate: { listing.genotypes })
        switch crossover {
        case .uniform:
            let operation = UniformCrossover(space: space, granularity: granularity)
            self.crossover = { try operation($0, $1, &$2) }
        case .onePoint:
            let operation = OnePointCrossover(space: space, granularity: granularity)
            self.crossover = { try operation($0, $1, &$2) }
        case nil: break
        }
    }
}

/// The genotypes of a small space, listed when first needed and then kept.
private final class Listing {
    /// The largest space that is listed.
    private static let limit = 4096
    private let space: any SearchSpace
    lazy var genotypes = space.enumerate(limit: Self.limit)

    init(_ space: any SearchSpace) {
        self.space = space
    }
}
