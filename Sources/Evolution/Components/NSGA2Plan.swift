public import Components
public import Randomness
public import SearchSpaces

/// Non-dominated sorting.
///
/// Source: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE Transactions on Evolutionary Computation 6(2), 2002.
public struct NSGA2Plan: StrategyPlan, Hashable {
    /// `nsga2`.
    public var name: String { "nsga2" }
    /// It seeks a front.
    public var ranksByAll: Bool { true }
    /// Survivors per generation.
    public let individuals: Int
    /// Individuals of the population.
    public var population: Int? { individuals }
    /// A child's chance 0…1 to be made by crossover before it is mutated.
    public let crossoverProbability: Double
    /// How genotypes are varied.
    public let operators: VariationPlan
    /// How genotypes are varied.
    public var variation: VariationPlan? { operators }

    static let crossoverProbabilityOption = PlanOption.number(
        "crossover_probability", .fraction, 0.9,
        "Probability that a child is made by crossover before mutation.")
    static let options =
        [EvolutionPlan.populationOption.specification] + VariationPlan.options
        + [crossoverProbabilityOption.specification]

    init(_ options: Options) {
        individuals = options[EvolutionPlan.populationOption]
        operators = VariationPlan(options)
        crossoverProbability = operators.hasCrossover ? options[Self.crossoverProbabilityOption] : 0
    }

    static var nsga2: Component {
        Component(
            .strategy, "nsga2", options: options,
            "Non-dominated sorting for several objectives (Deb et al. 2002)."
        ) { options, _ in NSGA2Plan(options) }
    }

    /// The strategy, begun anew or resumed.
    public func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype> {
        let options = NSGA2Options(
            populationSize: individuals, crossoverProbability: crossoverProbability)
        if let state {
            return try NSGA2(variation: operators, options: options, resuming: state)
        }
        return try NSGA2(variation: operators, options: options, rng: rng)
    }
}
