public import Experiments
public import LuaHost

/// What scripts may use.
public struct ScriptLimits: Sendable, Hashable {
    /// Instructions of loading: everything outside callbacks.
    public var loadingInstructions: Int
    /// Instructions of one callback.
    public var callbackInstructions: Int
    /// Bytes by which one callback may grow Lua's memory.
    public var callbackBytes: Int
    /// Bytes that Lua may hold in all.
    public var bytes: Int
    /// What scripts may do beyond the sandbox's rules.
    public var permissions = Permissions.none

    /// Limits; the defaults are far beyond what an operator needs, and stop an endless loop within
    /// about a second.
    public init(
        loadingInstructions: Int = 100_000_000, callbackInstructions: Int = 20_000_000,
        callbackBytes: Int = 192 << 20, bytes: Int = 512 << 20
    ) {
        self.loadingInstructions = loadingInstructions
        self.callbackInstructions = callbackInstructions
        self.callbackBytes = callbackBytes
        self.bytes = bytes
    }
}

/// A loaded experiment script: the plan's tree that it returned, and its functions.
///
/// The script runs once, in a sandbox without clock, files and global random numbers, so that it
/// returns the same plan in every run. It owns its Lua state, and is used by one thread.
public final class ExperimentScript {
    /// The script's path as it was given.
    public let path: String
    /// The script's text.
    public let text: String
    /// What the script returned: one plan, or a list of plans.
    public let plan: PlanValue

    let bindings: Bindings
    let limits: ScriptLimits
    let files: ScriptFiles
    private let state: LuaState
    private let tree: TreeBox

    /// Functions that plans hold; a class, as the host module's closure fills it.
    private final class TreeBox {
        var tree = PlanTree()
    }

    /// Loads and runs a script.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limits: What the script may use.
    ///   - print: Takes each line that the script prints, now and in callbacks.
    /// - Throws: ``ScriptingError`` for the file or what it returns, `LuaError` for what goes
    ///   wrong inside.
    public init(
        path: String, limits: ScriptLimits = ScriptLimits(),
        print: @escaping (String) -> Void = { _ in }
    ) throws {
        self.path = path
        self.limits = limits
        files = ScriptFiles(path: path)
        text = try files.script()
        state = try LuaState(byteLimit: limits.bytes)
        bindings = try Bindings(state.context)
        let tree = TreeBox()
        self.tree = tree
        let module = try ExperimentScript.module(bindings, files) {
            (value, location) throws(ScriptingError) in
            let files = ScriptFiles(path: path)
            return try tree.tree.value(
                value, path: "plan", at: location, recorded: files.recorded)
        }
        let files = files
        let sandbox = try Sandbox(
            state.context,
            resolver: { request in
                if request.name == "apogee" { return .value(module) }
                if let version = request.version {
                    throw LuaError(
                        kind: .runtime,
                        message: "require: '\(request.name)' is a file and has no version; "
                            + "leave out \"\(version)\"")
                }
                guard let path = try files.module(request.name) else { return nil }
                return .module(
                    Sandbox.Module(chunk: .file(path)) { try ScriptFiles.read(path) })
            }, permissions: limits.permissions, print: print)
        let results = try sandbox.run(
            text, chunk: .file(path),
            limits: LuaLimits(instructions: limits.loadingInstructions))
        plan = try ExperimentScript.plan(results.first ?? .nil, path, bindings)
    }

    /// The function of a handle that this script's plan holds.
    func function(_ handle: ScriptFunction) -> LuaFunction? {
        tree.tree.function(handle)
    }

    /// The plans of the script, checked, after overrides were laid over them.
    ///
    /// - Throws: `ExperimentError` for the first mistake.
    public func plans(
        overrides: [PlanOverride] = [], registry: Registry
    ) throws(ExperimentError) -> [ExperimentPlan] {
        try ExperimentPlan.plans(
            decoding: plan, overrides: overrides, registry: registry,
            at: .script(file: path, line: nil))
    }

    // MARK: The host module

    /// The module `apogee` of scripts.
    private static func module(
        _ bindings: Bindings, _ files: ScriptFiles,
        decode: @escaping (LuaTree, PlanLocation) throws(ScriptingError) -> PlanValue
    ) throws -> LuaValue {
        let context = bindings.context
        let type = bindings.experiment
        let experiment = HostFunction("experiment") { arguments in
            guard arguments.kind(1) == .table, arguments.count == 1 else {
                throw arguments.mismatch(1, "plan", expected: "one table, as in experiment { … }")
            }
            let context = arguments.context
            let tree = try context.tree(at: arguments.place(1), name: "plan")
            // Where the call stands is where the plan was written.
            let here = context.positioned(LuaError(kind: .runtime, message: ""))
            let location = PlanLocation.script(file: here.file ?? files.path, line: here.line)
            var plan: PlanValue
            do throws(ScriptingError) {
                plan = try decode(tree, location)
            } catch {
                guard case .notPlan(_, let problem) = error else { throw error }
                throw LuaError(kind: .conversion, message: problem)
            }
            plan.location = location
            return .userdata(try context.userdata(ExperimentHandle(plan), type))
        }
        let table = try context.table(fields: [
            "experiment": .function(try context.function(experiment)),
            "version": .string(ApogeeVersion.current), "api": .integer(ApogeeVersion.api),
        ])
        return .table(try context.readOnly(table, name: "apogee"))
    }

    /// The plan that a script returned.
    private static func plan(
        _ value: LuaValue, _ path: String, _ bindings: Bindings
    ) throws -> PlanValue {
        switch value {
        case .userdata(let object):
            if let handle = object.object(bindings.experiment) { return handle.plan }
            throw ScriptingError.noExperiment(path: path, found: "a host object")
        case .table(let table):
            let count = try table.count()
            guard count > 0 else {
                throw ScriptingError.noExperiment(
                    path: path, found: "a table that apogee.experiment has not seen")
            }
            guard count <= 10_000 else {
                throw ScriptingError.noExperiment(path: path, found: "a list of \(count) values")
            }
            var plans = PlanTable()
            for place in 1...count {
                let entry = try table.get(.integer(place))
                guard let handle = entry.userdata?.object(bindings.experiment) else {
                    throw ScriptingError.noExperiment(
                        path: path, found: "a list whose entry \(place) is \(entry.kind)")
                }
                plans.positional.append(handle.plan)
            }
            return PlanValue(.table(plans), at: .script(file: path, line: nil))
        default:
            throw ScriptingError.noExperiment(
                path: path, found: value.isNil ? "nothing" : value.kind.description)
        }
    }
}
