public import Randomness
import SearchSpaces

/// Settings of ``MuPlusLambda``: a generation is `mutants`, then `crossovers`, then `randoms`.
public struct MuPlusLambdaOptions: Sendable, Hashable, Codable {
    /// Random proposals before the first generation.
    public var initial: Int
    /// μ, the best ever seen that are kept and varied.
    public var parents: Int
    /// Children of each generation by mutation.
    public var mutants: Int
    /// Children of each generation by crossover.
    public var crossovers: Int
    /// Random individuals of each generation.
    public var randoms: Int
    /// Whether children of a crossover are mutated too.
    public var mutatesCrossovers: Bool
    /// Individuals from which the best becomes a parent; 1 draws parents at random.
    public var tournament: Int
    /// Variations tried for each proposal before it becomes a random one.
    public var tries: Int

    /// Settings; the defaults are ``singlePathOneShot`` with a tournament of two.
    public init(
        initial: Int = 50, parents: Int = 10, mutants: Int = 25, crossovers: Int = 25,
        randoms: Int = 0, mutatesCrossovers: Bool = false, tournament: Int = 2, tries: Int = 50
    ) {
        self.initial = initial
        self.parents = parents
        self.mutants = mutants
        self.crossovers = crossovers
        self.randoms = randoms
        self.mutatesCrossovers = mutatesCrossovers
        self.tournament = tournament
        self.tries = tries
    }

    /// The settings of single-path one-shot search: 50 random individuals; then generations of 25
    /// mutants and 25 crossovers of the best 10 ever seen, drawn at random; random refill where
    /// variation finds nothing new. Its mutation changes each gene with probability 0.1.
    ///
    /// Source: Guo et al., "Single path one-shot neural architecture search with uniform sampling",
    /// ECCV 2020.
    public static let singlePathOneShot = MuPlusLambdaOptions(tournament: 1)

    /// λ, the children of a generation.
    public var children: Int { mutants &+ crossovers &+ randoms }

    func validate(hasCrossover: Bool) throws(EvolutionError) {
        for (name, value, least) in [
            ("initial", initial, 1), ("parents", parents, 1), ("mutants", mutants, 0),
            ("crossovers", crossovers, 0), ("randoms", randoms, 0), ("tournament", tournament, 1),
            ("tries", tries, 1),
        ] {
            try check(name, value, in: least...largestCount)
        }
        guard children > 0 else {
            throw .invalidSetting(
                name: "mutants + crossovers + randoms", found: "0", expected: "at least 1")
        }
        guard crossovers == 0 || hasCrossover else {
            throw .invalidSetting(
                name: "crossovers", found: "\(crossovers)",
                expected: "0, as the variation has no crossover")
        }
    }
}

/// (μ+λ) evolution: parents are the best μ individuals ever seen, selected by tournament.
///
/// ```
/// ask for `initial` random genomes
/// for each generation:
///     parents ← the best μ of parents and told individuals
///     ask for `mutants` mutants, `crossovers` children of two, `randoms` random genomes
/// ```
///
/// Parents are updated at every `tell`, so telling in small batches makes it a steady-state search.
///
/// Source: Beyer, Schwefel, "Evolution strategies", Natural Computing 2002; the composition of a
/// generation is that of single-path one-shot search (see ``MuPlusLambdaOptions``).
public struct MuPlusLambda<Genome: Hashable & Sendable>: SearchStrategy {
    /// How genomes are sampled, mutated and crossed over.
    public let variation: Variation<Genome>
    /// The settings.
    public let options: MuPlusLambdaOptions
    /// Everything that changes; the population is the parents, best first.
    public private(set) var state: StrategyState<Genome>
    private let tournament: Tournament

    /// An evolution that proposes the seeds first.
    ///
    /// - Throws: `invalidSetting`, or `invalidChild` for an invalid seed.
    public init(
        variation: Variation<Genome>, options: MuPlusLambdaOptions = .init(), rng: RandomStream,
        seeds: [Genome] = []
    ) throws(EvolutionError) {
        let state = try StrategyState(rng: rng, seeds: seeds, variation: variation)
        try self.init(variation: variation, options: options, resuming: state)
    }

    /// The evolution that had this state.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        variation: Variation<Genome>, options: MuPlusLambdaOptions = .init(),
        resuming state: StrategyState<Genome>
    ) throws(EvolutionError) {
        try options.validate(hasCrossover: variation.crossover != nil)
        self.variation = variation
        self.options = options
        self.state = state
        tournament = try Tournament(size: options.tournament)
    }

    /// Proposes the first random genomes, then generation after generation.
    @_specialize(where Genome == Genotype)
    public mutating func ask(_ count: Int) throws -> [Genome] {
        let (parents, variation, options, tournament) = (
            state.population, variation, options, tournament
        )
        // Parents stand best first, so the lower place wins.
        return try state.ledger.propose(count, variation, tries: options.tries) { place, rng in
            guard place.number >= options.initial, !parents.isEmpty else {
                return .sample
            }
            let slot = (place.number - options.initial) % options.children
            var selection = rng.split("selection")
            if slot >= options.mutants + options.crossovers { return .sample }
            if slot >= options.mutants,
                let pair = tournament.selectPair(among: parents.count, &selection, isBetter: <)
            {
                return .mating(
                    Mating(
                        parents[pair.0].genome, parents[pair.1].genome,
                        isMutated: options.mutatesCrossovers))
            }
            // A single parent can only be mutated.
            let winner = tournament.select(among: parents.count, &selection, isBetter: <) ?? 0
            return .mating(Mating(parents[winner].genome))
        }
    }

    /// Keeps the best μ of the parents and these individuals of one objective.
    @_specialize(where Genome == Genotype)
    public mutating func tell(_ evaluations: [Evaluation<Genome>]) throws {
        let told = try state.ledger.absorb(evaluations, strategy: "(μ+λ) evolution", expected: 1)
        state.population = Truncation.best(options.parents, of: state.population + told)
    }

    /// Replaces objectives of the parents, and puts them in their new order.
    public mutating func revise(_ evaluations: [Evaluation<Genome>]) throws {
        try state.revise(evaluations, strategy: "(μ+λ) evolution", expected: 1)
        state.population = Truncation.best(options.parents, of: state.population)
    }
}
