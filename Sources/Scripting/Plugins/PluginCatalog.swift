import Foundation
import LuaHost
import Records

/// The plugins that were found, each before those that require it.
public struct PluginCatalog: Sendable {
    /// The plugins in the order in which they load.
    public let plugins: [Plugin]
    /// Plugins that were found and cannot be loaded: nothing of them is there, and who does not use
    /// them is not kept from anything.
    public let broken: [BrokenPlugin]
    /// Where the plugins that come with the program were looked for in vain.
    let missing: [String]
    /// Folders that the command line names.
    private let asked: Set<String>

    /// Looks for plugins and puts them in order.
    ///
    /// - Parameters:
    ///   - places: Where to look.
    ///   - script: The script beside which `plugins` may stand; nil for none.
    /// - Throws: ``ScriptingError`` for a folder that is not there, and for what is wrong with a
    ///   plugin that the command line names itself.
    public init(_ places: PluginPlaces, script: String?) throws(ScriptingError) {
        var finder = PluginFinder()
        for folder in places.commandLine { try finder.look(in: folder, isAsked: true) }
        if places.besideScript, let script {
            try finder.look(in: ScriptFiles(path: script).prefix + "plugins", isAsked: false)
        }
        if let installed = places.installed { try finder.look(in: installed, isAsked: false) }
        (plugins, broken) = PluginCatalog.ordered(finder.found, finder.broken)
        missing = places.missing
        asked = Set(places.commandLine.map(PluginFinder.plain))
        if let asked = broken.first(where: { asked.contains($0.folder) }),
            let error = asked.error as? ScriptingError
        {
            throw error
        }
    }

    /// The plugin of this name.
    public func plugin(_ name: String) -> Plugin? {
        plugins.first { $0.name == name }
    }

    /// Whether the command line names the plugin itself, and not only a folder of plugins.
    func isAsked(_ plugin: Plugin) -> Bool { asked.contains(plugin.folder) }

    /// The plugin that a file belongs to.
    func owner(of chunk: String) -> Plugin? {
        plugins.first { $0.owns(chunk) }
    }

    // MARK: Order

    /// The plugins by name, but each after what it requires; those whose requirements are not met are
    /// broken.
    private static func ordered(
        _ found: [Plugin], _ broken: [BrokenPlugin]
    ) -> (plugins: [Plugin], broken: [BrokenPlugin]) {
        let sorted = found.sorted { $0.name < $1.name }
        var order: [Plugin] = []
        var broken = broken
        for plugin in sorted {
            var path: [Plugin] = []
            let before = order
            do throws(ScriptingError) {
                try visit(plugin, sorted, &order, &path)
            } catch {
                order = before
                broken.append(
                    BrokenPlugin(
                        name: plugin.name, folder: plugin.folder, error: error,
                        provides: plugin.manifest.provides))
            }
        }
        return (order, broken)
    }

    private static func visit(
        _ plugin: Plugin, _ all: [Plugin], _ order: inout [Plugin], _ path: inout [Plugin]
    ) throws(ScriptingError) {
        guard !order.contains(where: { $0.name == plugin.name }) else { return }
        path.append(plugin)
        for requirement in plugin.manifest.requires {
            let key = "requires.\(requirement.name)"
            func problem(_ text: String) -> ScriptingError {
                .invalidPlugin(path: plugin.manifestPath, key: key, problem: text)
            }
            if requirement.name == "apogee" {
                guard let own = Version(ApogeeVersion.current) else { continue }
                guard requirement.range.contains(own) else {
                    throw problem("expected \(requirement.range), this is Apogee \(own)")
                }
                continue
            }
            guard let other = all.first(where: { $0.name == requirement.name }) else {
                throw problem(
                    "no plugin of this name was found; "
                        + Hint.text(for: requirement.name, among: all.map(\.name)))
            }
            guard requirement.range.contains(other.manifest.version) else {
                throw problem(
                    "expected \(requirement.range), found \(other.manifest.version) in "
                        + other.folder)
            }
            if let start = path.firstIndex(where: { $0.name == other.name }) {
                let cycle = (path[start...].map(\.name) + [other.name]).joined(separator: " -> ")
                throw problem("plugins require each other: \(cycle)")
            }
            try visit(other, all, &order, &path)
        }
        path.removeLast()
        order.append(plugin)
    }

    // MARK: require

