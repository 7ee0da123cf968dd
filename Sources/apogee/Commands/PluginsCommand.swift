internal import Methods
import Naming
import Components
import ArgumentParser
import Experiments
import Runs
import Scripting
import SearchSpaces

/// `apogee plugins`: what a plan can name.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins", abstract: "Lists available components by extension point.",
        discussion: """
              apogee plugins                    all plugins and components
              apogee plugins evolution          one component, with its options
              apogee plugins genetic_operators  one plugin, with its components
            """)

    @Argument(help: "A component, a plugin, or an extension point.")
    var name: String?

    @OptionGroup var plugins: PluginOptions

    @Option(
        help: ArgumentHelp(
            "Writes the editor annotations and the reference to this folder.",
            valueName: "dir"))
    var annotations: String?

    func run() throws {
        if let annotations { return try write(annotations) }
        // Beside the present folder, as an experiment that stands in it would find them.
        let host = try ExperimentScript(
            hosting: "experiment.lua", plugins: plugins.places, print: { Output.error($0) })
        let registry = host.registry
        guard let name else {
            list(host.catalog)
            for point in BuiltIns.points { list(point, registry) }
            return
        }
        if let point = BuiltIns.points.first(where: { $0.rawValue == name }),
            !registry.components(at: point).isEmpty
        {
            list(point, registry)
        }
        if let plugin = host.catalog.plugin(name) { show(plugin, registry) }
        let all = BuiltIns.points.flatMap { registry.components(at: $0) }
        let found = all.filter { $0.name == name }
        for component in found { show(component) }
        if found.isEmpty, !BuiltIns.points.contains(where: { $0.rawValue == name }),
            host.catalog.plugin(name) == nil
        {
            let known = all.map(\.name) + host.catalog.plugins.map(\.name)
            let nearest = NearestName.of(name, among: known)
            throw Failure(
                "no component or plugin is named '\(name)'; "
                    + (nearest.map { "did you mean '\($0)'?" } ?? "apogee plugins lists all"),
                .usage)
        }
    }

    private func write(_ folder: String) throws {
        for file in HostReference.files {
            try Skeleton.write(file.text, to: folder + "/" + file.path, replacing: true)
            Output.line("\(folder)/\(file.path)")
        }
    }

    private func list(_ catalog: PluginCatalog) {
        guard !catalog.plugins.isEmpty else { return }
        Output.line("plugins")
        let plugins = catalog.plugins.sorted { $0.name < $1.name }
        let width = plugins.map(\.name.count).max() ?? 0
        for plugin in plugins {
            Output.entry(
                "  " + plugin.name, width: width + 2,
                "\(plugin.manifest.version)  \(plugin.manifest.summary) (\(plugin.folder))")
            for hidden in plugin.hides { Output.entry("", width: width + 2, "hides \(hidden)") }
        }
        Output.line()
    }

    private func list(_ point: ExtensionPoint, _ registry: Registry) {
        let components = registry.components(at: point)
        guard !components.isEmpty else { return }
        Output.line(point.rawValue + (point.allowsFunction ? "  (or a function)" : ""))
        let width = components.map(\.name.count).max() ?? 0
        for component in components {
            Output.entry("  " + component.name, width: width + 2, component.summary)
        }
        Output.line()
    }

    private func show(_ plugin: Plugin, _ registry: Registry) {
        let manifest = plugin.manifest
        Output.line("plugin \"\(plugin.name)\" \(manifest.version) (\(plugin.folder))")
        Output.line("  \(manifest.summary)")
        if let source = manifest.source { Output.line("  From: \(source)") }
        for requirement in manifest.requires {
            Output.line("  Requires \(requirement.name) \(requirement.range)")
        }
        for provision in manifest.provides {
            for name in provision.names {
                let summary = registry.component(name, at: provision.point)?.summary ?? ""
                Output.line("  \(provision.point.rawValue) \"\(name)\": \(summary)")
            }
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
