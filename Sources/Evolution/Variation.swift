public import Randomness

/// How genomes come about: sampled, mutated, crossed over. The closures may be a script's.
///
/// Each closure gets a stream of its own, so that how much one draws moves no other.
public struct Variation<Genome: Hashable & Sendable> {
    /// The names of the operators, for messages.
    public struct Names: Sendable, Hashable {
        /// The sampler's name.
        public var sample: String
        /// The mutation's name.
        public var mutate: String
        /// The crossover's name.
        public var crossover: String

        /// Names of the three operators.
        public init(
            sample: String = "sample", mutate: String = "mutation", crossover: String = "crossover"
        ) {
            self.sample = sample
            self.mutate = mutate
            self.crossover = crossover
        }
    }

    /// A random genome.
    public var sample: (inout RandomStream) throws -> Genome
    /// A changed copy of a genome.
    public var mutate: (Genome, inout RandomStream) throws -> Genome
    /// One child of two genomes; nil where genomes cannot be crossed.
    public var crossover: ((Genome, Genome, inout RandomStream) throws -> Genome)?
    /// Why a genome is not valid; nil if it is.
    public var fault: (Genome) -> String?
    /// Every valid genome by number, where that can be: the last resort of a search that has nearly
    /// exhausted its space.
    public var listing: Listing<Genome>?
    /// Makes all children of a proposal at once, one for each mating; nil: one by one, with
    /// ``mutate`` and ``crossover``, which make single children even where this is set.
    public var breed: (([Mating<Genome>], RandomStream) throws -> [Genome])?
    /// The names of the operators.
    public var names: Names

    /// A variation of these operators.
    public init(
        sample: @escaping (inout RandomStream) throws -> Genome,
        mutate: @escaping (Genome, inout RandomStream) throws -> Genome,
        crossover: ((Genome, Genome, inout RandomStream) throws -> Genome)? = nil,
        fault: @escaping (Genome) -> String? = { _ in nil },
        listing: Listing<Genome>? = nil,
        names: Names = Names()
    ) {
        self.sample = sample
        self.mutate = mutate
        self.crossover = crossover
        self.fault = fault
        self.listing = listing
        self.names = names
    }

    // MARK: Checked operators

    func sampled(_ rng: RandomStream) throws -> Genome {
        var rng = rng.split("sample")
        return try checked(try sample(&rng), names.sample)
    }

    /// One genome by a recipe.
    func made(_ recipe: Recipe<Genome>, _ rng: RandomStream) throws -> Genome {
        switch recipe {
        case .sample: return try sampled(rng)
        case .given(let genome): return genome
        case .mating(let mating):
            let child = try crossed(mating, rng)
            return mating.isMutated ? try mutated(child, rng) : child
        }
    }

    private func mutated(_ parent: Genome, _ rng: RandomStream) throws -> Genome {
        var rng = rng.split("mutation")
        return try checked(try mutate(parent, &rng), names.mutate)
    }

    /// A child of two parents; the first parent where genomes cannot be crossed.
    private func crossed(_ mating: Mating<Genome>, _ rng: RandomStream) throws -> Genome {
        guard let crossover, let second = mating.second else { return mating.first }
        var rng = rng.split("crossover")
        return try checked(try crossover(mating.first, second, &rng), names.crossover)
    }

    /// All children at once.
    func bred(
        _ matings: [Mating<Genome>], _ rng: RandomStream,
        by breed: ([Mating<Genome>], RandomStream) throws -> [Genome]
    ) throws -> [Genome] {
        guard !matings.isEmpty else { return [] }
        let children = try breed(matings, rng)
        guard children.count == matings.count else {
            throw EvolutionError.lengths(
                what: "the offspring of \(names.mutate)", found: children.count,
                expected: matings.count)
        }
        for (child, mating) in zip(children, matings) {
            _ = try checked(child, mating.isMutated ? names.mutate : names.crossover)
        }
        return children
    }

    private func checked(_ genome: Genome, _ name: String) throws(EvolutionError) -> Genome {
        guard let reason = fault(genome) else { return genome }
        throw .invalidChild(operator: name, genome: "\(genome)", reason: reason)
    }
}
