/// Which architectures are evaluated next.
public enum StrategyPlan: Sendable, Hashable {
    /// A population of parents and children, after SPOS (Guo et al. 2020).
    case evolution(EvolutionPlan)
    /// Uniform sampling.
    case random
    /// Ageing evolution (Real et al. 2019).
    case regularized(RegularizedPlan)
    /// Non-dominated sorting for several objectives (Deb et al. 2002).
    case nsga2(NSGA2Plan)
    /// A strategy of a plugin.
    case plugin(PluginStrategyPlan)

    /// The component's name.
    public var name: String {
        switch self {
        case .evolution: "evolution"
        case .random: "random"
        case .regularized: "regularized"
        case .nsga2: "nsga2"
        case .plugin(let plan): plan.selection.title
        }
    }

    /// Individuals of the population; nil for strategies without one.
    public var population: Int? {
        switch self {
        case .evolution(let plan): plan.population
        case .random: nil
        case .regularized(let plan): plan.population
        case .nsga2(let plan): plan.population
        case .plugin(let plan): plan.population
        }
    }

    /// How genotypes are varied; nil for strategies that only sample.
    public var variation: VariationPlan? {
        switch self {
        case .evolution(let plan): plan.variation
        case .random: nil
        case .regularized(let plan): plan.variation
        case .nsga2(let plan): plan.variation
        case .plugin: nil
        }
    }
}

/// How genotypes are varied.
public struct VariationPlan: Sendable, Hashable {
    /// The mutation.
    public let mutation: ComponentSelection
    /// The crossover; `none` for strategies of one parent.
    public let crossover: ComponentSelection
    /// The rate handed to the mutation, 0…1; for `per_gene` a gene's chance to change.
    public let mutationProbability: Double

    static let mutationOption = PlanOption.component(
        "mutation", .mutation, default: .value("per_gene"), "How a parent is changed.")
    static let crossoverOption = PlanOption.component(
        "crossover", .crossover, default: .value("uniform"), "How two parents are combined.")
    static let mutationProbabilityOption = PlanOption.number(
        "mutation_probability", .fraction, 0.1,
        "Rate of the mutation; for per_gene a gene's chance to change.")
    static let mutationOptions = [
        mutationOption.specification, mutationProbabilityOption.specification,
    ]
    static let options =
        mutationOptions + [crossoverOption.specification]

    init(_ options: Options) {
        mutation = options[Self.mutationOption]
        mutationProbability = options[Self.mutationProbabilityOption]
        crossover = options[Self.crossoverOption]
    }

    init(mutationOnly options: Options) {
        mutation = options[Self.mutationOption]
        mutationProbability = options[Self.mutationProbabilityOption]
        crossover = .named("none", Options(at: options.position))
    }

    /// Whether two parents are ever combined.
    public var hasCrossover: Bool {
        if case .named("none", _) = crossover { false } else { true }
    }

    static func hasCrossover(_ options: Options) -> Bool {
        if case .component(.named("none", _)) = options["crossover"] { false } else { true }
    }
}

/// An evolving population.
///
/// Source: Guo et al., "Single path one-shot neural architecture search", ECCV 2020, algorithm 1:
/// mutants and crossovers of the best ever seen, the rest of a generation sampled anew; the
/// tournament is ours.
public struct EvolutionPlan: Sendable, Hashable {
    /// Individuals of a generation.
    public let population: Int
    /// The best ever seen, from which parents are taken.
    public let parents: Int
    /// Parents that compete for each mating; 1 takes any with equal chance.
    public let tournament: Int
    /// Children by mutation in a generation.
    public let mutants: Int
    /// Children by crossover in a generation.
    public let crossovers: Int
    /// Genotypes sampled anew in a generation: what mutants and crossovers leave of the population.
    public var randoms: Int { population - mutants - crossovers }
    /// How genotypes are varied.
    public let variation: VariationPlan

    static let populationOption = PlanOption.integer(
        "population", 2...100_000, 50, unit: "individuals", "Individuals of a generation.")
    static let parentsOption = PlanOption.integer(
        "parents", 1...100_000, unit: "individuals", "The best ever seen, which become parents."
    ).derived("a fifth of population") { options in
        PlanValue(.integer(max(1, options[populationOption] / 5)))
    }
    static let tournamentOption = PlanOption.integer(
        "tournament", 1...100_000, unit: "parents",
        "Parents that compete for each mating; 1 takes any."
    ).derived("2, at most parents") { options in
        PlanValue(.integer(min(2, options[parentsOption])))
    }
    static let mutantsOption = PlanOption.integer(
        "mutants", 0...100_000, unit: "individuals", "Children by mutation in a generation."
    ).derived("half of population") { options in
        PlanValue(.integer(options[populationOption] / 2))
    }
    static let crossoversOption = PlanOption.integer(
        "crossovers", 0...100_000, unit: "individuals", "Children by crossover in a generation."
    ).derived("what mutants leave, at most half of population; 0 without crossover") { options in
        guard VariationPlan.hasCrossover(options) else { return 0 }
        let population = options[populationOption]
        return PlanValue(
            .integer(max(0, min(population / 2, population - options[mutantsOption]))))
    }

