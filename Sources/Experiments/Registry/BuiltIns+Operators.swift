import Datasets
import Randomness
import SearchSpaces

// The built-in components that are closures over a search space or a set of classes.
extension BuiltIns {
    static var mutations: [Component] {
        [
            Component(
                .mutation, "per_gene", source: source,
                factory: .mutation { _, context in
                    let probability = context.probability
                    return { parent, space, rng in
                        mutatePerGene(parent, in: space, probability, &rng)
                    }
                },
                "Changes each gene with mutation_probability, and one gene at least.")
        ]
    }

    /// Each gene in turn takes another of its values with this probability; where none did, one
    /// gene does, so that no mutant repeats its parent.
    private static func mutatePerGene(
        _ parent: Genotype, in space: any SearchSpace, _ probability: Double,
        _ rng: inout RandomStream
    ) -> Genotype {
        var child = space.repair(parent)
        func others(_ gene: Int) -> [Int] {
            space.options(gene: gene, in: child).filter { $0 != child.genes[gene] }
        }
        for gene in child.genes.indices where rng.chance(probability) {
            let values = others(gene)
            if !values.isEmpty { child.genes[gene] = rng.choice(values) }
        }
        guard child == parent else { return child }
        let free = child.genes.indices.filter { !others($0).isEmpty }
        guard !free.isEmpty else { return child }
        let gene = rng.choice(free)
        child.genes[gene] = rng.choice(others(gene))
        return child
    }

    static var crossovers: [Component] {
        [
            Component(
                .crossover, "uniform", source: source,
                factory: .crossover { _, context in
                    let probability = context.probability
                    return { a, b, space, rng in
                        combine(a, b, in: space) { _ in rng.chance(probability) }
                    }
                },
                "Each block of genes comes from the second parent with crossover_probability."),
            Component(
                .crossover, "one_point", source: source,
                factory: .crossover { _, _ in
                    { a, b, space, rng in
                        // The point lies between two blocks, so that both parents give some.
                        let blocks = space.blocks.count
                        let point = blocks > 1 ? rng.integer(in: 1...(blocks - 1)) : blocks
                        return combine(a, b, in: space) { $0 >= point }
                    }
                },
                "The blocks of genes after a random point come from the second parent."),
            Component(
                .crossover, "none", source: source, factory: .crossover { _, _ in nil },
                "Parents are never combined."),
        ]
    }

    /// The first parent with the blocks of the second for which `takesSecond` holds.
    private static func combine(
        _ a: Genotype, _ b: Genotype, in space: any SearchSpace,
        takesSecond: (_ block: Int) -> Bool
    ) -> Genotype {
        var child = space.repair(a)
        let other = space.repair(b)
        for (index, block) in space.blocks.enumerated() where takesSecond(index) {
            for gene in block where child.genes.indices.contains(gene) {
                child.genes[gene] = other.genes[gene]
            }
        }
        return space.repair(child)
    }

    // MARK: Samplers

    static let populationFraction = PlanOption.number(
        "population_fraction", .fraction, 0.5,
        "Share of tasks whose path is a member of the population.")

    static var samplers: [Component] {
        [
            Component(
                .pathSampler, "uniform", source: source,
                factory: .pathSampler { _, _ in
                    { context, rng in context.space.sample(&rng) }
                }, "Every path of the space alike (Guo et al. 2020)."),
            Component(
                .pathSampler, "population", source: source,
                factory: .pathSampler { _, _ in
                    { context, rng in samplePath(context, populationFraction: 1, &rng) }
                }, "A member of the strategy's population."),
            Component(
                .pathSampler, "mixed", source: source,
                options: [populationFraction.specification],
                factory: .pathSampler { options, _ in
                    let fraction = options[populationFraction]
                    return { context, rng in
                        samplePath(context, populationFraction: fraction, &rng)
                    }
                }, "A member of the population for a share of the tasks, else uniform."),
            Component(
                .taskSampler, "uniform", source: source,
                factory: .taskSampler { _, _ in sampleTask },
                "Every class alike, then every example of a class alike."),
        ]
    }

    /// A member of the population with this probability, otherwise any genotype.
    static func samplePath(
        _ context: PathContext, populationFraction: Double, _ rng: inout RandomStream
    ) -> Genotype {
        guard !context.population.isEmpty, rng.chance(populationFraction) else {
            return context.space.sample(&rng)
        }
        return rng.choice(context.population)
    }

    private static func sampleTask(
        _ context: TaskContext, _ rng: inout RandomStream
    ) throws -> EpisodeIndices {
        let drawn = context.shots + context.queries
        let eligible = context.classes.filter { $0.examples >= drawn }
        guard context.ways > 0, context.shots >= 0, context.queries >= 0,
            eligible.count >= context.ways
        else {
            throw ExperimentError.invalidResult(
                of: .taskSampler, at: nil,
                problem: "an episode needs \(context.ways) classes of at least \(drawn) examples; "
                    + "\(PlanText.quoted(context.dataset)) has \(eligible.count) to draw from")
        }
        var episode = EpisodeIndices(classes: [], support: [], query: [])
        for place in rng.sample(context.ways, below: eligible.count) {
            let examples = rng.sample(drawn, below: eligible[place].examples)
            episode.classes.append(eligible[place].index)
            episode.support.append(Array(examples.prefix(context.shots)))
            episode.query.append(Array(examples.dropFirst(context.shots)))
        }
        return episode
    }
}
