internal import Components
public import Experiments
public import Records
import Synchronization

/// A run of a plan at the least budget in which everything happens once, in memory.
///
/// Every arm is trained, searched and tested; methods, strategies, samplers and reporters are called
/// as in the run. Where the plan searches, a second run is interrupted and goes on from its state: it
/// must come to the same results.
public struct Rehearsal {
    private let plan: ExperimentPlan
    private let script: ExperimentScript
    private let data: String?
    private let observer: any EventSink

    /// A rehearsal.
    ///
    /// - Parameters:
    ///   - plan: The plan; it is made small here.
    ///   - script: The script that it came from.
    ///   - data: Where real data sets are; nil if none was named.
    ///   - observer: Gets every event.
    public init(
        _ plan: ExperimentPlan, _ script: ExperimentScript, data: String? = nil,
        observer: any EventSink
    ) {
        self.plan = plan.rehearsal
        self.script = script
        self.data = data
        self.observer = observer
    }

    /// Runs the plan, and what can go on once more with a break.
    ///
    /// - Returns: The rows of the results.
    /// - Throws: What a run of the plan would throw; ``ScriptingError/brokenContract(at:point:problem:)``
    ///   for a search that does not go on to the same results.
    public func run() throws -> [ArmResult] {
        let whole = MemorySink()
        let asked = try run(SinkGroup([whole, observer]), stoppedAfter: .max)
        let results = Self.results(whole)
        guard !whole.states.isEmpty else { return results }
        // In the middle of the run, where a search has begun and is not over.
        let first = MemorySink()
        _ = try run(first, stoppedAfter: asked / 2)
        guard let saved = first.states["method"] else { return results }
        let state = MethodState(text: saved.text, arrays: saved.arrays)
        let rest = MemorySink()
        _ = try run(rest, resumed: state, stoppedAfter: .max)
        let kept = first.events.prefix(try state.recordedEvents())
        guard Self.results(kept + rest.events) == results else {
            throw ScriptingError.brokenContract(
                at: .script(file: script.path, line: nil), point: .method,
                problem: "a run that is interrupted and goes on comes to other results; functions "
                    + "may depend on their arguments only, and all that must be remembered belongs "
                    + "in the state")
        }
        return results
    }

    /// Runs until the run has asked so often whether to stop.
    ///
    /// - Returns: How often it asked.
    private func run(
        _ sink: any EventSink, resumed: MethodState? = nil, stoppedAfter count: Int
    ) throws -> Int {
        var settings = RunSettings(seed: plan.seed, dataDirectory: data, threads: 1)
        settings.resumed = resumed
        let stop = Stop(after: count)
        _ = try ExperimentRunner(
            plan: plan,
            record: RunRecord(
                name: plan.name, scriptText: script.text, plan: plan.json(), seed: plan.seed),
            registry: script.registry, scripts: script, settings: settings, sink: sink,
            isInterrupted: { stop.ask() }
        ).run()
        return stop.asked
    }

    /// Says stop after it was asked so often.
    private final class Stop: Sendable {
        private let count = Atomic(0)
        private let limit: Int
        var asked: Int { count.load(ordering: .relaxed) }

        init(after limit: Int) { self.limit = limit }

        func ask() -> Bool { count.add(1, ordering: .relaxed).newValue > limit }
    }

    private static func results(_ sink: MemorySink) -> [ArmResult] { results(sink.events) }

    private static func results(_ events: [Event]) -> [ArmResult] {
        events.compactMap { if case .result(let row) = $0 { row } else { nil } }
    }
}
