/// One line that says what runs, how far it is, how fast, and how long it will take.
///
/// On a terminal the line is rewritten in place, clipped to the width; elsewhere a plain line comes
/// every few seconds, so that a log stays short. Time is passed in, so the line itself has no clock.
package struct ProgressLine {
    /// Where the text goes.
    package enum Style: Sendable, Equatable {
        /// A terminal with this many columns.
        case terminal(columns: Int)
        /// A file or a pipe.
        case plain
    }

    /// What the line says.
    package struct State: Sendable, Equatable {
        /// What runs: `warm-up`.
        package var phase: String
        /// Units done.
        package var done: Int
        /// Units in all; 0 where nobody knows.
        package var total: Int
        /// The unit: `updates`.
        package var unit: String
        /// A short remark, such as the loss.
        package var note: String

        /// A state from its parts.
        package init(phase: String, done: Int, total: Int, unit: String, note: String = "") {
            self.phase = phase
            self.done = done
            self.total = total
            self.unit = unit
            self.note = note
        }
    }

    /// Seconds between rewrites on a terminal.
    private static let terminalInterval = 0.1
    /// Seconds between plain lines.
    private static let plainInterval = 5.0

    private let style: Style
    private let write: (String) -> Void
    private var phaseStart = 0.0
    private var phaseDone = 0
    private var phase: String?
    private var lastShown = -Double.infinity
    private var lastText: String?
    private var isLineOpen = false

    /// A line that writes its text, line breaks and control codes included, to `write`.
    package init(style: Style, write: @escaping (String) -> Void) {
        self.style = style
        self.write = write
    }

    /// Shows a state, unless the last one was shown just before.
    ///
    /// - Parameters:
    ///   - state: How far the run is.
    ///   - seconds: Since the start of the run.
    package mutating func update(_ state: State, at seconds: Double) {
        if state.phase != phase {
            finish()
            phase = state.phase
            phaseStart = seconds
            phaseDone = state.done
            lastShown = -.infinity
        }
        let isLast = state.total > 0 && state.done >= state.total
        let interval = style == .plain ? Self.plainInterval : Self.terminalInterval
        guard isLast || seconds - lastShown >= interval else { return }
        let text = Self.text(state, elapsed: seconds - phaseStart, from: phaseDone)
        guard text != lastText || style != .plain else { return }
        lastShown = seconds
        lastText = text
        switch style {
        case .plain:
            write(text + "\n")
        case .terminal(let columns):
            // The last column stays free: some terminals wrap when it is written.
            write("\r" + TextWidth.clipped(text, to: max(1, columns - 1)) + "\u{1B}[K")
            isLineOpen = true
        }
    }

    /// Writes a line of its own above the progress.
    package mutating func print(_ line: String) {
        if isLineOpen { write("\r\u{1B}[K") }
        isLineOpen = false
        write(line + "\n")
    }

    /// Ends the line, so that other text can follow.
    package mutating func finish() {
        if isLineOpen { write("\n") }
        isLineOpen = false
    }

    /// The text of a state: `warm-up  240/2000 updates (12 %) · 31.2 updates/s · 56 s left · loss 1.2`.
    package static func text(_ state: State, elapsed: Double, from first: Int) -> String {
        var parts: [String] = []
        let unit = state.unit.isEmpty ? "" : " " + state.unit
        if state.total > 0 {
            let fraction = Double(state.done) / Double(state.total)
            let percent = Int(100 * max(0, min(1, fraction)))
            parts.append("\(state.done)/\(state.total)\(unit) (\(percent) %)")
        } else {
            parts.append("\(state.done)\(unit)")
        }
        let done = Double(state.done) - Double(first)
        if elapsed > 0, done > 0 {
            let rate = done / elapsed
            parts.append(speed(rate, state.unit))
            let left = Double(state.total) - Double(state.done)
            if state.total > 0, left > 0 {
                parts.append(DurationText.text(seconds: left / rate) + " left")
            } else if state.total > 0 {
                parts.append("in " + DurationText.text(seconds: elapsed))
            }
        }
        if !state.note.isEmpty { parts.append(state.note) }
        return TextWidth.plain(state.phase + "  " + parts.joined(separator: " · "))
    }

    /// Units a second, or seconds a unit where that reads better.
    private static func speed(_ rate: Double, _ unit: String) -> String {
        let unit = unit.isEmpty ? "steps" : unit
        guard rate >= 0.5 else {
            return DurationText.text(seconds: 1 / rate) + " each"
        }
        return fixed(rate, digits: rate < 100 ? 1 : 0) + " \(unit)/s"
    }
}
