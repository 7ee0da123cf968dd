import Supernets
import Evolution
import Components
import Experiments
import LuaHost
import Randomness
import SearchSpaces

/// The module `apogee.testing` of specs and of the prompt: what the host otherwise gives to
/// callbacks alone.
enum TestingModule {
    /// The functions, by the names that scripts use.
    static let names = ["rng", "space", "mutation", "crossover", "strategy", "component"]

    /// - Parameters:
    ///   - host: Whose components there are.
    ///   - seed: Of a stream that is made without one.
    /// - Returns: The module.
    /// - Throws: `LuaError` where Lua has no memory left.
    static func make(_ host: ExperimentScript, seed: Int = 0) throws -> LuaTable {
        let context = host.bindings.context
        let bindings = host.bindings
        let rng = HostFunction(
            "rng",
            pushing: { arguments in
                let seed = arguments.isAbsent(1) ? seed : try arguments.integer(1, "seed")
                guard seed >= 0 else {
                    throw LuaError(
                        kind: .conversion,
                        message: "rng: expected a seed of at least 0, found \(seed)")
                }
                try arguments.context.push(
                    RandomHandle(RandomStream(seed: UInt64(seed))), bindings.random)
                return 1
            })
        let space = HostFunction(
            "space",
            pushing: { [weak host] arguments in
                // A name is that of a plugin's space; a number is one of nodes in cells.
                if arguments.kind(1) == .string, let host {
                    let selection = try host.selection(
                        arguments, named: 1, options: 2, at: .space)
                    let builder = ComponentBuilder(registry: host.registry, scripts: host)
                    let plan = try builder.make(selection, at: .space)
                    guard let space = try plan.searchSpace(builder) else {
                        throw LuaError(
                            kind: .conversion,
                            message: "space: \(plan.name) has no choices to search")
                    }
                    try bindings.push(space)
                    return 1
                }
                let nodes = arguments.isAbsent(1) ? 2 : try arguments.integer(1, "nodes")
                let space: any SearchSpace
                do throws(SearchSpaceError) {
                    space = try CellSpace(nodes: nodes)
                } catch {
                    throw LuaError(kind: .conversion, message: "space: \(error)")
                }
                try bindings.push(space)
                return 1
            })
        // A closure given to Lua must not keep the state alive.
        let component = HostFunction(
            "component",
            pushing: { [weak host] arguments in
                guard let host else { throw LuaError(kind: .closed, message: "the host is gone") }
                let name = try arguments.string(1, "point")
                let point = try LuaPoint.named(name).point
                let selection = try host.selection(arguments, named: 2, options: 3, at: point)
                try host.push(selection, at: point)
                return 1
            })
        func shorthand(_ point: ExtensionPoint) -> HostFunction {
            HostFunction(
                point.rawValue,
                pushing: { [weak host] arguments in
                    guard let host else {
                        throw LuaError(kind: .closed, message: "the host is gone")
                    }
                    let selection = try host.selection(arguments, named: 1, options: 2, at: point)
                    try host.push(selection, at: point)
                    return 1
                })
        }
        let table = try context.table()
        for function in [
            rng, space, shorthand(.mutation), shorthand(.crossover), component,
            strategy(host, seed: seed),
        ] {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "apogee.testing")
    }

    /// `strategy(strategy, space?, rng?)`: a strategy to ask and tell, written as in a plan.
    private static func strategy(_ host: ExperimentScript, seed: Int) -> HostFunction {
        let bindings = host.bindings
        return HostFunction(
            "strategy",
            pushing: { [weak host] arguments in
                guard let host else { throw LuaError(kind: .closed, message: "the host is gone") }
                guard [.string, .table].contains(arguments.kind(1)) else {
                    throw arguments.mismatch(
                        1, "strategy", expected: "a strategy's name, or a table as in a plan")
                }
                let tree = try arguments.context.tree(at: arguments.place(1), name: "strategy")
                let selection = try host.registry.selection(
                    try host.registration.plain(tree), at: .strategy)
                let space: any SearchSpace =
                    arguments.isAbsent(2)
                    ? try CellSpace(nodes: 2)
                    : try arguments.object(2, "space", bindings.space).space
                let rng =
                    arguments.isAbsent(3)
                    ? RandomStream(seed: UInt64(seed))
                    : try arguments.object(3, "rng", bindings.random).split("strategy")
                let builder = ComponentBuilder(registry: host.registry, scripts: host)
                let plan = try builder.make(selection, at: .strategy)
                try arguments.context.push(
                    StrategyHandle(try MethodStrategy(plan, over: space, builder, rng: rng)),
                    try bindings.method().strategy)
                return 1
            })
    }
}

extension ExperimentScript {
    /// The component that arguments name, with the table of its options.
    fileprivate func selection(
        _ arguments: LuaArguments, named place: Int, options: Int, at point: ExtensionPoint
    ) throws -> ComponentSelection {
        let name = try arguments.string(place, "name")
        var table = PlainValue(.table(PlainTable()))
        if !arguments.isAbsent(options) {
            guard arguments.kind(options) == .table else {
                throw arguments.mismatch(options, "options", expected: "a table of options")
            }
            let tree = try arguments.context.tree(at: arguments.place(options), name: "options")
            table = try registration.plain(tree)
        }
        return try selection(name, at: point, options: table)
    }

    /// Pushes a component as a function that Lua can call as the host would.
    fileprivate func push(_ selection: ComponentSelection, at point: ExtensionPoint) throws {
        let context = bindings.context
        switch point {
        case .mutation, .crossover:
            try context.push(try operatorFunction(selection, at: point, named: point.rawValue))
        default:
            guard case .named(let name, let options) = selection,
                let component = registration.all.first(where: {
                    $0.point.point == point && $0.name == name
                }),
                let function = function(
                    try component.run(options, ComponentBuilder(registry: registry, scripts: self)))
            else {
                throw LuaError(
                    kind: .conversion,
                    message: "component: only a plugin's component of one function can be called "
                        + "here, and \(point.rawValue) \"\(selection.title)\" is not one")
            }
            try context.push(function)
        }
    }
}
