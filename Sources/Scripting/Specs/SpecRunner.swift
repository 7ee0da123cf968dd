import Components
import Experiments
import Foundation
import LuaHost

/// The outcome of one `it` of a spec.
public struct SpecResult: Sendable, Hashable {
    /// The words of the `describe`s around it and its own.
    public let words: [String]
    /// Where it begins.
    public let location: String
    /// What went wrong, with file and line; nil where it passed.
    public let failure: String?
    /// The script functions that were running when it failed.
    public let stack: [String]
}

/// Runs a spec inside the host: `describe`, `it`, `before_each`, `after_each`, `expect`.
///
/// Every file gets a Lua state of its own, with the plugins that its folder belongs to.
public struct SpecRunner {
    private let path: String
    private let places: PluginPlaces
    private let limits: ScriptLimits
    private let print: (String) -> Void

    /// A run of one file.
    ///
    /// - Parameters:
    ///   - path: The spec's file.
    ///   - places: Where plugins are looked for, besides the plugin that the spec belongs to and
    ///     its neighbours.
    ///   - limits: What each `it` may use.
    ///   - print: Takes what the spec prints.
    public init(
        _ path: String, plugins places: PluginPlaces, limits: ScriptLimits = ScriptLimits(),
        print: @escaping (String) -> Void = { _ in }
    ) {
        self.path = path
        self.limits = limits
        self.print = print
        var places = places
        places.besideScript = false
        if let plugin = SpecFiles.plugin(of: path) {
            places.commandLine.insert(plugin, at: 0)
            places.commandLine.append(SpecFiles.parent(of: plugin))
        }
        self.places = places
    }

    /// One `it` that was found.
    private struct Case {
        let words: [String]
        let body: LuaFunction
        let before: [LuaFunction]
        let after: [LuaFunction]
    }

    /// What the running file has said so far; a class, as closures of the host fill it.
    private final class Collector {
        var words: [String] = []
        var before: [[LuaFunction]] = [[]]
        var after: [[LuaFunction]] = [[]]
        var cases: [Case] = []
        var isRunning = false
    }

    /// Runs the file.
    ///
    /// - Returns: One result for each `it`, in the order of the file.
    /// - Throws: What keeps the file from being loaded: ``ScriptingError``, `LuaError`,
    ///   `ExperimentError`.
    public func run() throws -> [SpecResult] {
        let text = try ScriptFiles.read(path)
        // A spec in `spec` tests the files beside that folder.
        let folder = SpecFiles.parent(of: path)
        let isInFolder = folder == "spec" || folder.hasSuffix("/spec")
        let base = isInFolder ? SpecFiles.parent(of: folder) : folder
        let host = try ExperimentScript(
            hosting: base == "." ? "spec.lua" : base + "/spec.lua", plugins: places,
            limits: limits, print: print)
        let context = host.bindings.context
        let collector = Collector()
        host.extras.values["apogee.testing"] = .table(try TestingModule.make(host))
        let library = try host.sandbox.run(
            SpecLibrary.text, chunk: .embedded("specs"),
            limits: limits.loading)
        var names: [(String, LuaValue)] = [("expect", library.first ?? .nil)]
        for function in SpecRunner.functions(collector) {
            names.append((function.name, .function(try context.function(function))))
        }
        _ = try host.sandbox.run(
            text, chunk: .file(path), names: names,
            limits: limits.loading)
        collector.isRunning = true
        return collector.cases.map { run($0) }
    }

    private func run(_ test: Case) -> SpecResult {
        let place = test.body.definition.map { "\($0.file):\($0.line)" } ?? path
        let limits = self.limits.callback
        var failure: LuaError?
        do throws(LuaError) {
            for function in test.before { _ = try function.call(limits: limits) }
            _ = try test.body.call(limits: limits)
        } catch {
            failure = error
        }
        for function in test.after {
            do throws(LuaError) {
                _ = try function.call(limits: limits)
            } catch {
                failure = failure ?? error
            }
        }
        return SpecResult(
            words: test.words, location: place,
            failure: failure.map { $0.file == nil ? "\(place): \($0)" : $0.description },
            stack: failure?.stack.map(\.description) ?? [])
    }

    /// The names that specs have besides `expect`.
    static var names: [String] { functions(Collector()).map(\.name) }

    private static func functions(_ collector: Collector) -> [HostFunction] {
        func refuseInside(_ name: String) throws(LuaError) {
            guard collector.isRunning else { return }
            throw LuaError(
                kind: .conversion,
                message: "\(name): cannot be called inside a test; call it while the file loads"
            )
        }
        let describe = HostFunction("describe") { arguments in
            try refuseInside("describe")
            let words = try arguments.string(1, "words")
            let body = try arguments.function(2, "body")
            collector.words.append(words)
            collector.before.append([])
            collector.after.append([])
            defer {
                collector.words.removeLast()
                collector.before.removeLast()
                collector.after.removeLast()
            }
            _ = try body.call()
            return .nil
        }
        let it = HostFunction("it") { arguments in
            try refuseInside("it")
            let words = try arguments.string(1, "words")
            let body = try arguments.function(2, "body")
            collector.cases.append(
                Case(
                    words: collector.words + [words], body: body,
                    before: collector.before.flatMap { $0 },
                    after: collector.after.reversed().flatMap { $0 }))
            return .nil
        }
        let beforeEach = HostFunction("before_each") { arguments in
            try refuseInside("before_each")
            let body = try arguments.function(1, "body")
            collector.before[collector.before.count - 1].append(body)
            return .nil
        }
        let afterEach = HostFunction("after_each") { arguments in
            try refuseInside("after_each")
            let body = try arguments.function(1, "body")
            collector.after[collector.after.count - 1].append(body)
            return .nil
        }
        return [describe, it, beforeEach, afterEach]
    }
}

/// Finds specs, and what they belong to.
public enum SpecFiles {
    /// The specs at a path: the file itself, or every `spec/*_spec.lua` below a folder, sorted.
    ///
    /// - Throws: ``ScriptingError/missing(path:)`` where there is nothing of that name.
    public static func find(_ path: String) throws(ScriptingError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missing(path: path)
        }
        guard isFolder.boolValue else { return [path] }
        var folder = path
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        var found: [String] = []
        search(folder, into: &found)
        return found
    }

    private static func search(_ folder: String, into found: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        // `.` alone would stand at the head of every message.
        let prefix = folder == "." ? "" : folder == "/" ? "/" : folder + "/"
        for name in names where !name.hasPrefix(".") {
            let path = prefix + name
            if PluginPlaces.isFolder(path) {
                search(path, into: &found)
            } else if name.hasSuffix("_spec.lua"), prefix.hasSuffix("spec/") {
                found.append(path)
            }
        }
    }

    /// The plugin's folder that a file belongs to: the nearest above it with a `plugin.json`.
    static func plugin(of path: String) -> String? {
        var folder = parent(of: path)
        for _ in 0..<8 {
            if FileManager.default.fileExists(atPath: folder + "/plugin.json") { return folder }
            guard folder != ".", folder != "/" else { return nil }
            folder = parent(of: folder)
        }
        return nil
    }

    /// The folder that a path stands in.
    static func parent(of path: String) -> String {
        if path == "." { return ".." }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
