/// What a run was asked for, as data: enough to start it again, whoever asked and however.
///
/// A command line becomes a request, and `run.json` keeps it, so that a run can go on without its
/// command line. Settings that change no result (threads, memory, what is printed) are no part of
/// it.
public struct RunRequest: Sendable, Hashable, Codable {
    /// The version of scripts, plugins and requests; 1 is the only one so far.
    public var api: Int
    /// The experiment's Lua file.
    public var file: String
    /// The seed that was asked for; nil for the plan's own.
    public var seed: Int?
    /// Changes of the plan, in their order.
    public var changes: [Change]
    /// Folders of plugins, or single plugins, in the order in which they are looked into.
    public var plugins: [String]
    /// The folder that holds the data set's files; nil where none was named.
    public var data: String?
    /// What scripts may do beyond the sandbox's rules, such as `read=DIR`.
    public var allowed: [String]
    /// What scripts may use where that was changed, by the names of the plan's `limits`, and
    /// `loading_instructions` and `memory` besides; nil where it was not.
    public var limits: [String: Int]?
    /// The folder that relative paths of the request refer to; nil for the present one.
    public var folder: String?

    /// The names of limits.
    public static let limitNames = [
        "callback_instructions", "callback_memory", "callback_seconds", "event_bytes",
        "idle_steps", "loading_instructions", "memory", "tensor_memory",
    ]

    /// The least value of a limit: what no script could run with is a slip of the pen.
    public static func least(_ limit: String) -> Int {
        limit == "callback_seconds" || limit == "idle_steps" ? 1 : 1_000
    }

    /// One option of the plan that was set.
    public struct Change: Sendable, Hashable, Codable {
        /// The option, from the outside in, with points between: `learner.inner_steps`.
        public var path: String
        /// The value as it is written behind `=`: `3`, `[1, 2]`, `"a b"`.
        public var value: String
        /// How it was typed, for messages: `--set learner.inner_steps=3`.
        public var typed: String

        /// A change from its parts.
        ///
        /// - Parameters:
        ///   - path: The option.
        ///   - value: The value as it is written behind `=`.
        ///   - typed: How it was typed; `--set path=value` unless given.
        public init(_ path: String, _ value: String, typed: String? = nil) {
            self.path = path
            self.value = value
            self.typed = typed ?? "--set \(path)=\(value)"
        }
    }

    /// The version that this Apogee reads and writes.
    public static let api = 1

    /// A request from its parts; only the file is needed.
    public init(
        file: String, seed: Int? = nil, changes: [Change] = [], plugins: [String] = [],
        data: String? = nil, allowed: [String] = [], folder: String? = nil
    ) {
        self.api = RunRequest.api
        self.file = file
        self.seed = seed
        self.changes = changes
        self.plugins = plugins
        self.data = data
        self.allowed = allowed
        self.folder = folder
    }

    /// Reads a request; one of another version is refused before its parts are looked at.
    ///
    /// - Parameter decoder: Holds the request.
    /// - Throws: `DecodingError` that says what is missing, or which version it is of.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        api = try container.decode(Int.self, forKey: .api)
        guard api == RunRequest.api else {
            throw DecodingError.dataCorruptedError(
                forKey: .api, in: container,
                debugDescription: "this Apogee reads requests of api = \(RunRequest.api), and this "
                    + "one is of api = \(api)")
        }
        file = try container.decode(String.self, forKey: .file)
        seed = try container.decodeIfPresent(Int.self, forKey: .seed)
        changes = try container.decode([Change].self, forKey: .changes)
        plugins = try container.decode([String].self, forKey: .plugins)
        data = try container.decodeIfPresent(String.self, forKey: .data)
        allowed = try container.decode([String].self, forKey: .allowed)
        limits = try container.decodeIfPresent([String: Int].self, forKey: .limits)
        folder = try container.decodeIfPresent(String.self, forKey: .folder)
    }

    /// The request as another folder sees it: every path leads where it led.
    ///
    /// What scripts are allowed stays as it was written: it is compared, not looked up.
    ///
    /// - Parameter present: The folder from which relative paths are looked up now.
    /// - Returns: The request itself where its folder is that one, or where nobody noted it.
    public func reachable(from present: String) -> RunRequest {
        guard let folder, folder != present else { return self }
        func path(_ path: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }
        var request = self
        request.file = path(file)
        request.plugins = plugins.map(path)
        request.data = data.map(path)
        return request
    }
}
