public import Randomness
import SearchSpaces

/// Settings of ``NSGA2``.
public struct NSGA2Options: Sendable, Hashable, Codable {
    /// N, individuals that survive.
    public var populationSize: Int
    /// The probability that a child comes from two parents; otherwise it starts as a copy of one.
    public var crossoverProbability: Double
    /// Individuals from which the best becomes a parent.
    public var tournament: Int
    /// Variations tried for each proposal before it becomes a random one.
    public var tries: Int

    /// Settings; the defaults are those of the paper (N = 100, probability 0.9, binary tournament).
    public init(
        populationSize: Int = 100, crossoverProbability: Double = 0.9, tournament: Int = 2,
        tries: Int = 50
    ) {
        self.populationSize = populationSize
        self.crossoverProbability = crossoverProbability
        self.tournament = tournament
        self.tries = tries
    }

    func validate() throws(EvolutionError) {
        try checkCounts(
            ("populationSize", populationSize), ("tournament", tournament), ("tries", tries))
        try check("crossoverProbability", crossoverProbability, in: 0...1)
    }
}

/// NSGA-II: survival by Pareto rank, then by crowding distance.
///
/// A parent is the winner of a tournament: the one that dominates, else the one with more room.
/// Every child is mutated, after a crossover with the given probability. Survivors are chosen from
/// the old population and all that `tell` brings: tell whole generations for the generational
/// algorithm of the paper; one by one makes it a steady-state search. Individuals with a failed
/// objective (NaN or +∞) form the last front.
///
/// Source: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE TEVC 2002, with the tournament of the authors' code, as pymoo has it too. (With
/// the paper's, by rank and then room, 4 of 50 runs on ZDT3 lost a part of the front for good; with
/// this one none did.) Departures: no genome is evaluated twice; crowding distances are those among
/// survivors, so that they are a function of the population alone.
///
/// - Complexity: Telling n individuals is O((N+n) log (N+n)) for two objectives, O(M·(N+n)²) at
///   worst beyond; asking for n is O(n) operators.
public struct NSGA2<Genome: Hashable & Sendable>: SearchStrategy {
    /// How genomes are sampled, mutated and crossed over.
    public let variation: Variation<Genome>
    /// The settings.
    public let options: NSGA2Options
    /// Everything that changes; the population is in the order of ranks.
    public private(set) var state: StrategyState<Genome>
    /// The Pareto rank of every individual of the population.
    public private(set) var ranks: [Int] = []
    /// The crowding distance of every individual among its front.
    public private(set) var crowding: [Double] = []
    private let tournament: Tournament
    private var objectives = ObjectiveTable()

    /// An evolution that proposes the seeds first.
    ///
    /// - Throws: `invalidSetting`, or `invalidChild` for an invalid seed.
    public init(
        variation: Variation<Genome>, options: NSGA2Options = .init(), rng: RandomStream,
        seeds: [Genome] = []
    ) throws(EvolutionError) {
        let state = try StrategyState(rng: rng, seeds: seeds, variation: variation)
        try self.init(variation: variation, options: options, resuming: state)
    }

    /// The evolution that had this state.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        variation: Variation<Genome>, options: NSGA2Options = .init(),
        resuming state: StrategyState<Genome>
    ) throws(EvolutionError) {
        try options.validate()
        self.variation = variation
        self.options = options
        self.state = state
        tournament = try Tournament(size: options.tournament)
        try survive(state.population)
    }

    /// The individuals that no other of the population dominates.
    public var front: [Evaluation<Genome>] {
        zip(population, ranks).filter { $0.1 == 0 }.map(\.0)
    }

    /// Proposes random genomes first, then children of tournament winners.
    @_specialize(where Genome == Genotype)
    public mutating func ask(_ count: Int) throws -> [Genome] {
        let (parents, variation, options, tournament) = (
            state.population, variation, options, tournament
        )
        let (crowding, objectives) = (crowding, objectives)
        func isBetter(_ a: Int, _ b: Int) -> Bool {
            switch objectives.dominance(a, b) {
            case .first: true
            case .second: false
            case .neither: crowding[a] > crowding[b]
            }
        }
        var mating = MatingRounds(
            count: parents.count, tournament: options.tournament,
            rng: state.ledger.stream("mating"))
        return try state.ledger.propose(count, variation, tries: options.tries) { place, rng in
            let child = place.number - options.populationSize
            guard child >= 0, !parents.isEmpty else { return .sample }
            var selection = rng.split("selection")
            func parent(_ slot: Int) -> Genome {
                // A child that was known already gets parents at random: the same would be in vain.
                let winner =
                    place.attempt == 0
                    ? mating.select(2 * child + slot, isBetter: isBetter)
                    : tournament.select(among: parents.count, &selection, isBetter: isBetter) ?? 0
                return parents[winner].genome
            }
            let first = parent(0)
            let isCrossed =
                variation.crossover != nil && selection.chance(options.crossoverProbability)
            return .mating(Mating(first, isCrossed ? parent(1) : nil))
        }
    }

    /// Chooses the survivors among the population and these individuals.
    @_specialize(where Genome == Genotype)
    public mutating func tell(_ evaluations: [Evaluation<Genome>]) throws {
        let told = try state.ledger.absorb(evaluations, strategy: "NSGA-II", expected: nil)
        guard !told.isEmpty else { return }
        try survive(state.population + told)
    }

    /// Replaces objectives of survivors, and ranks them anew.
    @_specialize(where Genome == Genotype)
    public mutating func revise(_ evaluations: [Evaluation<Genome>]) throws {
        try state.revise(evaluations, strategy: "NSGA-II", expected: nil)
        try survive(state.population)
    }

    private mutating func survive(_ candidates: [Evaluation<Genome>]) throws(EvolutionError) {
        let table = try ObjectiveTable(candidates.lazy.map(\.objectives))
        let survival = Survival(table, count: options.populationSize)
        objectives = table.rows(survival.indices)
        state.population = survival.indices.map { candidates[$0] }
        ranks = survival.ranks
        crowding = survival.crowding
    }
}

/// Tournaments in which everyone takes part equally often: entrants are read from one random order
/// of the population after the other, as in the authors' code.
private struct MatingRounds {
    private let count: Int
    private let size: Int
    private let rng: RandomStream
    private var round = -1
    private var order: [Int] = []

    init(count: Int, tournament: Int, rng: RandomStream) {
        self.count = count
        size = tournament
        self.rng = rng
    }

    /// The winner of the tournament of this number; the population is not empty.
    mutating func select(_ number: Int, isBetter: (Int, Int) -> Bool) -> Int {
        var winner = entrant(number * size)
        for entry in 1..<max(size, 1) {
            let rival = entrant(number * size + entry)
            if isBetter(rival, winner) { winner = rival }
        }
        return winner
    }

    private mutating func entrant(_ place: Int) -> Int {
        if place / count != round {
            round = place / count
            order = Array(0..<count)
            var draw = rng.split(round)
            draw.shuffle(&order)
        }
        return order[place % count]
    }
}
