internal import Components
internal import Evolution
internal import Randomness
internal import SearchSpaces

/// Builds strategies from a plan.
struct StrategyFactory {
    let plan: any StrategyPlan
    let space: any SearchSpace
    let builder: ComponentBuilder

    /// The operators, with the per-gene rate of the plan or of a schedule.
    func variation(mutationProbability: Double? = nil) throws -> Variation<Genotype> {
        guard let variation = plan.variation else { return try Variation(over: space) }
        return try variation.operators(on: space, probability: mutationProbability, builder)
    }

    /// The strategy, begun anew or resumed from a state.
    func strategy(
        _ variation: Variation<Genotype>, rng: RandomStream,
        resuming state: StrategyState<Genotype>? = nil
    ) throws -> any SearchStrategy<Genotype> {
        try plan.strategy(variation, on: space, rng: rng, resuming: state, builder)
    }
}
