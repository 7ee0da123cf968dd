import Evolution
import Components
import Experiments
import LuaHost
import SearchSpaces

// A plugin's component becomes the function of the script host that it stands for: `run` as it is,
// `make` by a call with the options.
extension PluginComponent {
    /// The script host that the component is made in.
    func host(_ builder: ComponentBuilder) throws(ExperimentError) -> ExperimentScript {
        guard let host = builder.scripts as? ExperimentScript else {
            throw .invalidComponent(
                point: point.point, name: name, source: location.description,
                problem: "it is written in Lua, and there is no script host to call it")
        }
        return host
    }

    /// Individuals of a strategy's population: the plugin's own option of this name, if it has one.
    func population(_ options: Options) -> Int? {
        if case .integer(let size)? = options["population"] { size } else { nil }
    }

    /// The functions under these options.
    func functions(_ options: Options, _ builder: ComponentBuilder) throws -> ScriptFunctions {
        switch form {
        case .run(let functions): return functions
        case .make(let make):
            return try host(builder).made(
                by: make, component: self, options, probability: builder.probability)
        }
    }

    /// The one function of a point that takes one.
    func run(_ options: Options, _ builder: ComponentBuilder) throws -> ScriptFunction {
        guard let function = try functions(options, builder)["run"] else {
            throw ExperimentError.invalidComponent(
                point: point.point, name: name, source: location.description,
                problem: "it does not return a function")
        }
        return function
    }

    /// What the registry holds.
    var component: Component {
        point.component(self)
    }
}

/// What tells one made component from another.
struct MadeKey: Hashable {
    let make: ScriptFunction
    let options: Options
    let probability: Double
}

extension ExperimentScript {
    /// Runs the `init.lua` of each plugin, and registers what they give.
    ///
    /// A plugin that fails is left out, unless the command line names it.
    ///
    /// - Returns: Those that failed.
    /// - Throws: `LuaError` of a plugin, ``ScriptingError`` for what it declares, `ExperimentError`
    ///   for a name that two plugins register.
    static func load(
        _ catalog: PluginCatalog, _ sandbox: Sandbox, _ registration: PluginRegistration,
        into registry: inout Registry, limits: ScriptLimits
    ) throws -> [BrokenPlugin] {
        guard !catalog.plugins.isEmpty else { return [] }
        var broken: [BrokenPlugin] = []
        // Through `require`, so that a plugin that is asked for later is the same one.
        let loader = try sandbox.load(
            "return require(...)", chunk: .embedded(pluginLoader))
        for plugin in catalog.plugins {
            registration.begin(plugin)
            do {
                _ = try loader.call(
                    .string(plugin.name),
                    limits: limits.loading)
                try registration.end()
            } catch {
                guard !catalog.isAsked(plugin) else { throw error }
                registration.abandon()
                broken.append(
                    BrokenPlugin(
                        name: plugin.name, folder: plugin.folder, error: error,
                        provides: plugin.manifest.provides))
                continue
            }
            for component in registration.components { try registry.register(component.component) }
        }
        return broken
    }

    /// The name of the chunk that loads plugins.
    static let pluginLoader = "plugin loader"

    /// What a plugin's `make` returns for these options; made once.
    func made(
        by make: ScriptFunction, component: PluginComponent, _ options: Options,
        probability: Double
    ) throws -> ScriptFunctions {
        let key = MadeKey(make: make, options: options, probability: probability)
        if let known = madeComponents[key] { return known }
        let point = component.point
        let callback = try callback(make, point.point)
        let context = bindings.context
        let made = try callback.call { () throws(LuaError) in
            try push(options, component.options)
            try context.push(
                try context.readOnly(
                    try context.table(fields: ["mutation_probability": .number(probability)]),
                    name: "context"))
            return 2
        } read: { (place) throws(LuaError) in
            let tree = try context.tree(at: place, name: component.name)
            do throws(LuaError) {
                return try registration.functions(
                    tree, of: point, place: "make", at: component.location)
            } catch {
                // The same words as at registration, where the call of `register` is not to blame.
                throw callback.wrong(
                    error.message.hasPrefix("register: ")
                        ? String(error.message.dropFirst(10)) : error.message)
            }
        }
        madeComponents[key] = made
        return made
    }

    /// Pushes options as a table that cannot be changed; components among them are functions.
    private func push(
        _ options: Options, _ specifications: [OptionSpecification]
    ) throws(LuaError) {
        let context = bindings.context
        let table = try context.table()
        var isComplete = true
        for (entry, specification) in zip(options.entries, specifications) {
            let value = try value(of: entry.value, specification, options)
            if value.isNil { isComplete = false }
            try table.set(entry.name, value)
        }
        // An option that was left out reads as nil, which a strict table would refuse.
        try context.push(try context.readOnly(table, name: "options", strict: isComplete))
    }

    private func value(
        of option: OptionValue, _ specification: OptionSpecification, _ options: Options
    ) throws(LuaError) -> LuaValue {
        switch option {
        case .absent, .section: return .nil
        case .boolean(let flag): return .boolean(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .function(let function):
            return self.function(function).map(LuaValue.function) ?? .nil
        case .list(let items):
            var values: [LuaValue] = []
            for item in items { values.append(try value(of: item, specification, options)) }
            let list = try bindings.context.table(array: values)
            return .table(
                try bindings.context.readOnly(list, name: specification.name, strict: false))
        case .component(let selection):
            guard case .component(let point, _) = specification.type else { return .nil }
            var probability = 0.1
            if case .number(let given) = options["mutation_probability"] { probability = given }
            return try operatorFunction(
                selection, at: point, named: specification.name, probability: probability)
        }
    }

    /// A mutation or crossover as a function that Lua can call: `(parent, rng, rate)` or
    /// `(a, b, rng)`; nil for the crossover "none".
    func operatorFunction(
        _ selection: ComponentSelection, at point: ExtensionPoint, named name: String,
        probability: Double = 0.1
    ) throws(LuaError) -> LuaValue {
        if case .named("none", _) = selection { return .nil }
        // A closure given to Lua must not keep the state alive.
        let function = HostFunction(name) { [weak self, bindings] arguments in
            guard let self else { throw LuaError(kind: .closed, message: "the script is gone") }
            let builder = ComponentBuilder(registry: registry, scripts: self)
            let parent = try arguments.object(1, "parent", bindings.genotype)
            guard let space = parent.space else {
                throw LuaError(
                    kind: .conversion, message: "\(name): this genotype has no space")
            }
            let child: Genotype
            if point == .mutation {
                let rng = try arguments.object(2, "rng", bindings.random)
                var rate = probability
                if !arguments.isAbsent(3) { rate = try arguments.number(3, "rate") }
                guard (0...1).contains(rate) else {
                    throw LuaError(
                        kind: .conversion,
                        message: "\(name): expected a rate in 0…1, found \(rate)")
                }
                let mutate = try builder.with(probability: rate).make(selection, at: .mutation)
                child = try rng.use { try mutate(parent.genotype, space, &$0) }
            } else {
                let other = try arguments.object(2, "other", bindings.genotype)
                let rng = try arguments.object(3, "rng", bindings.random)
                let cross = try builder.make(selection, at: .crossover)
                child = try rng.use { stream in
                    guard let cross else { return parent.genotype }
                    return try cross(parent.genotype, other.genotype, space, &stream)
                }
            }
            try arguments.context.push(
                GenotypeHandle(child, space: space, isReadOnly: false), bindings.genotype,
                nativeBytes: 8 * child.genes.count)
            return 1
        }
        return .function(try bindings.context.function(function))
    }
}
