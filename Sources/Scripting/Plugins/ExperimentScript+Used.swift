internal import Methods
internal import Components
public import Experiments
import Foundation
import Records

extension ExperimentScript {
    /// The plugins that a plan's components come from, and those that they require, with version
    /// and content: what has to be the same for the same result.
    ///
    /// - Parameter plan: A plan of this script.
    /// - Returns: Rows such as `plugin island_model` and `1.0.0 3f2a…`, sorted by name.
    public func plugins(usedBy plan: ExperimentPlan) -> [(name: String, version: String)] {
        var used: Set<String> = []
        for selection in plan.components {
            guard case .named(let name, _) = selection else { continue }
            for point in BuiltIns.points {
                guard let component = registry.component(name, at: point),
                    let plugin = catalog.owner(of: component.source)
                else { continue }
                used.insert(plugin.name)
            }
        }
        // Each plugin comes after what it requires, so one walk from the end finds all.
        for plugin in catalog.plugins.reversed() where used.contains(plugin.name) {
            for requirement in plugin.manifest.requires { used.insert(requirement.name) }
        }
        return catalog.plugins.filter { used.contains($0.name) }.sorted { $0.name < $1.name }
            .map { plugin in
                ("plugin \(plugin.name)", "\(plugin.manifest.version) \(plugin.contentHash)")
            }
    }
}

extension Plugin {
    /// The first 16 hexadecimal digits of ``sha256``.
    var contentHash: String { String(sha256.prefix(16)) }

    /// The hash of the plugin's Lua files and manifest, whatever folder they are in.
    package var sha256: String {
        var text = ""
        for name in (luaFiles + ["plugin.json"]).sorted() {
            guard let part = try? ScriptFiles.read(folder + "/" + name) else { continue }
            text += "\(name)\n\(part.utf8.count)\n\(part)"
        }
        return ContentHash.sha256(text)
    }

    /// The paths of the plugin's Lua files in its folder, sorted; its specs are no part of it.
    var luaFiles: [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".lua") && !$0.hasPrefix("spec/") }.sorted()
    }
}
