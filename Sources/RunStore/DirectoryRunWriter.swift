import Records

/// Writes the files of a run's folder; ``DirectoryArchive`` says which.
///
/// The lock on `events.jsonl` is held as long as the writer is: no other one can be made meanwhile.
final class DirectoryRunWriter: RunWriter {
    let name: String
    let place: String

    private let events: LineFile
    private let timing: LineFile
    private let start: ContinuousClock.Instant
    private var count: Int
    private var table: ResultsTable
    private var stored: StoredRun

    /// Writes the first files of a run into its folder, which is new.
    init(beginning stored: StoredRun, script: String, in folder: String) throws(RunStoreError) {
        name = DirectoryArchive.locate(folder).run
        place = folder
        events = try LineFile(folder + "/events.jsonl")
        timing = try LineFile(folder + "/timing.jsonl")
        start = ContinuousClock.now
        count = 0
        table = ResultsTable(run: stored.run)
        self.stored = stored
        try events.claim()
        try write(stored, to: "run.json")
        try Files.write(Array((stored.run.plan + "\n").utf8), to: folder + "/plan.json")
        if !script.isEmpty {
            try Files.write(Array(script.utf8), to: folder + "/script.lua")
        }
        try write(table, to: "results.json")
    }

    /// Goes on in a run's folder; events after those that are kept are taken back.
    init(
        goingOn folder: DirectoryRun, _ resumption: RunEnvironment.Resumption
    ) throws(RunStoreError) {
        name = folder.name
        place = folder.place
        events = try LineFile(place + "/events.jsonl")
        try events.claim()
        timing = try LineFile(place + "/timing.jsonl")
        let kept = try folder.kept(first: resumption.events)
        let times = try folder.times(first: resumption.events)
        try events.truncate(to: kept.bytes)
        try timing.truncate(to: times.bytes)
        start = ContinuousClock.now - .milliseconds(Int64(times.seconds * 1000))
        count = resumption.events
        table = ResultsTable(run: folder.stored.run)
        stored = folder.stored
        for event in kept.events {
            if case .result(let arm) = event { table.arms.append(arm) }
            if case .comparison(let comparison) = event { table.comparisons.append(comparison) }
        }
        stored.environment.resumptions = (stored.environment.resumptions ?? []) + [resumption]
        try write(stored, to: "run.json")
        try write(table, to: "results.json")
    }

    func append(_ event: Event) throws(RunStoreError) {
        if case .progress = event { return }
        let line: String
        do {
            line = try event.jsonLine()
        } catch {
            throw .unencodable(path: events.path, detail: error.description)
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

    func snapshot(
        _ state: String, arrays: [NamedArray], named name: String
    ) throws(RunStoreError) {
        let path = DirectoryRun.statePath(place, try StoredName.checked(name))
        try Safetensors.write(
            arrays,
            metadata: ["state": state, "sha256": DirectoryRun.fingerprint(state, arrays)],
            to: path)
    }

    func save(weights: SavedWeights, named name: String) throws(RunStoreError) {
        try Safetensors.write(
            weights.arrays, metadata: weights.facts,
            to: DirectoryRun.weightsPath(place, try StoredName.checked(name)))
    }

    func note(read file: FileRecord) throws(RunStoreError) {
        var noted = stored
        guard noted.environment.add(file) else { return }
        try write(noted, to: "run.json")
        stored = noted
    }

    // MARK: Parts

    private func synchronize() throws(RunStoreError) {
        try events.synchronize()
        try timing.synchronize()
    }

    private func write(_ record: some Encodable, to name: String) throws(RunStoreError) {
        let path = place + "/" + name
        let text: String
        do {
            text = try RecordCoding.json(record, pretty: true)
        } catch {
            throw .unencodable(path: path, detail: error.description)
        }
        try Files.write(Array((text + "\n").utf8), to: path)
    }
}
