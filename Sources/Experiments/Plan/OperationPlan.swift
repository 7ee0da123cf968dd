/// A candidate operation as a plan lists it: built in, or of a script or plugin.
public struct OperationPlan: Sendable, Hashable {
    /// The name in genotypes.
    public let name: String
    /// How it is made; nil for a built-in one.
    public let custom: ComponentSelection?

    /// A built-in operation, or one that `custom` makes.
    public init(_ name: String, custom: ComponentSelection? = nil) {
        self.name = name
        self.custom = custom
    }

    init?(_ value: OptionValue) {
        guard case .component(.named(let name, let options)) = value else { return nil }
        if CellsPlan.operationNames.contains(name) {
            self.init(name)
        } else if name == "custom", case .string(let own)? = options["name"] {
            self.init(own, custom: .named(name, options))
        } else {
            self.init(name, custom: .named(name, options))
        }
    }

    static let name = PlanOption.text(
        "name", 1...40, default: .required,
        "The operation's name in genotypes: lower-case letters, digits and underscores.")
    static let forward = PlanOption<ScriptFunction>(
        specification: OptionSpecification(
            "forward", .function(.operation), default: .required,
            "The function (parameters, x, context) that gives the output.")
    ) { if case .function(let function) = $0 { function } else { nil } }
    static let parameters = PlanOption<ScriptFunction>(
        specification: OptionSpecification(
            "parameters", .function(.operation), default: .required,
            "The function (context) that lists the parameters.")
    ) { if case .function(let function) = $0 { function } else { nil } }
    .optional("no parameters")
    static let options = [
        name.specification, parameters.specification, forward.specification,
    ]
}
