import Evolution
import LuaHost
import SearchSpaces

/// A population in the hands of a batch operator: read-only, and read in one go.
///
/// `#population` is the number of individuals and `population.width` the genes of each;
/// `population:genes()` is a fresh list of all genes, individual after individual, which the
/// operator may change and return; `population:repair(genes)` makes such a list valid;
/// `population[i]` is one individual as a read-only genotype.
final class PopulationHandle {
    let population: Population
    let space: any SearchSpace

    init(_ population: Population, space: any SearchSpace) {
        self.population = population
        self.space = space
    }
}

extension PopulationHandle {
    /// What scripts see of a population.
    static func register(
        in context: LuaContext, genotype: UserdataType<GenotypeHandle>
    ) throws -> UserdataType<PopulationHandle> {
        var definition = UserdataDefinition<PopulationHandle>("population")
        let holder = TypeHolder<PopulationHandle>()
        definition.method("genes") { handle, arguments in
            try arguments.context.push(integers: handle.population.genes)
            return 1
        }
        definition.method("repair") { handle, arguments in
            let genes = try arguments.integers(1, "genes")
            let given: Population
            do throws(EvolutionError) {
                given = try Population(genes: genes, width: handle.population.width)
            } catch {
                throw LuaError(kind: .conversion, message: "repair: \(error.description)")
            }
            try arguments.context.push(
                integers: try given.genotypes.flatMap { try handle.space.repair($0).genes })
            return 1
        }
        definition.getter("width") { handle, context in
            try context.push(handle.population.width)
        }
        definition.operation(.length) { arguments in
            let handle = try arguments.object(1, "population", try holder.get())
            try arguments.context.push(handle.population.count)
            return 1
        }
        definition.subscriptGetter { handle, arguments in
            let count = handle.population.count
            guard arguments.kind(1) == .integer else {
                throw LuaError(
                    kind: .conversion,
                    message: "population has no field '\(try arguments.text(1))'; it has genes, "
                        + "repair, width and the individuals 1 to \(count)")
            }
            let place = try arguments.integer(1, "individual")
            // One past the end is nil, which is where ipairs stops.
            if place == count + 1 {
                try arguments.context.pushNil()
                return 1
            }
            guard place >= 1, place <= count else {
                throw LuaError(
                    kind: .conversion,
                    message: "population: there is no individual \(place); they are counted "
                        + "from 1 to \(count)")
            }
            let member = handle.population[place - 1]
            try arguments.context.push(
                GenotypeHandle(member, space: handle.space, isReadOnly: true), genotype,
                nativeBytes: 8 * member.genes.count)
            return 1
        }
        definition.subscriptSetter { _, _ in
            throw LuaError(
                kind: .conversion,
                message: "population: parents are read-only; change the list that "
                    + "population:genes() gives, and return it")
        }
        definition.operation(.text) { arguments in
            let handle = try arguments.object(1, "population", try holder.get())
            try arguments.context.push(
                "population of \(handle.population.count) × \(handle.population.width) genes")
            return 1
        }
        let type = try context.register(definition)
        holder.type = type
        return type
    }
}

/// Reads what a batch operator returns.
struct PopulationReading {
    let space: any SearchSpace
    /// How many children are expected.
    let count: Int
    let bindings: Bindings

    private var width: Int { space.choices.count }

    /// The valid population at a place: all genes as one flat list, a population, or a list of
    /// genotypes (each a genotype, or a list of genes).
    ///
    /// - Throws: `LuaError` of kind `conversion`, without a position.
    func population(at place: Int) throws(LuaError) -> Population {
        let context = bindings.context
        if let handle = context.object(at: place, bindings.population) {
            return try checked(handle.population.genes)
        }
        guard context.kind(at: place) == .table else {
            let kind = context.kind(at: place)
            let found =
                (kind == .userdata ? context.typeName(at: place) : nil) ?? kind.description
            throw LuaError(
                kind: .conversion,
                message: "expected the genes of \(count) children, found \(found)"
                    + (kind == .nil ? "; return the list" : ""))
        }
        try context.push(1)
        try context.get(from: place)
        let first = context.kind(at: -1)
        context.pop()
        if first == .userdata || first == .table { return try checked(rows(at: place)) }
        let genes: [Int]
        do throws(LuaError) {
            genes = try context.integers(at: place)
        } catch {
            throw LuaError(kind: .conversion, message: "children: \(error.message)")
        }
        return try checked(genes)
    }

    /// The genes of a list of genotypes.
    private func rows(at place: Int) throws(LuaError) -> [Int] {
        let context = bindings.context
        let found = try context.length(at: place)
        guard found == count else {
            throw LuaError(
                kind: .conversion,
                message: "expected \(count) children, found a list of \(found)")
        }
        var genes: [Int] = []
        genes.reserveCapacity(count * width)
        for row in 1...max(count, 1) where row <= count {
            try context.push(row)
            try context.get(from: place)
            defer { context.pop() }
            genes += try GenotypeReading.genotype(
                at: context.count, of: space, name: "child \(row)", bindings
            ).genes
        }
        return genes
    }

    /// A population of these genes, if they are those of `count` individuals of the space.
    private func checked(_ genes: [Int]) throws(LuaError) -> Population {
        guard genes.count == count * width else {
            throw LuaError(
                kind: .conversion,
                message: "expected \(count * width) genes (\(count) children of \(width)), found "
                    + "\(genes.count)")
        }
        let population: Population
        do throws(EvolutionError) {
            population = try Population(genes: genes, width: width)
        } catch {
            throw LuaError(kind: .conversion, message: error.description)
        }
        if let (row, error) = population.fault(in: space) {
            throw GenotypeReading.explain(error, "child \(row + 1)", population[row], space)
        }
        return population
    }
}
