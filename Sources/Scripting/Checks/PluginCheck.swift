internal import Methods
import Components
import Experiments
import SearchSpaces

/// The contract tests of a plugin: every component that it registers, with its default options, on
/// toy data.
public struct PluginCheck {
    private let script: ExperimentScript
    private let plugin: Plugin
    private let calls: Int

    /// A check of a plugin that a host has loaded.
    public init(_ plugin: Plugin, _ script: ExperimentScript, calls: Int = 1_000) {
        self.plugin = plugin
        self.script = script
        self.calls = calls
    }

    /// A space of two-node cells: small, and with genes that depend on each other.
    static func toySpace() throws(SearchSpaceError) -> any SearchSpace {
        try CellSpace(nodes: 2)
    }

    /// Checks all components whose options all have defaults.
    ///
    /// - Returns: Those checked, in the order in which they were registered.
    /// - Throws: What the first component does wrong.
    public func run() throws -> [ScriptCheck.Finding] {
        let check = ContractCheck(
            builder: ComponentBuilder(registry: script.registry, scripts: script),
            space: try PluginCheck.toySpace(), calls: calls)
        var findings: [ScriptCheck.Finding] = []
        for point in BuiltIns.points {
            guard let own = LuaPoint.all.first(where: { $0.point == point })?.check else {
                continue
            }
            for component in script.registry.components(at: point)
            where plugin.owns(component.source) {
                let location = PlanLocation.script(file: component.source, line: nil)
                for plugged in script.registration.all
                where plugged.id == point && plugged.name == component.name {
                    guard let unread = script.unreadOptions(of: plugged).first else { continue }
                    throw ScriptingError.brokenContract(
                        at: location, point: point,
                        problem: "no file of the plugin reads the option \(unread) of "
                            + "\(PlanText.quoted(component.name))")
                }
                guard let selection = try selection(component) else { continue }
                try own.run(check, selection, location)
                findings.append(
                    ScriptCheck.Finding(
                        point: point, name: component.name, location: location,
                        calls: own.calls(check)))
            }
        }
        return findings
    }

    /// The component with its defaults; nil where an option must be given.
    private func selection(_ component: Component) throws -> ComponentSelection? {
        let needs = component.options.contains {
            if case .required = $0.fallback { true } else { false }
        }
        if needs { return nil }
        return try script.selection(component.name, at: component.point)
    }
}

extension ExperimentScript {
    /// A component with options, checked as in a plan.
    ///
    /// - Throws: `ExperimentError` for a name or an option that does not exist.
    func selection(
        _ name: String, at point: ExtensionPoint, options: PlainValue = [:]
    ) throws(ExperimentError) -> ComponentSelection {
        try registry.selection(.component(name, options), at: point)
    }
}
