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

    /// A plugin's function as a reporter.
    func reporter(_ function: ScriptFunction) throws -> Reporter {
        let callback = try callback(function, .reporter)
        return { [self] event in
            let value = try JSONDecoder().decode(
                JSONValue.self, from: Data(try event.jsonLine().utf8))
            try callback.call { () throws(LuaError) in
                try bindings.context.push(ExperimentScript.tree(value))
                return 1
            } read: { (_) throws(LuaError) in
            }
        }
    }

    /// A value of JSON as Lua sees it; names of fields in snake_case, as everywhere in Lua.
    static func tree(_ value: JSONValue) -> LuaTree {
        switch value {
        case .null: return .nil
        case .boolean(let flag): return .boolean(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .array(let items): return .table(LuaTree.Table(array: items.map(tree)))
        case .object(let fields):
            return .table(
                LuaTree.Table(
                    fields: fields.sorted { $0.key < $1.key }.map { key, value in
                        // The kind of an event is a name of the host's, too.
                        if key == "event", case .string(let kind) = value {
                            return LuaTree.Field(key, .string(snakeCase(kind)))
                        }
                        return LuaTree.Field(snakeCase(key), tree(value))
                    }))
        }
    }

    private static func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            text += character.isUppercase ? "_" + character.lowercased() : String(character)
        }
        return text
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
        let begun: StateValue = try first.call(&rng) { (rng) throws(LuaError) in
            try bindings.push(space)
            try bindings.context.push(rng, bindings.random)
            return 2
        } read: { (place) throws(LuaError) in
            try state(at: place)
        }
        return try begun.text()
    }

    func ask(
        _ memory: String, _ count: Int, _ rng: inout RandomStream
    ) throws -> (genomes: [Genotype], memory: String) {
        let old = try StateValue.read(memory)
        let context = bindings.context
        let handle = RandomHandle(rng)
        let base = context.count
        defer {
            handle.end()
            context.pop(context.count - base)
        }
        try context.push(proposal.function)
        try context.push(try old.tree(bindings, space))
        try context.push(count)
        try context.push(handle, bindings.random)
        try bindings.push(space)
        try context.call(
            arguments: 4, results: 2, limits: proposal.limits,
            name: proposal.point.rawValue)
        rng = handle.stream
        do throws(LuaError) {
            let genomes = try genotypes(at: context.count - 1, "ask")
            // Without a second result the state stays.
            let next =
                context.kind(at: context.count) == .nil ? old : try state(at: context.count)
            return (genomes, try text(of: next))
        } catch {
            throw proposal.located(error)
        }
    }

    private func text(of state: StateValue) throws(LuaError) -> String {
        do { return try state.text() } catch {
            throw LuaError(kind: .conversion, message: "the state cannot be saved: \(error)")
        }
    }

    func tell(
        _ callback: Callback, _ memory: String, _ evaluations: [Evaluation<Genotype>]
    ) throws -> String {
        let old = try StateValue.read(memory)
        let context = bindings.context
        let next: StateValue = try callback.call { () throws(LuaError) in
            try context.push(try old.tree(bindings, space))
            var rows: [LuaValue] = []
            for evaluation in evaluations {
                let handle = GenotypeHandle(evaluation.genome, space: space, isReadOnly: true)
                rows.append(
                    .table(
                        try context.table(fields: [
                            "genotype": .userdata(
                                try context.userdata(handle, bindings.genotype)),
                            "objectives": .table(
                                try context.table(
                                    array: evaluation.objectives.map { .number($0) })),
                            "failed": .boolean(!evaluation.isFinite),
                        ])))
            }
            try context.push(try context.table(array: rows))
            try bindings.push(space)
            return 3
        } read: { (place) throws(LuaError) in
            try state(at: place)
        }
        return try next.text()
    }

    func population(_ callback: Callback, _ memory: String) throws -> [Genotype] {
        let old = try StateValue.read(memory)
        return try callback.call { () throws(LuaError) in
            try bindings.context.push(try old.tree(bindings, space))
            return 1
        } read: { (place) throws(LuaError) in
            try genotypes(at: place, "population")
        }
    }

    private func state(at place: Int) throws(LuaError) -> StateValue {
        guard bindings.context.kind(at: place) == .table else {
            throw LuaError(
                kind: .conversion,
                message: "expected the state as a table, found "
                    + "\(bindings.context.kind(at: place)); return the state")
        }
        return try StateValue(
            try bindings.context.tree(at: place, name: "state"), path: "state", bindings)
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
