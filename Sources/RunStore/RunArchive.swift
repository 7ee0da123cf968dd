public import Records

/// Where runs are kept: written while they go, listed and read afterwards.
///
/// A run is found by its name, which ``begin(_:script:)`` gives to it and which no other run of the
/// archive has. An archive may be read by any number of processes, also while runs are written; a
/// reader sees whole events, whole states and whole weights. Each run has at most one writer, and
/// one thread uses it. What an archive gives back is what it was given: an event, a state or weights
/// that are damaged are an error, never other values.
///
/// ```swift
/// let archive: any RunArchive = DirectoryArchive("runs")
/// for name in try archive.list() {
///     let run = try archive.read(name)
///     print(name, run.stored.run.seed, run.results.status)
/// }
/// ```
public protocol RunArchive {
    /// Whether runs can be begun here. Leaves nothing behind but the archive itself.
    ///
    /// - Throws: What would keep ``begin(_:script:)`` from writing.
    func check() throws(RunStoreError)

    /// Begins a run. When this returns, the run is in the archive, with status `running` and without
    /// events; it outlives the process, and this writer alone may add to it.
    ///
    /// - Parameters:
    ///   - run: What is run, and what it was asked for.
    ///   - script: The script's text; may be empty.
    /// - Returns: The run's writer. The run stays claimed until nobody holds it.
    /// - Throws: ``RunStoreError`` where something cannot be written.
    func begin(_ run: StoredRun, script: String) throws(RunStoreError) -> any RunWriter

    /// Goes on with a run that was interrupted, failed or was killed.
    ///
    /// The first `resumption.events` events stay, with the results among them; those after them are
    /// taken back, as they happen again. States and weights stay until they are written anew. The
    /// status is `running` again, and `resumption` stands behind the earlier ones.
    ///
    /// - Parameters:
    ///   - run: The run's name.
    ///   - resumption: How many events are kept, and by whom it goes on.
    /// - Returns: The run's writer.
    /// - Throws: ``RunStoreError/notARun(path:detail:)`` for an unknown name;
    ///   ``RunStoreError/busy(path:)`` if it has a writer;
    ///   ``RunStoreError/damagedState(path:detail:)`` if it holds fewer events or damaged ones.
    ///   Nothing is taken back then.
    func goOn(
        _ run: String, _ resumption: RunEnvironment.Resumption
    ) throws(RunStoreError) -> any RunWriter

    /// The names of all runs, sorted; also of those that still go on and of damaged ones.
    ///
    /// - Returns: The names; none where the archive is not there yet.
    /// - Throws: ``RunStoreError`` where the archive cannot be read.
    func list() throws(RunStoreError) -> [String]

    /// A run as it stands now.
    ///
    /// - Parameter run: The run's name.
    /// - Returns: The run; what is large is read when it is asked for.
    /// - Throws: ``RunStoreError/notARun(path:detail:)`` for an unknown name, or a run whose record
    ///   or results cannot be read.
    func read(_ run: String) throws(RunStoreError) -> any ArchivedRun
}

/// Adds to one run. A sink: a run that goes feeds it.
///
/// Events stay in the order in which they were appended. Only ``Event/progress(_:)`` is left out: it
/// is for display.
public protocol RunWriter: EventSink {
    /// The run's name in its archive.
    var name: String { get }
    /// Where a person finds the run: a folder's path.
    var place: String { get }

    /// Adds an event; results and comparisons enter the table of results as well.
    ///
    /// When this returns, the event outlives the process. It outlives the machine once a
    /// ``Event/checkpoint(_:)`` or ``Event/runEnded(_:)`` after it was appended. ``Event/runEnded(_:)``
    /// sets the run's status.
    ///
    /// - Throws: ``RunStoreError``; what was stored before stays whole.
    func append(_ event: Event) throws(RunStoreError)

    /// Keeps the state from which the run can go on, in place of an earlier one of that name: text
    /// and arrays are always of the same moment. When this returns, the state outlives the machine.
    ///
    /// - Parameters:
    ///   - state: JSON text.
    ///   - arrays: What the text speaks of.
    ///   - name: 1 to 80 letters, digits, `-` and `_`.
    /// - Throws: ``RunStoreError``; the earlier state then stays.
    func snapshot(
        _ state: String, arrays: [NamedArray], named name: String
    ) throws(RunStoreError)

    /// Keeps a network's weights, in place of earlier ones of that name. When this returns, they
    /// outlive the machine.
    ///
    /// - Parameters:
    ///   - weights: The parameters, in any order, and what they are.
    ///   - name: 1 to 80 letters, digits, `-` and `_`.
    /// - Throws: ``RunStoreError``; the earlier weights then stay.
    func save(weights: SavedWeights, named name: String) throws(RunStoreError)

    /// Notes in the run's environment that a script read a file while the run went; one that is
    /// noted already is not noted again.
    ///
    /// - Parameter file: The file, as it was read.
    /// - Throws: ``RunStoreError``; the environment then stays as it was.
    func note(read file: FileRecord) throws(RunStoreError)
}

extension RunWriter {
    /// Adds the event.
    ///
    /// - Throws: ``RunStoreError``.
    public func record(_ event: Event) throws { try append(event) }

    /// Keeps the state.
    ///
    /// - Throws: ``RunStoreError``.
    public func save(state: String, arrays: [NamedArray], named name: String) throws {
        try snapshot(state, arrays: arrays, named: name)
    }
}

/// A run as an archive holds it.
///
/// Record, environment and results are those of the moment at which it was read; events, states and
/// weights are read when they are asked for.
public protocol ArchivedRun {
    /// The run's name in its archive.
    var name: String { get }
    /// Where a person finds the run: a folder's path.
    var place: String { get }
    /// What is run, and what it was asked for.
    var stored: StoredRun { get }
    /// The results so far, with how the run stands.
    var results: ResultsTable { get }

    /// The script's text.
    ///
    /// - Returns: The text; empty where none was given.
    /// - Throws: ``RunStoreError`` where it cannot be read.
    func script() throws(RunStoreError) -> String

    /// Events in their order, no more than asked for.
    ///
    /// - Parameters:
    ///   - first: How many are passed over, at least 0.
    ///   - limit: How many are given at most; nil for all.
    /// - Returns: The events; fewer where there are no more.
    /// - Throws: ``RunStoreError/damagedEvent(path:line:detail:)`` for one that cannot be read; those
    ///   that are passed over are not looked at.
    func events(from first: Int, limit: Int?) throws(RunStoreError) -> [Event]

    /// The state of this name that was saved last.
    ///
    /// - Returns: Text and arrays, sorted by name; nil if none was saved.
    /// - Throws: ``RunStoreError/damagedState(path:detail:)`` for one that is not as it was saved.
    func state(
        named name: String
    ) throws(RunStoreError) -> (text: String, arrays: [NamedArray])?

    /// The weights of this name that were saved last.
    ///
    /// - Returns: The arrays, sorted by name, and what they are; nil if none were saved.
    /// - Throws: ``RunStoreError`` for weights that cannot be read.
    func weights(named name: String) throws(RunStoreError) -> SavedWeights?
}

extension ArchivedRun {
    /// How the run stands.
    public var status: RunStatus { results.status }

    /// All events, in their order.
    ///
    /// - Returns: The events.
    /// - Throws: ``RunStoreError/damagedEvent(path:line:detail:)`` for one that cannot be read.
    public func events() throws(RunStoreError) -> [Event] { try events(from: 0, limit: nil) }
}

/// What a run is, and what may differ between runs with identical results: the content of
/// `run.json`.
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
