package import Evaluation
package import Tasks
package import Components
internal import Experiments
internal import Datasets
package import Evolution
import LuaHost
internal import Randomness
internal import SearchSpaces

// Each Lua function becomes the typed closure of its extension point. The closures hold the
// script, and with it the Lua state.
extension ExperimentScript {
    func callback(
        _ handle: ScriptFunction, _ point: ExtensionPoint
    ) throws -> Callback {
        guard let function = function(handle) else {
            throw ExperimentError.invalidResult(
                of: point, at: handle.location,
                problem: "the function belongs to another script than \(path)")
        }
        // What a reporter remembers decides no result.
        if point != .reporter, watched[handle.id] == nil {
            watched[handle.id] = (point, function, try function.memory())
        }
        return Callback(
            function: function, point: point, bindings: bindings,
            limits: limits.callback)
    }

    /// Refuses functions that remember something that no state holds.
    ///
    /// - Throws: ``ScriptingError/brokenContract(at:point:problem:)``.
    public func checkMemory() throws {
        for (_, watched) in watched.sorted(by: { $0.key < $1.key }) {
            guard let change = watched.memory.change(to: try watched.function.memory()) else {
                continue
            }
            let place = watched.function.definition.map { (file: $0.file, line: $0.line) }
            throw ScriptingError.brokenContract(
                at: .script(file: place?.file ?? path, line: place?.line), point: watched.point,
                problem: "the function remembers '\(change.path)' from call to call (it was "
                    + "\(change.before), it is \(change.after)); a run that goes on after a break would "
                    + "have forgotten it. Depend on the arguments only, or keep it in the state of a "
                    + "strategy or method")
        }
    }

    /// The function as a mutation: `(parent, rng, space)` → genotype.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func mutation(_ function: ScriptFunction) throws -> MutationOperator {
        let callback = try callback(function, .mutation)
        return { [self] parent, space, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(parent, space)
                try bindings.context.push(rng, bindings.random)
                try bindings.push(space)
                return 3
            } read: { (place) throws(LuaError) in
                try GenotypeReading.genotype(at: place, of: space, name: "child", bindings)
            }
        }
    }

    /// The function as a crossover: `(a, b, rng, space)` → genotype.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func crossover(_ function: ScriptFunction) throws -> CrossoverOperator {
        let callback = try callback(function, .crossover)
        return { [self] a, b, space, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(a, space)
                try bindings.push(b, space)
                try bindings.context.push(rng, bindings.random)
                try bindings.push(space)
                return 4
            } read: { (place) throws(LuaError) in
                try GenotypeReading.genotype(at: place, of: space, name: "child", bindings)
            }
        }
    }

    /// The function as a mutation of whole populations: `(population, rng, space)` → the genes of
    /// all children, in the order of their parents.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func batchMutation(_ function: ScriptFunction) throws -> BatchMutationOperator {
        let callback = try callback(function, .mutation)
        return { [self] parents, space, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(parents, space)
                try bindings.context.push(rng, bindings.random)
                try bindings.push(space)
                return 3
            } read: { (place) throws(LuaError) in
                try PopulationReading(space: space, count: parents.count, bindings: bindings)
                    .population(at: place)
            }
        }
    }

    /// The function as a crossover of whole populations: `(a, b, rng, space)` → the genes of all
    /// children; the n-th is that of the n-th of both.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func batchCrossover(_ function: ScriptFunction) throws -> BatchCrossoverOperator {
        let callback = try callback(function, .crossover)
        return { [self] a, b, space, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(a, space)
                try bindings.push(b, space)
                try bindings.context.push(rng, bindings.random)
                try bindings.push(space)
                return 4
            } read: { (place) throws(LuaError) in
                try PopulationReading(space: space, count: a.count, bindings: bindings)
                    .population(at: place)
            }
        }
    }

    /// The function as a path sampler: `(progress, rng)` → genotype. `progress.space` and
    /// `progress.population`, best first, are what it draws from.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func pathSampler(_ function: ScriptFunction) throws -> PathSampler {
        let callback = try callback(function, .pathSampler)
        return { [self] path, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(path.progress, path: path)
                try bindings.context.push(rng, bindings.random)
                return 2
            } read: { (place) throws(LuaError) in
                try GenotypeReading.genotype(at: place, of: path.space, name: "path", bindings)
            }
        }
    }

    /// The function as a task sampler: `(dataset, rng)` → `{ classes = {…}, support = {{…}},
    /// query = {{…}} }`, classes by their place in `dataset.classes` and examples from 1.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func taskSampler(_ function: ScriptFunction) throws -> TaskSampler {
        let callback = try callback(function, .taskSampler)
        return { [self] task, rng in
            try callback.call(&rng) { (rng) throws(LuaError) in
                try bindings.push(task)
                try bindings.context.push(rng, bindings.random)
                return 2
            } read: { (place) throws(LuaError) in
                try EpisodeReading(context: bindings.context, task: task).episode(at: place)
            }
        }
    }

    /// The function as a schedule: `(progress)` → table of settings.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func schedule(_ function: ScriptFunction) throws -> Schedule {
        let callback = try callback(function, .schedule)
        return { [self] progress in
            let value = try callback.call { () throws(LuaError) in
                try bindings.push(progress)
                return 1
            } read: { (place) throws(LuaError) in
                try settings(at: place, callback)
            }
            let location = callback.location(files)
            return try ScheduleSettings(decoding: value, at: location)
        }
    }

    private func settings(at place: Int, _ callback: Callback) throws(LuaError) -> PlainValue {
        let context = bindings.context
        guard context.kind(at: place) == .table else {
            throw callback.wrong(
                "expected a table of settings, found \(context.kind(at: place)); "
                    + "return {} to keep the plan's settings")
        }
        let tree = try context.tree(
            at: place, name: "schedule", limits: LuaTreeLimits(depth: 8, values: 1_000))
        var plain = PlanTree()
        do throws(ScriptingError) {
            let value = try plain.value(
                tree, path: "schedule", at: .script(file: path, line: nil), recorded: { $0 })
            return value
        } catch {
            guard case .notPlan(_, let problem) = error else {
                throw callback.wrong(error.description)
            }
            throw callback.wrong(problem)
        }
    }

    /// The function as an objective's evaluation: `(subnet)` → number.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func objective(_ function: ScriptFunction) throws -> ObjectiveEvaluation {
        let callback = try callback(function, .objective)
        return { [self] subnet in
            let network = subnet.network.map(NetworkHandle.init)
            defer { network?.end() }
            return try callback.call { () throws(LuaError) in
                try bindings.push(subnet, network)
                return 1
            } read: { (place) throws(LuaError) in
                guard let number = bindings.context.number(at: place) else {
                    throw callback.wrong(
                        "expected a number, found \(bindings.context.kind(at: place))")
                }
                return number
            }
        }
    }
}
