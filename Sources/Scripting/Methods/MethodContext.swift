internal import Evaluation
import MetaLearning
import Evolution
import Experiments
import LuaHost
import Randomness
import Records
import SearchSpaces

/// The run in the hands of a method: what `context` offers.
final class MethodContext {
    let services: MethodServices
    private var streams: [RandomHandle] = []

    init(_ services: MethodServices) { self.services = services }

    /// Ends the streams that a callback was given.
    func end() {
        for stream in streams { stream.end() }
        streams = []
    }

    fileprivate func stream(_ name: String) -> RandomHandle {
        let handle = RandomHandle(services.stream(name))
        streams.append(handle)
        return handle
    }
}

/// The shared weights of a run, which a state may hold.
final class LearnerHandle {
    let services: MethodServices

    init(_ services: MethodServices) { self.services = services }
}

/// A strategy of the plan, which a state may hold.
final class StrategyHandle {
    let strategy: MethodStrategy

    init(_ strategy: MethodStrategy) { self.strategy = strategy }
}

/// A task that a method passes on.
final class TaskHandle {
    let task: MethodServices.Task

    init(_ task: MethodServices.Task) { self.task = task }
}

/// The types of a method's world, as one state knows them.
final class MethodBindings {
    /// What `context:update` takes.
    static let updateOptions = ["tasks", "paths", "fraction", "factor", "phase", "done", "total"]
    /// What `context:evaluate` takes.
    static let evaluateOptions = ["generation", "origin"]

    let context: UserdataType<MethodContext>
    let learner: UserdataType<LearnerHandle>
    let strategy: UserdataType<StrategyHandle>
    let task: UserdataType<TaskHandle>

    init(_ bindings: Bindings) throws {
        let lua = bindings.context
        var learner = UserdataDefinition<LearnerHandle>("learner")
        learner.getter("updates") { handle, context in
            try handle.services.checkLife()
            try context.push(handle.services.updates)
        }
        self.learner = try lua.register(learner)
        task = try lua.register(UserdataDefinition<TaskHandle>("task", isShared: true))
        strategy = try lua.register(MethodBindings.strategyDefinition(bindings))
        var definition = UserdataDefinition<MethodContext>("context")
        MethodBindings.addFacts(to: &definition, bindings, self.learner)
        MethodBindings.addTraining(to: &definition, bindings, task)
        MethodBindings.addSearch(to: &definition, bindings, strategy)
        MethodBindings.addEvents(to: &definition, bindings)
        context = try lua.register(definition)
    }

    // MARK: Facts

    private static func addFacts(
        to definition: inout UserdataDefinition<MethodContext>, _ bindings: Bindings,
        _ learner: UserdataType<LearnerHandle>
    ) {
        definition.getter("space") { [unowned bindings] handle, _ in
            try bindings.push(handle.services.space)
        }
        definition.getter("learner") { handle, context in
            try context.push(LearnerHandle(handle.services), learner)
        }
        definition.getter("budget") { handle, context in
            let plan = handle.services.plan
            let budget = plan.budget
            let table = try context.table(fields: [
                "warm_up_updates": .integer(budget.warmUpUpdates),
                "generations": .integer(budget.generations),
                "updates_per_generation": .integer(budget.updatesPerGeneration),
                "evaluations_per_generation": .integer(plan.evaluationsPerGeneration),
                "total_updates": .integer(budget.totalUpdates),
                "meta_batch": .integer(plan.learner.metaBatch),
            ])
            try context.push(try context.readOnly(table, name: "budget"))
        }
        definition.method("stream") { [unowned bindings] handle, arguments in
            let name = try arguments.string(1, "name")
            try arguments.context.push(handle.stream(name), bindings.random)
            return 1
        }
        definition.method("settings") { handle, arguments in
            let progress = try MethodReading(arguments).progress(
                arguments.table(1, "progress"))
            let settings = try handle.services.settings(progress)
            let context = arguments.context
            let table = try context.table(fields: [
                "outer_learning_rate_factor": .number(settings.outerLearningRateFactor)
            ])
            if let fraction = settings.populationFraction {
                try table.set("population_fraction", .number(fraction))
            }
            if let probability = settings.mutationProbability {
                try table.set("mutation_probability", .number(probability))
            }
            if let steps = settings.innerSteps { try table.set("inner_steps", .integer(steps)) }
            try context.push(table)
            return 1
        }
    }

