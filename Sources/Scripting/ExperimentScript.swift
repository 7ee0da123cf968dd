internal import Methods
public import Components
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
    /// Bytes that tensors of the script may hold in all, besides.
    public var tensorBytes: Int
    /// Seconds of one callback by the clock; nil: no limit.
    public var callbackSeconds: Int?
    /// What scripts may do beyond the sandbox's rules.
    public var permissions = Permissions.none
    /// What a command allows, whatever plans allow.
    public var commanded = ScriptAllowance()

    /// The limits of a plan's functions.
    func allowing(_ plan: ScriptAllowance) -> ScriptLimits {
        var limits = self
        let allowed = commanded.over(plan)
        limits.callbackInstructions = allowed.callbackInstructions ?? callbackInstructions
        limits.callbackBytes = allowed.callbackBytes ?? callbackBytes
        limits.tensorBytes = allowed.tensorBytes ?? tensorBytes
        limits.callbackSeconds = allowed.callbackSeconds
        return limits
    }

    /// What loading may use. The clock limits it too, where a command sets it.
    var loading: LuaLimits {
        LuaLimits(
            instructions: loadingInstructions,
            seconds: commanded.callbackSeconds.map(Double.init))
    }

    /// What one callback may use.
    var callback: LuaLimits {
        LuaLimits(
            instructions: callbackInstructions, bytes: callbackBytes,
            seconds: callbackSeconds.map(Double.init))
    }

    /// Limits; the defaults are far beyond what an operator needs, and stop an endless loop within
    /// about a second.
    public init(
        loadingInstructions: Int = 100_000_000, callbackInstructions: Int = 20_000_000,
        callbackBytes: Int = 192 << 20, bytes: Int = 512 << 20, tensorBytes: Int = 2 << 30
    ) {
        self.loadingInstructions = loadingInstructions
        self.callbackInstructions = callbackInstructions
        self.callbackBytes = callbackBytes
        self.bytes = bytes
        self.tensorBytes = tensorBytes
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
    public let plan: PlainValue

    let bindings: Bindings
    /// The limits where no plan says more.
    private let usual: ScriptLimits
    /// The limits of the plan that is used now.
    private(set) var limits: ScriptLimits
    let files: ScriptFiles
    /// The components that plans of this script can name: the built-in ones, then those of the
    /// plugins; frozen.
    public let registry: Registry
    /// The plugins that were loaded before the script.
    public let catalog: PluginCatalog
    /// Plugins that were found and are left out, since they cannot be loaded.
    public let broken: [BrokenPlugin]
    /// What Lua has read besides the script and the plugins' own files.
    public let read = ReadFiles()

    let sandbox: Sandbox
    let registration: PluginRegistration
    /// Multiply-adds of tensors that plugins and script computed while they were loaded.
    public private(set) var loadingWork = 0
    /// Of all multiply-adds, those that were taken to be billed.
    var billedWork = 0
    /// What `make` functions of plugins returned.
    var madeComponents: [MadeKey: ScriptFunctions] = [:]
    /// The host's own modules, by the names that `require` takes.
    let hostModules: [String]
    private let state: LuaState
    private let tree: TreeBox

    /// Loads the plugins, then loads and runs a script.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - plugins: Where plugins are looked for.
    ///   - limits: What the script may use.
    ///   - print: Takes each line that the script prints, now and in callbacks.
    /// - Throws: ``ScriptingError`` for the file, what it returns or a plugin, `LuaError` for what
    ///   goes wrong inside, `ExperimentError` for a component that cannot be registered.
    public convenience init(
        path: String, plugins: PluginPlaces = .none, limits: ScriptLimits = ScriptLimits(),
        print: @escaping (String) -> Void = { _ in }
    ) throws {
        let text = try ScriptFiles(path: path).script()
        try self.init(path: path, running: text, plugins, limits: limits, print: print)
    }

    /// A host without an experiment, for specs and for trying things out: plugins are loaded, and
    /// nothing is run.
    ///
    /// - Parameters:
    ///   - path: A file beside which modules are looked for; it need not be there.
    ///   - plugins: Where plugins are looked for.
    ///   - limits: What scripts may use.
    ///   - print: Takes each line that is printed.
    /// - Throws: As `init(path:plugins:limits:print:)`.
    public convenience init(
        hosting path: String, plugins: PluginPlaces, limits: ScriptLimits = ScriptLimits(),
        print: @escaping (String) -> Void = { _ in }
    ) throws {
        try self.init(path: path, running: nil, plugins, limits: limits, print: print)
    }

    private init(
        path: String, running text: String?, _ plugins: PluginPlaces, limits: ScriptLimits,
        print: @escaping (String) -> Void
    ) throws {
        self.path = path
        usual = limits
        let limits = limits.allowing(ScriptAllowance())
        self.limits = limits
        self.text = text ?? ""
        let files = ScriptFiles(path: path)
        self.files = files
        let catalog = try PluginCatalog(plugins, script: path)
        self.catalog = catalog
        state = try LuaState(byteLimit: limits.bytes)
        bindings = try Bindings(state.context, tensorBytes: limits.tensorBytes)
        let tree = TreeBox()
        self.tree = tree
        let registration = PluginRegistration(catalog: catalog, tree: tree)
        self.registration = registration
        let modules = try TensorModules(bindings)
        hostModules = ["apogee"] + modules.all.map { "apogee." + $0.name }
        let module = try ExperimentScript.module(bindings, files, registration, modules) {
            (value, location) throws(ScriptingError) in
            try tree.tree.value(value, path: "plan", at: location, recorded: files.recorded)
        }
        let (extras, read) = (extras, read)
        sandbox = try Sandbox(
            state.context,
            resolver: { request in
                if request.name == "apogee" { return .value(module) }
                if let part = modules.value(request.name) { return .value(part) }
                if let value = extras.values[request.name] { return .value(value) }
                var asker: Plugin?
                var beside: ScriptFiles? = files
                switch request.asker {
                case .file(let chunk): asker = catalog.owner(of: chunk)
                case .embedded(ExperimentScript.pluginLoader): beside = nil
                default: break
                }
                // A plugin's own files are recorded with its version, where a plan uses it.
                let isOwn = asker != nil || beside == nil
                return try catalog.module(request, asker: asker, files: beside) { path in
                    let text = try ScriptFiles.read(path)
                    if !isOwn { read.note(catalog.record(of: path, text, beside: files)) }
                    return text
                }.map(Sandbox.Resolution.module)
            }, permissions: limits.permissions, print: print, onOpen: read.opened)
        var registry = try BuiltIns.registry()
        broken =
            catalog.broken
            + (try ExperimentScript.load(
                catalog, sandbox, registration, into: &registry, limits: limits))
        for plugin in broken {
            print(
                "warning: the plugin \(plugin.name) in \(plugin.folder) is left out: \(plugin.error)"
            )
        }
        registry.freeze()
        self.registry = registry
        guard let text else {
            plan = PlainValue(.table(PlainTable()))
            return
        }
        let results = try sandbox.run(
            text, chunk: .file(path),
            limits: limits.loading)
        plan = try ExperimentScript.plan(results.first ?? .nil, path, bindings)
        loadingWork = takeWork()
    }

    /// Takes what a plan allows its functions, from here on.
    ///
    /// - Returns: What they are allowed, as a command may say otherwise.
    @discardableResult
    public func allow(_ allowance: ScriptAllowance) -> ScriptAllowance {
        limits = usual.allowing(allowance)
        bindings.tensors.engine.memory.limit = limits.tensorBytes
        return limits.commanded.over(allowance)
    }

    /// What each function that decides results remembered when it was first used, by its handle.
    var watched: [Int: (point: ExtensionPoint, function: LuaFunction, memory: LuaMemory)] = [:]

    /// Host modules besides `apogee`, by the name that `require` takes.
    let extras = ModuleBox()

    /// Modules that the host gives to scripts.
    final class ModuleBox {
        var values: [String: LuaValue] = [:]
    }

    /// The function of a handle that this script's plan holds.
    func function(_ handle: ScriptFunction) -> LuaFunction? {
        tree.tree.function(handle)
    }

    /// The plans of the script, checked against built-in components and plugins, after overrides
    /// were laid over them.
    ///
    /// - Throws: `ExperimentError` for the first mistake.
    public func plans(
        overrides: [PlanOverride] = []
    ) throws(ExperimentError) -> [ExperimentPlan] {
        try plans(overrides: overrides, registry: registry)
    }

    /// The plans of the script, checked, after overrides were laid over them.
    ///
    /// - Throws: `ExperimentError` for the first mistake.
    public func plans(
        overrides: [PlanOverride] = [], registry: Registry
    ) throws(ExperimentError) -> [ExperimentPlan] {
        do throws(ExperimentError) {
            return try ExperimentPlan.plans(
                decoding: plan, overrides: overrides, registry: registry,
                at: .script(file: path, line: nil))
        } catch .unknownName(let position, let kind, let name, let nearest, let known) {
            // A name that a plugin would provide, if it could be loaded.
            if let plugin = broken.first(where: { $0.provides.contains { $0.names.contains(name) } }
            ) {
                throw .contradiction(
                    at: position,
                    problem:
                        "the \(kind) \(PlanText.quoted(name)) is of the plugin \(plugin.name), "
                        + "which cannot be loaded: \(plugin.error)")
            }
            if !catalog.missing.isEmpty {
                throw .contradiction(
                    at: position,
                    problem: "no \(kind) is named \(PlanText.quoted(name)); the plugins that come "
                        + "with Apogee were not found: neither \(catalog.missing[0]) nor a package around "
                        + "the program has them; scripts/install installs both")
            }
            throw .unknownName(
                at: position, kind: kind, name: name, nearest: nearest, known: known)
        }
    }

    // MARK: The host module

    /// The module `apogee` of scripts.
    private static func module(
        _ bindings: Bindings, _ files: ScriptFiles, _ registration: PluginRegistration,
        _ modules: TensorModules,
        decode: @escaping (LuaTree, PlanLocation) throws(ScriptingError) -> PlainValue
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
            var plan: PlainValue
            do throws(ScriptingError) {
                plan = try decode(tree, location)
            } catch {
                guard case .notPlan(_, let problem) = error else { throw error }
                throw LuaError(kind: .conversion, message: problem)
            }
            plan.location = location
            return .userdata(try context.userdata(ExperimentHandle(plan), type))
        }
        let register = HostFunction("register", pushing: registration.register)
        let table = try context.table(fields: [
            "experiment": .function(try context.function(experiment)),
            "register": .function(try context.function(register)),
            "version": .string(ApogeeVersion.current), "api": .integer(ApogeeVersion.api),
        ])
        for (name, value) in modules.all { try table.set(name, value) }
        return .table(try context.readOnly(table, name: "apogee"))
    }

    /// The plan that a script returned.
    private static func plan(
        _ value: LuaValue, _ path: String, _ bindings: Bindings
    ) throws -> PlainValue {
        switch value {
        case .userdata(let object):
            if let handle = object.object(bindings.experiment) { return handle.plan }
            throw ScriptingError.noExperiment(path: path, found: "a host object")
        case .table(let table):
            let count = try table.count()
            guard count > 0 else {
                throw ScriptingError.noExperiment(
                    path: path, found: "a table that was not passed to apogee.experiment")
            }
            guard count <= 10_000 else {
                throw ScriptingError.noExperiment(path: path, found: "a list of \(count) values")
            }
            var plans = PlainTable()
            for place in 1...count {
                let entry = try table.get(.integer(place))
                guard let handle = entry.userdata?.object(bindings.experiment) else {
                    throw ScriptingError.noExperiment(
                        path: path, found: "a list whose entry \(place) is \(entry.kind)")
                }
                plans.positional.append(handle.plan)
            }
            return PlainValue(.table(plans), at: .script(file: path, line: nil))
        default:
            throw ScriptingError.noExperiment(
                path: path, found: value.isNil ? "nothing" : value.kind.description)
        }
    }
}
