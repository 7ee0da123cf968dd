import Foundation

/// Where plugins are looked for.
///
/// Of two plugins with one name, that of the earlier place is taken: first the folders of the
/// command line in their order, then `plugins` beside the script, then those that came with the
/// program.
public struct PluginPlaces: Sendable, Hashable {
    /// Folders of plugins, or single plugins, that the command line names.
    public var commandLine: [String]
    /// Whether `plugins` beside the script is looked into.
    public var besideScript: Bool
    /// The folder that came with the program; nil where it has none.
    public var installed: String?
    /// Where those that come with the program were looked for in vain; empty where they were found, or
    /// are not wanted.
    public var missing: [String] = []

    /// Places to look.
    public init(
        commandLine: [String] = [], besideScript: Bool = true, installed: String? = nil
    ) {
        self.commandLine = commandLine
        self.besideScript = besideScript
        self.installed = installed
    }

    /// No place at all: built-in components only.
    public static let none = PluginPlaces(besideScript: false)

    /// The places of a command: its own folders, `plugins` beside the script, and those that came
    /// with the program.
    public static func standard(commandLine: [String] = []) -> PluginPlaces {
        let program = Bundle.main.executablePath ?? "apogee"
        var places = PluginPlaces(
            commandLine: commandLine, installed: installedFolder(program))
        if places.installed == nil { places.missing = candidates(program) }
        return places
    }

    /// The plugins that belong to a program: `../share/apogee/plugins` from its folder, or
    /// `plugins` of the package that it was built in.
    ///
    /// - Parameter program: The path of the program.
    /// - Returns: The folder, below the present one where it is; nil if there is none.
    static func installedFolder(_ program: String) -> String? {
        let places = candidates(program)
        if let shared = places.first, isFolder(shared) { return shortened(shared) }
        for plugins in places.dropFirst() {
            let package = URL(fileURLWithPath: plugins).deletingLastPathComponent()
                .appendingPathComponent("Package.swift").path
            if FileManager.default.fileExists(atPath: package), isFolder(plugins) {
                return shortened(plugins)
            }
        }
        return nil
    }

    /// Where the plugins of a program can be: of an installation first, then of the package that it
    /// was built in.
    private static func candidates(_ program: String) -> [String] {
        var folder = URL(fileURLWithPath: program).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        var found = [
            folder.appendingPathComponent("../share/apogee/plugins").standardizedFileURL.path
        ]
        for _ in 0..<5 {
            folder.deleteLastPathComponent()
            found.append(folder.appendingPathComponent("plugins").path)
        }
        return found
    }

    /// A path below the present folder without that folder's name.
    private static func shortened(_ path: String) -> String {
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
            .resolvingSymlinksInPath().path
        return path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}

/// A plugin as it lies in its folder.
public struct Plugin: Sendable, Hashable {
    /// What it says of itself.
    public let manifest: PluginManifest
    /// The folder as messages name it, without a slash at its end.
    public let folder: String
    /// Folders of the same name in later places, which are not looked at.
    public internal(set) var hides: [String] = []

    /// The name, which is also the folder's.
    public var name: String { manifest.name }
    /// The file that registers the components.
    public var main: String { folder + "/init.lua" }
    /// The manifest's file.
    public var manifestPath: String { folder + "/plugin.json" }

    /// Whether a chunk is a file of this plugin.
    func owns(_ chunk: String) -> Bool { chunk.hasPrefix(folder + "/") }

    /// Reads the manifest in a folder.
    ///
    /// - Throws: ``ScriptingError`` for a file that is not there or says something wrong.
    public init(folder: String) throws(ScriptingError) {
        self.folder = folder
        let path = folder + "/plugin.json"
        let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        guard FileManager.default.fileExists(atPath: path) else {
            throw .invalidPlugin(
                path: path, key: nil,
                problem: "no such file; apogee new plugin NAME writes a plugin to start from")
        }
        manifest = try PluginManifest(try ScriptFiles.read(path), path: path, folder: name)
        guard FileManager.default.fileExists(atPath: folder + "/init.lua") else {
            throw .invalidPlugin(
                path: folder + "/init.lua", key: nil,
                problem: "no such file; a plugin registers its components there")
        }
    }
}
