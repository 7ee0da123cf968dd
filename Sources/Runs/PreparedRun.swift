import Components
public import Experiments
import Foundation
public import Records
import RunStore
import Scripting

/// What a run is given that changes none of its results.
public struct RunConditions: Sendable, Hashable {
    /// Worker threads, at least 1.
    public var threads: Int
    /// Bytes that the run may need; nil without a limit.
    public var memoryLimit: Int?
    /// When the run starts, as ISO 8601 in UTC: for records.
    public var started: String
    /// The command line: for records.
    public var arguments: [String]

    /// Conditions; one thread and no limit unless given.
    public init(
        threads: Int = 1, memoryLimit: Int? = nil, started: String, arguments: [String] = []
    ) {
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.started = started
        self.arguments = arguments
    }
}

/// A run whose script is loaded and whose plan is checked. It runs once.
public final class PreparedRun {
    /// What is run: the first event.
    public let record: RunRecord
    /// The checked plan.
    public let plan: ExperimentPlan
    /// What was asked for.
    public let request: RunRequest
    /// Where a person finds the run: a folder's path; nil if it never began.
    public private(set) var place: String?
    /// The run's name in its archive; nil if it never began.
    public private(set) var name: String?

    private let data: String?
    private let loaded: LoadedExperiment
    private let printed: PrintedLines
    private let resumed: ResumedRun?
    private let archive: any RunArchive
    private let note: (RunNote) -> Void
    private var hasRun = false

    init(
        record: RunRecord, plan: ExperimentPlan, request: RunRequest, data: String?,
        loaded: LoadedExperiment, printed: PrintedLines, resumed: ResumedRun?,
        archive: any RunArchive, note: @escaping (RunNote) -> Void
    ) {
        self.record = record
        self.plan = plan
        self.request = request
        self.data = data
        self.loaded = loaded
        self.printed = printed
        self.resumed = resumed
        self.archive = archive
        self.note = note
    }

    /// How much of the run is done, for the time that is left: what went before an interruption counts.
    ///
    /// - Returns: A forecast, to be told every event from now on.
    /// - Throws: What making the plan's methods throws.
    public func forecast() throws -> RunForecast {
        var forecast = try RunForecast(
            plan, registry: loaded.registry, scripts: loaded.script)
        if let resumed {
            let before = try archive.read(resumed.name).events(from: 0, limit: resumed.events)
            for event in before { forecast.record(event) }
        }
        return forecast
    }

    /// Runs to the end, or to the interruption. Everything reaches the archive as it happens, and the
    /// run's end as well, however it ends. When this returns, nobody writes to the run any more.
    ///
    /// - Parameters:
    ///   - conditions: Threads, memory, and what is recorded of the surroundings.
    ///   - observer: Gets every event, progress too, before the archive does.
    ///   - isInterrupted: Asked between updates; the run then saves its state and ends.
    /// - Returns: How it ended; `.done` or `.interrupted`.
    /// - Throws: ``Failure``: what made it fail, with its exit code. ``place`` says where that which
    ///   was done until then is.
    public func run(
        _ conditions: RunConditions, telling observer: any EventSink,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws(Failure) -> RunStatus {
        guard !hasRun else {
            throw Failure("this run has run already; prepare it again to run it again", .fault)
        }
        hasRun = true
        var environment = RunEnvironment(
            threads: conditions.threads, started: conditions.started, request: request,
            arguments: conditions.arguments, allowed: request.allowed,
            folder: request.folder)
        let output = RunOutput(to: observer) { [self] () throws(RunStoreError) in
            guard let resumed else {
                return try archive.begin(
                    StoredRun(run: record, environment: environment),
                    script: loaded.script.text)
            }
            return try archive.goOn(
                resumed.name,
                RunEnvironment.Resumption(
                    started: environment.started, threads: environment.threads,
                    events: resumed.events))
        }
        defer {
            (name, place) = (output.writer?.name, output.writer?.place)
            printed.stop()
            loaded.script.read.stop()
        }
        do {
            if resumed == nil {
                try archive.check()
            } else {
                // Opened now: a run that still goes on, or lacks events, is told at once.
                try output.open()
            }
            var settings = RunSettings(
                seed: plan.seed, dataDirectory: data, threads: conditions.threads,
                memoryLimit: conditions.memoryLimit)
            settings.resumed = resumed?.state
            settings.warnings = loaded.script.unreadOptions(of: plan)
            let runner = try ExperimentRunner(
                plan: plan, record: record, registry: loaded.registry, scripts: loaded.script,
                settings: settings, sink: output, isInterrupted: isInterrupted)
            if let memory = runner.memory {
                environment.memory = memory.record(limit: conditions.memoryLimit)
                if let limit = conditions.memoryLimit {
                    note(.memory(planned: memory.bytes, limit: limit))
                }
            }
            printed.send { try runner.message($0) }
            try loaded.script.read.tell(besides: record.files ?? []) { try output.note(read: $0) }
            return try runner.run()
        } catch {
            let failure = Failure(running: error)
            if !output.hasEnded, output.writer != nil {
                // The first error is the one to tell; a full disk may refuse this line, too.
                try? output.record(.runEnded(Event.End(.failed, reason: failure.message)))
            }
            throw failure
        }
    }
}

extension RunRecord {
    /// The record of a plan of a loaded script.
    init(_ plan: ExperimentPlan, _ loaded: LoadedExperiment, file: String, files: [FileRecord]) {
        self.init(
            name: plan.name, script: URL(fileURLWithPath: file).lastPathComponent,
            scriptText: loaded.script.text, plan: plan.json(), files: files, seed: plan.seed,
            versions: Dictionary(
                (Machine.versions + loaded.script.plugins(usedBy: plan))
                    .map { ($0.name, $0.version) }, uniquingKeysWith: { $1 }),
            processor: Machine.processor, machine: Machine.record)
    }
}
