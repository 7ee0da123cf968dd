internal import Components
internal import Evaluation
internal import Records

extension Event {
    fileprivate var isEnd: Bool {
        if case .runEnded = self { true } else { false }
    }
}

/// Hands events to a reporter of the plan. A reporter watches a run and is no part of it, so one that
/// fails is told of and left alone, unless the plan says otherwise.
final class ReporterSink: EventSink {
    private let name: String
    private let report: (Event) throws -> Void
    private let policy: ReporterFailurePolicy
    /// Records a warning; set once there is a journal.
    var warn: (String) throws -> Void = { _ in }
    private var isReporting = false
    private var hasFailed = false
    /// What it said against the run's last event. The results are there by then.
    private(set) var lateFailure: (any Error)?

    init(
        _ name: String, policy: ReporterFailurePolicy, _ report: @escaping (Event) throws -> Void
    ) {
        self.name = name
        self.policy = policy
        self.report = report
    }

    func record(_ event: Event) throws {
        // What a reporter prints becomes an event; it is not told of its own lines.
        guard !isReporting, !hasFailed else { return }
        isReporting = true
        defer { isReporting = false }
        do {
            try report(event)
        } catch  where policy == .warn {
            hasFailed = true
            try warn(
                "the reporter \(name) failed and is not called again: \(error); "
                    + "on_reporter_failure = \"stop\" ends the run instead")
        } catch  where event.isEnd {
            lateFailure = error
        }
    }
}
