import LuaBridge

/// Environments in which scripts see only what is reproducible, and what the host gives them.
///
/// A script has its own environment. Names that nobody declared are errors, tables of the host are
/// read-only, and there is no file, clock, bytecode or global random generator. `pairs` walks in a
/// defined order: 1, 2, … up to the first gap, then the other keys by type and value.
public final class Sandbox {
    /// A module as scripts ask for it.
    public struct Request {
        /// The argument of `require`.
        public let name: String
        /// The second argument: `">=1.2"`.
        public let version: String?
        /// The chunk that asks.
        public let asker: ChunkName?
    }

    /// Where a module's text comes from.
    public struct Module {
        /// Names the module in messages; two requests with one chunk share one module.
        public let chunk: ChunkName
        /// Names that this module sees besides those of the sandbox.
        public let names: [(String, LuaValue)]
        let text: () throws -> String

        /// A module; the text is asked for once.
        public init(
            chunk: ChunkName, names: [(String, LuaValue)] = [], text: @escaping () throws -> String
        ) {
            self.chunk = chunk
            self.names = names
            self.text = text
        }
    }

    /// What the host answers to `require`.
    public enum Resolution {
        /// Lua text, run once in its own environment.
        case module(Module)
        /// A value of the host.
        case value(LuaValue)
    }

    /// Finds a module; `nil`: there is none of that name.
    public typealias Resolver = (Request) throws -> Resolution?

    /// The libraries that `require` finds without the host's help, as plain Lua does.
    public static let stockModules = [
        "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8",
    ]

    private let context: LuaContext
    private let resolver: Resolver
    private var names: [(String, LuaValue)] = []
    private let libraries: [(String, LuaValue)]
    private var loaded: [ChunkName: LuaValue] = [:]
    private var loading: [ChunkName] = []

    /// A sandbox of a state.
    ///
    /// - Parameters:
    ///   - context: The state.
    ///   - resolver: Answers `require`.
    ///   - permissions: What scripts may do beyond the rules.
    ///   - print: Takes each line that scripts print; `nil`: `print` is an error.
    ///   - onOpen: Takes the path of each file that scripts open, with its content if they read it.
    /// - Throws: `LuaError` when memory is short.
    public init(
        _ context: LuaContext, resolver: @escaping Resolver = { _ in nil },
        permissions: Permissions = .none, print: ((String) -> Void)? = nil,
        onOpen: @escaping (String, [UInt8]?) -> Void = { _, _ in }
    ) throws(LuaError) {
        self.context = context
        self.resolver = resolver
        let b = try context.core.open()
        permissions.option.withCString { bridge_set_allow(b, $0) }
        if permissions.random { try context.core.check(b, bridge_allow_random(b)) }
        let printer = print.map(LinePrinter.init)
        let input = try StockInput(context, permissions, onOpen: onOpen)
        libraries = [
            ("io", .table(try input.table(printer))),
            ("os", .table(try StockSystem.table(context, permissions))),
        ]
        names = libraries
        if print != nil {
            try define(
                HostFunction(
                    "print",
                    pushing: { arguments in
                        var parts: [String] = []
                        for place in 0..<arguments.count {
                            parts.append(try arguments.text(place + 1))
                        }
                        try arguments.context.charge(parts.reduce(100) { $0 + $1.utf8.count / 8 })
                        // What `io.write` left open stands before it.
                        printer?.write(Array((parts.joined(separator: "\t") + "\n").utf8))
                        return 0
                    }))
        }
        try define(warning(printer))
        // The closure holds the sandbox until the state closes; the sandbox does not hold the state.
        try define(HostFunction("require", pushing: { try self.require($0) }))
    }

    /// Gives a name to every environment made from now on.
    public func define(_ name: String, _ value: LuaValue) {
        names.removeAll { $0.0 == name }
        names.append((name, value))
    }

    /// Gives a host function to every environment made from now on, under its own name.
    ///
    /// - Throws: `LuaError` when memory is short.
    public func define(_ function: HostFunction) throws(LuaError) {
        define(function.name, .function(try context.function(function)))
    }

