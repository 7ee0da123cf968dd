/// One line that says what runs, how far it is, the best so far, and how long the run will take.
///
/// On a terminal the line is rewritten in place, within the width; elsewhere a plain line comes
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
        /// Generations that are done, of how many: `2/20`; empty outside of a search.
        package var generations = ""
        /// The best so far: what is measured, and its value.
        package var best: Best?
        /// How much of the whole run is done, fraction; nil where nobody knows.
        package var share: Double?

        /// The best so far.
        package struct Best: Sendable, Equatable {
            /// What is measured: `query_error`.
            package var name: String
            /// Its value.
            package var value: String

            /// The best from its parts.
            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

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
    private let ink: Ink
    private let write: (String) -> Void
    private var firstShare: (share: Double, seconds: Double)?
    private var phaseStart = 0.0
    private var phaseDone = 0
    private var phase: String?
    private var lastShown = -Double.infinity
    private var lastText: String?
    private var isLineOpen = false

    /// A line that writes its text, line breaks and control codes included, to `write`.
    package init(style: Style, ink: Ink = .none, write: @escaping (String) -> Void) {
        self.style = style
        self.ink = ink
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
        let parts = ProgressText(
            state, elapsed: seconds - phaseStart, from: phaseDone,
            run: (seconds, left(state.share, at: seconds)))
        // The last column stays free: some terminals wrap when it is written.
        let width: Int? =
            if case .terminal(let columns) = style { max(1, columns - 1) } else { nil }
        let (name, rest) = parts.text(width: width)
        guard name + rest != lastText || style != .plain else { return }
        lastShown = seconds
        lastText = name + rest
        guard style != .plain else { return write(name + rest + "\n") }
        write("\r" + ink.paint(name, .bold) + rest + "\u{1B}[K")
        isLineOpen = true
    }

    /// Seconds that are left of the run, if it goes on as it went so far; nil where too little is done
    /// to tell.
    private mutating func left(_ share: Double?, at seconds: Double) -> Double? {
        guard let share else { return nil }
        guard let first = firstShare else {
            firstShare = (share, seconds)
            return nil
        }
        // What a resumed run did before counts as done, but not for its speed here.
        let (done, passed) = (share - first.share, seconds - first.seconds)
        guard done >= 0.005, passed > 0, share < 1 else { return nil }
        return passed / done * (1 - share)
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
}
