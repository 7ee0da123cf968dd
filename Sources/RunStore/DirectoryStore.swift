public import Records

/// A run's folder: everything that it was given, did and found, as plain files.
///
/// | file | holds |
/// | --- | --- |
/// | `run.json` | the run's record, and its environment: threads, start time, command line |
/// | `plan.json` | the plan with every default filled in |
/// | `script.lua` | the script's text |
/// | `events.jsonl` | every event but `progress`, one a line |
/// | `timing.jsonl` | for each line of `events.jsonl`, the seconds since the start |
/// | `results.json` | the table of results so far |
/// | `*.safetensors` | weights |
/// | `*.state.json` | state to go on from |
///
/// `events.jsonl`, `results.json` and the weights are the same bytes for the same script, seed and
/// machine type, whatever the thread count: times stand apart. Files are replaced as a whole, and
/// lines are added as a whole, so a run that is killed leaves a readable folder.
public final class DirectoryStore: EventSink {
    /// The run's folder.
    public let directory: String

    private let events: LineFile
    private let timing: LineFile
    private let start = ContinuousClock.now
    private var count = 0
    private var table: ResultsTable

    /// Makes a new folder `root/<name>-<seed>-<n>`; n counts up, so no run is overwritten.
    ///
    /// - Parameters:
    ///   - root: The store's folder, made if needed.
    ///   - run: What is run.
    ///   - environment: What may differ between runs with identical results.
    ///   - script: The script's text.
    /// - Throws: ``RunStoreError`` where the folder or a file in it cannot be written.
    public init(
        root: String, run: RunRecord, environment: RunEnvironment, script: String = ""
    ) throws(RunStoreError) {
        try Files.createFolders(root.isEmpty ? "." : root)
        directory = try DirectoryStore.makeFolder(root, run)
        events = try LineFile(directory + "/events.jsonl")
        timing = try LineFile(directory + "/timing.jsonl")
        table = ResultsTable(run: run)
        try write(StoredRun(run: run, environment: environment), to: "run.json")
        try Files.write(Array((run.plan + "\n").utf8), to: directory + "/plan.json")
        if !script.isEmpty {
            try Files.write(Array(script.utf8), to: directory + "/script.lua")
        }
        try write(table, to: "results.json")
    }

    /// Adds the event to `events.jsonl`, and to `results.json` what belongs there.
    ///
    /// - Throws: ``RunStoreError``; what was stored before stays whole.
    public func record(_ event: Event) throws {
        if case .progress = event { return }
        let line: String
        do {
            line = try event.jsonLine()
        } catch {
            throw RunStoreError.unencodable(path: events.path, detail: error.description)
        }
        try events.append(line)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        try timing.append(
            "{\"event\":\(count),\"seconds\":\(milliseconds.rounded() / 1000)}")
        count += 1
        switch event {
        case .result(let arm):
            table.arms.append(arm)
            try write(table, to: "results.json")
        case .comparison(let comparison):
            table.comparisons.append(comparison)
            try write(table, to: "results.json")
        case .checkpoint:
            try synchronize()
        case .runEnded(let end):
            table.status = end.status
            try write(table, to: "results.json")
            try synchronize()
        default:
            break
        }
    }

    /// Writes `<name>.safetensors`.
    ///
    /// - Throws: ``RunStoreError``.
    public func save(weights: [NamedArray], named name: String) throws {
        let path = directory + "/" + (try DirectoryStore.checked(name)) + ".safetensors"
        try Safetensors.write(weights, to: path)
    }

    /// Writes `<name>.state.json`.
    ///
    /// - Throws: ``RunStoreError``.
    public func save(state: String, named name: String) throws {
        let path = directory + "/" + (try DirectoryStore.checked(name)) + ".state.json"
        try Files.write(Array((state + "\n").utf8), to: path)
    }

    // MARK: Parts

    private func synchronize() throws(RunStoreError) {
        try events.synchronize()
        try timing.synchronize()
    }

    private func write(
        _ record: some Encodable, to name: String
    ) throws(RunStoreError) {
        let path = directory + "/" + name
        let text: String
        do {
            text = try RecordCoding.json(record, pretty: true)
        } catch {
            throw .unencodable(path: path, detail: error.description)
        }
        try Files.write(Array((text + "\n").utf8), to: path)
    }

    private static func makeFolder(
        _ root: String, _ run: RunRecord
    ) throws(RunStoreError) -> String {
        let base = (root.isEmpty ? "." : root) + "/" + slug(run.name) + "-\(run.seed)-"
        var number = 1
        while try !Files.createFolder(base + "\(number)") { number += 1 }
        return base + "\(number)"
    }

    /// The name with everything but ASCII letters and digits turned into single dashes.
    private static func slug(_ name: String) -> String {
        var slug = ""
        for scalar in name.lowercased().unicodeScalars {
            if isPlain(scalar) {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty, !slug.hasSuffix("-") {
                slug += "-"
            }
        }
        slug = String(slug.prefix(60))
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug.isEmpty ? "run" : slug
    }

    private static func checked(_ name: String) throws(RunStoreError) -> String {
        let scalars = name.unicodeScalars
        guard (1...80).contains(scalars.count),
            scalars.allSatisfy({ isPlain($0) || $0 == "-" || $0 == "_" })
        else { throw .invalidName(name: name) }
        return name
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}

/// The content of `run.json`.
public struct StoredRun: Sendable, Hashable, Codable {
    /// What is run.
    public var run: RunRecord
    /// What may differ between runs with identical results.
    public var environment: RunEnvironment

    /// The content from its parts.
    public init(run: RunRecord, environment: RunEnvironment) {
        self.run = run
        self.environment = environment
    }
}
