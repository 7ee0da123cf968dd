public import Experiments
import Datasets
import SearchSpaces

/// The contract tests of `apogee check`: every function of a plan, and every component of a plugin
/// that it names, is called many times on the plan's own space before a run depends on it.
public struct ScriptCheck {
    /// One function or component that kept its contract.
    public struct Finding: Sendable, Hashable {
        /// Where it is called.
        public let point: ExtensionPoint
        /// A plugin's component by its name; nil for a function of the script.
        public let name: String?
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
        space = try plan.space.searchSpace(
            ComponentBuilder(registry: script.registry, scripts: script))
    }

    /// Checks all functions and components.
    ///
    /// - Returns: Those checked, in the order of the plan.
    /// - Throws: `LuaError` or `ExperimentError` of the first call that fails, or
    ///   ``ScriptingError/brokenContract(at:point:problem:)``.
    public func run() throws -> [Finding] {
        let check = ContractCheck(
            builder: ComponentBuilder(registry: script.registry, scripts: script),
            space: try space ?? PluginCheck.toySpace(), calls: calls,
            updates: plan.budget.totalUpdates, generations: plan.budget.generations)
        var findings: [Finding] = []
        func note(
            _ selection: ComponentSelection?, _ point: ExtensionPoint,
            _ body: (ComponentSelection, PlanLocation) throws -> Void
        ) throws {
            guard let selection, let found = subject(selection, point) else { return }
            try body(selection, found.location)
            findings.append(
                Finding(
                    point: point, name: found.name, location: found.location,
                    calls: check.count(point)))
        }
        if case .episodes(let tasks) = plan.tasks {
            try note(tasks.sampler, .taskSampler) {
                try check.taskSampler(
                    $0, at: $1, ways: tasks.ways, shots: tasks.shots, queries: tasks.queries)
            }
        }
        if case .custom(let selection) = plan.space {
            try note(selection, .space, check.space)
        }
        if space != nil {
            if case .plugin(let strategy) = plan.strategy {
                try note(strategy.selection, .strategy, check.strategy)
            }
            try note(plan.strategy?.variation?.mutation, .mutation, check.mutation)
            try note(plan.strategy?.variation?.crossover, .crossover, check.crossover)
            try note(plan.paths, .pathSampler, check.pathSampler)
            for objective in plan.objectives {
                try note(objective, .objective, check.objective)
            }
        }
        try note(plan.schedule, .schedule, check.schedule)
        if case .scripted(let learner) = plan.learner {
            try note(learner.selection, .learner, check.learner)
        }
        let builder = ComponentBuilder(registry: script.registry, scripts: script)
        for operation in try OperationCheck.run(plan, builder: builder) {
            let isNamed = operation.location == nil
            findings.append(
                Finding(
                    point: .operation, name: isNamed ? operation.name : nil,
                    location: operation.location ?? .script(file: script.path, line: nil),
                    calls: operation.shapes))
        }
        return findings
    }

    /// Where a selection is written, if it is a function of the script, holds one as its one
    /// function option, or is a plugin's.
    private func subject(
        _ selection: ComponentSelection, _ point: ExtensionPoint
    ) -> (name: String?, location: PlanLocation)? {
        switch selection {
        case .function(let function): return (nil, function.location)
        case .named(let name, let options):
            for entry in options.entries {
                if case .function(let function) = entry.value { return (nil, function.location) }
            }
            guard let component = script.registry.component(name, at: point),
                script.catalog.owner(of: component.source) != nil
            else { return nil }
            return (name, .script(file: component.source, line: nil))
        }
    }
}
