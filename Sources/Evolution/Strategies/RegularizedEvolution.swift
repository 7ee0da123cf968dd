public import Randomness
import SearchSpaces

/// Settings of ``RegularizedEvolution``.
public struct RegularizedEvolutionOptions: Sendable, Hashable, Codable {
    /// P, individuals that are held at a time.
    public var populationSize: Int
    /// S, individuals from which the best becomes the parent.
    public var sampleSize: Int
    /// Variations tried for each proposal before it becomes a random one.
    public var tries: Int

    /// Settings; the defaults are those of the paper (P = 100, S = 25).
    public init(populationSize: Int = 100, sampleSize: Int = 25, tries: Int = 50) {
        self.populationSize = populationSize
        self.sampleSize = sampleSize
        self.tries = tries
    }

    func validate() throws(EvolutionError) {
        try checkCounts(
            ("populationSize", populationSize), ("sampleSize", sampleSize), ("tries", tries))
    }
}

/// Aging evolution: the oldest individual dies, not the worst, so that nothing survives by one
/// lucky evaluation.
///
/// The first P proposals are random. Then, for each: draw S individuals with replacement, mutate
/// the best of them; when the child's evaluation arrives it joins the population, and the oldest
/// leaves.
///
/// Source: Real, Aggarwal, Huang, Le, "Regularized evolution for image classifier architecture
/// search", AAAI 2019, algorithm 1; departure: no architecture is evaluated twice.
public struct RegularizedEvolution<Genome: Hashable & Sendable>: SearchStrategy {
    /// How genomes are sampled and mutated; its crossover is not used.
    public let variation: Variation<Genome>
    /// The settings.
    public let options: RegularizedEvolutionOptions
    /// Everything that changes; the population is in the order of telling, the oldest first.
    public private(set) var state: StrategyState<Genome>
    private let tournament: Tournament

    /// An evolution that proposes the seeds first.
    ///
    /// - Throws: `invalidSetting`, or `invalidChild` for an invalid seed.
    public init(
        variation: Variation<Genome>, options: RegularizedEvolutionOptions = .init(),
        rng: RandomStream, seeds: [Genome] = []
    ) throws(EvolutionError) {
        let state = try StrategyState(rng: rng, seeds: seeds, variation: variation)
        try self.init(variation: variation, options: options, resuming: state)
    }

    /// The evolution that had this state.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        variation: Variation<Genome>, options: RegularizedEvolutionOptions = .init(),
        resuming state: StrategyState<Genome>
    ) throws(EvolutionError) {
        try options.validate()
        self.variation = variation
        self.options = options
        self.state = state
        tournament = try Tournament(size: options.sampleSize)
    }

    /// Proposes random genomes first, then mutants of tournament winners.
    @_specialize(where Genome == Genotype)
    public mutating func ask(_ count: Int) throws -> [Genome] {
        let (population, variation, options) = (state.population, variation, options)
        let scores = population.map(Truncation.objective)
        return try state.ledger.propose(count, variation, tries: options.tries) {
            [tournament] place, rng in
            var selection = rng.split("selection")
            let parent = tournament.select(among: population.count, &selection) {
                scores[$0] < scores[$1]
            }
            guard place.number >= options.populationSize, let parent else {
                return .sample
            }
            return .mating(Mating(population[parent].genome))
        }
    }

    /// Adds individuals of one objective in this order, and lets the oldest go.
    @_specialize(where Genome == Genotype)
    public mutating func tell(_ evaluations: [Evaluation<Genome>]) throws {
        state.population += try state.ledger.absorb(
            evaluations, strategy: "regularized evolution", expected: 1)
        state.population.removeFirst(max(0, state.population.count - options.populationSize))
    }

    /// Replaces objectives of individuals that are still alive.
    public mutating func revise(_ evaluations: [Evaluation<Genome>]) throws {
        try state.revise(evaluations, strategy: "regularized evolution", expected: 1)
    }
}
