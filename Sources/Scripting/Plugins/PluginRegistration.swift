internal import Evaluation
import Naming
import Components
import Experiments
import LuaHost
import SearchSpaces

/// A component as a plugin registered it.
struct PluginComponent: Sendable {
    /// What a plugin gives to be called.
    enum Form: Sendable {
        /// The component itself.
        case run(ScriptFunctions)
        /// A function of the options that returns it.
        case make(ScriptFunction)
    }

    /// Where it is named.
    let id: ExtensionPoint
    let name: String
    let summary: String
    let options: [OptionSpecification]
    let form: Form
    /// The line of `apogee.register`.
    let location: PlanLocation
    /// `unit` and `direction` of an objective.
    let unit: String?
    let direction: Objective.Direction
    /// What it needs of the plan's other components.
    let needs: [Need]

    /// Lua's side of its point.
    var point: LuaPoint {
        guard let point = LuaPoint.all.first(where: { $0.point == id }) else {
            preconditionFailure("\(id.rawValue) was looked up when the component was registered")
        }
        return point
    }
}

/// What `apogee.register` collects while plugins load.
final class PluginRegistration {
    /// The plugin that is loading; nil before and after.
    var current: Plugin?
    /// What the loading plugin registered.
    private(set) var components: [PluginComponent] = []
    /// What all plugins registered.
    private(set) var all: [PluginComponent] = []
    private let catalog: PluginCatalog
    /// Keeps functions, and turns tables into plan values.
    private let tree: TreeBox

    static let keys = [
        "point", "name", "summary", "options", "run", "make", "unit", "direction",
        "needs",
    ]

    init(catalog: PluginCatalog, tree: TreeBox) {
        self.catalog = catalog
        self.tree = tree
    }

    /// The plugin that loads from here on registers nothing yet.
    func begin(_ plugin: Plugin) {
        current = plugin
        components = []
    }

    /// Forgets what the plugin that loads registered.
    func abandon() {
        all.removeLast(components.count)
        (current, components) = (nil, [])
    }

    /// `apogee.register { point = …, name = …, summary = …, run = … }`.
    func register(_ arguments: LuaArguments) throws -> Int {
        guard let plugin = current else {
            throw TableReader.problem(
                "components can be registered only while plugins load; call it in the init.lua of "
                    + "a plugin")
        }
        let context = arguments.context
        if case .file(let chunk) = context.callingChunk(), !plugin.owns(chunk) {
            throw TableReader.problem(
                "\(chunk) is not a file of plugin '\(plugin.name)', which is loading; each plugin "
                    + "registers its own components")
        }
        guard arguments.kind(1) == .table, arguments.count == 1 else {
            throw arguments.mismatch(1, "component", expected: "one table, as in register { … }")
        }
        let tree = try context.tree(at: arguments.place(1), name: "component")
        guard case .table(let table) = tree, table.array.isEmpty else {
            throw TableReader.problem("expected only key = value")
        }
        let here = context.positioned(LuaError(kind: .runtime, message: ""))
        let location = PlanLocation.script(file: here.file ?? plugin.main, line: here.line)
        let component = try component(table, at: location)
        components.append(component)
        all.append(component)
        return 0
    }

    private func component(
        _ table: LuaTree.Table, at location: PlanLocation
    ) throws(LuaError) -> PluginComponent {
        for field in table.fields where !Self.keys.contains(field.name) {
            throw TableReader.problem(
                "no such key '\(field.name)'; " + Hint.text(for: field.name, among: Self.keys))
        }
        let reader = TableReader(table: table, place: "component")
        let point = try LuaPoint.named(try reader.text("point"))
        let name = try reader.text("name")
        let own = TableReader(table: table, place: "\(point.point.rawValue) '\(name)'")
        if !point.hasUnit {
            for key in ["unit", "direction"] where table[key] != nil {
                throw TableReader.problem("\(own.place).\(key): only an objective has one")
            }
        }
        var direction = Objective.Direction.minimize
        if let word = try own.optionalText("direction") {
            guard let known = Objective.Direction(rawValue: word) else {
                throw TableReader.problem(
                    "\(own.place).direction: expected \"minimize\" or \"maximize\", found "
                        + PlanText.quoted(word))
            }
            direction = known
        }
        let form: PluginComponent.Form
        switch (table["run"], table["make"]) {
        case (let run?, nil):
            form = .run(try functions(run, of: point, place: "\(own.place).run", at: location))
        case (nil, .function(let make)?):
            form = .make(tree.keep(make, at: location))
        case (nil, let make?):
            throw TableReader.problem(
                "\(own.place).make: expected a function of the options that returns "
                    + "\(point.expectation), found \(make.kind.description)")
        case (_?, _?): throw TableReader.problem("\(own.place): give either run or make, not both")
        case (nil, nil):
            throw TableReader.problem(
                "\(own.place): expected run = \(point.expectation), or make, a function of the "
                    + "options that returns it")
        }
        let options = PluginOptions(plain: { [tree] (value) throws(LuaError) in
            try tree.plain(value, name: "default", at: location)
        })
        let specifications = try options.specifications(table["options"])
        let taken = point.reserved
        if let clash = specifications.first(where: { taken.contains($0.name) }) {
            throw TableReader.problem(
                "\(own.place).options: every \(point.point.title) has an option "
                    + "\"\(clash.name)\" of the host; give it another name")
        }
        return PluginComponent(
            id: point.point, name: name, summary: try own.text("summary"),
            options: specifications, form: form, location: location,
            unit: try own.optionalText("unit"), direction: direction,
            needs: try needs(table["needs"], of: point, place: "\(own.place).needs"))
    }

