public import Components
public import Randomness
public import SearchSpaces

/// Ageing evolution.
///
/// Source: Real et al., "Regularized evolution for image classifier architecture search",
/// AAAI 2019, algorithm 1.
public struct RegularizedPlan: StrategyPlan, Hashable {
    /// `regularized`.
    public var name: String { "regularized" }
    /// Individuals alive at a time.
    public let individuals: Int
    /// Individuals of the population.
    public var population: Int? { individuals }
    /// Individuals that compete to be the parent.
    public let sampleSize: Int
    /// How genotypes are varied; without crossover.
    public let operators: VariationPlan
    /// How genotypes are varied.
    public var variation: VariationPlan? { operators }

    static let sampleSizeOption = PlanOption.integer(
        "sample_size", 1...100_000, unit: "individuals",
        "Individuals that compete to be the parent."
    ).derived("a quarter of population") { options in
        PlainValue(.integer(max(1, options[EvolutionPlan.populationOption] / 4)))
    }
    package static let options =
        [EvolutionPlan.populationOption.specification, sampleSizeOption.specification]
        + VariationPlan.mutationOptions

    package init(_ options: Options) throws(ExperimentError) {
        individuals = options[EvolutionPlan.populationOption]
        sampleSize = options[Self.sampleSizeOption]
        operators = VariationPlan(mutationOnly: options)
        guard sampleSize <= individuals else {
            throw .contradiction(
                at: options.position.child("sample_size"),
                problem: "expected at most population = \(individuals), found \(sampleSize)")
        }
    }

    static var regularized: Component {
        Component(
            .strategy, "regularized", options: options, "Ageing evolution (Real et al. 2019)."
        ) { options, _ in try RegularizedPlan(options) }
    }

    /// The strategy, begun anew or resumed.
    public func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype> {
        let options = RegularizedEvolutionOptions(
            populationSize: individuals, sampleSize: sampleSize)
        if let state {
            return try RegularizedEvolution(
                variation: operators, options: options, resuming: state)
        }
        return try RegularizedEvolution(variation: operators, options: options, rng: rng)
    }
}
