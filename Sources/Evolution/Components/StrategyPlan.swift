public import Components
public import Randomness
public import SearchSpaces

/// Which architectures are evaluated next, as a plan names it.
public protocol StrategyPlan: Sendable {
    /// The component's name.
    var name: String { get }
    /// Individuals of the population; nil for strategies without one.
    var population: Int? { get }
    /// How genotypes are varied; nil for strategies that only sample.
    var variation: VariationPlan? { get }
    /// Whether it ranks by all objectives, and not by the first alone.
    var ranksByAll: Bool { get }

    /// The strategy, begun anew or resumed from a state.
    ///
    /// - Parameters:
    ///   - operators: The operators that it calls.
    ///   - space: The space of its genotypes.
    ///   - rng: Its stream, if it begins anew.
    ///   - state: What it goes on from.
    ///   - builder: Makes what a script gives.
    /// - Returns: The strategy.
    /// - Throws: `EvolutionError` for options out of range; what a script throws.
    func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype>
}

extension StrategyPlan {
    /// Most strategies rank by one objective.
    public var ranksByAll: Bool { false }
}

/// Individuals of a generation where neither plan nor strategy says how many.
package let usualPopulation = 50

extension Point where Product == any StrategyPlan {
    /// Which genotypes are evaluated next.
    public static var strategy: Point { Point(ExtensionPoint.strategy) }
}

extension ExtensionPoint {
    /// Which genotypes are evaluated next.
    public static let strategy = ExtensionPoint(
        "strategy", unnamed: Unnamed("custom", ifGiven: "ask"))
}

/// The strategies that come with the program.
public enum StrategyComponents {
    /// All of them.
    public static var all: [Component] {
        [
            EvolutionPlan.evolution, RandomPlan.random, RegularizedPlan.regularized,
            NSGA2Plan.nsga2, DelegatedPlan.custom,
        ]
    }
}
