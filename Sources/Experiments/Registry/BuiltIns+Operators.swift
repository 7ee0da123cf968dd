import Datasets
import Evolution
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
                        try PerGeneMutation(space: space, probability: probability)(parent, &rng)
                    }
                },
                "Changes each gene with mutation_probability to another value that it may take."),
            Component(
                .mutation, "batch", source: source,
                options: [batch(.mutation).specification],
                factory: .batchMutation { options, context in
                    try context.scripts.batchMutation(options[batch(.mutation)])
                },
                "A function for whole populations: { batch = function(population, rng) … end }."),
        ]
    }

    /// The function of a batch operator.
    private static func batch(_ point: ExtensionPoint) -> PlanOption<ScriptFunction> {
        PlanOption<ScriptFunction>(
            specification: OptionSpecification(
                "batch", .function(point), default: .required,
                "The function that makes all children at once.")
        ) { if case .function(let function) = $0 { function } else { nil } }
    }

    static let granularity = PlanOption.choice(
        "granularity", Granularity.block,
        "What crosses over as one: blocks, such as a cell's node, or single genes.")

    static var crossovers: [Component] {
        [
            Component(
                .crossover, "uniform", source: source, options: [granularity.specification],
                factory: .crossover { options, _ in
                    let granularity = options[granularity]
                    return { a, b, space, rng in
                        try UniformCrossover(space: space, granularity: granularity)(a, b, &rng)
                    }
                },
                "Each block of genes comes from either parent (Syswerda 1989)."),
            Component(
                .crossover, "one_point", source: source, options: [granularity.specification],
                factory: .crossover { options, _ in
                    let granularity = options[granularity]
                    return { a, b, space, rng in
                        try OnePointCrossover(space: space, granularity: granularity)(a, b, &rng)
                    }
                },
                "The blocks after a random point come from the second parent (Holland 1975)."),
            Component(
                .crossover, "batch", source: source,
                options: [batch(.crossover).specification],
                factory: .batchCrossover { options, context in
                    try context.scripts.batchCrossover(options[batch(.crossover)])
                },
                "A function for whole populations: { batch = function(a, b, rng) … end }."),
            Component(
                .crossover, "none", source: source, factory: .crossover { _, _ in nil },
                "Parents are never combined."),
        ]
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
                    { context, rng in try context.space.sample(&rng) }
                }, "Every path of the space alike (Guo et al. 2020)."),
            Component(
                .pathSampler, "population", source: source,
                factory: .pathSampler { _, _ in
                    { context, rng in try samplePath(context, populationFraction: 1, &rng) }
                }, "A member of the strategy's population."),
            Component(
                .pathSampler, "mixed", source: source,
                options: [populationFraction.specification],
                factory: .pathSampler { options, _ in
                    let fraction = options[populationFraction]
                    return { context, rng in
                        try samplePath(context, populationFraction: fraction, &rng)
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
    ) throws -> Genotype {
        guard !context.population.isEmpty, rng.chance(populationFraction) else {
            return try context.space.sample(&rng)
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