    static let options =
        [
            populationOption.specification, parentsOption.specification,
            tournamentOption.specification,
        ] + VariationPlan.options + [mutantsOption.specification, crossoversOption.specification]

    init(_ options: Options) throws(ExperimentError) {
        population = options[Self.populationOption]
        parents = options[Self.parentsOption]
        tournament = options[Self.tournamentOption]
        mutants = options[Self.mutantsOption]
        crossovers = options[Self.crossoversOption]
        variation = VariationPlan(options)
        func require(_ holds: Bool, _ option: String, _ problem: String) throws(ExperimentError) {
            guard holds else {
                throw .contradiction(at: options.position.child(option), problem: problem)
            }
        }
        try require(
            parents <= population, "parents",
            "expected at most population = \(population), found \(parents)")
        try require(
            tournament <= parents, "tournament",
            "expected at most parents = \(parents), found \(tournament)")
        try require(
            mutants + crossovers <= population, "mutants",
            "mutants + crossovers is \(mutants + crossovers); expected at most population = "
                + "\(population)")
        try require(
            crossovers == 0 || variation.hasCrossover, "crossovers",
            "expected 0 with crossover = \"none\", found \(crossovers)")
    }
}

/// Ageing evolution.
///
/// Source: Real et al., "Regularized evolution for image classifier architecture search",
/// AAAI 2019, algorithm 1.
public struct RegularizedPlan: Sendable, Hashable {
    /// Individuals alive at a time.
    public let population: Int
    /// Individuals that compete to be the parent.
    public let sampleSize: Int
    /// How genotypes are varied; without crossover.
    public let variation: VariationPlan

    static let sampleSizeOption = PlanOption.integer(
        "sample_size", 1...100_000, unit: "individuals",
        "Individuals that compete to be the parent."
    ).derived("a quarter of population") { options in
        PlanValue(.integer(max(1, options[EvolutionPlan.populationOption] / 4)))
    }
    static let options =
        [EvolutionPlan.populationOption.specification, sampleSizeOption.specification]
        + VariationPlan.mutationOptions

    init(_ options: Options) throws(ExperimentError) {
        population = options[EvolutionPlan.populationOption]
        sampleSize = options[Self.sampleSizeOption]
        variation = VariationPlan(mutationOnly: options)
        guard sampleSize <= population else {
            throw .contradiction(
                at: options.position.child("sample_size"),
                problem: "expected at most population = \(population), found \(sampleSize)")
        }
    }
}

/// Non-dominated sorting.
///
/// Source: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm:
/// NSGA-II", IEEE Transactions on Evolutionary Computation 6(2), 2002.
public struct NSGA2Plan: Sendable, Hashable {
    /// Individuals that survive a generation.
    public let population: Int
    /// A child's chance 0…1 to be made by crossover before it is mutated.
    public let crossoverProbability: Double
    /// How genotypes are varied.
    public let variation: VariationPlan

    static let crossoverProbabilityOption = PlanOption.number(
        "crossover_probability", .fraction, 0.9,
        "A child's chance to be made by crossover before it is mutated.")
    static let options =
        [EvolutionPlan.populationOption.specification] + VariationPlan.options
        + [crossoverProbabilityOption.specification]

    init(_ options: Options) {
        population = options[EvolutionPlan.populationOption]
        variation = VariationPlan(options)
        crossoverProbability = variation.hasCrossover ? options[Self.crossoverProbabilityOption] : 0
    }
}

/// A strategy that a plugin registered, with its own options.
public struct PluginStrategyPlan: Sendable, Hashable {
    /// The component and its options.
    public let selection: ComponentSelection
    /// Individuals of the population: the plugin's own option of this name; nil if it has none.
    public let population: Int?
}

extension StrategyPlan {
    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("evolution", let options): self = .evolution(try EvolutionPlan(options))
        case .named("random", _): self = .random
        case .named("regularized", let options):
            self = .regularized(try RegularizedPlan(options))
        case .named("nsga2", let options): self = .nsga2(NSGA2Plan(options))
        case .named(_, let options):
            var population: Int?
            if case .integer(let size) = options["population"] { population = size }
            self = .plugin(PluginStrategyPlan(selection: selection, population: population))
        default: throw .unbuildable(selection, at: position.child("strategy"))
        }
    }
}
