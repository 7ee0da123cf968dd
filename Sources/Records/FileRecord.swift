/// A file that results stand on, by what is in it.
public struct FileRecord: Sendable, Hashable, Codable {
    /// Where a file belongs, and with that what its name is relative to.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Lua text beside the experiment's script, named from the script's folder.
        case module
        /// All Lua text of a plugin that a script required, by the plugin's name.
        case plugin
        /// What a script opened with `io`, as the script named it.
        case opened
        /// A file of the data set, named from the data folder.
        case data
    }

    /// Where the file belongs.
    public var kind: Kind
    /// The file, as its kind names it.
    public var name: String
    /// The SHA-256 of its content, 64 hexadecimal digits.
    public var sha256: String

    /// A record from its parts.
    public init(_ kind: Kind, _ name: String, sha256: String) {
        self.kind = kind
        self.name = name
        self.sha256 = sha256
    }

    /// How messages name it: `module lib/extra.lua`.
    public var title: String { "\(kind.rawValue) \(name)" }
}
