public import Randomness
public import SearchSpaces

/// Changes each gene with a probability to another value that keeps the genotype valid.
///
/// Genes are visited in order, each with the options that the genes before it leave: an input gene
/// keeps the node's inputs distinct. Genes without another option stay.
public struct PerGeneMutation {
    /// The space in which genotypes stay valid.
    public let space: any SearchSpace
    /// The probability that a gene changes, 0 to 1.
    public let probability: Double

    /// A mutation within a space.
    ///
    /// - Throws: `invalidSetting`.
    public init(space: any SearchSpace, probability: Double = 0.1) throws(EvolutionError) {
        try check("mutation probability", probability, in: 0...1)
        self.space = space
        self.probability = probability
    }

    /// A mutant; it equals its parent if no gene was chosen.
    ///
    /// - Throws: What the space's rule throws.
    public func callAsFunction(
        _ parent: Genotype, _ rng: inout RandomStream
    ) throws -> Genotype {
        var child = try space.repair(parent)
        for gene in child.genes.indices where rng.chance(probability) {
            let others = try space.options(gene: gene, in: child).filter {
                $0 != child.genes[gene]
            }
            guard !others.isEmpty else { continue }
            child.genes[gene] = rng.choice(others)
        }
        return child
    }
}

/// What crosses over as one.
public enum Granularity: String, Sendable, Hashable, Codable, CaseIterable {
    /// The space's blocks, such as the four genes of a cell's node: a child is valid as it is.
    case block
    /// Single genes; the child is repaired.
    case gene

    /// The ranges of genes that cross over as one.
    func units(of space: any SearchSpace) -> [Range<Int>] {
        switch self {
        case .block: space.blocks
        case .gene: space.choices.indices.map { $0..<($0 + 1) }
        }
    }
}

/// Takes each block or gene from either parent with equal probability.
///
/// Source: Syswerda, "Uniform crossover in genetic algorithms", ICGA 1989.
public struct UniformCrossover {
    /// The space in which children are valid.
    public let space: any SearchSpace
    /// What crosses over as one.
    public let granularity: Granularity

    /// A crossover within a space.
    public init(space: any SearchSpace, granularity: Granularity = .block) {
        self.space = space
        self.granularity = granularity
    }

    /// A child of two parents.
    ///
    /// - Throws: What the space's rule throws.
    public func callAsFunction(
        _ first: Genotype, _ second: Genotype, _ rng: inout RandomStream
    ) throws -> Genotype {
        try granularity.child(first, second, space) { units in units.filter { _ in rng.chance(0.5) }
        }
    }
}

/// Takes all blocks or genes before a random point from the first parent, the rest from the second.
///
/// Source: Holland, "Adaptation in natural and artificial systems", 1975.
public struct OnePointCrossover {
    /// The space in which children are valid.
    public let space: any SearchSpace
    /// What crosses over as one.
    public let granularity: Granularity

    /// A crossover within a space.
    public init(space: any SearchSpace, granularity: Granularity = .block) {
        self.space = space
        self.granularity = granularity
    }

    /// A child of two parents; it has something of both where there are two units or more.
    ///
    /// - Throws: What the space's rule throws.
    public func callAsFunction(
        _ first: Genotype, _ second: Genotype, _ rng: inout RandomStream
    ) throws -> Genotype {
        try granularity.child(first, second, space) { units in
            units.count > 1 ? Array(units[rng.integer(in: 1...(units.count - 1))...]) : []
        }
    }
}

extension Granularity {
    /// The valid child that has these units of the second parent, and all else of the first.
    fileprivate func child(
        _ first: Genotype, _ second: Genotype, _ space: any SearchSpace,
        fromSecond: ([Range<Int>]) -> [Range<Int>]
    ) throws -> Genotype {
        var child = try space.repair(first)
        let other = try space.repair(second)
        for unit in fromSecond(units(of: space)) {
            child.genes.replaceSubrange(unit, with: other.genes[unit])
        }
        return try space.repair(child)
    }
}
