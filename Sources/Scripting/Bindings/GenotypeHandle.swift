import LuaHost
import SearchSpaces

/// A genotype in a script's hands.
///
/// Genes are counted from 1, as Lua counts; their values are those of the space, from 0. What a
/// callback is given is read-only, and `copy` gives one that can be changed, so that no operator
/// can touch a parent.
final class GenotypeHandle {
    fileprivate(set) var genotype: Genotype
    /// The space; nil where a callback is not told it.
    let space: (any SearchSpace)?
    let isReadOnly: Bool

    init(_ genotype: Genotype, space: (any SearchSpace)?, isReadOnly: Bool) {
        self.genotype = genotype
        self.space = space
        self.isReadOnly = isReadOnly
    }
}

extension GenotypeHandle {
    /// What scripts see of a genotype.
    static func register(in context: LuaContext) throws -> UserdataType<GenotypeHandle> {
        var definition = UserdataDefinition<GenotypeHandle>("genotype")
        let holder = TypeHolder<GenotypeHandle>()
        definition.method("copy") { handle, arguments in
            try arguments.context.push(
                GenotypeHandle(handle.genotype, space: handle.space, isReadOnly: false),
                try holder.get(), nativeBytes: 8 * handle.genotype.genes.count)
            return 1
        }
        addSpace(to: &definition, holder)
        addGenes(to: &definition)
        definition.operation(.length) { arguments in
            let handle = try arguments.object(1, "genotype", try holder.get())
            try arguments.context.push(handle.genotype.genes.count)
            return 1
        }
        definition.operation(.equal) { arguments in
            let type = try holder.get()
            let first = arguments.context.object(at: arguments.place(1), type)
            let second = arguments.context.object(at: arguments.place(2), type)
            try arguments.context.push(first != nil && first?.genotype == second?.genotype)
            return 1
        }
        definition.operation(.text) { arguments in
            let handle = try arguments.object(1, "genotype", try holder.get())
            let text = (try? handle.space?.text(handle.genotype)) ?? nil
            try arguments.context.push(text ?? handle.genotype.description)
            return 1
        }
        let type = try context.register(definition)
        holder.type = type
        return type
    }

    private static func addSpace(
        to definition: inout UserdataDefinition<GenotypeHandle>,
        _ holder: TypeHolder<GenotypeHandle>
    ) {
        definition.method("options") { handle, arguments in
            let gene = try handle.gene(arguments)
            let space = try handle.known(arguments)
            try arguments.context.push(
                integers: try space.options(gene: gene, in: handle.genotype))
            return 1
        }
        definition.method("repair") { handle, arguments in
            let mended = try handle.known(arguments).repair(handle.genotype)
            try arguments.context.push(
                GenotypeHandle(mended, space: handle.space, isReadOnly: false), try holder.get(),
                nativeBytes: 8 * mended.genes.count)
            return 1
        }
        definition.method("text") { handle, arguments in
            let space = try handle.known(arguments)
            let text: String
            do throws(SearchSpaceError) {
                text = try space.text(handle.genotype)
            } catch {
                throw GenotypeReading.explain(error, "genotype", handle.genotype, space)
            }
            try arguments.context.push(text)
            return 1
        }
    }

    private static func addGenes(to definition: inout UserdataDefinition<GenotypeHandle>) {
        definition.subscriptGetter { handle, arguments in
            guard arguments.kind(1) == .integer else {
                let name = try arguments.text(1)
                throw LuaError(
                    kind: .conversion,
                    message: "genotype has no field '\(name)'; it has copy, options, repair, text "
                        + "and the genes 1 to \(handle.genotype.genes.count)")
            }
            let place = try arguments.integer(1, "gene")
            // One past the end is nil, which is where ipairs stops.
            if place == handle.genotype.genes.count + 1 {
                try arguments.context.pushNil()
            } else {
                try arguments.context.push(handle.genotype.genes[try handle.gene(arguments)])
            }
            return 1
        }
        definition.subscriptSetter { handle, arguments in
            guard !handle.isReadOnly else {
                throw LuaError(
                    kind: .conversion,
                    message: "genotype: a parent is read-only; change a copy, "
                        + "as in local child = parent:copy()")
            }
            let gene = try handle.gene(arguments)
            let choice = handle.space.flatMap { space in
                space.choices.indices.contains(gene) ? space.choices[gene] : nil
            }
            let label = "gene \(gene + 1)" + (choice.map { " (\($0.name))" } ?? "")
            let expected =
                choice.map { "an integer from 0 to \($0.options.count - 1)" } ?? "an integer"
            guard arguments.kind(2) == .integer || arguments.kind(2) == .number,
                let value = arguments.context.integer(at: arguments.place(2))
            else {
                throw LuaError(
                    kind: .conversion,
                    message: "genotype: \(label): expected \(expected), found "
                        + (arguments.kind(2) == .number
                            ? try arguments.text(2) : arguments.kind(2).description))
            }
            // What depends on other genes is checked when the callback returns: two genes may
            // have to change together.
            if let choice, !choice.options.indices.contains(value) {
                throw LuaError(
                    kind: .conversion,
                    message: "genotype: \(label): expected \(expected), found \(value)")
            }
            handle.genotype.genes[gene] = value
        }
    }

    /// The 0-based gene that argument 1 names.
    private func gene(_ arguments: LuaArguments) throws(LuaError) -> Int {
        let place = try arguments.integer(1, "gene")
        guard place >= 1, place <= genotype.genes.count else {
            throw LuaError(
                kind: .conversion,
                message: "genotype: there is no gene \(place); genes are counted from 1 to "
                    + "\(genotype.genes.count)")
        }
        return place - 1
    }

    private func known(_ arguments: LuaArguments) throws(LuaError) -> any SearchSpace {
        guard let space else {
            throw LuaError(
                kind: .conversion,
                message: "\(arguments.function): this callback's genotype has no space")
        }
        return space
    }
}
