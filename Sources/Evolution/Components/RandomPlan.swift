public import Components
public import Randomness
public import SearchSpaces

/// Uniform sampling.
public struct RandomPlan: StrategyPlan, Hashable {
    /// `random`.
    public var name: String { "random" }
    /// It holds no population.
    public var population: Int? { nil }
    /// It only samples.
    public var variation: VariationPlan? { nil }

    /// Uniform sampling.
    public init() {}

    static var random: Component {
        Component(.strategy, "random", "Uniform sampling without repetition.") { _, _ in
            RandomPlan()
        }
    }

    /// The strategy, begun anew or resumed.
    public func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype> {
        if let state { return try RandomSearch(variation: operators, resuming: state) }
        return try RandomSearch(variation: operators, rng: rng)
    }
}
