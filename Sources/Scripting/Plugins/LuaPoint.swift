internal import Methods
public import Components
internal import Evolution
internal import Experiments
internal import LuaHost
internal import MetaLearning
internal import Supernets
internal import Tasks

/// Lua's side of an extension point: what a script gives, what is made of it, how it is checked and
/// what the reference says. A point is opened to scripts by one entry of ``all``.
struct LuaPoint {
    /// What a component of the point gives.
    enum Shape {
        /// One function.
        case function
        /// A table of functions, and of data.
        case table(required: [String], optional: [String], data: [String])
    }

    /// A contract check, and how often it calls a component.
    struct Check {
        let run: (ContractCheck, ComponentSelection, PlanLocation) throws -> Void
        var calls: (ContractCheck) -> Int = { $0.calls }
    }

    let point: ExtensionPoint
    /// The form in Lua, for messages and the reference.
    let signature: String
    let shape: Shape
    let hasUnit: Bool
    /// Options that the host adds to the component's own.
    let hostOptions: [OptionSpecification]
    /// Names of options that plans give besides, so that a component has none of them.
    let reserved: [String]
    let check: Check?
    /// What the registry holds of a plugin's component.
    let component: (PluginComponent) -> Component
    /// What functions of a script make at the point.
    let make: (ExperimentScript, String, ScriptFunctions) throws -> Any

    /// A point of these parts.
    ///
    /// - Parameters:
    ///   - point: The point.
    ///   - signature: The form in Lua.
    ///   - shape: What a component gives.
    ///   - hasUnit: Whether a component has a unit and a direction.
    ///   - hostOptions: Options that the host adds.
    ///   - reserved: Names of options that plans give besides.
    ///   - offers: What components offer to others of a plan.
    ///   - needs: What they need of others.
    ///   - check: Their contract check.
    ///   - plugin: The product of a plugin's component with these options.
    ///   - make: What functions make, for built-in components that take functions.
    init<Product>(
        _ point: Point<Product>, _ signature: String, shape: Shape = .function,
        hasUnit: Bool = false, hostOptions: [OptionSpecification] = [],
        reserved: [String] = [], offers: Set<Trait> = [],
        needs: [Need] = [], check: Check?,
        plugin: @escaping (PluginComponent, Options, ComponentBuilder) throws -> Product,
        make: @escaping (ExperimentScript, String, ScriptFunctions) throws -> Any
    ) {
        self.point = point.id
        self.signature = signature
        self.shape = shape
        self.hasUnit = hasUnit
        self.hostOptions = hostOptions
        self.reserved = hostOptions.map(\.name) + reserved
        self.check = check
        self.make = make
        component = { plugged in
            Component(
                point, plugged.name, source: plugged.location.description,
                options: plugged.options + hostOptions, offers: offers,
                needs: needs + plugged.needs,
                plugged.summary
            ) { try plugin(plugged, $0, $1) }
        }
    }

    /// What `run` must be, in words.
    var expectation: String {
        switch shape {
        case .function: "a function \(signature)"
        case .table: "a table \(signature)"
        }
    }

    /// Every point that scripts and plugins may write.
    static var all: [LuaPoint] {
        [
            mutation, crossover, pathSampler, taskSampler, schedule, objective, strategy, operation,
            space, learner, method, reporter,
        ]
    }

    /// The point of this name.
    ///
    /// - Throws: `LuaError` for a name that is none, or a point that is closed.
    static func named(_ name: String) throws(LuaError) -> LuaPoint {
        if let point = all.first(where: { $0.point.rawValue == name }) { return point }
        if let known = BuiltIns.points.first(where: { $0.rawValue == name }) {
            throw TableReader.problem("component.point: " + refusal(known))
        }
        throw TableReader.problem(
            "component.point: no such point \"\(name)\"; "
                + Hint.text(for: name, among: all.map(\.point.rawValue)))
    }

    /// Why a point takes no components of plugins.
    static func refusal(_ point: ExtensionPoint) -> String {
        "\(point.titleWithArticle) cannot come from a plugin; plugins can provide "
            + PlanText.listed(all.map(\.point.rawValue))
    }
}

extension ExperimentScript: ScriptHost {
    /// Multiply-adds that functions computed since this was last called.
    public func takeWork() -> Int {
        let computed = bindings.tensors.engine.multiplyAdds
        defer { billedWork = computed }
        return computed - billedWork
    }

    /// What functions of this script make at a point.
    ///
    /// - Throws: `ExperimentError` for a function of another script, and for a point that scripts do
    ///   not write.
    public func make<Part>(
        _ part: Part.Type, at point: ExtensionPoint, named name: String,
        from functions: ScriptFunctions
    ) throws -> Part {
        guard let open = LuaPoint.all.first(where: { $0.point == point }),
            let made = try open.make(self, name, functions) as? Part
        else {
            throw ExperimentError.invalidComponent(
                point: point, name: name, source: path,
                problem: "a script's functions cannot make a \(point.title)")
        }
        return made
    }
}

extension ScriptFunctions {
    /// The function of a component by its name.
    ///
    /// - Throws: `ExperimentError` if it is not there.
    func given(_ name: String, of component: String) throws -> ScriptFunction {
        guard let function = self[name] else {
            throw ExperimentError.failed("\"\(component)\" has no function '\(name)'")
        }
        return function
    }
}
