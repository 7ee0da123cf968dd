internal import Components
internal import Experiments
internal import Records
import Evolution
import LuaHost
import SearchSpaces

extension ExperimentScript {
    /// Three functions as a search method: `init(context)` → state, `step(state, context)` → state
    /// and whether it is done, `result(state, context)` → genotypes, best first.
    ///
    /// The state is data: numbers, strings, booleans, tables, tensors, genotypes, streams, the learner
    /// and strategies. Every step gets a copy of its tables, so nothing survives that would not be saved;
    /// the learner and strategies move on as they are used.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    func method(
        begin: ScriptFunction, step: ScriptFunction, result: ScriptFunction
    ) throws -> any SearchMethod {
        ScriptMethod(
            self, try callback(begin, .method), try callback(step, .method),
            try callback(result, .method))
    }
}

/// A method in Lua.
final class ScriptMethod: SearchMethod {
    private let script: ExperimentScript
    private let first: Callback
    private let next: Callback
    private let last: Callback
    private var state = LuaTree.nil
    private var world: MethodContext?

    init(
        _ script: ExperimentScript, _ first: Callback, _ next: Callback, _ last: Callback
    ) {
        self.script = script
        self.first = first
        self.next = next
        self.last = last
    }

    private var bindings: Bindings { script.bindings }

    func begin(_ services: MethodServices) throws {
        state = try call(first, "init", services, nil) { (context, place) throws(LuaError) in
            try context.tree(at: place, name: "state")
        }
    }

    func step(_ services: MethodServices) throws -> Bool {
        let (state, isDone) = try call(next, "step", services, state) {
            (context, place) throws(LuaError) -> (LuaTree, Bool) in
            let done = context.kind(at: place + 1)
            guard done == .boolean || done == .nil else {
                throw LuaError(
                    kind: .conversion,
                    message: "step: expected the next state and true or false, found \(done) as "
                        + "the second result")
            }
            return (
                try context.tree(at: place, name: "state"),
                context.boolean(at: place + 1) ?? false
            )
        }
        // What cannot be saved is refused at once, not at the next checkpoint.
        var writer = StateWriter(bindings, SavedKind.ofMethods)
        _ = try explained(next) { try writer.value(state) }
        self.state = state
        return isDone
    }

    func result(_ services: MethodServices) throws -> [Genotype] {
        try call(last, "result", services, state) {
            [self] (context, place) throws(LuaError) -> [Genotype] in
            guard case .table(let table) = try context.value(at: place), try table.count() > 0
            else {
                throw LuaError(
                    kind: .conversion,
                    message: "result: expected a list of genotypes or evaluations, best first, "
                        + "found \(context.kind(at: place) == .table ? "an empty table" : context.kind(at: place).description)"
                )
            }
            let arguments = MethodReading(context, "result")
            let isEvaluations = try table.get(.integer(1)).table != nil
            if isEvaluations {
                let best = try arguments.evaluations(
                    .table(table), "best", services.space, bindings)
                do {
                    try services.check(best, "result: best")
                } catch {
                    throw LuaError(kind: .conversion, message: String(describing: error))
                }
                return best.map(\.genome)
            }
            return try arguments.genotypes(.table(table), "best", services.space, bindings)
        }
    }

    // MARK: State

    func saved(_ services: MethodServices) throws -> MethodState {
        try explained(first) { try ScriptState.method(state, bindings, services) }
    }

    func restore(_ state: MethodState, _ services: MethodServices) throws {
        self.state = try ScriptState.tree(state, bindings, services)
    }

    private func explained<Result>(
        _ callback: Callback, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as LuaError {
            throw callback.located(error)
        }
    }

    // MARK: Calls

    private func call<Result>(
        _ callback: Callback, _ name: String, _ services: MethodServices, _ state: LuaTree?,
        _ read: (LuaContext, Int) throws(LuaError) -> Result
    ) throws -> Result {
        let context = bindings.context
        let base = context.count
        let world = self.world ?? MethodContext(services)
        self.world = world
        let reader = StateReader(bindings, SavedKind.ofMethods, space: services.space)
        defer {
            world.end()
            reader.end()
            context.pop(context.count - base)
        }
        let revived = try explained(callback) { try state.map { try reader.revived($0) } }
        let type = try bindings.method().context
        do throws(LuaError) {
            return try callback.within { () throws(LuaError) in
                try context.push(callback.function)
                if let revived { try context.push(revived) }
                try context.push(world, type)
                try callback.invoke(
                    arguments: revived == nil ? 1 : 2, results: name == "step" ? 2 : 1,
                    name: "method \(name)")
                return try read(context, base + 1)
            }
        } catch {
            // The wish to stop is no mistake of the script.
            if let inner = error.underlying, MethodServices.isInterruption(inner) { throw inner }
            throw error
        }
    }
}
