import Records
import RunStore

/// Where a run's events go: to who watches it, then to the archive.
///
/// The run is begun in the archive with its first event, so that one that never starts leaves
/// nothing behind.
final class RunOutput: EventSink {
    private let begin: () throws(RunStoreError) -> any RunWriter
    private let observer: any EventSink
    private var sinks: SinkGroup?
    /// The run's writer, once it is begun.
    private(set) var writer: (any RunWriter)?
    /// Whether the run said how it ended.
    private(set) var hasEnded = false

    init(
        to observer: any EventSink, begin: @escaping () throws(RunStoreError) -> any RunWriter
    ) {
        self.observer = observer
        self.begin = begin
    }

    /// Begins the run in the archive, if it is not begun.
    @discardableResult
    func open() throws(RunStoreError) -> SinkGroup {
        if let sinks { return sinks }
        let writer = try begin()
        let sinks = SinkGroup([observer, writer])
        (self.writer, self.sinks) = (writer, sinks)
        return sinks
    }

    func record(_ event: Event) throws {
        if case .runEnded = event { hasEnded = true }
        try open().record(event)
    }

    /// Notes that a script read a file.
    func note(read file: FileRecord) throws {
        try open()
        try writer?.note(read: file)
    }

    func save(weights: SavedWeights, named name: String) throws {
        try open().save(weights: weights, named: name)
    }

    func save(state: String, arrays: [NamedArray], named name: String) throws {
        try open().save(state: state, arrays: arrays, named: name)
    }
}

/// Where a script's printed lines go: to who loads it, then into the events of the run.
final class PrintedLines {
    private let loading: (String) -> Void
    private var record: ((String) throws -> Void)?

    init(_ loading: @escaping (String) -> Void) {
        self.loading = loading
    }

    /// Sends what is printed from here on to a run.
    func send(to record: @escaping (String) throws -> Void) { self.record = record }

    /// Sends what is printed from here on to who loads the script, and lets the run go.
    func stop() { record = nil }

    func take(_ line: String) {
        guard let record else { return loading(line) }
        // A sink that cannot take this line cannot take the run's next event either, which fails
        // with the same error.
        try? record(line)
    }
}
