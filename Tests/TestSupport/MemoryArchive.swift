public import Records
public import RunStore

/// An archive in memory, by the same contract as that of folders.
public final class MemoryArchive: RunArchive {
    fileprivate final class Run {
        var stored: StoredRun
        let script: String
        var events: [Event] = []
        var states: [String: (text: String, arrays: [NamedArray])] = [:]
        var weights: [String: SavedWeights] = [:]
        var results: ResultsTable
        weak var writer: MemoryRunWriter?

        init(_ stored: StoredRun, script: String) {
            self.stored = stored
            self.script = script
            results = ResultsTable(run: stored.run)
        }

        convenience init(copying run: Run) {
            self.init(run.stored, script: run.script)
            (events, states, weights, results) = (run.events, run.states, run.weights, run.results)
        }
    }

    private var runs: [String: Run] = [:]

    /// An empty archive.
    public init() {}

    /// The archive as it is now, as if every process that writes to it were killed.
    public func killed() -> MemoryArchive {
        let copy = MemoryArchive()
        copy.runs = runs.mapValues { Run(copying: $0) }
        return copy
    }

    /// Memory can always be written.
    ///
    /// - Throws: Nothing.
    public func check() throws(RunStoreError) {}

    /// Begins a run.
    ///
    /// - Returns: Its writer.
    /// - Throws: Nothing.
    public func begin(
        _ run: StoredRun, script: String
    ) throws(RunStoreError) -> any RunWriter {
        var number = 1
        while runs["\(run.run.name)-\(run.run.seed)-\(number)"] != nil { number += 1 }
        let name = "\(run.run.name)-\(run.run.seed)-\(number)"
        let begun = Run(run, script: script)
        runs[name] = begun
        return MemoryRunWriter(name, begun)
    }

    /// Goes on with a run.
    ///
    /// - Returns: Its writer.
    /// - Throws: `RunStoreError`.
    public func goOn(
        _ run: String, _ resumption: RunEnvironment.Resumption
    ) throws(RunStoreError) -> any RunWriter {
        let earlier = try found(run)
        guard earlier.writer == nil else { throw .busy(path: run) }
        guard earlier.events.count >= resumption.events else {
            throw .damagedState(path: run, detail: "it holds \(earlier.events.count) events")
        }
        earlier.events.removeLast(earlier.events.count - resumption.events)
        earlier.stored.environment.resumptions =
            (earlier.stored.environment.resumptions ?? []) + [resumption]
        let events = earlier.events
        earlier.results = ResultsTable(
            run: earlier.stored.run,
            arms: events.compactMap { if case .result(let arm) = $0 { arm } else { nil } },
            comparisons: events.compactMap {
                if case .comparison(let comparison) = $0 { comparison } else { nil }
            })
        return MemoryRunWriter(run, earlier)
    }

    /// The names of all runs.
    ///
    /// - Returns: The names, sorted.
    /// - Throws: Nothing.
    public func list() throws(RunStoreError) -> [String] { runs.keys.sorted() }

    /// A run as it stands now.
    ///
    /// - Returns: The run.
    /// - Throws: `RunStoreError`.
    public func read(_ run: String) throws(RunStoreError) -> any ArchivedRun {
        MemoryRun(run, try found(run))
    }

    private func found(_ run: String) throws(RunStoreError) -> Run {
        guard let found = runs[run] else { throw .notARun(path: run, detail: "there is none") }
        return found
    }
}

/// Adds to a run in memory.
private final class MemoryRunWriter: RunWriter {
    let name: String
    var place: String { name }
    private let run: MemoryArchive.Run

    init(_ name: String, _ run: MemoryArchive.Run) {
        self.name = name
        self.run = run
        run.writer = self
    }

    func append(_ event: Event) throws(RunStoreError) {
        switch event {
        case .progress: return
        case .result(let arm): run.results.arms.append(arm)
        case .comparison(let comparison): run.results.comparisons.append(comparison)
        case .runEnded(let end): run.results.status = end.status
        default: break
        }
        run.events.append(event)
    }

    func snapshot(
        _ state: String, arrays: [NamedArray], named name: String
    ) throws(RunStoreError) {
        run.states[try StoredName.checked(name)] = (state, arrays.sorted { $0.name < $1.name })
    }

    func save(weights: SavedWeights, named name: String) throws(RunStoreError) {
        run.weights[try StoredName.checked(name)] = SavedWeights(
            weights.arrays.sorted { $0.name < $1.name }, facts: weights.facts)
    }

    func note(read file: FileRecord) throws(RunStoreError) {
        _ = run.stored.environment.add(file)
    }
}

/// A run in memory, as it was when it was read.
private struct MemoryRun: ArchivedRun {
    let name: String
    var place: String { name }
    let stored: StoredRun
    let results: ResultsTable
    private let run: MemoryArchive.Run

    init(_ name: String, _ run: MemoryArchive.Run) {
        self.name = name
        self.run = run
        stored = run.stored
        results = run.results
    }

    func script() throws(RunStoreError) -> String { run.script }

    func events(from first: Int, limit: Int?) throws(RunStoreError) -> [Event] {
        Array(run.events.dropFirst(first).prefix(limit ?? .max))
    }

    func state(
        named name: String
    ) throws(RunStoreError) -> (text: String, arrays: [NamedArray])? {
        run.states[try StoredName.checked(name)]
    }

    func weights(named name: String) throws(RunStoreError) -> SavedWeights? {
        run.weights[try StoredName.checked(name)]
    }
}
