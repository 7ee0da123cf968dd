public import Components
public import SearchSpaces

/// Choices and networks that a script or a plugin gives.
public struct CustomSpacePlan: SpacePlan {
    /// The component's name.
    public let name: String
    private let make: @Sendable (ComponentBuilder) throws -> SpaceDefinition

    /// A space of a script or a plugin.
    ///
    /// - Parameters:
    ///   - name: The component's name.
    ///   - make: Gives its choices and functions, once a script host is there.
    public init(
        _ name: String, make: @escaping @Sendable (ComponentBuilder) throws -> SpaceDefinition
    ) {
        self.name = name
        self.make = make
    }

    /// The choices and functions.
    ///
    /// - Throws: What the script host throws.
    public func definition(_ builder: ComponentBuilder) throws -> SpaceDefinition {
        try make(builder)
    }

    /// Two: about what the layer spaces of the experiments hold.
    public var plannedNodes: Int { 2 }
    /// Narrower layers.
    public var widthRemedy: String { "narrower layers of the space" }

    /// The genotypes.
    public func searchSpace(_ builder: ComponentBuilder) throws -> (any SearchSpace)? {
        try make(builder).space
    }

    /// The supernet of all networks.
    public func supernet(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> any Supernet {
        try make(builder).supernet(site)
    }

    // MARK: Component

    private static let choices = PlanOption.list(
        "choices",
        .section([ChoicePlan.nameOption.specification, ChoicePlan.optionsOption.specification]),
        count: 1...512, default: .required,
        "The decisions: a list of { name = …, options = { … } }.", read: { ChoicePlan($0) })
    private static let parameters = PlanOption.function(
        "parameters", .space, "The function (context) that lists all parameters of all networks.")
    private static let forward = PlanOption.function(
        "forward", .space,
        "The function (choice, parameters, x, context) that returns [batch, features].")
    private static let repair = PlanOption.function(
        "repair", .space,
        "The function (choice) that returns a valid choice, and a valid one unchanged."
    ).optional("every combination is valid")

    static var custom: Component {
        Component(
            .space, "custom",
            options: [
                choices.specification, parameters.specification, forward.specification,
                repair.specification,
            ], offers: [.choices], needs: [Need(.images, of: .tasks)],
            "Choices and networks of the script: { choices = …, parameters = "
                + "function(context) … end, forward = function(choice, parameters, x, context) "
                + "… end }."
        ) { options, _ in
            var functions = [
                "parameters": options[parameters], "forward": options[forward],
            ]
            functions["repair"] = options[repair]
            let given = SpaceParts(choices: options[choices], functions: ScriptFunctions(functions))
            return CustomSpacePlan("custom") { builder in
                try given.definition("custom", builder)
            }
        }
    }

    /// The decisions of a space as a plugin's table holds them.
    ///
    /// - Throws: ``ExperimentError`` for what is wrong in them.
    package static func choices(
        _ value: PlainValue, _ registry: Registry
    ) throws(ExperimentError) -> [ChoicePlan] {
        let specification = choices.specification
        let decoded = try PlanDecoder(registry: registry).value(
            value, specification, at: PlanPosition(specification.name, at: value.location))
        guard case .list(let items) = decoded else { return [] }
        return items.compactMap { ChoicePlan($0) }
    }
}

/// What a script gives of a space: its decisions, and the functions of its networks.
public struct SpaceParts: Sendable {
    /// The decisions.
    public let choices: [ChoicePlan]
    /// `parameters`, `forward` and, if there is one, `repair`.
    public let functions: ScriptFunctions

    /// The parts of a space.
    public init(choices: [ChoicePlan], functions: ScriptFunctions) {
        self.choices = choices
        self.functions = functions
    }

    /// The space that a script host makes of them.
    func definition(_ name: String, _ builder: ComponentBuilder) throws -> SpaceDefinition {
        let make = try builder.scripts.make(
            ((SpaceParts) throws -> SpaceDefinition).self, at: .space, named: name, from: functions)
        return try make(self)
    }
}
