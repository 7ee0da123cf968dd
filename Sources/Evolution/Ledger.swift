import Randomness

/// Which genomes a strategy has proposed and which it was told of, with its random stream: the part
/// of the state that all strategies share.
public struct Ledger<Genome: Hashable & Sendable>: Sendable {
    /// Every genome ever proposed, in order.
    public private(set) var proposed: [Genome] = []
    /// The number of objectives, fixed by the first evaluation.
    public private(set) var objectiveCount: Int?

    /// Why fewer genomes were proposed than were asked for, the first time; nil if that never was.
    public private(set) var shortage: Shortage?

    /// Proposals that failed so far: the next ones draw other numbers than they did.
    private var missed = 0
    /// How much of the variation's listing was gone through. It is found again, so it is not saved.
    private var listed = 0
    private let rng: RandomStream
    private let seeds: [Genome]
    private var isTold: [Bool] = []
    private var places: [Genome: Int] = [:]

    /// A ledger that proposes the seeds, each once, before anything else.
    init(rng: RandomStream, seeds: [Genome]) {
        self.rng = rng
        var known: Set<Genome> = []
        self.seeds = seeds.filter { known.insert($0).inserted }
    }

    /// How many of the proposed genomes were told.
    public private(set) var toldCount = 0

    /// Genomes that were proposed and not yet told, in the order of proposal.
    public var pending: [Genome] {
        proposed.indices.filter { !isTold[$0] }.map { proposed[$0] }
    }

    // MARK: Proposing

    /// Which proposal is being made, and how many candidates for it were known already.
    struct Place {
        let number: Int
        let attempt: Int
    }

    /// A stream that is the same for all proposals.
    func stream(_ name: String) -> RandomStream { rng.split(name) }

    /// Proposes up to `count` new genomes: for each, up to `tries` candidates by the recipe for its
    /// place (which gets a stream of its own), then as many random samples, then the next genome in
    /// an order of the seed, where the space can be listed.
    ///
    /// A variation that breeds many at once is asked for all children together, then for those
    /// together that were known already, and so on: up to `tries` calls.
    mutating func propose(
        _ count: Int, _ variation: Variation<Genome>, tries: Int,
        recipe: (_ place: Place, _ rng: RandomStream) throws -> Recipe<Genome>
    ) throws -> [Genome] {
        guard count > 0 else { return [] }
        let first = proposed.count
        var proposal = Proposal(
            first: first, variation: variation, tries: tries, rng: rng, missed: missed,
            listed: listed)
        do {
            for place in seeds.indices.dropFirst(first).prefix(count) {
                _ = proposal.claim(seeds[place], for: place, in: &places)
            }
            let open = (first + proposal.claimed.count)..<(first + count)
            if let breed = variation.breed {
                try proposal.fill(open, &places, recipe, breed)
            } else {
                for number in open {
                    guard try proposal.fill(number, &places, recipe) else { break }
                }
            }
        } catch {
            // What throws changes nothing.
            for genome in proposal.claimed { places[genome] = nil }
            throw error
        }
        // Children bred together are claimed in another order than that of their places. Where none
        // was missing, the places in the index are those in the list already.
        let batch = proposal.inOrder
        if batch.count < count {
            for (index, genome) in batch.enumerated() { places[genome] = first + index }
        }
        proposed += batch
        listed = proposal.listed
        if batch.count < count { missed += 1 }
        shortage = shortage ?? proposal.shortage
        isTold += Array(repeating: false, count: batch.count)
        return batch
    }

    // MARK: Absorbing

    /// Notes evaluations, and returns them with failures made comparable. `strategy` is its name
    /// for messages, `expected` the number of objectives that it takes; nil for any, all alike.
    mutating func absorb(
        _ evaluations: [Evaluation<Genome>], strategy: String, expected: Int?
    ) throws(EvolutionError) -> [Evaluation<Genome>] {
        let count = try checkObjectives(evaluations, strategy: strategy, expected: expected)
        var indices: [Int] = []
        indices.reserveCapacity(evaluations.count)
        do throws(EvolutionError) {
            for evaluation in evaluations {
                guard let index = places[evaluation.genome] else {
                    throw .unknownGenome(genome: "\(evaluation.genome)")
                }
                guard !isTold[index] else {
                    throw .alreadyTold(genome: "\(evaluation.genome)")
                }
                isTold[index] = true
                indices.append(index)
            }
        } catch {
            for index in indices { isTold[index] = false }
            throw error
        }
        toldCount += indices.count
        objectiveCount = count
        return evaluations.map(\.ranked)
    }

    /// Checks evaluations that replace earlier ones, and returns them by genome.
    func revision(
        _ evaluations: [Evaluation<Genome>], strategy: String, expected: Int?
    ) throws(EvolutionError) -> [Genome: Evaluation<Genome>] {
        _ = try checkObjectives(evaluations, strategy: strategy, expected: expected)
        var revised: [Genome: Evaluation<Genome>] = [:]
        for evaluation in evaluations {
            guard let index = places[evaluation.genome], isTold[index] else {
                throw .unknownGenome(genome: "\(evaluation.genome)")
            }
            revised[evaluation.genome] = evaluation.ranked
        }
        return revised
    }

    private func checkObjectives(
        _ evaluations: [Evaluation<Genome>], strategy: String, expected: Int?
    ) throws(EvolutionError) -> Int? {
        var count = expected ?? objectiveCount
        for evaluation in evaluations {
            let found = evaluation.objectives.count
            guard found == count ?? max(found, 1) else {
                throw .objectiveCount(strategy: strategy, found: found, expected: count ?? 1)
            }
            count = found
            if let index = evaluation.objectives.firstIndex(of: -.infinity) {
                throw .unboundedObjective(genome: "\(evaluation.genome)", objective: index)
            }
        }
        return count
    }
}

extension Ledger: Codable where Genome: Codable {
    private enum Keys: String, CodingKey {
        case proposed, told, objectiveCount, rng, seeds, shortage, missed
    }

    /// Reads a ledger.
    ///
    /// - Throws: `DecodingError` if its parts contradict each other, as in an edited file.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        rng = try values.decode(RandomStream.self, forKey: .rng)
        seeds = try values.decode([Genome].self, forKey: .seeds)
        proposed = try values.decode([Genome].self, forKey: .proposed)
        isTold = try values.decode([Bool].self, forKey: .told)
        objectiveCount = try values.decodeIfPresent(Int.self, forKey: .objectiveCount)
        shortage = try values.decodeIfPresent(Shortage.self, forKey: .shortage)
        missed = try values.decodeIfPresent(Int.self, forKey: .missed) ?? 0
        toldCount = isTold.count { $0 }
        for (index, genome) in proposed.enumerated() { places[genome] = index }
        let seedsCameFirst = zip(seeds, proposed).allSatisfy { $0 == $1 }
        guard places.count == proposed.count, isTold.count == proposed.count, seedsCameFirst,
            Set(seeds).count == seeds.count, objectiveCount ?? 1 > 0
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .proposed, in: values,
                debugDescription:
                    "the genomes, their told flags and the seeds contradict each other")
        }
    }

    /// Writes the genomes in the order of proposal; the index is rebuilt on reading.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(rng, forKey: .rng)
        try values.encode(seeds, forKey: .seeds)
        try values.encode(proposed, forKey: .proposed)
        try values.encode(isTold, forKey: .told)
        try values.encodeIfPresent(objectiveCount, forKey: .objectiveCount)
        try values.encodeIfPresent(shortage, forKey: .shortage)
        if missed > 0 { try values.encode(missed, forKey: .missed) }
    }
}
