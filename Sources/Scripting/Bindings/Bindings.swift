internal import Evaluation
import Tasks
import Components
import Evolution
import Experiments
import LuaHost
import Randomness
import SearchSpaces

/// The host's types as one state knows them, and the tables that callbacks are given.
final class Bindings {
    let context: LuaContext
    let random: UserdataType<RandomHandle>
    let genotype: UserdataType<GenotypeHandle>
    let population: UserdataType<PopulationHandle>
    let space: UserdataType<SpaceHandle>
    let experiment: UserdataType<ExperimentHandle>
    let tensors: TensorBindings
    let parameters: UserdataType<ParametersHandle>
    let network: UserdataType<NetworkHandle>
    private let supernets: SupernetBindings
    /// What methods are given; registered when it is first needed, as few scripts are methods.
    private var methods: MethodBindings?
    // The tables of the last task context: the classes are the same in task after task.
    private var histories: (key: [Double], table: LuaTable)?
    private var classes: (key: [TaskContext.Class], table: LuaTable)?
    private var accuracy: (key: [Double?], table: LuaTable)?
    private var seen: (key: [Int], table: LuaTable)?

    init(_ context: LuaContext, tensorBytes: Int) throws {
        self.context = context
        random = try RandomHandle.register(in: context)
        genotype = try GenotypeHandle.register(in: context)
        population = try PopulationHandle.register(in: context, genotype: genotype)
        experiment = try context.register(
            UserdataDefinition<ExperimentHandle>("experiment", isShared: true))
        let tensors = try TensorBindings(context, random: random, byteLimit: tensorBytes)
        self.tensors = tensors
        parameters = try ParametersHandle.register(in: context) { [weak tensors] handle in
            try tensors?.push(handle)
        }
        network = try NetworkHandle.register(in: context, tensors)
        supernets = try SupernetBindings(context, tensors, network: network, genotype: genotype)
        space = try SpaceHandle.register(
            in: context, genotype: genotype, random: random, supernets: supernets)
    }

    /// What methods are given.
    func method() throws -> MethodBindings {
        if let methods { return methods }
        let made = try MethodBindings(self)
        methods = made
        return made
    }

    /// A genotype that a callback may look at.
    func push(_ parent: Genotype, _ space: (any SearchSpace)?) throws(LuaError) {
        try context.push(
            GenotypeHandle(parent, space: space, isReadOnly: true), genotype,
            nativeBytes: 8 * parent.genes.count)
    }

    /// Parents that a batch operator may look at.
    func push(_ parents: Population, _ space: any SearchSpace) throws(LuaError) {
        try context.push(
            PopulationHandle(parents, space: space), population,
            nativeBytes: 8 * parents.genes.count)
    }

    /// A space.
    func push(_ space: any SearchSpace) throws(LuaError) {
        try context.push(SpaceHandle(space), self.space)
    }

    /// How far the run is, as `progress`; a path sampler's knows space and population too.
    func push(_ progress: RunProgress, path: PathContext? = nil) throws(LuaError) {
        let table = try context.table(fields: [
            "fraction": .number(progress.fraction), "phase": .string(progress.phase.rawValue),
            "generation": .integer(progress.generation),
            "generations": .integer(progress.generations), "update": .integer(progress.update),
            "updates": .integer(progress.updates),
        ])
        try table.set("history", .table(try history(progress.history)))
        if let path {
            try table.set(
                "space", .userdata(try context.userdata(SpaceHandle(path.space), space)))
            var population: [LuaValue] = []
            for member in path.population {
                population.append(
                    .userdata(
                        try context.userdata(
                            GenotypeHandle(member, space: path.space, isReadOnly: true), genotype)))
            }
            let list = try context.readOnly(
                try context.table(array: population), name: "population", strict: false)
            try table.set("population", .table(list))
        }
        try context.push(try context.readOnly(table, name: "progress"))
    }

    private func history(_ values: [Double]) throws(LuaError) -> LuaTable {
        if let known = histories, known.key == values { return known.table }
        let table = try context.readOnly(
            try context.table(array: values.map { .number($0) }), name: "history", strict: false)
        histories = (values, table)
        return table
    }

