/// One function or field that scripts see.
public struct ReferenceEntry: Sendable, Hashable {
    /// How it is reached.
    public enum Kind: Sendable, Hashable {
        /// `object:name(…)`
        case method
        /// `object.name`, or a key of a table.
        case field
        /// `module.name(…)`, or a name of its own.
        case function
    }

    /// An argument or result.
    public struct Value: Sendable, Hashable {
        /// Its name; `?` at the end where it may be left out.
        public let name: String
        /// Its type as LuaLS writes it.
        public let type: String
    }

    /// The name.
    public let name: String
    /// How it is reached.
    public let kind: Kind
    /// The arguments.
    public let parameters: [Value]
    /// The type of the result, or of the field; empty for none.
    public let result: String
    /// One sentence.
    public let summary: String

    static func method(
        _ name: String, _ parameters: [(String, String)] = [], _ result: String = "",
        _ summary: String
    ) -> ReferenceEntry {
        ReferenceEntry(.method, name, parameters, result, summary)
    }

    static func function(
        _ name: String, _ parameters: [(String, String)] = [], _ result: String = "",
        _ summary: String
    ) -> ReferenceEntry {
        ReferenceEntry(.function, name, parameters, result, summary)
    }

    static func field(_ name: String, _ type: String, _ summary: String) -> ReferenceEntry {
        ReferenceEntry(.field, name, [], type, summary)
    }

    private init(
        _ kind: Kind, _ name: String, _ parameters: [(String, String)], _ result: String,
        _ summary: String
    ) {
        self.kind = kind
        self.name = name
        self.parameters = parameters.map { Value(name: $0.0, type: $0.1) }
        self.result = result
        self.summary = summary
    }

    /// `name(low, high)`, for a heading.
    var call: String {
        kind == .field
            ? name : "\(name)(\(parameters.map(\.name).joined(separator: ", ")))"
    }
}

/// Entries that belong together: a type of objects, a table, a module, or names of their own.
public struct ReferenceGroup: Sendable, Hashable {
    /// What the group is.
    public enum Kind: Sendable, Hashable {
        /// A type of host objects.
        case type
        /// A table that callbacks are given, or return.
        case table
        /// What `require` gives under this name.
        case module
        /// Names of a spec.
        case globals
    }

    /// The name that scripts, messages and annotations use.
    public let name: String
    /// What the group is.
    public let kind: Kind
    /// One or two sentences.
    public let summary: String
    /// The entries in the order of the reference.
    public let entries: [ReferenceEntry]

    init(_ name: String, _ kind: Kind, _ summary: String, _ entries: [ReferenceEntry]) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.entries = entries
    }
}
