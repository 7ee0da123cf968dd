public import Components
public import Experiments
import LuaHost
public import Records
public import Scripting

/// An experiment's script with its checked plans.
public struct LoadedExperiment {
    /// The script, which owns its Lua state.
    public let script: ExperimentScript
    /// The plans that it returned, changed as the request says.
    public let plans: [ExperimentPlan]
    /// The components that the plans name: built-in ones and those of plugins.
    public var registry: Registry { script.registry }

    /// Loads the script, lays the changes over its plans and checks them.
    ///
    /// - Parameters:
    ///   - request: File, seed, changes, plugins and what the script may do.
    ///   - print: Takes what the script prints.
    /// - Throws: What the script, a change or the plan get wrong.
    public init(_ request: RunRequest, print: @escaping (String) -> Void) throws {
        var overrides =
            request.seed.map {
                [PlanOverride(["seed"], .integer($0), typedAs: "--seed \($0)")]
            } ?? []
        for change in request.changes { overrides.append(try PlanOverride(change)) }
        var limits = ScriptLimits()
        limits.permissions = try Permissions(allowing: request.allowed)
        limits.take(request.limits ?? [:])
        script = try ExperimentScript(
            path: request.file, plugins: .standard(commandLine: request.plugins), limits: limits,
            print: print)
        plans = try script.plans(overrides: overrides)
    }
}

extension ScriptLimits {
    /// Takes limits of a request.
    fileprivate mutating func take(_ given: [String: Int]) {
        if let count = given["loading_instructions"] { loadingInstructions = count }
        if let bytes = given["memory"] { self.bytes = bytes }
        commanded = ScriptAllowance(
            callbackInstructions: given["callback_instructions"],
            callbackBytes: given["callback_memory"], tensorBytes: given["tensor_memory"],
            callbackSeconds: given["callback_seconds"], eventBytes: given["event_bytes"],
            idleSteps: given["idle_steps"])
    }
}

extension PlanOverride {
    /// A change of a request.
    init(_ change: RunRequest.Change) throws(ExperimentError) {
        try self.init("\(change.path)=\(change.value)", typedAs: change.typed)
    }
}

extension RunRequest.Change {
    /// A change as `--set` takes it: `path=value`.
    ///
    /// - Parameter text: What stands behind `--set`.
    /// - Throws: `ExperimentError.invalidOverride` for a text that is no change.
    public init(set text: String) throws(ExperimentError) {
        let override = try PlanOverride(text)
        let value = text.firstIndex(of: "=").map { text[text.index(after: $0)...] } ?? ""
        self.init(override.path.joined(separator: "."), String(value), typed: override.text)
    }
}
