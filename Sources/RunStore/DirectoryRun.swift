#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Records

/// A run's folder as it was left.
struct DirectoryRun: ArchivedRun, Sendable {
    let name: String
    let place: String
    let stored: StoredRun
    let results: ResultsTable

    /// Largest text file that is read: 1 GiB.
    private static let limit = 1 << 30

    /// Reads what a folder says of its run.
    init(name: String, path: String) throws(RunStoreError) {
        self.name = name
        place = path
        stored = try DirectoryRun.record("run.json", of: path)
        results = try DirectoryRun.record("results.json", of: path)
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

    func script() throws(RunStoreError) -> String {
        let path = place + "/script.lua"
        guard access(path, F_OK) == 0 else { return "" }
        return String(decoding: try Files.read(path, limit: DirectoryRun.limit), as: UTF8.self)
    }

    // MARK: State and weights

    static func statePath(_ directory: String, _ name: String) -> String {
        "\(directory)/\(name).state.safetensors"
    }

    static func weightsPath(_ directory: String, _ name: String) -> String {
        "\(directory)/\(name).safetensors"
    }

    func state(
        named name: String
    ) throws(RunStoreError) -> (text: String, arrays: [NamedArray])? {
        let path = DirectoryRun.statePath(place, try StoredName.checked(name))
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
        guard hash == DirectoryRun.fingerprint(text, read.arrays) else {
            throw .damagedState(path: path, detail: "its content is not what its hash says")
        }
        return (text, read.arrays)
    }

    func weights(named name: String) throws(RunStoreError) -> SavedWeights? {
        let path = DirectoryRun.weightsPath(place, try StoredName.checked(name))
        guard access(path, F_OK) == 0 else { return nil }
        let read = try Safetensors.read(path)
        return SavedWeights(read.arrays, facts: read.metadata)
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

    func events(from first: Int, limit: Int?) throws(RunStoreError) -> [Event] {
        let lines = try LineReader.lines(of: eventsPath, from: first, limit: limit)
        return try parsed(lines, from: first)
    }

    private var eventsPath: String { place + "/events.jsonl" }

    /// The events in lines of which `first` were passed over.
    private func parsed(_ lines: [[UInt8]], from first: Int) throws(RunStoreError) -> [Event] {
        var events: [Event] = []
        events.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            func damaged(_ detail: String) -> RunStoreError {
                .damagedEvent(path: eventsPath, line: first + index + 1, detail: detail)
            }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw damaged("it is not UTF-8 text")
            }
            do {
                events.append(try Event(jsonLine: text))
            } catch {
                throw damaged(error.description)
            }
        }
        return events
    }

    /// The first `count` events, and how many bytes they take.
    func kept(first count: Int) throws(RunStoreError) -> (events: [Event], bytes: Int) {
        let lines = try LineReader.lines(of: eventsPath, limit: count)
        guard lines.count == count else {
            throw .damagedState(
                path: place,
                detail: "it was saved after \(count) events, and events.jsonl holds "
                    + "\(lines.count)")
        }
        do {
            return (try parsed(lines, from: 0), DirectoryRun.bytes(of: lines))
        } catch .damagedEvent(_, let line, let detail) {
            throw .damagedState(path: eventsPath, detail: "line \(line): \(detail)")
        }
    }

    /// The lines of `timing.jsonl` for the first `count` events: the seconds of the last, and the
    /// bytes of all. A killed run may lack one.
    func times(first count: Int) throws(RunStoreError) -> (seconds: Double, bytes: Int) {
        struct Time: Decodable {
            let seconds: Double
        }
        let lines = try LineReader.lines(of: place + "/timing.jsonl", limit: count)
        let last = lines.last.flatMap {
            try? RecordCoding.decode(Time.self, from: String(decoding: $0, as: UTF8.self))
        }
        let seconds = last?.seconds ?? 0
        return ((0...1e12).contains(seconds) ? seconds : 0, DirectoryRun.bytes(of: lines))
    }

    private static func bytes(of lines: [[UInt8]]) -> Int {
        lines.reduce(0) { $0 + $1.count + 1 }
    }
}
