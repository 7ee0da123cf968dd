public import Randomness
import SearchSpaces

/// Random sampling without repetition: the baseline that every search has to beat.
///
/// Source: Li, Talwalkar, "Random search and reproducibility for neural architecture search", UAI
/// 2019.
public struct RandomSearch<Genome: Hashable & Sendable>: SearchStrategy {
    /// How genomes are sampled; its mutation and crossover are not used.
    public let variation: Variation<Genome>
    /// Samples tried for each proposal.
    public let tries: Int
    /// Everything that changes; the population is all that was told, in order.
    public private(set) var state: StrategyState<Genome>

    /// A random search that proposes the seeds first.
    ///
    /// - Throws: `invalidSetting`, or `invalidChild` for an invalid seed.
    public init(
        variation: Variation<Genome>, rng: RandomStream, seeds: [Genome] = [], tries: Int = 50
    ) throws(EvolutionError) {
        let state = try StrategyState(rng: rng, seeds: seeds, variation: variation)
        try self.init(variation: variation, resuming: state, tries: tries)
    }

    /// The search that had this state.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        variation: Variation<Genome>, resuming state: StrategyState<Genome>, tries: Int = 50
    ) throws(EvolutionError) {
        try check("tries", tries, in: 1...largestCount)
        self.variation = variation
        self.tries = tries
        self.state = state
    }

    /// Samples genomes that were never sampled before.
    @_specialize(where Genome == Genotype)
    public mutating func ask(_ count: Int) throws -> [Genome] {
        try state.ledger.propose(count, variation, tries: tries) { _, _ in .sample }
    }

    /// Keeps every evaluation; any number of objectives.
    @_specialize(where Genome == Genotype)
    public mutating func tell(_ evaluations: [Evaluation<Genome>]) throws {
        state.population += try state.ledger.absorb(
            evaluations, strategy: "random search", expected: nil)
    }

    /// Replaces objectives of evaluations told before.
    public mutating func revise(_ evaluations: [Evaluation<Genome>]) throws {
        try state.revise(evaluations, strategy: "random search", expected: nil)
    }
}
