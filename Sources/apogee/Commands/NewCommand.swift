import ArgumentParser
import Components
import Experiments
import Foundation
import LuaHost
import Methods
import Runs
import Scripting

/// `apogee new`: writes an experiment or a plugin to start from.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Writes a first experiment or plugin to start from.",
        discussion: """
            Both work as they are, with a spec and a page of explanation. Existing files are never \
            overwritten. With .luarc.json the Lua language server knows the API when an editor opens \
            the folder.

              apogee new experiment my_search
              apogee new plugin my_operators
            """)

    /// What can be written.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case experiment
        case plugin
    }

    @Argument(help: "experiment or plugin.")
    var kind: Kind

    @Argument(help: "Its name: lower-case letters, digits and underscores.")
    var name: String

    @Option(help: ArgumentHelp("The folder to write it into.", valueName: "dir"))
    var into: String?

    func run() throws {
        guard PluginManifest.isName(name) else {
            throw Failure(
                "'\(name)': expected lower-case letters, digits and underscores, beginning with a "
                    + "letter", .usage)
        }
        // A plugin in `plugins` is found by the experiments beside it.
        let parent = into ?? (kind == .plugin ? "plugins" : ".")
        let folder = parent == "." ? name : parent + "/" + name
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Failure("\(folder) already exists; nothing was written", .usage)
        }
        if kind == .plugin, let taken = try taken() {
            throw Failure("'\(name)' is \(taken)", .usage)
        }
        let skeleton =
            (kind == .plugin ? Skeleton.plugin(name) : Skeleton.experiment(name))
            + annotations(for: folder)
        for file in skeleton {
            try Skeleton.write(file.text, to: folder + "/" + file.path, replacing: false)
            Output.line("\(folder)/\(file.path)")
        }
        Output.line()
        switch kind {
        case .plugin:
            Output.line("Try it:  apogee check \(folder)")
            Output.line("         apogee test \(folder)")
        case .experiment:
            Output.line("Try it:  apogee check \(folder)/experiment.lua")
            Output.line("         apogee test \(folder)")
            Output.line("         apogee run \(folder)/experiment.lua")
        }
    }
}

extension NewCommand {
    /// What has the name of a new plugin already, and what to do; nil if nothing has.
    private func taken() throws -> String? {
        let remedy = "; choose another name, such as my_\(name)"
        if LuaSyntax.keywords.contains(name) { return "a word of Lua" + remedy }
        if Sandbox.stockModules.contains(name) || name == "apogee" {
            return "a module that require finds without plugins" + remedy
        }
        let host = try ExperimentScript(hosting: "experiment.lua", plugins: .standard())
        for point in BuiltIns.points {
            guard let component = host.registry.component(name, at: point) else { continue }
            return "the name of \(point.titleWithArticle) (\(component.source))" + remedy
        }
        if let plugin = host.catalog.plugin(name) {
            return "a plugin in \(plugin.folder)" + remedy
        }
        return nil
    }

    /// What an editor needs to know the API: the way to the annotations that came with the program, or
    /// annotations of its own where none came with it.
    private func annotations(for folder: String) -> [Skeleton.File] {
        let manager = FileManager.default
        if let installed = PluginPlaces.standard().installed,
            manager.fileExists(atPath: installed + "/_meta")
        {
            let here = URL(fileURLWithPath: manager.currentDirectoryPath).path + "/"
            let meta = URL(fileURLWithPath: installed + "/_meta").standardizedFileURL.path
            let target = URL(fileURLWithPath: folder).standardizedFileURL.path
            // Below the present folder a way that moves along with it, elsewhere where it is.
            guard meta.hasPrefix(here), target.hasPrefix(here) else {
                return [Skeleton.editorSettings(annotations: meta)]
            }
            let up = target.dropFirst(here.count).split(separator: "/").map { _ in "../" }
            let way = up.joined() + meta.dropFirst(here.count)
            return [Skeleton.editorSettings(annotations: way)]
        }
        return HostReference.files.filter { $0.path.hasPrefix("_meta/") }
            + [Skeleton.editorSettings(annotations: "_meta")]
    }
}

extension Skeleton {
    /// Writes a file, and the folders above it.
    static func write(_ text: String, to path: String, replacing: Bool) throws(Failure) {
        let file = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(
                to: file, options: replacing ? [.atomic] : [.withoutOverwriting])
        } catch {
            throw Failure("\(path): cannot be written (\(error.localizedDescription))", .failed)
        }
    }
}
