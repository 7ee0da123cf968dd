public import Components
internal import SearchSpaces

/// A candidate operation as a plan lists it: built in, or of a script or plugin.
public struct OperationPlan: Sendable {
    /// The name in genotypes.
    public let name: String
    /// Where its `forward` is written; nil for built-in operations and those of plugins.
    public let location: PlanLocation?
    private let make: (@Sendable (ComponentBuilder) throws -> OperationDefinition)?

    /// A built-in operation.
    public init(_ name: String) {
        self.name = name
        location = nil
        make = nil
    }

    /// An operation of a script or a plugin.
    ///
    /// - Parameters:
    ///   - name: In genotypes.
    ///   - location: Where its `forward` is written; nil for a plugin's.
    ///   - make: Gives its functions, once a script host is there.
    public init(
        _ name: String, at location: PlanLocation? = nil,
        make: @escaping @Sendable (ComponentBuilder) throws -> OperationDefinition
    ) {
        self.name = name
        self.location = location
        self.make = make
    }

    /// Whether a script or a plugin gives it.
    public var isCustom: Bool { make != nil }

    /// Its functions; nil for a built-in operation.
    ///
    /// - Throws: What the script host throws.
    public func definition(_ builder: ComponentBuilder) throws -> OperationDefinition? {
        try make?(builder)
    }

    // MARK: Components

    /// The built-in operations with what they are.
    static let builtIn: [(name: String, summary: String)] = [
        ("max", "Max pooling, 3×3."), ("avg", "Average pooling, 3×3, not counting padding."),
        ("skip", "The identity; at stride 2 two offset 1×1 convolutions."),
        ("sep3", "Depthwise and pointwise convolution, 3×3, twice."),
        ("sep5", "Depthwise and pointwise convolution, 5×5, twice."),
        ("dil3", "Depthwise convolution with dilation 2 and pointwise convolution, 3×3."),
        ("dil5", "Depthwise convolution with dilation 2 and pointwise convolution, 5×5."),
        ("conv3", "Depthwise and pointwise convolution, 3×3, once (MetaNAS's conv_3x3)."),
        ("conv1x5_5x1", "Full convolution 1×5, then 5×1."),
        ("none", "Zeros: no edge."),
    ]

    private static let nameOption = PlanOption.text(
        "name", 1...40, default: .required,
        "The operation's name in genotypes: lower-case letters, digits and underscores.")
    private static let forwardOption = PlanOption.function(
        "forward", .operation, "The function (parameters, x, context) that returns the output.")
    private static let parametersOption = PlanOption.function(
        "parameters", .operation, "The function (context) that lists the parameters."
    ).optional("no parameters")

    private static var custom: Component {
        Component(
            .operation, "custom",
            options: [
                nameOption.specification, parametersOption.specification,
                forwardOption.specification,
            ],
            "Functions of the script: { name = …, parameters = function(context) … end, "
                + "forward = function(parameters, x, context) … end }."
        ) { options, _ in
            let (name, forward) = (options[nameOption], options[forwardOption])
            var functions = ["forward": forward]
            functions["parameters"] = options[parametersOption]
            let given = ScriptFunctions(functions)
            return OperationPlan(name, at: forward.location) { builder in
                try builder.scripts.make(
                    OperationDefinition.self, at: .operation, named: name, from: given)
            }
        }
    }

    /// The operations that come with the program.
    public static var components: [Component] {
        builtIn.map { name, summary in
            Component(.operation, name, summary) { _, _ in OperationPlan(name) }
        } + [custom]
    }
}

extension Point where Product == OperationPlan {
    /// Candidate operations of a cell.
    public static var operation: Point { Point(ExtensionPoint.operation) }
}

extension ExtensionPoint {
    /// Candidate operations of a cell.
    public static let operation = ExtensionPoint("operation", unnamed: Unnamed("custom"))
}
