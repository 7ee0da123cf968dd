public import Components
public import Randomness
public import SearchSpaces

// None of the closures is Sendable: all are called on the search thread only, which owns the script
// host.

/// A new genotype from one parent, which stays as it is.
public typealias MutationOperator =
    (_ parent: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream) throws -> Genotype

/// A new genotype from two parents, which stay as they are.
public typealias CrossoverOperator =
    (_ a: Genotype, _ b: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream) throws
    -> Genotype

/// New genotypes from all individuals of a population at once, in their order; the parents stay as
/// they are.
public typealias BatchMutationOperator =
    (_ parents: Population, _ space: any SearchSpace, _ rng: inout RandomStream) throws
    -> Population

/// New genotypes from all pairs of individuals in the same rows of two populations, in their order.
public typealias BatchCrossoverOperator =
    (
        _ a: Population, _ b: Population, _ space: any SearchSpace, _ rng: inout RandomStream
    ) throws -> Population

extension Point where Product == MutationForm {
    /// A genotype from a parent.
    public static var mutation: Point {
        Point("mutation", unnamed: .init("batch", ifGiven: "batch")) { function, builder in
            try builder.scripts.make(function, at: .mutation)
        }
    }
}

extension Point where Product == CrossoverForm? {
    /// A genotype from two parents; nil where two parents are never combined.
    public static var crossover: Point {
        Point("crossover", unnamed: .init("batch", ifGiven: "batch")) { function, builder in
            try builder.scripts.make(function, at: .crossover) as CrossoverForm
        }
    }
}

extension ExtensionPoint {
    /// A genotype from a parent.
    public static var mutation: ExtensionPoint { Point<MutationForm>.mutation.id }
    /// A genotype from two parents.
    public static var crossover: ExtensionPoint { Point<CrossoverForm?>.crossover.id }
}

/// A mutation as it was given: for one genotype, or for a whole population.
public enum MutationForm {
    /// For one genotype.
    case single(MutationOperator)
    /// For a whole population.
    case batch(BatchMutationOperator)

    /// A mutant of one genotype; to a batch operator it is a population of one.
    ///
    /// - Throws: What the operator throws; `EvolutionError.lengths` where a batch operator made
    ///   more or fewer than one.
    public func callAsFunction(
        _ parent: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream
    ) throws -> Genotype {
        switch self {
        case .single(let mutate): return try mutate(parent, space, &rng)
        case .batch(let mutate):
            return try only(mutate(population(parent, space), space, &rng), "mutation")
        }
    }
}

/// A crossover as it was given: for two genotypes, or for two populations, row by row.
public enum CrossoverForm {
    /// For two genotypes.
    case single(CrossoverOperator)
    /// For two populations.
    case batch(BatchCrossoverOperator)

    /// A child of two genotypes; to a batch operator they are populations of one.
    ///
    /// - Throws: What the operator throws; `EvolutionError.lengths` where a batch operator made
    ///   more or fewer than one.
    public func callAsFunction(
        _ a: Genotype, _ b: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream
    ) throws -> Genotype {
        switch self {
        case .single(let cross): return try cross(a, b, space, &rng)
        case .batch(let cross):
            return try only(
                cross(population(a, space), population(b, space), space, &rng), "crossover")
        }
    }
}

private func population(_ genotype: Genotype, _ space: any SearchSpace) throws -> Population {
    try Population([genotype], width: space.choices.count)
}

private func only(_ children: Population, _ name: String) throws -> Genotype {
    guard children.count == 1 else {
        throw EvolutionError.lengths(
            what: "the offspring of \(name)", found: children.genes.count,
            expected: children.width)
    }
    return children[0]
}

extension Variation where Genome == Genotype {
    /// Takes these operators, single or batch, in the place of those that it has.
    mutating func take(
        _ mutation: MutationForm, _ crossover: CrossoverForm?, on space: any SearchSpace
    ) {
        var batchMutation: PopulationMutation?
        var batchCrossover: PopulationCrossover?
        switch mutation {
        case .single(let mutate): self.mutate = { try mutate($0, space, &$1) }
        case .batch(let mutate): batchMutation = { try mutate($0, space, &$1) }
        }
        switch crossover {
        case nil: self.crossover = nil
        case .single(let cross): self.crossover = { try cross($0, $1, space, &$2) }
        case .batch(let cross): batchCrossover = { try cross($0, $1, space, &$2) }
        }
        work(mutation: batchMutation, crossover: batchCrossover, on: space)
    }
}
