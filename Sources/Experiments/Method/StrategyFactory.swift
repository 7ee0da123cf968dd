internal import Evolution
internal import Randomness
internal import SearchSpaces

/// Builds strategies from a plan.
struct StrategyFactory {
    let plan: StrategyPlan
    let space: any SearchSpace
    let builder: ComponentBuilder

    /// The operators, with the per-gene rate of the plan or of a schedule.
    func variation(mutationProbability: Double? = nil) throws -> Variation<Genotype> {
        let space = space
        guard let plan = plan.variation else { return try Variation(over: space) }
        let mutate = try builder.mutation(
            plan.mutation, probability: mutationProbability ?? plan.mutationProbability)
        let cross = try builder.crossover(plan.crossover)
        var variation = Variation<Genotype>(
            sample: { rng in try space.sample(&rng) },
            mutate: { parent, _ in parent },
            fault: { genotype in
                do throws(SearchSpaceError) {
                    try space.validate(genotype)
                    return nil
                } catch {
                    return error.description
                }
            },
            enumerate: { space.enumerate(limit: 4_096) },
            names: .init(mutate: plan.mutation.title, crossover: plan.crossover.title))
        variation.take(mutate, cross, on: space)
        return variation
    }

    /// The strategy, begun anew or resumed from a state.
    func strategy(
        _ variation: Variation<Genotype>, rng: RandomStream,
        resuming state: StrategyState<Genotype>? = nil
    ) throws -> any SearchStrategy<Genotype> {
        switch plan {
        case .random:
            if let state { return try RandomSearch(variation: variation, resuming: state) }
            return try RandomSearch(variation: variation, rng: rng)
        case .evolution(let evolution):
            let options = MuPlusLambdaOptions(
                initial: evolution.population, parents: evolution.parents,
                mutants: evolution.mutants, crossovers: evolution.crossovers,
                randoms: evolution.randoms, tournament: evolution.tournament)
            if let state {
                return try MuPlusLambda(
                    variation: variation, options: options, resuming: state)
            }
            return try MuPlusLambda(variation: variation, options: options, rng: rng)
        case .regularized(let regularized):
            let options = RegularizedEvolutionOptions(
                populationSize: regularized.population, sampleSize: regularized.sampleSize)
            if let state {
                return try RegularizedEvolution(
                    variation: variation, options: options, resuming: state)
            }
            return try RegularizedEvolution(variation: variation, options: options, rng: rng)
        case .nsga2(let nsga2):
            let options = NSGA2Options(
                populationSize: nsga2.population,
                crossoverProbability: nsga2.crossoverProbability)
            if let state {
                return try NSGA2(variation: variation, options: options, resuming: state)
            }
            return try NSGA2(variation: variation, options: options, rng: rng)
        case .plugin(let plugin):
            let delegate = try builder.strategy(plugin.selection, space: space)
            let size = plugin.population ?? ExperimentPlan.usualPopulation
            if let state {
                return DelegatedStrategy(
                    plan.name, delegate, variation: variation, resuming: state, size: size)
            }
            return try DelegatedStrategy(
                plan.name, delegate, variation: variation, rng: rng, size: size)
        }
    }
}
