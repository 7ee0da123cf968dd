import LuaHost
import SearchSpaces

/// A search space in a script's hands.
final class SpaceHandle {
    let space: any SearchSpace
    fileprivate var choices: LuaTable?
    fileprivate var blocks: LuaTable?

    init(_ space: any SearchSpace) {
        self.space = space
    }
}

extension SpaceHandle {
    /// What scripts see of a space.
    static func register(
        in context: LuaContext, genotype: UserdataType<GenotypeHandle>,
        random: UserdataType<RandomHandle>, supernets: SupernetBindings
    ) throws -> UserdataType<SpaceHandle> {
        var definition = UserdataDefinition<SpaceHandle>("space", isShared: true)
        definition.method("sample") { handle, arguments in
            let rng = try arguments.object(1, "rng", random)
            let sampled = try rng.sample(handle.space)
            try handle.push(sampled, on: arguments.context, genotype)
            return 1
        }
        definition.method("size") { handle, arguments in
            try arguments.context.push(handle.space.size)
            return 1
        }
        definition.method("parse") { handle, arguments in
            let text = try arguments.string(1, "text")
            let parsed: Genotype
            do throws(SearchSpaceError) {
                parsed = try handle.space.parse(text)
            } catch {
                throw LuaError(kind: .conversion, message: error.description)
            }
            try handle.push(parsed, on: arguments.context, genotype)
            return 1
        }
        definition.method("repair") { handle, arguments in
            var genes: [Int]
            if let given = arguments.context.object(at: arguments.place(1), genotype) {
                genes = given.genotype.genes
            } else {
                genes = try arguments.integers(1, "genes")
            }
            let mended = try handle.space.repair(Genotype(genes))
            try handle.push(mended, on: arguments.context, genotype)
            return 1
        }
        definition.method("supernet") { [unowned supernets] handle, arguments in
            try supernets.make(handle.space, arguments)
        }
        definition.getter("name") { handle, context in try context.push(handle.space.name) }
        definition.getter("blocks") { handle, context in
            if let blocks = handle.blocks { return try context.push(blocks) }
            let rows = try handle.space.blocks.map { block in
                LuaValue.table(
                    try context.table(fields: [
                        "first": .integer(block.lowerBound + 1), "last": .integer(block.upperBound),
                    ]))
            }
            let table = try context.readOnly(
                try context.table(array: rows), name: "blocks", strict: false)
            handle.blocks = table
            try context.push(table)
        }
        definition.getter("choices") { handle, context in
            if let choices = handle.choices { return try context.push(choices) }
            let rows = try handle.space.choices.map { choice in
                let options = try context.table(array: choice.options.map { .string($0) })
                return LuaValue.table(
                    try context.table(fields: [
                        "name": .string(choice.name), "options": .table(options),
                    ]))
            }
            let table = try context.readOnly(
                try context.table(array: rows), name: "choices", strict: false)
            handle.choices = table
            try context.push(table)
        }
        return try context.register(definition)
    }

    private func push(
        _ sampled: Genotype, on context: LuaContext, _ type: UserdataType<GenotypeHandle>
    ) throws(LuaError) {
        try context.push(
            GenotypeHandle(sampled, space: space, isReadOnly: false), type,
            nativeBytes: 8 * sampled.genes.count)
    }
}
