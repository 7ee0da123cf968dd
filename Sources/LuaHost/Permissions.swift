/// What scripts may do beyond the sandbox's rules, by name.
///
/// The host records them with what it ran: each can make two runs of one script differ.
public struct Permissions: Sendable, Hashable {
    /// Folders of which `io.open` reads files.
    public var read: [String]
    /// Folders into which `io.open` writes files, and which it reads.
    public var write: [String]
    /// Whether `os.time`, `os.clock` and `os.date` tell the time.
    public var clock: Bool
    /// Whether `math.random` draws, from a generator seeded with 0.
    public var random: Bool
    /// How messages say that a permission is given, before its name: `--allow`.
    public var option: String

    /// Permissions.
    public init(
        read: [String] = [], write: [String] = [], clock: Bool = false, random: Bool = false,
        option: String = "--allow"
    ) {
        self.read = read
        self.write = write
        self.clock = clock
        self.random = random
        self.option = option
    }

    /// Nothing beyond the rules.
    public static let none = Permissions()

    /// Permissions as they are written: `read=DIR`, `write=DIR`, `clock`, `random`, with commas
    /// between.
    ///
    /// - Throws: ``PermissionError`` for a name that is none, or a folder left out.
    public init(parsing texts: [String]) throws(PermissionError) {
        self.init()
        for text in texts {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                try add(String(part))
            }
        }
    }

    private mutating func add(_ part: String) throws(PermissionError) {
        let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(halves.first ?? "")
        let folder = halves.count > 1 ? String(halves[1]) : nil
        switch name {
        case "read", "write":
            guard let folder, !folder.isEmpty else { throw .noFolder(name: name) }
            if name == "read" { read.append(folder) } else { write.append(folder) }
        case "clock", "random":
            guard folder == nil else { throw .noValueExpected(name: name) }
            if name == "clock" { clock = true } else { random = true }
        default:
            throw .unknown(name: name)
        }
    }

    /// The permissions as they are written, in a fixed order: for records.
    public var list: [String] {
        var list = read.map { "read=\($0)" } + write.map { "write=\($0)" }
        if clock { list.append("clock") }
        if random { list.append("random") }
        return list
    }
}

/// What is wrong with a permission as it was written.
public enum PermissionError: Error, Hashable, CustomStringConvertible {
    /// There is no permission of that name.
    case unknown(name: String)
    /// The folder is missing.
    case noFolder(name: String)
    /// The permission takes no value.
    case noValueExpected(name: String)

    /// What was expected and found.
    public var description: String {
        switch self {
        case .unknown(let name):
            let found = name.isEmpty ? "found nothing" : "found '\(name)'"
            return "expected read=DIR, write=DIR, clock or random, \(found)"
        case .noFolder(let name): return "'\(name)' needs a folder, as in \(name)=DIR"
        case .noValueExpected(let name): return "'\(name)' takes no value"
        }
    }
}