    /// A fresh environment: the sandbox's names and these.
    ///
    /// - Throws: `LuaError` when memory is short.
    public func environment(_ extra: [(String, LuaValue)] = []) throws(LuaError) -> LuaTable {
        let base = context.count
        defer { context.pop(context.count - base) }
        try context.pushTable(fields: names.count + extra.count)
        for (name, value) in names + extra {
            try context.setField(name) { () throws(LuaError) in try context.push(value) }
        }
        let b = try context.room()
        try context.core.check(b, bridge_new_environment(b))
        return LuaTable(reference: try context.reference(at: -2))
    }

    /// Loads a script into an environment of its own.
    ///
    /// - Throws: `LuaError` of kind `syntax`.
    public func load(
        _ text: String, chunk: ChunkName, names: [(String, LuaValue)] = []
    ) throws(LuaError) -> LuaFunction {
        try context.load(text, chunk: chunk, environment: try environment(names))
    }

    /// Loads and runs a script.
    ///
    /// - Returns: What the script returns.
    /// - Throws: `LuaError`.
    public func run(
        _ text: String, chunk: ChunkName, names: [(String, LuaValue)] = [],
        limits: LuaLimits = .none
    ) throws(LuaError) -> [LuaValue] {
        try load(text, chunk: chunk, names: names).call(arguments: [], limits: limits)
    }

    // MARK: require

    private func require(_ arguments: LuaArguments) throws -> Int {
        let name = try arguments.string(1, "name")
        let version = arguments.isAbsent(2) ? nil : try arguments.string(2, "version")
        if let library = try library(name) {
            try context.push(library)
            return 1
        }
        let request = Request(name: name, version: version, asker: context.callingChunk())
        switch try resolver(request) {
        case nil:
            throw LuaError(kind: .runtime, message: "require: module '\(name)' was not found")
        case .value(let value):
            try context.push(value)
        case .module(let module):
            try context.push(try value(of: module, name))
        }
        return 1
    }

    private func value(of module: Module, _ name: String) throws -> LuaValue {
        if let value = loaded[module.chunk] { return value }
        guard !loading.contains(module.chunk) else {
            let path = (loading + [module.chunk]).map(\.name).joined(separator: " -> ")
            throw LuaError(kind: .runtime, message: "require: modules need each other: \(path)")
        }
        loading.append(module.chunk)
        defer { loading.removeLast() }
        // As in plain Lua, the chunk is given its name and its file.
        let results = try load(try module.text(), chunk: module.chunk, names: module.names)
            .call(.string(name), .string(module.chunk.name))
        // As in plain Lua, a module that returns nothing counts as true.
        let value = results.first.flatMap { $0.isNil ? nil : $0 } ?? .boolean(true)
        loaded[module.chunk] = value
        return value
    }

    /// A library that plain Lua has loaded from the start.
    private func library(_ name: String) throws(LuaError) -> LuaValue? {
        if let found = libraries.first(where: { $0.0 == name }) {
            // A copy: what a module writes into it is its own affair.
            guard case .table(let shared) = found.1 else { return found.1 }
            let own = try context.table()
            for key in try shared.keys() { try own.set(key, try shared.get(key)) }
            return .table(own)
        }
        let b = try context.room()
        try context.core.check(b, name.withCString { bridge_library(b, $0) })
        defer { context.pop() }
        let value = try context.value(at: -1)
        return value.isNil ? nil : value
    }
}

/// `warn` of Lua 5.4: off until a script says `warn("@on")`.
private func warning(_ printer: LinePrinter?) -> HostFunction {
    var isOn = false
    return HostFunction(
        "warn",
        pushing: { arguments in
            var text = ""
            for place in 0..<max(1, arguments.count) {
                text += try arguments.string(place + 1, "message")
            }
            if arguments.count == 1, text.hasPrefix("@") {
                if text == "@on" || text == "@off" { isOn = text == "@on" }
            } else if isOn {
                printer?.write(Array("Lua warning: \(text)\n".utf8))
            }
            return 0
        })
}