    // MARK: Training

    private static func addTraining(
        to definition: inout UserdataDefinition<MethodContext>, _ bindings: Bindings,
        _ task: UserdataType<TaskHandle>
    ) {
        definition.method("tasks") { handle, arguments in
            let count = try arguments.integer(1, "count")
            let update = try arguments.integer(2, "update")
            guard (1...10_000).contains(count), update >= 0 else {
                throw LuaError(
                    kind: .conversion,
                    message: "tasks: expected a count of 1 to 10000 and an update of at least 0, "
                        + "found \(count) and \(update)")
            }
            let progress = try MethodReading(arguments).progress(
                arguments.table(3, "progress"))
            let context = arguments.context
            try context.charge(100 * count)
            let tasks = try handle.services.tasks(count, update: update, progress: progress)
            try context.pushTable(array: tasks.count)
            for (index, one) in tasks.enumerated() {
                try context.push(index + 1)
                try context.push(TaskHandle(one), task, nativeBytes: one.bytes)
                try context.set(in: -3)
            }
            return 1
        }
        definition.method("paths") { [unowned bindings] handle, arguments in
            let count = try arguments.integer(1, "count")
            let update = try arguments.integer(2, "update")
            guard (1...10_000).contains(count), update >= 0 else {
                throw LuaError(
                    kind: .conversion,
                    message: "paths: expected a count of 1 to 10000 and an update of at least 0, "
                        + "found \(count) and \(update)")
            }
            let reading = MethodReading(arguments)
            let progress = try reading.progress(arguments.table(3, "progress"))
            var population: [Genotype] = []
            var fraction: Double?
            if !arguments.isAbsent(4) {
                let table = try arguments.table(4, "options")
                try reading.check(table, ["population", "population_fraction"])
                if !(try table.get("population").isNil) {
                    population = try reading.genotypes(
                        try table.get("population"), "population", handle.services.space, bindings)
                }
                if !(try table.get("population_fraction").isNil) {
                    fraction = try reading.number(table, "population_fraction", 0...1, default: 0)
                }
            }
            try arguments.context.charge(count * (20 + handle.services.space.choices.count))
            let paths = try handle.services.paths(
                count, update: update, progress: progress, population: population,
                fraction: fraction)
            let context = arguments.context
            try context.pushTable(array: paths.count)
            for (index, path) in paths.enumerated() {
                try context.push(index + 1)
                try bindings.push(path, handle.services.space)
                try context.set(in: -3)
            }
            return 1
        }
        definition.method("update") { [unowned bindings] handle, arguments in
            let table = try arguments.table(1, "options")
            let reading = MethodReading(arguments)
            try reading.check(
                table, MethodBindings.updateOptions)
            let tasks = try reading.list(table, "tasks") { value in
                value.userdata?.object(task).map(\.task)
            }
            let space = handle.services.space
            let paths = try reading.genotypes(
                try table.get("paths"), "paths", space, bindings)
            guard tasks.count == paths.count, !tasks.isEmpty else {
                throw LuaError(
                    kind: .conversion,
                    message: "update: expected a path for each task, found \(tasks.count) tasks "
                        + "and \(paths.count) paths")
            }
            try arguments.context.charge(100 * tasks.count)
            let fraction = try reading.number(table, "fraction", 0...1, default: 0)
            let factor = try reading.number(table, "factor", 0...1e6, default: 1)
            try handle.services.update(
                tasks, paths: paths, fraction: fraction, factor: factor,
                phase: try reading.text(table, "phase", default: "search"),
                done: Int(try reading.number(table, "done", 0...1e12, default: 0)),
                of: Int(try reading.number(table, "total", 0...1e12, default: 0)))
            return 0
        }
    }

    // MARK: Search

