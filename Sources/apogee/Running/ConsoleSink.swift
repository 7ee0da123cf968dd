import Records

/// Shows a run's progress on one line, and keeps its results for the table at the end.
final class ConsoleSink: EventSink {
    private var line: ProgressLine
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    /// The results so far.
    private(set) var table: ResultsTable
    /// How the run ended, once it did.
    private(set) var end: Event.End?

    init(_ record: RunRecord, isQuiet: Bool) {
        line = ProgressLine(style: Terminal.style(), write: Output.raw)
        table = ResultsTable(run: record)
        self.isQuiet = isQuiet
    }

    /// Seconds since the run began.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Shows or keeps what belongs on the console.
    func record(_ event: Event) {
        switch event {
        case .progress(let progress) where !isQuiet:
            let note = progress.metrics.prefix(2).map { "\($0.name) \(fixed($0.value, digits: 3))" }
            line.update(
                ProgressLine.State(
                    phase: progress.phase, done: progress.done, total: progress.total,
                    unit: progress.unit, note: note.joined(separator: " · ")),
                at: elapsed)
        case .message(let message):
            if message.level == .warning {
                line.print("warning: " + TextWidth.plain(message.text))
            } else if !isQuiet {
                line.print(TextWidth.plain(message.text))
            }
        case .result(let arm): table.arms.append(arm)
        case .comparison(let comparison): table.comparisons.append(comparison)
        case .runEnded(let end):
            self.end = end
            table.status = end.status
            line.finish()
        default: break
        }
    }

    /// Ends the progress line.
    func finish() { line.finish() }
}
