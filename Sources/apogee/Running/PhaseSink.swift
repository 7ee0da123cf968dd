import Records

/// Shows on a terminal how far a run within a prompt or a check is; it keeps nothing.
final class PhaseSink: EventSink {
    private var line = ProgressLine(
        style: Terminal.style(), ink: Terminal.ink(descriptor: 2), write: Output.raw)
    private let start = ContinuousClock.now
    private let prefix: String

    /// A sink that names phases with these words before.
    init(_ prefix: String = "") { self.prefix = prefix }

    /// Ends the line.
    func finish() { line.finish() }

    func record(_ event: Event) {
        switch event {
        case .progress(let progress) where Terminal.style() != .plain:
            line.update(
                ProgressLine.State(
                    phase: prefix + progress.phase, done: progress.done, total: progress.total,
                    unit: progress.unit),
                at: (ContinuousClock.now - start) / .seconds(1))
        case .message(let message) where message.level == .warning:
            line.print("warning: " + TextWidth.plain(message.text))
        case .runEnded: line.finish()
        default: break
        }
    }
}
