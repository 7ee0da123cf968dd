/// What a run is: enough to repeat it, and the same on every repetition on one machine.
///
/// Start time and thread count change nothing in the results, so they stand apart, in
/// ``RunEnvironment``.
public struct RunRecord: Sendable, Hashable, Codable {
    /// The form of the files of a run; 1 is the only one so far.
    public var format: Int
    /// The experiment's name.
    public var name: String
    /// The file name of the script, without folders.
    public var script: String
    /// The SHA-256 of the script's text, 64 hexadecimal digits.
    public var scriptHash: String
    /// The decoded plan with every default filled in, as JSON text.
    public var plan: String
    /// The SHA-256 of the plan's text, 64 hexadecimal digits.
    public var planHash: String
    /// The files besides the script that results stand on, in order of kind and name: what Lua had
    /// read when the run began, and the data; ``RunEnvironment/filesReadLater`` has the others. Nil
    /// in runs of before it was recorded.
    public var files: [FileRecord]?
    /// The SHA-256 of all that was asked for: plan, script and files. Runs with one identity differ
    /// in their versions and machine at most. Nil in runs of before it was recorded.
    public var identity: String?
    /// The seed that all random streams grow from.
    public var seed: UInt64
    /// Versions of Apogee and what it stands on, by name.
    public var versions: [String: String]
    /// The processor's model and the instruction set used.
    public var processor: String
    /// What the run stood on; nil in runs of before it was recorded.
    public var machine: MachineRecord?

    /// A run's record; the hashes are computed.
    public init(
        name: String, script: String = "", scriptText: String = "", plan: String,
        files: [FileRecord] = [], seed: UInt64, versions: [String: String] = [:],
        processor: String = "",
        machine: MachineRecord? = nil
    ) {
        self.format = 1
        self.name = name
        self.script = script
        self.scriptHash = ContentHash.sha256(scriptText)
        self.plan = plan
        self.planHash = ContentHash.sha256(plan)
        let files = files.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        self.files = files
        self.identity = ContentHash.sha256(
            (["plan \(planHash)", "script \(scriptHash)"]
                + files.map { "\($0.title) \($0.sha256)" }).joined(separator: "\n"))
        self.seed = seed
        self.versions = versions
        self.processor = processor
        self.machine = machine
    }
}

/// What a run stands on beside versions: all of it but the system can change the last digits of its
/// results.
public struct MachineRecord: Sendable, Hashable, Codable {
    /// The operating system's release, as "Debian GNU/Linux 13 (trixie)".
    public var system: String
    /// The C library, whose logarithms and cosines random draws use, as "glibc 2.36".
    public var library: String
    /// The processor's model.
    public var model: String
    /// The widest instruction set that oneDNN uses, as "avx512_core".
    public var instructionSet: String
    /// The version of Apogee's own kernels that the loader picked, as "x86-64-v4".
    public var kernels: String

    /// A record from its parts.
    public init(
        system: String, library: String, model: String, instructionSet: String, kernels: String
    ) {
        self.system = system
        self.library = library
        self.model = model
        self.instructionSet = instructionSet
        self.kernels = kernels
    }
}

/// What may differ between two runs with identical results.
public struct RunEnvironment: Sendable, Hashable, Codable {
    /// Worker threads.
    public var threads: Int
    /// When the run started, as ISO 8601 in UTC.
    public var started: String
    /// What was asked for; nil in runs of before it was recorded, which have only `arguments`.
    public var request: RunRequest?
    /// The command line, one argument an element; empty for a run that no command began.
    public var arguments: [String]
    /// What the sandbox was allowed beyond its rules, such as `read=DIR`.
    public var allowed: [String]
    /// What the run was planned to need; nil where nobody planned it.
    public var memory: RunMemory?
    /// The folder that the paths of the command line are relative to; nil where nobody noted it.
    public var folder: String?
    /// Each time that the run went on after it had been interrupted; nil if it never was.
    public var resumptions: [Resumption]?
    /// Files that Lua first read while the run went, in that order; nil if there were none.
    public var filesReadLater: [FileRecord]?

    /// A run that goes on.
    public struct Resumption: Sendable, Hashable, Codable {
        /// When, as ISO 8601 in UTC.
        public var started: String
        /// Worker threads.
        public var threads: Int
        /// Events that were kept; those after them happened again.
        public var events: Int

        /// A resumption from its parts.
        public init(started: String, threads: Int, events: Int) {
            self.started = started
            self.threads = threads
            self.events = events
        }
    }

    /// An environment from its parts.
    public init(
        threads: Int, started: String, request: RunRequest? = nil, arguments: [String] = [],
        allowed: [String] = [], memory: RunMemory? = nil, folder: String? = nil
    ) {
        self.threads = threads
        self.started = started
        self.request = request
        self.arguments = arguments
        self.allowed = allowed
        self.memory = memory
        self.folder = folder
    }
}

extension RunEnvironment {
    /// Adds a file to those that Lua read while the run went.
    ///
    /// - Parameter file: The file, as it was read.
    /// - Returns: Whether it was not among them.
    public mutating func add(_ file: FileRecord) -> Bool {
        guard filesReadLater?.contains(file) != true else { return false }
        filesReadLater = (filesReadLater ?? []) + [file]
        return true
    }
}

/// The memory that a run was planned to need, known before it began.
public struct RunMemory: Sendable, Hashable, Codable {
    /// Bytes in all, at the peak.
    public var planned: Int
    /// Bytes allowed; nil without a limit.
    public var limit: Int?
    /// Bytes of each part, by name.
    public var parts: [String: Int]

    /// A plan from its parts.
    public init(planned: Int, limit: Int? = nil, parts: [String: Int]) {
        self.planned = planned
        self.limit = limit
        self.parts = parts
    }
}

/// How a run stands.
public enum RunStatus: String, Sendable, Hashable, Codable {
    /// It has not ended, or was killed.
    case running
    /// It did all that its plan says.
    case done
    /// An error ended it.
    case failed
    /// Its user ended it.
    case interrupted
}
