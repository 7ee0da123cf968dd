public import Randomness

/// The functions that a delegated strategy is made of. Its memory is a text that the host keeps:
/// what is not in it is not remembered.
public struct StrategyDelegate<Genome: Hashable & Sendable> {
    /// The memory to begin with.
    public var begin: (inout RandomStream) throws -> String
    /// Proposals, at most as many as asked for, and the memory after them.
    public var ask:
        (_ memory: String, _ count: Int, _ rng: inout RandomStream) throws -> (
            genomes: [Genome], memory: String
        )
    /// The memory after evaluations.
    public var tell: (_ memory: String, _ evaluations: [Evaluation<Genome>]) throws -> String
    /// The memory after known genomes were evaluated again; nil where that changes nothing.
    public var revise: ((_ memory: String, _ evaluations: [Evaluation<Genome>]) throws -> String)?
    /// The genomes that the strategy now holds; nil for the best that it was told of.
    public var population: ((_ memory: String) throws -> [Genome])?

    /// A strategy of these functions.
    public init(
        begin: @escaping (inout RandomStream) throws -> String,
        ask:
            @escaping (String, Int, inout RandomStream) throws -> (
                genomes: [Genome], memory: String
            ),
        tell: @escaping (String, [Evaluation<Genome>]) throws -> String,
        revise: ((String, [Evaluation<Genome>]) throws -> String)? = nil,
        population: ((String) throws -> [Genome])? = nil
    ) {
        self.begin = begin
        self.ask = ask
        self.tell = tell
        self.revise = revise
        self.population = population
    }
}

/// A strategy whose proposals come from functions outside of the core, such as a script's.
///
/// The ledger is the host's: a genome that was proposed before is dropped and asked for again, and
/// what the functions leave open is filled by random samples. Unlike the built-in strategies, what
/// is proposed may depend on how a number is divided into calls of `ask`.
public struct DelegatedStrategy<Genome: Hashable & Sendable>: SearchStrategy {
    /// The strategy's name, for messages.
    public let name: String
    /// The functions.
    public let delegate: StrategyDelegate<Genome>
    /// How genomes are sampled and checked.
    public let variation: Variation<Genome>
    /// Individuals of the population where the functions do not say which they hold.
    public let size: Int
    /// Everything that changes.
    public private(set) var state: StrategyState<Genome>
    /// Every evaluation told, the latest of each genome.
    private var told: [Genome: Evaluation<Genome>]

    private static var attempts: Int { 8 }

    /// A strategy begun anew.
    ///
    /// - Throws: What the functions throw.
    public init(
        _ name: String, _ delegate: StrategyDelegate<Genome>, variation: Variation<Genome>,
        rng: RandomStream, size: Int = 50
    ) throws {
        var state = try StrategyState(rng: rng, seeds: [], variation: variation)
        var stream = rng.split("begin")
        state.memory = try delegate.begin(&stream)
        self.init(name, delegate, variation: variation, resuming: state, size: size)
    }

    /// The strategy that had this state.
    public init(
        _ name: String, _ delegate: StrategyDelegate<Genome>, variation: Variation<Genome>,
        resuming state: StrategyState<Genome>, size: Int = 50
    ) {
        self.name = name
        self.delegate = delegate
        self.variation = variation
        self.size = max(size, 1)
        self.state = state
        told = [:]
        for evaluation in state.archive { told[evaluation.genome] = evaluation }
    }

    /// Proposes what the functions propose, then random samples.
    ///
    /// - Throws: `invalidChild` for a genome that is not valid or too many of them; what the
    ///   functions throw. The strategy is then as it was.
    public mutating func ask(_ count: Int) throws -> [Genome] {
        guard count > 0 else { return [] }
        var memory = state.memory ?? ""
        var fresh: [Genome] = []
        var known = Set(state.ledger.proposed)
        let first = state.ledger.proposed.count
        for attempt in 0..<Self.attempts where fresh.count < count {
            var rng = state.ledger.stream("ask").split(first).split(attempt)
            let wanted = count - fresh.count
            let (genomes, next) = try delegate.ask(memory, wanted, &rng)
            guard genomes.count <= wanted else {
                throw EvolutionError.invalidSetting(
                    name: "the number of proposals of \(name)", found: "\(genomes.count)",
                    expected: "at most \(wanted), as asked for")
            }
            memory = next
            for genome in genomes {
                if let reason = variation.fault(genome) {
                    throw EvolutionError.invalidChild(
                        operator: name, genome: "\(genome)", reason: reason)
                }
                if known.insert(genome).inserted { fresh.append(genome) }
            }
        }
        let variation = variation
        let batch = try state.ledger.propose(count, variation, tries: 50) { place, _ in
            let offset = place.number - first
            guard place.attempt == 0, fresh.indices.contains(offset) else {
                return .sample
            }
            return .given(fresh[offset])
        }
        state.memory = memory
        return batch
    }

    /// Hands the evaluations to the functions.
    public mutating func tell(_ evaluations: [Evaluation<Genome>]) throws {
        var next = state
        let ranked = try next.ledger.absorb(evaluations, strategy: name, expected: nil)
        next.memory = try delegate.tell(next.memory ?? "", ranked)
        var known = told
        for evaluation in ranked { known[evaluation.genome] = evaluation }
        try settle(&next, known)
    }

    /// Hands the new objectives to the functions, where they take them.
    public mutating func revise(_ evaluations: [Evaluation<Genome>]) throws {
        var next = state
        let revised = try next.ledger.revision(evaluations, strategy: name, expected: nil)
        let ranked = evaluations.compactMap { revised[$0.genome] }
        if let revise = delegate.revise { next.memory = try revise(next.memory ?? "", ranked) }
        var known = told
        for evaluation in ranked { known[evaluation.genome] = evaluation }
        try settle(&next, known)
    }

    /// Makes a new state the present one, with its population.
    private mutating func settle(
        _ next: inout StrategyState<Genome>, _ known: [Genome: Evaluation<Genome>]
    ) throws {
        let order = next.ledger.proposed.compactMap { known[$0] }
        if let population = delegate.population {
            next.population = try population(next.memory ?? "").map { genome in
                guard let evaluation = known[genome] else {
                    throw EvolutionError.unknownGenome(genome: "\(genome)")
                }
                return evaluation
            }
        } else {
            let ranked = order.enumerated().sorted { a, b in
                let (x, y) = (a.element.objectives.first, b.element.objectives.first)
                guard let x, let y, x != y else { return a.offset < b.offset }
                return x < y
            }
            next.population = ranked.prefix(size).map(\.element)
        }
        next.archive = order
        told = known
        state = next
    }
}
