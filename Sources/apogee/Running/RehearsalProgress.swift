import Records

/// Shows on a terminal how far a rehearsal is; it keeps nothing.
final class RehearsalProgress: EventSink {
    private var line = ProgressLine(style: Terminal.style(), write: Output.raw)
    private let start = ContinuousClock.now

    func record(_ event: Event) {
        guard case .progress(let progress) = event, Terminal.style() != .plain else { return }
        line.update(
            ProgressLine.State(
                phase: "rehearsal: " + progress.phase, done: progress.done, total: progress.total,
                unit: progress.unit),
            at: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Ends the line.
    func finish() { line.finish() }
}
