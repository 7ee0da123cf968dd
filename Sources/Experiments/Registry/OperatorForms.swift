import Evolution
public import Randomness
public import SearchSpaces

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
