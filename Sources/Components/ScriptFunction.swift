/// A function that a script wrote into its plan: a handle, opaque to everything but the script host.
public struct ScriptFunction: Sendable, Hashable, CustomStringConvertible {
    /// The host's number for the function.
    public let id: Int

    /// Where the function is defined.
    public let location: PlanLocation

    /// A handle to the host's function number `id`.
    public init(id: Int, location: PlanLocation) {
        self.id = id
        self.location = location
    }

    /// `function 03_at_nas.lua:19`.
    public var description: String { "function \(location)" }
}

/// The functions of a script that make up one component, by name. Where a point takes a single
/// function, its name is `run`.
public struct ScriptFunctions: Sendable {
    /// The functions.
    public var functions: [String: ScriptFunction]
    /// What is not a function: the choices of a space.
    public var data: [String: PlainValue]

    /// Functions and data by name.
    public init(_ functions: [String: ScriptFunction] = [:], data: [String: PlainValue] = [:]) {
        self.functions = functions
        self.data = data
    }

    /// The function of this name.
    public subscript(name: String) -> ScriptFunction? { functions[name] }
}

/// Turns a script's functions into what an extension point is made of; the host of the scripting
/// language implements it, with an entry for each point that scripts may write.
///
/// What it makes is used on the search thread only, and throws the host's own error with the
/// script's file and line when a function fails or returns the wrong thing.
public protocol ScriptHost {
    /// Multiply-adds of tensors that scripts computed while they were loaded.
    var loadingWork: Int { get }

    /// Multiply-adds of tensors that functions of scripts computed since this was last called: they
    /// are taken once, by who bills them.
    func takeWork() -> Int

    /// Takes what a plan allows its functions, from here on.
    ///
    /// - Returns: What they are allowed, as a command may say otherwise.
    @discardableResult
    func allow(_ allowance: ScriptAllowance) -> ScriptAllowance

    /// Refuses functions that remember something from call to call: a run that goes on in another
    /// process would have forgotten it.
    ///
    /// - Throws: What the host throws, with the function's place and the name of what it remembers.
    func checkMemory() throws

    /// What these functions make at a point.
    ///
    /// - Parameters:
    ///   - part: The type that the point's components ask of scripts.
    ///   - point: The point.
    ///   - name: The component's name, for messages.
    ///   - functions: What the script gave.
    /// - Returns: The part.
    /// - Throws: What the host throws for a function of another script, or for a point that scripts
    ///   do not write.
    func make<Part>(
        _ part: Part.Type, at point: ExtensionPoint, named name: String,
        from functions: ScriptFunctions
    ) throws -> Part
}

extension ScriptHost {
    /// Most hosts compute nothing.
    public var loadingWork: Int { 0 }
    /// Most hosts have no functions to limit.
    public func allow(_ allowance: ScriptAllowance) -> ScriptAllowance { allowance }
    /// Most hosts have no functions that could remember.
    public func checkMemory() throws {}
    /// Most hosts compute nothing.
    public func takeWork() -> Int { 0 }

    /// What a single function makes at a point.
    ///
    /// - Throws: As ``make(_:at:named:from:)``.
    public func make<Part>(
        _ function: ScriptFunction, at point: ExtensionPoint
    ) throws -> Part {
        try make(
            Part.self, at: point, named: function.description,
            from: ScriptFunctions(["run": function]))
    }
}

/// The host of a program without scripts: it has no functions.
public struct NoScripts: ScriptHost {
    /// A host that refuses every function.
    public init() {}

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func make<Part>(
        _ part: Part.Type, at point: ExtensionPoint, named name: String,
        from functions: ScriptFunctions
    ) throws -> Part {
        throw ExperimentError.invalidResult(
            of: point,
            at: functions.functions.values.map(\.location).min(by: { "\($0)" < "\($1)" }),
            problem: "there is no script host to call it")
    }
}
