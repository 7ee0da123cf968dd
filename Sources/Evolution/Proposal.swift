import Randomness

/// The genomes of one call of `ask` while they come together. A genome that is taken is claimed in
/// the ledger's index at once, so that one look answers whether it is new.
struct Proposal<Genome: Hashable & Sendable> {
    typealias Place = Ledger<Genome>.Place

    /// What was claimed, in order of claiming.
    private(set) var claimed: [Genome] = []
    private var numbers: [Int] = []
    private let variation: Variation<Genome>
    private let tries: Int
    private let rng: RandomStream
    private let batches: RandomStream
    private let order: RandomOrder?
    /// How much of the listing was gone through: what lies before is known, or no genome.
    private(set) var listed: Int
    /// Why nothing new was found; nil while something was.
    private(set) var shortage: Shortage?

    init(
        first: Int, variation: Variation<Genome>, tries: Int, rng: RandomStream, missed: Int,
        listed: Int
    ) {
        self.variation = variation
        self.tries = tries
        let own = rng.split("proposal")
        self.rng = missed == 0 ? own : own.split("again").split(missed)
        batches = rng.split("batch").split(first)
        order = variation.listing.map { RandomOrder(below: $0.count, rng.split("listing")) }
        self.listed = listed
    }

    /// The claimed genomes in the order of their places.
    var inOrder: [Genome] {
        zip(numbers, numbers.dropFirst()).allSatisfy(<)
            ? claimed : numbers.indices.sorted { numbers[$0] < numbers[$1] }.map { claimed[$0] }
    }

    /// Claims a genome that the index does not hold.
    mutating func claim(
        _ genome: Genome, for number: Int, in places: inout [Genome: Int]
    ) -> Bool {
        func take(_ place: inout Int) -> Bool {
            guard place < 0 else { return false }
            place = number
            return true
        }
        guard take(&places[genome, default: -1]) else { return false }
        claimed.append(genome)
        numbers.append(number)
        return true
    }

    // MARK: One by one

    /// Finds a new genome for a place; false where there is none.
    mutating func fill(
        _ number: Int, _ places: inout [Genome: Int],
        _ recipe: (Place, RandomStream) throws -> Recipe<Genome>
    ) throws -> Bool {
        for attempt in 0..<tries {
            let stream = attemptStream(number, attempt)
            let wanted = try recipe(Place(number: number, attempt: attempt), stream)
            if claim(try variation.made(wanted, stream), for: number, in: &places) { return true }
        }
        return try fillAtRandom(number, &places)
    }

    private func attemptStream(_ number: Int, _ attempt: Int) -> RandomStream {
        rng.split(number).split("vary").split(attempt)
    }

    private mutating func fillAtRandom(
        _ number: Int, _ places: inout [Genome: Int]
    ) throws -> Bool {
        let stream = rng.split(number)
        for attempt in 0..<tries {
            let genome = try variation.sampled(stream.split("fill").split(attempt))
            if claim(genome, for: number, in: &places) { return true }
        }
        return fillFromListing(number, &places)
    }

    /// Takes the next genome of the listing, in the order of the seed.
    private mutating func fillFromListing(_ number: Int, _ places: inout [Genome: Int]) -> Bool {
        guard let listing = variation.listing, let order else {
            shortage = .nothingNew
            return false
        }
        while listed < order.count {
            defer { listed += 1 }
            if let genome = listing.genome(order[listed]),
                claim(genome, for: number, in: &places)
            {
                return true
            }
        }
        shortage = .exhausted
        return false
    }

    // MARK: Together

    /// Finds new genomes for a run of places; fewer where there are none.
    mutating func fill(
        _ range: Range<Int>, _ places: inout [Genome: Int],
        _ recipe: (Place, RandomStream) throws -> Recipe<Genome>,
        _ breed: ([Mating<Genome>], RandomStream) throws -> [Genome]
    ) throws {
        var open = Array(range)
        for attempt in 0..<tries where !open.isEmpty {
            var left: [Int] = []
            var matings: [Mating<Genome>] = []
            var mated: [Int] = []
            matings.reserveCapacity(open.count)
            mated.reserveCapacity(open.count)
            for number in open {
                let stream = attemptStream(number, attempt)
                switch try recipe(Place(number: number, attempt: attempt), stream) {
                case .mating(let mating):
                    matings.append(mating)
                    mated.append(number)
                case .given(let genome):
                    if !claim(genome, for: number, in: &places) { left.append(number) }
                case .sample:
                    let genome = try variation.sampled(stream)
                    if !claim(genome, for: number, in: &places) { left.append(number) }
                }
            }
            let children = try variation.bred(matings, batches.split(attempt), by: breed)
            for (number, child) in zip(mated, children)
            where !claim(child, for: number, in: &places) {
                left.append(number)
            }
            open = left.sorted()
        }
        for number in open {
            guard try fillAtRandom(number, &places) else { break }
        }
    }
}
