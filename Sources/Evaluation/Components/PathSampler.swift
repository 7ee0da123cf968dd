public import Components
public import Randomness
public import SearchSpaces
public import Tasks

/// The subnet that the next training task trains.
public typealias PathSampler =
    (_ context: PathContext, _ rng: inout RandomStream) throws -> Genotype

/// What a path sampler sees.
public struct PathContext {
    /// How far the run is.
    public var progress: RunProgress
    /// The space whose supernet is trained.
    public var space: any SearchSpace
    /// The strategy's present population, best first; empty before the first generation.
    public var population: [Genotype]

    /// What a path sampler sees.
    public init(progress: RunProgress, space: any SearchSpace, population: [Genotype]) {
        self.progress = progress
        self.space = space
        self.population = population
    }
}

extension Point where Product == PathSampler {
    /// Which subnet the next training task trains.
    public static var pathSampler: Point {
        Point("path_sampler") { function, builder in
            try builder.scripts.make(function, at: .pathSampler)
        }
    }
}

extension ExtensionPoint {
    /// Which subnet the next training task trains.
    public static var pathSampler: ExtensionPoint { Point<PathSampler>.pathSampler.id }
}

/// The path samplers that come with the program.
package enum PathSamplers {
    private static let populationFraction = PlanOption.number(
        "population_fraction", .fraction, 0.5,
        "Fraction of tasks whose path comes from the population.")

    package static var all: [Component] {
        [
            Component(
                .pathSampler, "uniform", "Uniformly sampled paths (Guo et al. 2020)."
            ) { _, _ in { context, rng in try context.space.sample(&rng) } },
            Component(.pathSampler, "population", "A member of the strategy's population.") {
                _, _ in mixed(1)
            },
            Component(
                .pathSampler, "mixed", options: [populationFraction.specification],
                "From the population for a fraction of the tasks, otherwise uniform."
            ) { options, _ in mixed(options[populationFraction]) },
        ]
    }

    /// A member of the population with this probability, otherwise any genotype.
    package static func mixed(_ populationFraction: Double) -> PathSampler {
        { context, rng in
            guard !context.population.isEmpty, rng.chance(populationFraction) else {
                return try context.space.sample(&rng)
            }
            return rng.choice(context.population)
        }
    }
}
