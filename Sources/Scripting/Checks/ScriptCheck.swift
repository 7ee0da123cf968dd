public import Experiments
import Datasets
import Randomness
import SearchSpaces

/// The contract tests of `apogee check`: every function of a plan is called many times on the
/// plan's own space, before a run depends on it.
///
/// A child is valid, its parents stay as they are, and the same arguments and seed give the same
/// result: functions keep no state between calls.
public struct ScriptCheck {
    /// One function that kept its contract.
    public struct Finding: Sendable, Hashable {
        /// Where it is called.
        public let point: ExtensionPoint
        /// Where it is written.
        public let location: PlanLocation
        /// How often it was called; twice as often, in truth, to compare.
        public let calls: Int
    }

    private let plan: ExperimentPlan
    private let script: ExperimentScript
    private let space: (any SearchSpace)?
    private let calls: Int

    /// A check of a plan's functions.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - script: The script that it came from.
    ///   - calls: How often each function is called.
    /// - Throws: `SearchSpaceError` where the plan's space refuses its settings.
    public init(_ plan: ExperimentPlan, _ script: ExperimentScript, calls: Int = 1_000) throws {
        self.plan = plan
        self.script = script
        self.calls = calls
        space = try plan.space.searchSpace()
    }

    /// Checks all functions.
    ///
    /// - Returns: Those checked, in the order of the plan.
    /// - Throws: `LuaError` or `ExperimentError` of the first call that fails, or
    ///   ``ScriptingError/brokenContract(at:point:problem:)``.
    public func run() throws -> [Finding] {
        var findings: [Finding] = []
        func check(
            _ selection: ComponentSelection?, _ point: ExtensionPoint,
            _ body: (ScriptFunction) throws -> Void
        ) throws {
            guard let function = selection.flatMap(ScriptCheck.function) else { return }
            try body(function)
            findings.append(Finding(point: point, location: function.location, calls: calls))
        }
        if case .episodes(let tasks) = plan.tasks {
            try check(tasks.sampler, .taskSampler) { try taskSampler($0, tasks) }
        }
        if let space {
            try check(plan.strategy?.variation?.mutation, .mutation) { try mutation($0, space) }
            try check(plan.strategy?.variation?.crossover, .crossover) { try crossover($0, space) }
            try check(plan.paths, .pathSampler) { try pathSampler($0, space) }
            for objective in plan.objectives {
                try check(objective, .objective) { try self.objective($0, space) }
            }
        }
        try check(plan.schedule, .schedule) { try schedule($0) }
        let builder = ComponentBuilder(registry: try BuiltIns.registry(), scripts: script)
        for operation in try OperationCheck.run(plan, builder: builder) {
            guard let location = operation.location else { continue }
            findings.append(
                Finding(point: .operation, location: location, calls: operation.shapes))
        }
        return findings
    }

    /// The function that a selection is, or holds as its one function option.
    private static func function(_ selection: ComponentSelection) -> ScriptFunction? {
        switch selection {
        case .function(let function): function
        case .named(_, let options):
            options.entries.lazy.compactMap { entry in
                if case .function(let function) = entry.value { function } else { nil }
            }.first
        }
    }

    /// Runs a call twice for each seed and compares.
    private func repeated<Value: Equatable>(
        _ function: ScriptFunction, _ point: ExtensionPoint,
        _ call: (Int, inout RandomStream) throws -> Value
    ) throws {
        for number in 0..<calls {
            let stream = RandomStream(seed: 0).split("check").split(number)
            var (first, second) = (stream, stream)
            let once = try call(number, &first)
            guard try call(number, &second) == once, first == second else {
                throw ScriptingError.brokenContract(
                    at: function.location, point: point,
                    problem: "the same arguments and seed gave two different results (call "
                        + "\(number + 1)); keep no state between calls")
            }
        }
    }

    private func parent(_ space: any SearchSpace, _ number: Int, _ name: String) -> Genotype {
        var rng = RandomStream(seed: 0).split("parents").split(name).split(number)
        return space.sample(&rng)
    }

    private func mutation(_ function: ScriptFunction, _ space: any SearchSpace) throws {
        let mutate = try script.mutation(function)
        try repeated(function, .mutation) { number, rng in
            try mutate(parent(space, number, "a"), space, &rng)
        }
    }

    private func crossover(_ function: ScriptFunction, _ space: any SearchSpace) throws {
        let cross = try script.crossover(function)
        try repeated(function, .crossover) { number, rng in
            try cross(parent(space, number, "a"), parent(space, number, "b"), space, &rng)
        }
    }

    private func pathSampler(_ function: ScriptFunction, _ space: any SearchSpace) throws {
        let sample = try script.pathSampler(function)
        try repeated(function, .pathSampler) { number, rng in
            // Before the first generation there is no population.
            let members = number % 3 == 0 ? 0 : 5
            let population = (0..<members).map { parent(space, $0, "population") }
            return try sample(
                PathContext(progress: progress(number), space: space, population: population),
                &rng)
        }
    }

    private func objective(_ function: ScriptFunction, _ space: any SearchSpace) throws {
        let evaluate = try script.objective(function)
        try repeated(function, .objective) { number, rng in
            try evaluate(
                SubnetSummary(
                    genotype: parent(space, number, "a"),
                    parameters: rng.integer(in: 1_000...10_000_000),
                    multiplyAdds: rng.integer(in: 10_000...1_000_000_000),
                    queryError: rng.uniform(), queryLoss: 5 * rng.uniform(),
                    supportLoss: 5 * rng.uniform()))
        }
    }

    private func schedule(_ function: ScriptFunction) throws {
        let schedule = try script.schedule(function)
        try repeated(function, .schedule) { number, _ in try schedule(progress(number)) }
    }

    private func taskSampler(_ function: ScriptFunction, _ tasks: EpisodesPlan) throws {
        let sample = try script.taskSampler(function)
        let classes = (0..<max(tasks.ways, 20)).map { index in
            TaskContext.Class(
                index: 3 * index, name: "character\(index)", alphabet: "alphabet\(index / 5)",
                rotation: 0, examples: tasks.shots + tasks.queries + index % 3)
        }
        try repeated(function, .taskSampler) { number, rng in
            try sample(
                TaskContext(
                    dataset: "check", classes: classes, ways: tasks.ways, shots: tasks.shots,
                    queries: tasks.queries, progress: progress(number)), &rng)
        }
    }

    /// Points of a run, its ends included, phase after phase.
    private func progress(_ number: Int) -> Progress {
        let phases = Progress.Phase.allCases
        let last = max(calls - 1, 1)
        return Progress(
            phase: phases[min(number * phases.count / calls, phases.count - 1)],
            update: number * max(plan.budget.totalUpdates, 1) / last,
            updates: max(plan.budget.totalUpdates, 1),
            generation: number * plan.budget.generations / last,
            generations: plan.budget.generations)
    }
}
