public import LuaHost
public import Records

/// Lua line by line: what an expression gives is shown, what is assigned is kept.
public final class Prompt {
    let host: ExperimentScript
    let environment: LuaTable
    private let show: LuaFunction
    /// The lines of a statement that is begun and not ended.
    private(set) var pending = ""

    /// Ends the statement that is running; to be cleared before the next.
    public var interruption: LuaInterruption { host.bindings.context.interruption }

    /// Called with each whole statement, before it runs or is refused.
    public var onStatement: (String) -> Void = { _ in }

    /// Whether a statement is begun and not ended.
    public var isOpen: Bool { !pending.isEmpty }

    /// A prompt with these plugins and settings.
    ///
    /// - Parameters:
    ///   - plugins: Where plugins are looked for.
    ///   - settings: Permissions, and how `run` runs experiments.
    ///   - observer: Gets the events of those runs.
    ///   - print: Takes what scripts print.
    /// - Throws: What loading the plugins throws.
    public init(
        plugins: PluginPlaces, settings: PromptSettings = PromptSettings(),
        observer: (any EventSink)? = nil, print: @escaping (String) -> Void
    ) throws {
        var limits = ScriptLimits()
        limits.permissions = settings.permissions
        host = try ExperimentScript(
            hosting: "prompt.lua", plugins: plugins, limits: limits, print: print)
        host.extras.values["apogee.testing"] = .table(
            try TestingModule.make(host, seed: settings.seed ?? 0))
        // Scripts may not make globals; at a prompt they are what is kept between lines.
        let results = try host.sandbox.run(
            """
            local base = _ENV
            local function text(value)
              if type(value) ~= "table" then
                return type(value) == "string" and string.format("%q", value) or tostring(value)
              end
              local parts = {}
              for key, item in pairs(value) do
                if #parts == 40 then parts[41] = "…" break end
                local shown = type(item) == "table" and "{…}" or text(item)
                parts[#parts + 1] = math.type(key) == "integer" and key == #parts + 1 and shown
                  or tostring(key) .. " = " .. shown
              end
              return "{ " .. table.concat(parts, ", ") .. " }"
            end
            return setmetatable({}, { __index = base }), text
            """, chunk: .embedded("prompt"))
        guard let environment = results.first?.table, let show = results.last?.function else {
            throw LuaError(kind: .closed, message: "the prompt cannot start")
        }
        self.environment = environment
        self.show = show
        try environment.set("apogee", try host.require("apogee"))
        let context = host.bindings.context
        let shown = try context.table()
        if let seed = settings.seed { try shown.set("seed", .integer(seed)) }
        try shown.set("threads", .integer(settings.threads))
        if let data = settings.data { try shown.set("data", .string(data)) }
        try environment.set("settings", .table(shown))
        let run = PromptRun(
            settings: settings, plugins: plugins, observer: observer, print: print)
        try environment.set("run", .function(try context.function(run.function())))
    }

    /// Runs a whole file; what it prints goes where the prompt's does.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: Its name, for messages.
    ///   - arguments: What the file gets as `...`.
    /// - Throws: `LuaError` with the file's line.
    public func run(_ text: String, file: String, arguments: [String]) throws(LuaError) {
        let function = try host.bindings.context.load(
            text, chunk: .file(file), environment: environment)
        _ = try function.call(
            arguments: arguments.map(LuaValue.string),
            limits: LuaLimits(
                instructions: host.limits.loadingInstructions, bytes: host.limits.callbackBytes))
    }

    /// Whether a name has a value at the prompt.
    public func isDefined(_ name: String) -> Bool {
        guard let value = try? environment.get(name) else { return false }
        if case .nil = value { return false }
        return true
    }

    /// Drops the lines of a statement that is open.
    public func drop() {
        pending = ""
    }

    /// Takes a line, and runs the statement when it is complete.
    ///
    /// - Returns: One line for each value of an expression.
    /// - Throws: `LuaError` for what goes wrong in it; the statement is dropped then.
    public func take(_ line: String) throws -> [String] {
        let text = pending.isEmpty ? line : pending + "\n" + line
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        let context = host.bindings.context
        let limits = LuaLimits(
            instructions: host.limits.loadingInstructions, bytes: host.limits.callbackBytes)
        pending = ""
        let function: LuaFunction
        do throws(LuaError) {
            function = try context.load(
                "return " + text, chunk: .file("prompt"), environment: environment)
        } catch let expression {
            do throws(LuaError) {
                function = try context.load(
                    text, chunk: .file("prompt"), environment: environment)
            } catch {
                // A text that ends too early goes on in the next line; an empty line ends it.
                let open = [error, expression].first { $0.message.hasSuffix("near <eof>") }
                if open != nil, !line.isEmpty {
                    pending = text
                    return []
                }
                onStatement(text)
                throw open ?? error
            }
        }
        onStatement(text)
        return try function.call(limits: limits).map { value in
            try show.call(value, limits: limits).first?.string ?? "?"
        }
    }
}

extension ExperimentScript {
    /// A module as a script would get it.
    func require(_ name: String) throws -> LuaValue {
        try sandbox.run(
            "return require(...)", chunk: .embedded(ExperimentScript.pluginLoader),
            arguments: [.string(name)]
        ).first ?? .nil
    }
}

extension Sandbox {
    fileprivate func run(
        _ text: String, chunk: ChunkName, arguments: [LuaValue]
    ) throws(LuaError) -> [LuaValue] {
        try load(text, chunk: chunk).call(arguments: arguments)
    }
}