    /// What a task sampler sees, as `dataset`. Classes and examples are counted from 1.
    func push(_ task: TaskContext) throws(LuaError) {
        let table = try context.table(fields: [
            "name": .string(task.dataset), "classes": .table(try list(task.classes)),
            "ways": .integer(task.ways), "shots": .integer(task.shots),
            "queries": .integer(task.queries),
            "accuracy": .table(try accuracyList(task.accuracy)),
            "seen": .table(try seenList(task.seen, count: task.classes.count)),
        ])
        let progress =
            task.progress
            ?? RunProgress(phase: .warmUp, update: 0, updates: 0, generation: 0, generations: 0)
        try push(progress)
        let below = try context.value(at: -1)
        context.pop()
        try table.set("progress", below)
        try context.push(try context.readOnly(table, name: "dataset"))
    }

    /// Accuracies by place; those that nobody knows are left out.
    private func accuracyList(_ values: [Double?]) throws(LuaError) -> LuaTable {
        if let accuracy, accuracy.key == values { return accuracy.table }
        let list = try context.table()
        for (place, value) in values.enumerated() {
            guard let value else { continue }
            try list.set(.integer(place + 1), .number(value))
        }
        let table = try context.readOnly(list, name: "accuracy", strict: false)
        accuracy = (values, table)
        return table
    }

    private func seenList(_ values: [Int], count: Int) throws(LuaError) -> LuaTable {
        let all = values + [Int](repeating: 0, count: max(count - values.count, 0))
        if let seen, seen.key == all { return seen.table }
        let table = try context.readOnly(
            try context.table(array: all.map { .integer($0) }), name: "seen", strict: false)
        seen = (all, table)
        return table
    }

    private func list(_ rows: [TaskContext.Class]) throws(LuaError) -> LuaTable {
        if let classes, classes.key == rows { return classes.table }
        var entries: [LuaValue] = []
        entries.reserveCapacity(rows.count)
        for row in rows {
            let entry = try context.table(fields: [
                "name": .string(row.name), "group": .string(row.group),
                // The word for a group before other data sets came.
                "alphabet": .string(row.group),
                "rotation": .integer(row.rotation), "examples": .integer(row.examples),
            ])
            // The next task shows the same tables.
            entries.append(.table(try context.readOnly(entry, name: "class")))
        }
        let table = try context.readOnly(
            try context.table(array: entries), name: "classes", strict: false)
        classes = (rows, table)
        return table
    }

    /// An evaluation as scripts see it: a name that it lacks is an error, as for `subnet`.
    func evaluation(
        _ evaluation: Evaluation<Genotype>, _ space: (any SearchSpace)?,
        failed: Bool? = nil
    ) throws(LuaError) -> LuaTable {
        let handle = GenotypeHandle(evaluation.genome, space: space, isReadOnly: true)
        let table = try context.table(fields: [
            "genotype": .userdata(try context.userdata(handle, genotype)),
            "objectives": .table(
                try context.table(array: evaluation.objectives.map { .number($0) })),
        ])
        if let failed { try table.set("failed", .boolean(failed)) }
        return try context.readOnly(table, name: "evaluation")
    }

    /// What an objective sees, as `subnet`; `network` is its `subnet.network`.
    func push(
        _ subnet: SubnetSummary, _ handle: NetworkHandle? = nil
    ) throws(LuaError) {
        let own = GenotypeHandle(subnet.genotype, space: subnet.space, isReadOnly: true)
        let table = try context.table(fields: [
            "genotype": .userdata(try context.userdata(own, genotype)),
            "parameters": .integer(subnet.parameters),
            "multiply_adds": .integer(subnet.multiplyAdds),
            "query_error": .number(subnet.queryError),
        ])
        // Without a network, as in a check, the name is still there to be asked for. Where results are
        // looked up there never is one, nor a loss, and asking for them is an error.
        guard !subnet.isLookedUp else {
            return try context.push(try context.readOnly(table, name: "subnet of a table"))
        }
        try table.set("query_loss", .number(subnet.queryLoss))
        try table.set(
            "network",
            try handle.map { handle throws(LuaError) in
                .userdata(try context.userdata(handle, network))
            } ?? .boolean(false))
        try context.push(try context.readOnly(table, name: "subnet"))
    }
}

/// An experiment as `apogee.experiment` made it.
final class ExperimentHandle {
    /// The plan's tree.
    let plan: PlainValue

    init(_ plan: PlainValue) {
        self.plan = plan
    }
}
