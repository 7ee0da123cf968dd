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

    /// A strategy of a plugin or a script.
    ///
    /// - Parameters:
    ///   - name: The component's name.
    ///   - size: Individuals of the population; nil where it has none of its own.
    ///   - make: Gives the functions, once a script host is there.
    public init(
        _ name: String, size: Int?,
        make:
            @escaping @Sendable (any SearchSpace, ComponentBuilder) throws
            -> StrategyDelegate<Genotype>
    ) {
        self.name = name
        self.make = make
        population = size
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

    // MARK: Component

    private static let begin = PlanOption.function(
        "init", .strategy, "The function (space, rng) that returns the initial state.")
    private static let ask = PlanOption.function(
        "ask", .strategy,
        "The function (state, count, rng, space) that returns genotypes, and the next state.")
    private static let tell = PlanOption.function(
        "tell", .strategy, "The function (state, evaluations, space) that returns the next state.")
    private static let revise = PlanOption.function(
        "revise", .strategy,
        "The function (state, evaluations, space) that replaces what is known, and returns the next "
            + "state."
    ).optional("tell")
    private static let members = PlanOption.function(
        "population", .strategy, "The function (state) that returns the individuals."
    ).optional("what was told, best first")
    private static let size = PlanOption.integer(
        "size", 1...100_000, usualPopulation, "Individuals of the population.")

    static var custom: Component {
        Component(
            .strategy, "custom",
            options: [
                begin.specification, ask.specification, tell.specification, revise.specification,
                members.specification, size.specification,
            ],
            "Functions of the script: { init = function(space, rng) … end, ask = "
                + "function(state, count, rng, space) … end, tell = function(state, evaluations, "
                + "space) … end }."
        ) { options, _ in
            var functions = [
                "init": options[begin], "ask": options[ask], "tell": options[tell],
            ]
            functions["revise"] = options[revise]
            functions["population"] = options[members]
            let given = ScriptFunctions(functions)
            return DelegatedPlan("custom", size: options[size]) { space, builder in
                let make = try builder.scripts.make(
                    DelegateMaker.self, at: .strategy, named: "custom", from: given)
                return try make(space)
            }
        }
    }
}

/// Gives the functions of a strategy, for genotypes of a space.
public typealias DelegateMaker = (any SearchSpace) throws -> StrategyDelegate<Genotype>
