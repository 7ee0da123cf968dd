import Randomness

/// Everything about a strategy that changes while it searches, as a plain value.
///
/// With the same options and variation, a strategy that is restored from its state asks for what it
/// would have asked for without the interruption.
public struct StrategyState<Genome: Hashable & Sendable>: Sendable {
    /// What was proposed and told, and the random stream.
    public internal(set) var ledger: Ledger<Genome>
    /// The individuals that may be varied, in the strategy's own order.
    public internal(set) var population: [Evaluation<Genome>] = []
    /// What a delegated strategy remembers, as its own text; nil for the others.
    public internal(set) var memory: String?
    /// Every evaluation that a delegated strategy was told, in the order of proposal; empty for the
    /// others.
    public internal(set) var archive: [Evaluation<Genome>] = []

    init(
        rng: RandomStream, seeds: [Genome], variation: Variation<Genome>
    ) throws(EvolutionError) {
        for seed in seeds {
            guard let reason = variation.fault(seed) else { continue }
            throw .invalidChild(operator: "the list of seeds", genome: "\(seed)", reason: reason)
        }
        ledger = Ledger(rng: rng, seeds: seeds)
    }

    /// Replaces the objectives of the individuals that are still held.
    mutating func revise(
        _ evaluations: [Evaluation<Genome>], strategy: String, expected: Int?
    ) throws(EvolutionError) {
        let revised = try ledger.revision(evaluations, strategy: strategy, expected: expected)
        for index in population.indices {
            if let evaluation = revised[population[index].genome] {
                population[index] = evaluation
            }
        }
    }
}

extension StrategyState: Codable where Genome: Codable {
    private enum Keys: String, CodingKey {
        case ledger, population, memory, archive
    }

    /// Reads a state.
    ///
    /// - Throws: `DecodingError` if its parts contradict each other, as in an edited file.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        ledger = try values.decode(Ledger<Genome>.self, forKey: .ledger)
        population = try values.decode([Evaluation<Genome>].self, forKey: .population)
            .map(\.ranked)
        memory = try values.decodeIfPresent(String.self, forKey: .memory)
        archive =
            try values.decodeIfPresent([Evaluation<Genome>].self, forKey: .archive)?
            .map(\.ranked) ?? []
        guard population.allSatisfy({ $0.objectives.count == ledger.objectiveCount }),
            Set((population + archive).map(\.genome)).isSubset(of: ledger.proposed)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .population, in: values,
                debugDescription: "the population holds what was never asked for, "
                    + "or another number of objectives")
        }
    }

    /// Writes the ledger and the population.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(ledger, forKey: .ledger)
        try values.encode(population, forKey: .population)
        try values.encodeIfPresent(memory, forKey: .memory)
        if !archive.isEmpty { try values.encode(archive, forKey: .archive) }
    }
}

/// Checks that a setting lies in a range.
func check<Value: Comparable>(
    _ name: String, _ value: Value, in range: ClosedRange<Value>
) throws(EvolutionError) {
    guard range.contains(value) else {
        throw .invalidSetting(
            name: name, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
}

/// The largest population, sample or number of tries that a setting may ask for.
let largestCount = 1_000_000
