import Records

/// Shows on a terminal how far a run within a prompt is; it keeps nothing.
final class PhaseSink: EventSink {
    private var line = ProgressLine(
        style: Terminal.style(), ink: Terminal.ink(descriptor: 2), write: Output.raw)
    private let start = ContinuousClock.now

    func record(_ event: Event) {
        switch event {
        case .progress(let progress) where Terminal.style() != .plain:
            line.update(
                ProgressLine.State(
                    phase: progress.phase, done: progress.done, total: progress.total,
                    unit: progress.unit),
                at: (ContinuousClock.now - start) / .seconds(1))
        case .message(let message) where message.level == .warning:
            line.print("warning: " + TextWidth.plain(message.text))
        case .runEnded: line.finish()
        default: break
        }
    }
}
