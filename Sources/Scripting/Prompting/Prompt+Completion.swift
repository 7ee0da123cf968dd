import Foundation
import LuaHost

extension Prompt {
    /// How the text before the cursor may go on, after the lines of a statement that is open.
    ///
    /// Offered are reserved words, names of the statement's own locals, globals, fields along a
    /// path of constant keys, methods after a colon, and modules in `require "…`. Nothing is run
    /// for it: what only a function of a metatable or a getter of a host object could tell is left
    /// out, and the session stays as it is.
    public func completion(before text: String) -> Completion {
        let statement = isOpen ? pending + "\n" + text : text
        switch CompletionRequest(before: statement) {
        case .nothing:
            return .none
        case .module(let beginning):
            return Completion(
                beginning: beginning, candidates: host.moduleNames(beginning: beginning))
        case .name(let beginning, let locals):
            let globals = names(of: .table(environment), beginning, methodsOnly: false)
            let words = (LuaSyntax.keywords + locals).filter { $0.hasPrefix(beginning) }
            return Completion(
                beginning: beginning, candidates: Set(globals.names + words).sorted(),
                isComplete: globals.isComplete)
        case .member(let beginning, of: let path, let methodsOnly):
            guard let value = value(of: path) else { return .none }
            let names = names(of: value, beginning, methodsOnly: methodsOnly)
            return Completion(
                beginning: beginning, candidates: names.names, isComplete: names.isComplete)
        }
    }

    private func names(
        of value: LuaValue, _ beginning: String, methodsOnly: Bool
    ) -> LuaNames {
        // Only a lack of memory can fail, and then there is nothing to offer.
        let names = try? host.bindings.context.names(
            of: value, beginning: beginning, methodsOnly: methodsOnly)
        return names ?? LuaNames()
    }

    private func value(of path: CompletionRequest.ValuePath) -> LuaValue? {
        let context = host.bindings.context
        var keys = path.keys
        var value = LuaValue.string("")
        if let global = path.global {
            keys.insert(.name(global), at: 0)
            value = .table(environment)
        }
        for key in keys {
            let found: LuaValue?
            switch key {
            case .name(let name): found = try? context.inspect(.string(name), of: value)
            case .place(let place): found = try? context.inspect(.integer(place), of: value)
            }
            guard let found, !found.isNil else { return nil }
            value = found
        }
        return value
    }
}

extension ExperimentScript {
    /// The modules that `require` finds at a prompt and whose names begin so: the host's, stock
    /// Lua's, plugins with their files, and files beside the script.
    ///
    /// - Returns: The names, sorted, each once.
    func moduleNames(beginning: String) -> [String] {
        var names = Set(hostModules)
        names.formUnion(extras.values.keys)
        names.formUnion(Sandbox.stockModules)
        for plugin in catalog.plugins {
            names.insert(plugin.name)
            guard beginning.hasPrefix(plugin.name + ".") else { continue }
            let rest = String(beginning.dropFirst(plugin.name.count + 1))
            let files = ScriptFiles(path: plugin.main).moduleNames(beginning: rest)
            names.formUnion(files.map { plugin.name + "." + $0 })
        }
        names.formUnion(files.moduleNames(beginning: beginning))
        return names.filter { $0.hasPrefix(beginning) }.sorted()
    }
}

extension ScriptFiles {
    /// Entries of folders that are looked at for one completion.
    private static let mostEntries = 5000

    /// The modules in the folder that a beginning such as `lib.` leads to, and in folders of it.
    func moduleNames(beginning: String) -> [String] {
        var parts = beginning.split(separator: ".", omittingEmptySubsequences: false)
        if !parts.isEmpty { parts.removeLast() }
        guard parts.allSatisfy({ ScriptFiles.isPlain($0) }) else { return [] }
        let head = parts.map { $0 + "." }.joined()
        let folder = prefix + parts.map { $0 + "/" }.joined()
        var left = ScriptFiles.mostEntries
        var names: [String] = []
        for entry in ScriptFiles.entries(folder, &left) {
            if let name = ScriptFiles.moduleName(entry) {
                if name != "init" { names.append(head + name) }
            } else if ScriptFiles.isPlain(entry[...]) {
                for inner in ScriptFiles.entries(folder + entry, &left) {
                    guard let name = ScriptFiles.moduleName(inner) else { continue }
                    names.append(head + entry + (name == "init" ? "" : "." + name))
                }
            }
        }
        return names
    }

    private static func entries(_ folder: String, _ left: inout Int) -> [String] {
        guard left > 0 else { return [] }
        let path = folder.isEmpty ? "." : folder
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        left -= entries.count + 1
        return entries.sorted()
    }

    /// What `require` calls a file: its name without `.lua`.
    private static func moduleName(_ file: String) -> String? {
        guard file.hasSuffix(".lua") else { return nil }
        let name = file.dropLast(4)
        return isPlain(name) ? String(name) : nil
    }
}
