public import Components
public import Evolution
public import Records
public import SearchSpaces

/// A whole search method of a script or a plugin. The run owns the loop: it calls ``step(_:)`` until
/// the method says that it is done, saves the state between steps, and bills what the services cost.
public protocol SearchMethod: AnyObject {
    /// Makes the first state.
    ///
    /// - Throws: What the method throws.
    func begin(_ services: MethodServices) throws

    /// Makes the next state of the present one.
    ///
    /// - Returns: Whether the method is done.
    /// - Throws: What the method throws; its tables are then as they were before.
    func step(_ services: MethodServices) throws -> Bool

    /// What was found, best first, at least one.
    ///
    /// - Throws: What the method throws.
    func result(_ services: MethodServices) throws -> [Evaluation<Genotype>]

    /// The state as a value from which the method can go on.
    ///
    /// - Throws: An error for what cannot be part of a state, such as a function.
    func saved(_ services: MethodServices) throws -> MethodState

    /// Whether the state stays as it was where the next step throws, shared weights and all. If not,
    /// the run keeps what it saved before the step.
    var isNextStepAtomic: Bool { get }

    /// Takes up a saved state in place of ``begin(_:)``.
    ///
    /// - Throws: An error for a state of another method, or one that was edited.
    func restore(_ state: MethodState, _ services: MethodServices) throws
}

extension SearchMethod {
    /// A method of a script may do several things in a step.
    public var isNextStepAtomic: Bool { false }
}

/// A method's state outside the program.
public struct MethodState: Sendable, Hashable {
    /// JSON text.
    public var text: String
    /// Tensors and parameters, which the text names.
    public var arrays: [NamedArray]

    /// A state of these parts.
    public init(text: String, arrays: [NamedArray]) {
        self.text = text
        self.arrays = arrays
    }
}

extension Point where Product == any SearchMethod {
    /// Whole search methods.
    public static var method: Point { Point(ExtensionPoint.method) }
}

extension ExtensionPoint {
    /// Whole search methods.
    public static let method = ExtensionPoint("method", unnamed: Unnamed("custom"))
}

/// A method of three functions of the script.
enum CustomMethod {
    private static let begin = PlanOption.function(
        "init", .method, "The function (context) that gives a state.")
    private static let step = PlanOption.function(
        "step", .method,
        "The function (state, context) that gives the next state, and whether it is done.")
    private static let result = PlanOption.function(
        "result", .method, "The function (state, context) that gives genotypes, best first.")

    static var custom: Component {
        Component(
            .method, "custom",
            options: [begin.specification, step.specification, result.specification],
            "Functions of the script: { init = function(context) … end, step = "
                + "function(state, context) … end, result = function(state, context) … end }."
        ) { options, builder in
            try builder.scripts.make(
                (any SearchMethod).self, at: .method, named: "custom",
                from: ScriptFunctions([
                    "init": options[begin], "step": options[step], "result": options[result],
                ]))
        }
    }
}
