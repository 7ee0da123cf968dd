internal import MetaLearning
internal import Supernets
internal import Tasks
public import Components
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
        script.allow(plan.allowance)
        let builder = ComponentBuilder(registry: script.registry, scripts: script)
        var check = ContractCheck(
            builder: builder, space: try space ?? PluginCheck.toySpace(), calls: calls,
            updates: plan.budget.totalUpdates, generations: plan.budget.generations)
        let ways = plan.tasks.sizes.ways ?? 1
        check.ways = ways
        check.shots = plan.tasks.shots
        check.queries = (plan.tasks.sizes.query.first ?? 1) / ways
        var findings: [Finding] = []
        for (selection, point) in components(plan.options, ExperimentPlan.specifications(plan)) {
            // Operations are recorded below, for the shapes that they meet in the plan.
            guard point != .operation,
                let own = LuaPoint.all.first(where: { $0.point == point })?.check,
                let found = subject(selection, point)
            else { continue }
            try own.run(check, selection, found.location)
            findings.append(
                Finding(
                    point: point, name: found.name, location: found.location,
                    calls: own.calls(check)))
        }
        for operation in try plan.space.recordOperations(plan.site, builder) {
            let isNamed = operation.location == nil
            findings.append(
                Finding(
                    point: .operation, name: isNamed ? operation.name : nil,
                    location: operation.location ?? .script(file: script.path, line: nil),
                    calls: operation.shapes))
        }
        return findings
    }

    /// All components that options name, each before those that its own options name.
    private func components(
        _ options: Options, _ specifications: [OptionSpecification]
    ) -> [(ComponentSelection, ExtensionPoint)] {
        var found: [(ComponentSelection, ExtensionPoint)] = []
        func visit(_ value: OptionValue, _ type: OptionType) {
            switch (value, type) {
            case (.component(let selection), .component(let point, _)):
                found.append((selection, point))
                guard case .named(let name, let own) = selection,
                    let component = script.registry.component(name, at: point)
                else { return }
                found += components(own, component.options)
            case (.list(let items), .list(let element, _)):
                for item in items { visit(item, element) }
            case (.section(let own), .section(let specifications)):
                found += components(own, specifications)
            case (_, .either(let types)):
                for type in types { visit(value, type) }
            default: return
            }
        }
        for (entry, specification) in zip(options.entries, specifications) {
            visit(entry.value, specification.type)
        }
        return found
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