    /// The file that `require` means.
    ///
    /// - Parameters:
    ///   - request: What is asked for.
    ///   - asker: The plugin whose file asks; nil for scripts.
    ///   - files: Those beside the script; nil where only plugins are meant.
    ///   - read: Reads the text of a path.
    /// - Returns: The module; nil if there is none.
    /// - Throws: `LuaError` for a version that does not fit, a plugin that was not required, or a
    ///   name that is none.
    func module(
        _ request: Sandbox.Request, asker: Plugin?, files: ScriptFiles?,
        read: @escaping (String) throws -> String
    ) throws(LuaError) -> Sandbox.Module? {
        func module(_ path: String) -> Sandbox.Module {
            Sandbox.Module(chunk: .file(path)) { try read(path) }
        }
        if request.version == nil, asker == nil, let path = try files?.module(request.name) {
            return module(path)
        }
        let head = String(request.name.prefix { $0 != "." })
        let rest = request.name.dropFirst(head.count + 1)
        guard let plugin = plugin(head) else {
            if let broken = broken.first(where: { $0.name == head }) {
                throw problem("plugin '\(head)' cannot be loaded: \(broken.error)")
            }
            if request.version != nil {
                throw problem(
                    "no plugin is named '\(head)', but files have no version; "
                        + Hint.text(for: head, among: plugins.map(\.name)))
            }
            guard let asker else { return nil }
            return try ScriptFiles(path: asker.main).module(request.name)
                .map(module)
        }
        if let asker, asker.name != head,
            !asker.manifest.requires.contains(where: { $0.name == head })
        {
            if let path = try ScriptFiles(path: asker.main).module(request.name) {
                return module(path)
            }
            throw problem(
                "plugin '\(asker.name)' does not require '\(head)'; add it to requires in "
                    + asker.manifestPath)
        }
        if let text = request.version {
            guard let range = VersionRange(text) else {
                throw problem(
                    "expected a version range such as \">=1.2\" or \"^1.2\", found \"\(text)\"")
            }
            guard range.contains(plugin.manifest.version) else {
                throw problem(
                    "plugin '\(head)' has version \(plugin.manifest.version), but \(text) is "
                        + "required (\(plugin.folder))")
            }
        }
        guard !rest.isEmpty else { return module(plugin.main) }
        guard let path = try ScriptFiles(path: plugin.main).module(String(rest)) else {
            throw problem("plugin '\(head)' has no file '\(rest)' (\(plugin.folder))")
        }
        return module(path)
    }

    /// What is recorded of a file that a script required: a plugin's stands for the whole plugin.
    func record(of path: String, _ text: String, beside files: ScriptFiles) -> FileRecord {
        if let plugin = owner(of: path) {
            return FileRecord(.plugin, plugin.name, sha256: plugin.sha256)
        }
        return FileRecord(.module, files.recorded(path), sha256: ContentHash.sha256(text))
    }

    private func problem(_ text: String) -> LuaError {
        LuaError(kind: .runtime, message: "require: " + text)
    }
}

/// A plugin that cannot be loaded.
public struct BrokenPlugin: Sendable {
    /// The folder's name, which the plugin should have.
    public let name: String
    /// The folder as messages name it.
    public let folder: String
    /// What is wrong with it.
    public let error: any Error
    /// What its manifest says that it provides, where that could be read.
    let provides: [PluginManifest.Provision]
}

/// Collects plugins from folder after folder.
private struct PluginFinder {
    private(set) var found: [Plugin] = []
    private(set) var broken: [BrokenPlugin] = []
    private var seen: Set<String> = []

    /// Takes the plugins of a folder; one that the user asked for must be there.
    mutating func look(in folder: String, isAsked: Bool) throws(ScriptingError) {
        guard PluginPlaces.isFolder(folder) else {
            guard isAsked else { return }
            throw .missingPlugins(path: folder)
        }
        let folder = PluginFinder.plain(folder)
        if FileManager.default.fileExists(atPath: folder + "/plugin.json") {
            return take(folder)
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw .unreadable(path: folder, reason: error.localizedDescription)
        }
        // `_meta` holds annotations; a folder without the two files is a plugin's no more than a
        // guide's.
        for name in names where !name.hasPrefix("_") && !name.hasPrefix(".") {
            let path = folder + "/" + name
            let isPlugin = ["plugin.json", "init.lua"].contains {
                FileManager.default.fileExists(atPath: path + "/" + $0)
            }
            if isPlugin { take(path) }
        }
    }

    /// A path without slashes at its end.
    static func plain(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private mutating func take(_ folder: String) {
        // One folder may be reached by two ways.
        let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().standardizedFileURL.path
        guard seen.insert(real).inserted else { return }
        let plugin: Plugin
        do throws(ScriptingError) {
            plugin = try Plugin(folder: folder)
        } catch {
            let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
            broken.append(BrokenPlugin(name: name, folder: folder, error: error, provides: []))
            return
        }
        if let place = found.firstIndex(where: { $0.name == plugin.name }) {
            found[place].hides.append(folder)
        } else {
            found.append(plugin)
        }
    }
}
