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
            listing: Listing(of: space))
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
