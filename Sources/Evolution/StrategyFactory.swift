package import Components
package import Randomness
package import SearchSpaces

/// Builds strategies from a plan.
package struct StrategyFactory {
    package let plan: any StrategyPlan
    package let space: any SearchSpace
    package let builder: ComponentBuilder

    package init(plan: any StrategyPlan, space: any SearchSpace, builder: ComponentBuilder) {
        self.plan = plan
        self.space = space
        self.builder = builder
    }

    /// The operators, with the per-gene rate of the plan or of a schedule.
    package func variation(mutationProbability: Double? = nil) throws -> Variation<Genotype> {
        guard let variation = plan.variation else { return try Variation(over: space) }
        return try variation.operators(on: space, probability: mutationProbability, builder)
    }

    /// The strategy, begun anew or resumed from a state.
    package func strategy(
        _ variation: Variation<Genotype>, rng: RandomStream,
        resuming state: StrategyState<Genotype>? = nil
    ) throws -> any SearchStrategy<Genotype> {
        try plan.strategy(variation, on: space, rng: rng, resuming: state, builder)
    }
}
