package import Evaluation
public import Components
public import Records

/// What a run is given besides its plan. Nothing here may change its results but the seed and data.
public struct RunSettings: Sendable {
    /// The root of all randomness.
    public var seed: UInt64
    /// Where real data sets are looked for; nil if none was named.
    public var dataDirectory: String?
    /// Worker threads, at least 1.
    public var threads: Int
    /// The saved state of a method, from which the run goes on; nil to begin anew.
    public var resumed: MethodState?
    /// Bytes that the run may need at its peak; nil without a limit.
    public var memoryLimit: Int?
    /// What is told of the plan before anything runs, a warning each.
    public var warnings: [String] = []
    /// Who scores networks; the threads of this process if nil.
    package var workers: (@Sendable (Workbench) -> any Workers)?

    /// By default one worker, no folder of data sets and no limit of memory.
    public init(
        seed: UInt64, dataDirectory: String? = nil, threads: Int = 1, memoryLimit: Int? = nil
    ) {
        self.seed = seed
        self.dataDirectory = dataDirectory
        self.threads = threads
        self.memoryLimit = memoryLimit
    }
}

/// Executes a plan from its first event to its results, all of which go to a sink.
public final class ExperimentRunner {
    private let record: RunRecord
    private let journal: RunJournal
    private let reporters: [ReporterSink]
    private let isResumed: Bool
    private let lab: Lab
    /// The most memory that the run will hold at once; nil where it only looks results up.
    public var memory: MemoryForecast? { lab.memory }

    /// - Parameters:
    ///   - plan: What to do.
    ///   - record: The run's identity; becomes its first event.
    ///   - registry: The components that the plan names, frozen.
    ///   - scripts: Turns the plan's script functions into closures.
    ///   - settings: Seed, data, threads.
    ///   - sink: Receives every event, in order.
    ///   - isInterrupted: Asked between updates; the run then saves its state and ends.
    /// - Throws: What is wrong with the plan's data or sizes, before anything is trained;
    ///   `ExperimentError.memoryExceeded` for a run that would need more than it may have.
    public init(
        plan: ExperimentPlan, record: RunRecord, registry: Registry,
        scripts: any ScriptHost, settings: RunSettings, sink: any EventSink,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws {
        self.record = record
        isResumed = settings.resumed != nil
        let allowance = scripts.allow(plan.allowance)
        let builder = ComponentBuilder(registry: registry, scripts: scripts)
        reporters = try plan.reporters.map {
            ReporterSink(
                $0.title, policy: plan.onReporterFailure, try builder.make($0, at: .reporter))
        }
        journal = RunJournal(
            reporters.isEmpty ? sink : SinkGroup([sink] + reporters), scripts: scripts,
            facts: plan.weightsFacts(record), allowance: allowance,
            isInterrupted: isInterrupted)
        for reporter in reporters {
            reporter.warn = { [unowned journal] text in
                try journal.record(.message(Event.Message(text, level: .warning)))
            }
        }
        lab = try Lab(plan, builder: builder, settings: settings, journal: journal)
    }

    /// Records a sentence, such as what a script prints.
    ///
    /// - Throws: What the sink throws.
    public func message(_ text: String) throws {
        try journal.record(.message(Event.Message(text)))
    }

    /// Runs to the end, or to the interruption. A run that goes on from a saved state does not begin
    /// again: its first events are already with the sink.
    ///
    /// - Returns: How it ended; `.done` or `.interrupted`.
    /// - Throws: What made it fail, after the state reached the sink.
    public func run() throws -> RunStatus {
        if !isResumed { try journal.record(.runStarted(record)) }
        do {
            try lab.run()
            try journal.record(.runEnded(Event.End(.done, cost: journal.total)))
        } catch is RunInterruption {
            try journal.record(.runEnded(Event.End(.interrupted, cost: journal.total)))
            return .interrupted
        } catch {
            // The sink may be what failed, so its own failure must not hide the first.
            try? journal.record(
                .runEnded(Event.End(.failed, reason: "\(error)", cost: journal.total)))
            throw error
        }
        if let late = reporters.lazy.compactMap(\.lateFailure).first {
            throw ReportingFailure(error: late)
        }
        return .done
    }
}

/// The run is done, and a reporter failed when it was told so.
public struct ReportingFailure: Error, CustomStringConvertible {
    /// What the reporter said.
    public let error: any Error

    /// That the results are kept, and what failed.
    public var description: String {
        "the run is done and its results are kept, but a reporter failed at its end: \(error)"
    }
}
