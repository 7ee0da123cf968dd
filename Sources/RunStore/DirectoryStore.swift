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
/// | `*.state.safetensors` | state to go on from: arrays, with the rest as text in the header |
///
/// `events.jsonl`, `results.json` and the weights are the same bytes for the same script, seed and
/// machine type, whatever the thread count: times stand apart. Files are replaced as a whole, and
/// lines are added as a whole, so a run that is killed leaves a readable folder.
public final class DirectoryStore: EventSink {
    /// The run's folder.
    public let directory: String

    private let events: LineFile
    private let timing: LineFile
    private let start: ContinuousClock.Instant
    private var count: Int
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
        start = ContinuousClock.now
        count = 0
        table = ResultsTable(run: run)
        try events.claim()
        try write(StoredRun(run: run, environment: environment), to: "run.json")
        try Files.write(Array((run.plan + "\n").utf8), to: directory + "/plan.json")
        if !script.isEmpty {
            try Files.write(Array(script.utf8), to: directory + "/script.lua")
        }
        try write(table, to: "results.json")
    }

    /// Goes on in the folder of a run that was interrupted or killed.
    ///
    /// Events after those that are kept happen again; they and results of theirs are taken back.
    ///
    /// - Parameters:
    ///   - folder: The run's folder.
    ///   - resumption: What goes into `run.json`, with how many events are kept.
    /// - Throws: ``RunStoreError/busy(path:)`` if the run still goes on;
    ///   ``RunStoreError/damagedState(path:detail:)`` if the folder holds fewer events; where a file
    ///   cannot be read or written.
    public init(
        resuming folder: RunFolder, _ resumption: RunEnvironment.Resumption
    ) throws(RunStoreError) {
        directory = folder.path
        events = try LineFile(directory + "/events.jsonl")
        try events.claim()
        timing = try LineFile(directory + "/timing.jsonl")
        let kept = try folder.events(first: resumption.events)
        try events.truncate(to: kept.bytes)
        let times = try folder.times(first: resumption.events)
        try timing.truncate(to: times.bytes)
        start = ContinuousClock.now - .milliseconds(Int64(times.seconds * 1000))
        count = resumption.events
        table = ResultsTable(run: folder.stored.run)
        for event in kept.events {
            if case .result(let arm) = event { table.arms.append(arm) }
            if case .comparison(let comparison) = event { table.comparisons.append(comparison) }
        }
        var stored = folder.stored
        stored.environment.resumptions = (stored.environment.resumptions ?? []) + [resumption]
        try write(stored, to: "run.json")
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

    /// Writes `<name>.state.safetensors`.
    ///
    /// - Throws: ``RunStoreError``.
    public func save(state: String, arrays: [NamedArray], named name: String) throws {
        let path = RunFolder.statePath(directory, try DirectoryStore.checked(name))
        try Safetensors.write(
            arrays,
            metadata: ["state": state, "sha256": RunFolder.fingerprint(state, arrays)], to: path)
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
