internal import Evaluation
import Components
import Evolution
import Experiments
import Foundation
import LuaHost
import Randomness
import Records
import SearchSpaces

// Strategies and reporters of plugins.
extension ExperimentScript {
    /// A plugin's functions as a strategy: state in, state out.
    func strategy(
        _ name: String, _ functions: ScriptFunctions, _ space: any SearchSpace
    ) throws -> StrategyDelegate<Genotype> {
        let code = ScriptedStrategy(
            script: self, space: space, first: try strategyCallback(functions, "init"),
            proposal: try strategyCallback(functions, "ask"))
        let tell = try strategyCallback(functions, "tell")
        var delegate = StrategyDelegate<Genotype>(
            begin: code.begin, ask: code.ask,
            tell: { memory, evaluations in try code.tell(tell, memory, evaluations) })
        if functions["revise"] != nil {
            let revise = try strategyCallback(functions, "revise")
            delegate.revise = { memory, evaluations in
                try code.tell(revise, memory, evaluations)
            }
        }
        if functions["population"] != nil {
            let population = try strategyCallback(functions, "population")
            delegate.population = { memory in try code.population(population, memory) }
        }
        return delegate
    }

    private func strategyCallback(
        _ functions: ScriptFunctions, _ name: String
    ) throws -> Callback {
        guard let function = functions[name] else {
            throw ExperimentError.failed("the strategy has no function '\(name)'")
        }
        return try callback(function, .strategy)
    }

    /// A function as a reporter: `(event)`, an event as it stands in `events.jsonl`.
    func reporter(_ function: ScriptFunction) throws -> Reporter {
        let callback = try callback(function, .reporter)
        return { [self] event in
            let value = try RecordCoding.decode(PlainValue.self, from: try event.jsonLine())
            try callback.call { () throws(LuaError) in
                try bindings.context.push(ExperimentScript.tree(value))
                return 1
            } read: { (_) throws(LuaError) in
            }
        }
    }

    /// A value of JSON as Lua sees it, with the names that it has in files.
    static func tree(_ value: PlainValue) -> LuaTree {
        switch value.kind {
        case .nothing, .bytes, .function, .object: return .nil
        case .boolean(let flag): return .boolean(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .table(let table):
            return .table(
                LuaTree.Table(
                    array: table.positional.map(tree),
                    fields: table.named.sorted { $0.name < $1.name }.map {
                        LuaTree.Field($0.name, tree($0.value))
                    }))
        }
    }
}

/// The calls of one strategy.
private struct ScriptedStrategy {
    let script: ExperimentScript
    let space: any SearchSpace
    let first: Callback
    let proposal: Callback

    private var bindings: Bindings { script.bindings }

    func begin(_ rng: inout RandomStream) throws -> String {
        try first.call(&rng) { (rng) throws(LuaError) in
            try bindings.push(space)
            try bindings.context.push(rng, bindings.random)
            return 2
        } read: { (place) throws(LuaError) in
            try state(at: place)
        }
    }

    /// A saved state as values of Lua, whose streams hold until `reader.end()`.
    private func read(_ memory: String) throws(LuaError) -> (tree: LuaTree, reader: StateReader) {
        do {
            let saved = try ScriptState(memory)
            let reader = StateReader(bindings, SavedKind.common, space: space, arrays: saved.kept)
            return (try reader.tree(saved.state), reader)
        } catch {
            throw LuaError(
                kind: .conversion, message: "the saved state cannot be read; was it edited?")
        }
    }

    func ask(
        _ memory: String, _ count: Int, _ rng: inout RandomStream
    ) throws -> (genomes: [Genotype], memory: String) {
        let (old, reader) = try read(memory)
        let context = bindings.context
        let handle = RandomHandle(rng)
        let base = context.count
        defer {
            handle.end()
            reader.end()
            context.pop(context.count - base)
        }
        let found = try proposal.within {
            () throws(LuaError) -> (genomes: [Genotype], memory: String) in
            try context.push(old)
            let given = try context.value(at: context.count)
            try context.push(proposal.function)
            try context.push(given)
            try context.push(count)
            try context.push(handle, bindings.random)
            try bindings.push(space)
            try proposal.invoke(arguments: 4, results: 2)
            let genomes = try genotypes(at: context.count - 1, "ask")
            guard context.kind(at: context.count) == .nil else {
                return (genomes, try state(at: context.count))
            }
            // Without a second result the state stays, so it must be as it was.
            try context.push(given)
            guard try state(at: context.count) == memory else {
                throw LuaError(
                    kind: .conversion,
                    message: "ask changed its state and did not return it; return genotypes, state")
            }
            return (genomes, memory)
        }
        rng = handle.stream
        return found
    }

    func tell(
        _ callback: Callback, _ memory: String, _ evaluations: [Evaluation<Genotype>]
    ) throws -> String {
        let (old, reader) = try read(memory)
        defer { reader.end() }
        let context = bindings.context
        return try callback.call { () throws(LuaError) in
            try context.push(old)
            var rows: [LuaValue] = []
            for evaluation in evaluations {
                rows.append(
                    .table(
                        try bindings.evaluation(
                            evaluation, space, failed: !evaluation.isFinite)))
            }
            try context.push(try context.table(array: rows))
            try bindings.push(space)
            return 3
        } read: { (place) throws(LuaError) in
            try state(at: place)
        }
    }

    func population(_ callback: Callback, _ memory: String) throws -> [Genotype] {
        let (old, reader) = try read(memory)
        defer { reader.end() }
        return try callback.call { () throws(LuaError) in
            try bindings.context.push(old)
            return 1
        } read: { (place) throws(LuaError) in
            try genotypes(at: place, "population")
        }
    }

    /// The state that a function returned, as text.
    private func state(at place: Int) throws(LuaError) -> String {
        guard bindings.context.kind(at: place) == .table else {
            throw LuaError(
                kind: .conversion,
                message: "expected the state as a table, found "
                    + "\(bindings.context.kind(at: place)); return the state")
        }
        let tree = try bindings.context.tree(at: place, name: "state")
        do {
            return try ScriptState.strategy(tree, bindings)
        } catch let error as LuaError {
            throw error
        } catch {
            throw LuaError(kind: .conversion, message: "the state cannot be saved: \(error)")
        }
    }

    private func genotypes(at place: Int, _ name: String) throws(LuaError) -> [Genotype] {
        let context = bindings.context
        guard context.kind(at: place) == .table else {
            throw LuaError(
                kind: .conversion,
                message: "\(name): expected a list of genotypes, found \(context.kind(at: place))")
        }
        let count = try context.length(at: place)
        guard (0...1_000_000).contains(count) else {
            throw LuaError(
                kind: .conversion, message: "\(name): a list of \(count) entries is too long")
        }
        var genotypes: [Genotype] = []
        for number in 0..<count {
            try context.push(number + 1)
            try context.get(from: place)
            defer { context.pop() }
            genotypes.append(
                try GenotypeReading.genotype(
                    at: context.count, of: space, name: "\(name)[\(number + 1)]", bindings))
        }
        return genotypes
    }
}
