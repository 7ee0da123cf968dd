import ArgumentParser
import Experiments
import SearchSpaces

/// `apogee plugins`: what a plan can name.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins", abstract: "Lists what a plan can name, by extension point.",
        discussion: """
              apogee plugins              all components
              apogee plugins evolution    one, with its options
            """)

    @Argument(help: "A component, or an extension point.")
    var name: String?

    func run() throws {
        let registry = try BuiltIns.registry()
        guard let name else {
            for point in ExtensionPoint.allCases { list(point, registry) }
            return
        }
        if let point = ExtensionPoint(rawValue: name),
            !registry.components(at: point).isEmpty
        {
            list(point, registry)
        }
        let all = ExtensionPoint.allCases.flatMap { registry.components(at: $0) }
        let found = all.filter { $0.name == name }
        for component in found { show(component) }
        if found.isEmpty, ExtensionPoint(rawValue: name) == nil {
            let nearest = NearestName.of(name, among: all.map(\.name))
            throw Failure(
                "no component is named '\(name)'; "
                    + (nearest.map { "did you mean '\($0)'?" } ?? "apogee plugins lists all"),
                .usage)
        }
    }

    private func list(_ point: ExtensionPoint, _ registry: Registry) {
        let components = registry.components(at: point)
        guard !components.isEmpty else { return }
        Output.line(point.rawValue + (point.allowsFunction ? "  (or a function)" : ""))
        let width = components.map(\.name.count).max() ?? 0
        for component in components {
            let name = TextWidth.padded(component.name, to: width, right: false)
            Output.line("  \(name)  \(component.summary)")
        }
        Output.line()
    }

    private func show(_ component: Component) {
        Output.line("\(component.point.rawValue) \"\(component.name)\" (\(component.source))")
        Output.line("  \(component.summary)")
        for option in component.options {
            Output.line("  \(option.name) = \(option.fallback.summary)")
            Output.line("      \(option.summary) Takes \(option.expectation).")
        }
        Output.line()
    }
}
