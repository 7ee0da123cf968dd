public import Randomness
public import SearchSpaces

/// Changed copies of all individuals at once, in the same order.
public typealias PopulationMutation =
    (_ parents: Population, _ rng: inout RandomStream) throws -> Population

/// Children of all pairs at once: the n-th is that of the n-th individuals of both.
public typealias PopulationCrossover =
    (_ first: Population, _ second: Population, _ rng: inout RandomStream) throws -> Population

extension Variation where Genome == Genotype {
    /// Takes operators that work on whole populations in the place of those for single genotypes.
    ///
    /// All children of a proposal are then made together: those that have two parents are crossed
    /// in one call, those to be mutated are mutated in one call. An operator that is not given stays
    /// as it is and is called for each child. What a population operator returns is checked as
    /// that of any other is. As an operator may make of one individual what it likes of the others,
    /// proposals then depend on how many were asked for at a time.
    ///
    /// - Parameters:
    ///   - mutation: Mutates all at once; nil: ``mutate`` stays.
    ///   - crossover: Crosses all pairs at once; nil: ``crossover`` stays.
    ///   - space: Where genotypes come from and stay.
    public mutating func work(
        mutation: PopulationMutation? = nil, crossover: PopulationCrossover? = nil,
        on space: any SearchSpace
    ) {
        let width = space.choices.count
        let stages = PopulationStages(space: space, names: names)
        if let mutation {
            mutate = { parent, rng in
                let parents = try Population([parent], width: width)
                return try stages.checked(mutation(parents, &rng), 1, stages.names.mutate)[0]
            }
        }
        if let crossover {
            self.crossover = { first, second, rng in
                let children = try crossover(
                    Population([first], width: width), Population([second], width: width), &rng)
                return try stages.checked(children, 1, stages.names.crossover)[0]
            }
        }
        guard mutation != nil || crossover != nil else { return }
        let (mutate, cross) = (mutate, self.crossover)
        breed = { matings, rng in
            var children = try Population(matings.lazy.map(\.first), width: width)
            let crossed = matings.indices.filter { matings[$0].second != nil }
            if let cross, !crossed.isEmpty {
                let first = children.picking(crossed)
                let second = try Population(
                    crossed.lazy.compactMap { matings[$0].second }, width: width)
                var rng = rng.split("crossover")
                let made =
                    try crossover.map { try $0(first, second, &rng) }
                    ?? stages.each(first.count, rng) { try cross(first[$0], second[$0], &$1) }
                children.put(
                    try stages.checked(made, crossed.count, stages.names.crossover), in: crossed)
            }
            let mutated = matings.indices.filter { matings[$0].isMutated }
            if !mutated.isEmpty {
                let parents = children.picking(mutated)
                var rng = rng.split("mutation")
                let made =
                    try mutation.map { try $0(parents, &rng) }
                    ?? stages.each(parents.count, rng) { try mutate(parents[$0], &$1) }
                children.put(
                    try stages.checked(made, mutated.count, stages.names.mutate), in: mutated)
            }
            return children.genotypes
        }
    }
}

/// What the two stages of breeding share.
private struct PopulationStages {
    let space: any SearchSpace
    let names: Variation<Genotype>.Names

    /// The children of an operator for single genotypes, each with a stream of its own.
    func each(
        _ count: Int, _ rng: RandomStream,
        _ make: (Int, inout RandomStream) throws -> Genotype
    ) throws -> Population {
        try Population(
            (0..<count).map { row in
                var rng = rng.split(row)
                return try make(row, &rng)
            }, width: space.choices.count)
    }

    /// The children, if they are as many as their parents and all of the space.
    func checked(
        _ children: Population, _ count: Int, _ name: String
    ) throws(EvolutionError) -> Population {
        guard children.count == count, children.width == space.choices.count else {
            throw .lengths(
                what: "the offspring of \(name)", found: children.genes.count,
                expected: count * space.choices.count)
        }
        if let (row, error) = children.fault(in: space) {
            throw .invalidChild(
                operator: name, genome: "\(children[row])", reason: error.description)
        }
        return children
    }
}
