public import Components
public import Randomness
public import SearchSpaces

/// An evolving population.
///
/// Source: Guo et al., "Single path one-shot neural architecture search", ECCV 2020, algorithm 1:
/// mutants and crossovers of the best ever seen, the rest of a generation sampled anew; the
/// tournament is ours.
public struct EvolutionPlan: StrategyPlan, Hashable {
    /// `evolution`.
    public var name: String { "evolution" }
    /// Individuals per generation.
    public let individuals: Int
    /// Individuals of the population.
    public var population: Int? { individuals }
    /// The best ever seen, from which parents are taken.
    public let parents: Int
    /// Parents that compete for each mating; 1 takes any with equal chance.
    public let tournament: Int
    /// Children per generation made by mutation.
    public let mutants: Int
    /// Children per generation made by crossover.
    public let crossovers: Int
    /// Genotypes sampled anew in a generation: what mutants and crossovers leave of the population.
    public var randoms: Int { individuals - mutants - crossovers }
    /// How genotypes are varied.
    public let operators: VariationPlan
    /// How genotypes are varied.
    public var variation: VariationPlan? { operators }

    static let populationOption = PlanOption.integer(
        "population", 2...100_000, 50, unit: "individuals", "Individuals per generation.")
    static let parentsOption = PlanOption.integer(
        "parents", 1...100_000, unit: "individuals",
        "The best individuals so far, which become parents."
    ).derived("a fifth of population, at least 2") { options in
        // A crossover takes two.
        PlainValue(.integer(max(2, options[populationOption] / 5)))
    }
    static let tournamentOption = PlanOption.integer(
        "tournament", 1...100_000, unit: "parents",
        "Parents that compete for each mating; 1 chooses at random."
    ).derived("2, at most parents") { options in
        PlainValue(.integer(min(2, options[parentsOption])))
    }
    static let mutantsOption = PlanOption.integer(
        "mutants", 0...100_000, unit: "individuals", "Children per generation made by mutation."
    ).derived("half of population; without crossover twice as many") { options in
        let half = options[populationOption] / 2
        return PlainValue(.integer(canCross(options) ? half : 2 * half))
    }
    static let crossoversOption = PlanOption.integer(
        "crossovers", 0...100_000, unit: "individuals", "Children per generation made by crossover."
    ).derived(
        "the remaining children, at most half of population; 0 without crossover or second parent"
    ) { options in
        guard canCross(options) else { return 0 }
        let population = options[populationOption]
        return PlainValue(
            .integer(max(0, min(population / 2, population - options[mutantsOption]))))
    }

    /// Whether there is a crossover, and parents for it.
    private static func canCross(_ options: Options) -> Bool {
        VariationPlan.hasCrossover(options) && options[parentsOption] > 1
    }

    static let options =
        [
            populationOption.specification, parentsOption.specification,
            tournamentOption.specification,
        ] + VariationPlan.options + [mutantsOption.specification, crossoversOption.specification]

    init(_ options: Options) throws(ExperimentError) {
        individuals = options[Self.populationOption]
        parents = options[Self.parentsOption]
        tournament = options[Self.tournamentOption]
        mutants = options[Self.mutantsOption]
        crossovers = options[Self.crossoversOption]
        operators = VariationPlan(options)
        func require(_ holds: Bool, _ option: String, _ problem: String) throws(ExperimentError) {
            guard holds else {
                throw .contradiction(at: options.position.child(option), problem: problem)
            }
        }
        try require(
            parents <= individuals, "parents",
            "expected at most population = \(individuals), found \(parents)")
        try require(
            tournament <= parents, "tournament",
            "expected at most parents = \(parents), found \(tournament)")
        try require(
            crossovers == 0 || operators.hasCrossover, "crossovers",
            "expected 0 with crossover = \"none\", found \(crossovers)")
        try require(
            mutants + crossovers <= individuals, "mutants",
            "mutants + crossovers is \(mutants + crossovers); expected at most population = "
                + "\(individuals)")
        try require(
            crossovers == 0 || parents > 1, "parents",
            "expected at least 2, since crossovers = \(crossovers); found \(parents)")
    }

    static var evolution: Component {
        Component(
            .strategy, "evolution", options: options,
            "Mutants and crossovers of the best individuals so far (Guo et al. 2020)."
        ) { options, _ in try EvolutionPlan(options) }
    }

    /// The strategy, begun anew or resumed.
    public func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype> {
        let options = MuPlusLambdaOptions(
            initial: individuals, parents: parents, mutants: mutants, crossovers: crossovers,
            randoms: randoms, tournament: tournament)
        if let state {
            return try MuPlusLambda(variation: operators, options: options, resuming: state)
        }
        return try MuPlusLambda(variation: operators, options: options, rng: rng)
    }
}
