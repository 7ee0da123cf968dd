internal import Components
internal import Experiments
import LuaHost
import NeuralNetworks
import SearchSpaces
import Supernets
import Tensors

extension ExperimentScript {
    /// Functions as a space of networks: `parameters(context)` → all parameters, `forward(choice,
    /// parameters, x, context)` → features, and `repair(choice)` → a valid choice. A choice is a table
    /// from a decision's name to the option that is chosen.
    ///
    /// All are called on the search thread only; what `forward` records is what runs.
    ///
    /// - Throws: `ExperimentError` for a function of another script, `SearchSpaceError` for choices
    ///   that make no space, `LuaError` for what `repair` does wrong at its first calls.
    func space(
        _ name: String, choices: [ChoicePlan], functions: ScriptFunctions
    ) throws -> SpaceDefinition {
        let listing = try callback(functions.given("parameters", of: name), .space)
        let running = try callback(functions.given("forward", of: name), .space)
        let repairing = try functions["repair"].map { try callback($0, .space) }
        let base = try ChoiceSpace(name: name, choices: choices.map(\.choice))
        let reading = ChoiceReading(choices: choices, bindings: bindings)
        var space: any SearchSpace = base
        if let repairing {
            space = try RuledSpace(base) { [bindings] genotype in
                try repairing.call { () throws(LuaError) in
                    try bindings.context.push(try reading.table(genotype))
                    return 1
                } read: { (position) throws(LuaError) in
                    try reading.genotype(at: position, repairing)
                }
            }
        }
        return SpaceDefinition(
            space: space,
            parameters: { [self] place in
                try listing.call { () throws(LuaError) in
                    try bindings.context.push(try context(place, batch: nil))
                    return 1
                } read: { (position) throws(LuaError) in
                    try specifications(at: position, listing)
                }
            },
            forward: { [self] genotype, x, parameters, forward, place in
                let scope = TensorScope(tracing: "a space's network", graph: x.graph)
                defer { scope.close() }
                let handle = ParametersHandle(
                    parameters, names: parameters.known, forward, in: scope)
                return try running.call { () throws(LuaError) in
                    try bindings.context.push(
                        try bindings.context.readOnly(
                            try reading.table(genotype), name: "choice"))
                    try bindings.context.push(handle, bindings.parameters)
                    try bindings.tensors.push(TensorHandle(x, in: scope))
                    try bindings.context.push(try context(place, batch: x.shape[0]))
                    return 4
                } read: { (position) throws(LuaError) in
                    try tracedOutput(at: position, running, scope)
                }
            },
            locate: { error in
                (error.isOfForward ? running : listing).located(
                    LuaError(kind: .conversion, message: error.description))
            })
    }

    /// What a network's functions are told, as `context`.
    private func context(
        _ place: SpaceDefinition.Place, batch: Int?
    ) throws(LuaError) -> LuaTable {
        let context = bindings.context
        let table = try context.table(fields: [
            "height": .integer(place.height), "width": .integer(place.width),
            "channels": .integer(place.channels), "classes": .integer(place.classes),
        ])
        if let batch { try table.set("batch", .integer(batch)) }
        return try context.readOnly(table, name: "context")
    }
}

/// Genotypes of a script's space as tables from a decision's name to the option that is chosen.
struct ChoiceReading {
    let choices: [ChoicePlan]
    let bindings: Bindings

    /// A new table of what a genotype chooses.
    func table(_ genotype: Genotype) throws(LuaError) -> LuaTable {
        let table = try bindings.context.table()
        for (choice, gene) in zip(choices, genotype.genes)
        where choice.options.indices.contains(gene) {
            switch choice.options[gene] {
            case .text(let text): try table.set(choice.name, .string(text))
            case .integer(let value): try table.set(choice.name, .integer(value))
            }
        }
        return table
    }

    /// The genotype that a table means.
    func genotype(at position: Int, _ callback: Callback) throws(LuaError) -> Genotype {
        let context = bindings.context
        guard context.kind(at: position) == .table else {
            let kind = context.kind(at: position)
            throw callback.wrong(
                "repair: expected a table of choices, found \(kind)"
                    + (kind == .nil ? "; return the choice" : ""))
        }
        let tree = try context.tree(
            at: position, name: "repair", limits: LuaTreeLimits(depth: 4, values: 2_000))
        guard case .table(let table) = tree, table.array.isEmpty else {
            throw callback.wrong("repair: expected name = option, found a list")
        }
        let names = choices.map(\.name)
        if let stray = table.fields.first(where: { !names.contains($0.name) }) {
            throw callback.wrong(
                "repair: no such choice '\(stray.name)'; "
                    + Hint.text(for: stray.name, among: names))
        }
        return Genotype(
            try choices.map { choice throws(LuaError) -> Int in
                let found: ChoicePlan.Value?
                switch table[choice.name] {
                case .string(let text)?: found = .text(text)
                case .integer(let value)?: found = .integer(value)
                case .number(let value)?: found = Int(exactly: value).map { .integer($0) }
                default: found = nil
                }
                if let found, let gene = choice.options.firstIndex(of: found) { return gene }
                let known = choice.options.map(\.description)
                let shown = found.map { "\"\($0)\"" } ?? table[choice.name].map { "\($0.kind)" }
                throw callback.wrong(
                    "repair: \(choice.name): expected one of \(known.joined(separator: ", ")), "
                        + "found \(shown ?? "nothing")")
            })
    }
}
