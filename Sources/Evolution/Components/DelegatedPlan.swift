public import Components
public import Randomness
public import SearchSpaces

/// A strategy whose functions a plugin gives.
public struct DelegatedPlan: StrategyPlan {
    /// The component's name.
    public let name: String
    /// Individuals of the population: the plugin's own option of this name; nil if it has none.
    public let population: Int?
    /// The plugin varies genotypes itself.
    public var variation: VariationPlan? { nil }
    /// It sees all objectives, and chooses for itself.
    public var ranksByAll: Bool { true }
    private let make:
        @Sendable (any SearchSpace, ComponentBuilder) throws -> StrategyDelegate<Genotype>

    /// A strategy of a plugin.
    ///
    /// - Parameters:
    ///   - name: The component's name.
    ///   - options: Its checked options, of which `population` is looked at.
    ///   - make: Gives the functions, once a script host is there.
    public init(
        _ name: String, _ options: Options,
        make:
            @escaping @Sendable (any SearchSpace, ComponentBuilder) throws
            -> StrategyDelegate<Genotype>
    ) {
        self.name = name
        self.make = make
        if case .integer(let size)? = options["population"] {
            population = size
        } else {
            population = nil
        }
    }

    /// The functions, for genotypes of a space.
    ///
    /// - Throws: What the script host throws.
    public func delegate(
        on space: any SearchSpace, _ builder: ComponentBuilder
    ) throws -> StrategyDelegate<Genotype> {
        try make(space, builder)
    }

    /// The strategy, begun anew or resumed.
    public func strategy(
        _ operators: Variation<Genotype>, on space: any SearchSpace, rng: RandomStream,
        resuming state: StrategyState<Genotype>?, _ builder: ComponentBuilder
    ) throws -> any SearchStrategy<Genotype> {
        let delegate = try make(space, builder)
        let size = population ?? usualPopulation
        if let state {
            return DelegatedStrategy(
                name, delegate, variation: operators, resuming: state, size: size)
        }
        return try DelegatedStrategy(name, delegate, variation: operators, rng: rng, size: size)
    }
}
