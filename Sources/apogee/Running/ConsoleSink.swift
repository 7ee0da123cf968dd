import Experiments
import Records

/// Shows a run's progress on one line, and keeps its results for the table at the end.
final class ConsoleSink: EventSink {
    private var line: ProgressLine
    private var forecast: RunForecast
    private let generations: Int
    private var state = ProgressLine.State(phase: "", done: 0, total: 0, unit: "")
    private let isQuiet: Bool
    private let ink = Terminal.ink(descriptor: 2)
    private let start = ContinuousClock.now
    /// The results so far.
    private(set) var table: ResultsTable
    /// How the run ended, once it did.
    private(set) var end: Event.End?

    /// A console for a run.
    ///
    /// - Parameters:
    ///   - record: The run.
    ///   - forecast: How much of it is done.
    ///   - generations: Generations of its searches, 0 where nobody knows.
    ///   - isQuiet: Whether only warnings are shown.
    init(_ record: RunRecord, _ forecast: RunForecast, generations: Int, isQuiet: Bool) {
        line = ProgressLine(style: Terminal.style(), ink: ink, write: Output.raw)
        self.forecast = forecast
        self.generations = generations
        table = ResultsTable(run: record)
        self.isQuiet = isQuiet
    }

    /// Seconds since the run began.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Shows or keeps what belongs on the console.
    func record(_ event: Event) {
        forecast.record(event)
        switch event {
        case .phaseStarted(let phase):
            state = ProgressLine.State(
                phase: phase.name, done: 0, total: phase.total, unit: phase.unit)
            if phase.name == "search" { state.generations = count(0) }
        case .progress(let progress):
            let note = progress.metrics.prefix(2).map { "\($0.name) \(fixed($0.value, digits: 3))" }
            (state.phase, state.unit) = (progress.phase, progress.unit)
            (state.done, state.total) = (progress.done, progress.total)
            state.note = note.joined(separator: " · ")
            show()
        case .generation(let generation):
            state.generations = count(generation.number + 1)
            if let best = generation.objectives.first {
                state.best = ProgressLine.State.Best(
                    name: best.name, value: fixed(best.value, digits: 3))
            }
            show()
        case .message(let message):
            if message.level == .warning {
                line.print(ink.paint("warning:", .yellow) + " " + TextWidth.plain(message.text))
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

    /// Generations that are done, of how many.
    private func count(_ done: Int) -> String {
        generations > 0 && done <= generations ? "\(done)/\(generations)" : "\(done)"
    }

    private func show() {
        guard !isQuiet else { return }
        state.share = forecast.share
        line.update(state, at: elapsed)
    }

    /// Ends the progress line.
    func finish() { line.finish() }
}