    private static func addSearch(
        to definition: inout UserdataDefinition<MethodContext>, _ bindings: Bindings,
        _ strategy: UserdataType<StrategyHandle>
    ) {
        definition.method("strategy") { handle, arguments in
            try arguments.context.push(
                StrategyHandle(try handle.services.strategy()), strategy)
            return 1
        }
        definition.method("evaluate") { [unowned bindings] handle, arguments in
            let reading = MethodReading(arguments)
            let genotypes = try reading.genotypes(
                try arguments.value(1), "genotypes", handle.services.space, bindings)
            try arguments.context.charge(1_000 * genotypes.count)
            var generation: Int?
            var origin: String?
            if !arguments.isAbsent(2) {
                let table = try arguments.table(2, "options")
                try reading.check(table, MethodBindings.evaluateOptions)
                generation = try table.get("generation").integer
                origin = try table.get("origin").string
            }
            let found = try handle.services.evaluate(
                genotypes, generation: generation, origin: origin)
            try reading.push(found, handle.services.space, bindings)
            return 1
        }
    }

    private static func strategyDefinition(
        _ bindings: Bindings
    ) -> UserdataDefinition<StrategyHandle> {
        var definition = UserdataDefinition<StrategyHandle>("strategy")
        definition.method("ask") { [unowned bindings] handle, arguments in
            let count = try arguments.integer(1, "count")
            let context = arguments.context
            try context.charge(
                max(0, min(count, 1 << 24)) * (50 + handle.strategy.space.choices.count))
            let asked = try handle.strategy.ask(count)
            try context.pushTable(array: asked.count)
            for (index, genotype) in asked.enumerated() {
                try context.push(index + 1)
                try bindings.push(genotype, handle.strategy.space)
                try context.set(in: -3)
            }
            return 1
        }
        for (name, isRevision) in [("tell", false), ("revise", true)] {
            definition.method(name) { [unowned bindings] handle, arguments in
                let found = try MethodReading(arguments).evaluations(
                    try arguments.value(1), "evaluations", nil, bindings)
                if isRevision {
                    try handle.strategy.revise(found)
                } else {
                    try handle.strategy.tell(found)
                }
                return 0
            }
        }
        definition.method("set_mutation_probability") { handle, arguments in
            let probability = try arguments.number(1, "probability")
            guard (0...1).contains(probability) else {
                throw LuaError(
                    kind: .conversion,
                    message: "set_mutation_probability: expected 0…1, found \(probability)")
            }
            try handle.strategy.setMutationProbability(probability)
            return 0
        }
        definition.method("population") { [unowned bindings] handle, arguments in
            try handle.strategy.checkLife()
            try MethodReading(arguments).push(
                handle.strategy.population, handle.strategy.space, bindings)
            return 1
        }
        return definition
    }

    // MARK: Events

    private static func addEvents(
        to definition: inout UserdataDefinition<MethodContext>, _ bindings: Bindings
    ) {
        definition.method("start") { handle, arguments in
            try handle.services.start(
                try arguments.string(1, "phase"), total: try arguments.integer(2, "total"),
                unit: try arguments.string(3, "unit"))
            return 0
        }
        definition.method("progress") { handle, arguments in
            var metrics: [Metric] = []
            if !arguments.isAbsent(5) {
                let table = try arguments.table(5, "metrics")
                for key in try table.keys() {
                    guard let name = key.string, let value = try table.get(key).number else {
                        throw LuaError(
                            kind: .conversion,
                            message: "progress: metrics: expected names and numbers")
                    }
                    metrics.append(Metric(name, value))
                }
            }
            try handle.services.progress(
                try arguments.string(1, "phase"), try arguments.integer(2, "done"),
                of: try arguments.integer(3, "total"), unit: try arguments.string(4, "unit"),
                metrics)
            return 0
        }
        definition.method("generation") { [unowned bindings] handle, arguments in
            let found = try MethodReading(arguments).evaluations(
                try arguments.value(3), "population", handle.services.space, bindings)
            try handle.services.generation(
                try arguments.integer(1, "number"),
                evaluated: try arguments.integer(2, "evaluated"),
                population: found)
            return 0
        }
        definition.method("message") { handle, arguments in
            try handle.services.message(try arguments.string(1, "text"))
            return 0
        }
        definition.method("check_interruption") { handle, _ in
            try handle.services.checkInterruption()
            return 0
        }
    }
}
