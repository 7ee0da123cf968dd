#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
public import Records

/// The folder of a run as it was left, to go on from.
public struct RunFolder: Sendable {
    /// The folder.
    public let path: String
    /// What `run.json` holds.
    public let stored: StoredRun
    /// How the run stands, as `results.json` says.
    public let status: RunStatus

    /// Largest text file that is read: 1 GiB.
    private static let limit = 1 << 30

    /// Reads what a folder says of its run.
    ///
    /// - Throws: ``RunStoreError/notARun(path:detail:)`` for a folder without a run, or one whose
    ///   `run.json` or `results.json` cannot be read.
    public init(_ path: String) throws(RunStoreError) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        stored = try RunFolder.record("run.json", of: path)
        let table: ResultsTable = try RunFolder.record("results.json", of: path)
        status = table.status
    }

    private static func record<Record: Decodable>(
        _ name: String, of folder: String
    ) throws(RunStoreError) -> Record {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(folder + "/" + name, limit: limit)
        } catch {
            throw .notARun(path: folder, detail: error.description)
        }
        do {
            return try RecordCoding.decode(
                Record.self, from: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .notARun(path: folder, detail: "\(name): \(error)")
        }
    }

    // MARK: State

    static func statePath(_ directory: String, _ name: String) -> String {
        "\(directory)/\(name).state.safetensors"
    }

    /// The state of this name that was saved last; nil if none was.
    ///
    /// - Throws: ``RunStoreError/damagedState(path:detail:)`` for one that is not as it was saved.
    public func state(
        named name: String
    ) throws(RunStoreError) -> (text: String, arrays: [NamedArray])? {
        let path = RunFolder.statePath(path, name)
        guard access(path, F_OK) == 0 else { return nil }
        let read: (arrays: [NamedArray], metadata: [String: String])
        do {
            read = try Safetensors.read(path)
        } catch .malformed(_, let detail) {
            throw .damagedState(path: path, detail: detail)
        }
        guard let text = read.metadata["state"], let hash = read.metadata["sha256"] else {
            throw .damagedState(path: path, detail: "it holds arrays and no state")
        }
        guard hash == RunFolder.fingerprint(text, read.arrays) else {
            throw .damagedState(path: path, detail: "its content is not what its hash says")
        }
        return (text, read.arrays)
    }

    /// The SHA-256 of a state.
    static func fingerprint(_ state: String, _ arrays: [NamedArray]) -> String {
        var bytes = Array(state.utf8)
        for array in arrays.sorted(by: { $0.name < $1.name }) {
            bytes.append(0)
            bytes += array.name.utf8
            bytes += "\(array.shape)".utf8
            for value in array.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return ContentHash.sha256(bytes)
    }

    // MARK: Events

    /// The first `count` events, and how many bytes they take.
    func events(
        first count: Int
    ) throws(RunStoreError) -> (events: [Event], bytes: Int) {
        let file = path + "/events.jsonl"
        let lines = try lines(of: file, first: count)
        guard lines.count == count else {
            throw .damagedState(
                path: path,
                detail: "it was saved after \(count) events, and events.jsonl holds "
                    + "\(lines.count)")
        }
        var events: [Event] = []
        for (index, line) in lines.enumerated() {
            do {
                events.append(try Event(jsonLine: line))
            } catch {
                throw .damagedState(path: file, detail: "line \(index + 1): \(error)")
            }
        }
        return (events, lines.reduce(0) { $0 + $1.utf8.count + 1 })
    }

    /// The lines of `timing.jsonl` for the first `count` events: the seconds of the last, and the
    /// bytes of all. A killed run may lack one.
    func times(first count: Int) throws(RunStoreError) -> (seconds: Double, bytes: Int) {
        struct Time: Decodable {
            let seconds: Double
        }
        let lines = try lines(of: path + "/timing.jsonl", first: count)
        let last = lines.last.flatMap { try? RecordCoding.decode(Time.self, from: $0) }
        let seconds = last?.seconds ?? 0
        return (
            (0...1e12).contains(seconds) ? seconds : 0,
            lines.reduce(0) { $0 + $1.utf8.count + 1 }
        )
    }

    private func lines(of file: String, first count: Int) throws(RunStoreError) -> [String] {
        let bytes = try Files.read(file, limit: RunFolder.limit)
        var lines: [String] = []
        var start = 0
        while lines.count < count,
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        {
            guard let line = String(validating: bytes[start..<end], as: UTF8.self) else { break }
            lines.append(line)
            start = end + 1
        }
        return lines
    }
}