    /// `needs = { tasks = "examples" }`: a word, or a list of words, for each point.
    private func needs(
        _ value: LuaTree?, of point: LuaPoint, place: String
    ) throws(LuaError) -> [Need] {
        guard let value else { return [] }
        guard ExperimentPlan.pointsWithNeeds.contains(point.point) else {
            throw TableReader.problem(
                "\(place): needs are checked of "
                    + PlanText.listed(ExperimentPlan.pointsWithNeeds.map(\.rawValue))
                    + ", and of no \(point.point.title)")
        }
        let expected =
            "expected a table such as { tasks = \"examples\" }; there are "
            + Need.words.map { "\($0.point.rawValue) = \"\($0.word)\"" }.joined(separator: ", ")
        guard case .table(let table) = value, table.array.isEmpty else {
            throw TableReader.problem("\(place): \(expected)")
        }
        var needs: [Need] = []
        for field in table.fields {
            let words: [LuaTree]
            if case .table(let list) = field.value, list.fields.isEmpty {
                words = list.array
            } else {
                words = [field.value]
            }
            for word in words {
                guard case .string(let text) = word,
                    let known = Need.words.first(where: {
                        $0.point.rawValue == field.name && $0.word == text
                    })
                else { throw TableReader.problem("\(place).\(field.name): \(expected)") }
                needs.append(Need(known.trait, of: known.point))
            }
        }
        return needs
    }

    /// What a component gives to be called, checked against its point.
    func functions(
        _ value: LuaTree, of point: LuaPoint, place: String, at location: PlanLocation
    ) throws(LuaError) -> ScriptFunctions {
        var found = ScriptFunctions()
        switch (point.shape, value) {
        case (.function, .function(let function)):
            found.functions["run"] = tree.keep(function, at: location)
            return found
        case (.table(let required, let optional, let data), .table(let table))
        where table.array.isEmpty:
            for field in table.fields {
                if data.contains(field.name) {
                    found.data[field.name] = try tree.plain(
                        field.value, name: field.name, at: location)
                    continue
                }
                let known = required + optional + data
                guard known.contains(field.name) else {
                    throw TableReader.problem(
                        "\(place): no such key '\(field.name)'; "
                            + Hint.text(for: field.name, among: known))
                }
                guard case .function(let function) = field.value else {
                    throw TableReader.problem(
                        "\(place).\(field.name): expected a function, found "
                            + field.value.kind.description)
                }
                found.functions[field.name] = tree.keep(function, at: location)
            }
            for name in required where found.functions[name] == nil {
                throw TableReader.problem("\(place).\(name): missing; expected a function")
            }
            for name in data where found.data[name] == nil {
                throw TableReader.problem("\(place).\(name): missing")
            }
            return found
        default:
            throw TableReader.problem(
                "\(place): expected \(point.expectation), found \(value.kind.description)")
        }
    }

    /// The plan value of what a script wrote as options.
    func plain(_ value: LuaTree) throws(LuaError) -> PlainValue {
        try tree.plain(value, name: "options", at: .script(file: "options", line: nil))
    }

    // MARK: Declared = registered

    /// Ends a plugin's loading, and compares what it registered with what it declared.
    ///
    /// - Throws: ``ScriptingError/invalidPlugin(path:key:problem:)`` for a difference.
    func end() throws(ScriptingError) {
        guard let plugin = current else { return }
        current = nil
        for component in components {
            let point = component.point.point
            let declared =
                plugin.manifest.provides.first { $0.point == point }.map(\.names) ?? []
            guard !declared.contains(component.name) else { continue }
            throw .invalidPlugin(
                path: plugin.manifestPath, key: "provides.\(point.rawValue)",
                problem: "\(component.location) registers \"\(component.name)\", which is not "
                    + "listed; add it")
        }
        for provision in plugin.manifest.provides {
            let registered = components.filter { $0.point.point == provision.point }.map(\.name)
            for name in provision.names where !registered.contains(name) {
                let nearest = NearestName.of(name, among: registered)
                throw .invalidPlugin(
                    path: plugin.manifestPath, key: "provides.\(provision.point.rawValue)",
                    problem: "\"\(name)\" is listed, but \(plugin.main) does not register it"
                        + (nearest.map { "; it registers \"\($0)\"" } ?? ""))
            }
        }
    }
}

/// The functions that plans and plugins hold; a class, as closures of the host module fill it.
final class TreeBox {
    var tree = PlanTree()

    /// Keeps a function; its own place is named where it has one.
    func keep(_ function: LuaFunction, at location: PlanLocation) -> ScriptFunction {
        let own = function.definition.map {
            PlanLocation.script(file: $0.file, line: $0.line)
        }
        return tree.keep(function, at: own ?? location)
    }

    /// The plan value of what a script wrote.
    func plain(
        _ value: LuaTree, name: String, at location: PlanLocation
    ) throws(LuaError) -> PlainValue {
        do throws(ScriptingError) {
            return try tree.value(value, path: name, at: location) { $0 }
        } catch {
            guard case .notPlan(_, let problem) = error else {
                throw LuaError(kind: .conversion, message: error.description)
            }
            throw TableReader.problem(problem)
        }
    }
}
