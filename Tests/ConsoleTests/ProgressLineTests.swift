import Testing
import apogee

struct ProgressLineTests {
    private static func state(_ done: Int, phase: String = "warm-up") -> ProgressLine.State {
        ProgressLine.State(phase: phase, done: done, total: 2000, unit: "updates", note: "loss 1.2")
    }

    /// A search in its eighth generation.
    private static var search: ProgressLine.State {
        var state = ProgressLine.State(
            phase: "search", done: 375, total: 1000, unit: "updates",
            note: "loss 1.134 · accuracy 0.620")
        state.generations = "7/20"
        state.best = ProgressLine.State.Best(name: "query_error", value: "0.245")
        return state
    }

    private static func text(
        _ state: ProgressLine.State, elapsed: Double, from first: Int = 0,
        run: (elapsed: Double, left: Double?)? = nil, width: Int? = nil
    ) -> String {
        let text = ProgressText(state, elapsed: elapsed, from: first, run: run).text(width: width)
        return text.phase + text.rest
    }

    @Test func `the line says what, how far and how fast`() {
        #expect(
            Self.text(Self.state(250), elapsed: 8)
                == "warm-up  250/2000 updates (12 %) · 31.2 updates/s · loss 1.2")
        #expect(
            Self.text(Self.state(2000), elapsed: 80)
                == "warm-up  2000/2000 updates (100 %) · 25.0 updates/s in 1 min 20 s · loss 1.2")
        let open = ProgressLine.State(phase: "reading", done: 3, total: 0, unit: "")
        #expect(Self.text(open, elapsed: 12) == "reading  3 · 4.0 s each")
    }

    @Test(arguments: [
        (39, "gen 7/20 · best 0.245 · 2 min left"),
        (79, "search  375/1000 · 7/20 generations · best 0.245 · 2 min left · 13.4 updates/s"),
        (
            199,
            "search  375/1000 updates (37 %) · 7/20 generations · best query_error 0.245 · "
                + "run 1 min 20 s, 2 min 05 s left · 13.4 updates/s · loss 1.134 · accuracy 0.620"
        ),
    ])
    func `a search says its generation, the best and the time of the run in every width`(
        width: Int, line: String
    ) {
        let text = Self.text(Self.search, elapsed: 28, run: (80, 125), width: width)
        #expect(text == line)
        #expect(TextWidth.columns(text) <= width)
    }

    @Test func `parts are left out whole, those that matter least first`() {
        let widths: [(Int, String)] = (1...160).map { width in
            (width, Self.text(Self.search, elapsed: 28, run: (80, 125), width: width))
        }
        for (width, text) in widths {
            #expect(TextWidth.columns(text) <= width)
            #expect(!text.contains("…") || width < 8, "\(width): \(text)")
        }
        #expect(Self.text(Self.state(250), elapsed: 8, run: (8, nil), width: 12) == "warm-up")
        #expect(
            Self.text(Self.state(250), elapsed: 8, run: (8, nil), width: 17).hasSuffix("250/2000"))
    }

    @Test
    func `the time of the run goes on over phases, and what an earlier session did is no speed`() {
        let output = Output()
        var line = ProgressLine(style: .plain) { output.text += $0 }
        var state = Self.state(1, phase: "search")
        state.share = 0.5
        line.update(state, at: 10)
        state = Self.state(1, phase: "test")
        state.share = 0.6
        line.update(state, at: 20)
        // A tenth of the run took 10 s, so the other four tenths take 40 s.
        #expect(output.text.contains("search  1/2000 updates (0 %) · run 10 s · loss 1.2\n"))
        #expect(output.text.contains("test  1/2000 updates (0 %) · run 20 s, 40 s left"))
    }

    @Test func `the speed counts what was done since the phase began here`() {
        #expect(
            Self.text(Self.state(1010), elapsed: 10, from: 1000).contains(" · 1.0 updates/s · "))
    }

    @Test func `states that make no sense still give a line`() {
        for (done, total) in [(0, 0), (5, 3), (-1, 10), (Int.max, 1), (Int.min, Int.max)] {
            var state = ProgressLine.State(phase: "x", done: done, total: total, unit: "")
            for elapsed in [0, -1, 1, Double.nan, .infinity] {
                #expect(
                    Self.text(state, elapsed: elapsed, run: (elapsed, elapsed)).hasPrefix("x  "))
                state.share = elapsed
                var line = ProgressLine(style: .terminal(columns: 40)) { _ in }
                line.update(state, at: elapsed)
                line.update(state, at: elapsed + 1)
            }
        }
    }

    @Test func `plain output has a line every few seconds, and the last state`() {
        let output = Output()
        var line = ProgressLine(style: .plain) { output.text += $0 }
        for step in 0...2000 { line.update(Self.state(step), at: Double(step) * 0.01) }
        line.finish()
        let lines = output.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6)  // at 0, 5, 10, 15 and 20 seconds, and the end of the text
        #expect(lines[4].hasPrefix("warm-up  2000/2000"))
        #expect(!output.text.contains("\u{1B}") && !output.text.contains("\r"))
    }

    @Test func `a terminal's line is rewritten within its width`() {
        let output = Output()
        var line = ProgressLine(style: .terminal(columns: 30)) { output.text += $0 }
        line.update(Self.state(0), at: 0)
        line.update(Self.state(1), at: 0.01)
        line.update(Self.state(100), at: 1)
        #expect(
            output.text
                == "\rwarm-up  0/2000 · run 0.0 s\u{1B}[K\rwarm-up  100/2000 · run 1.0 s\u{1B}[K"
        )
        output.text = ""
        line.print("note: results follow")
        line.update(Self.state(0, phase: "search"), at: 2)
        line.finish()
        line.finish()
        #expect(
            output.text
                == "\r\u{1B}[Knote: results follow\n\rsearch  0/2000 · run 2.0 s\u{1B}[K\n")
    }

    @Test func `colours stand around the phase alone, and take no room`() {
        let output = Output()
        var line = ProgressLine(style: .terminal(columns: 30), ink: .colours) { output.text += $0 }
        line.update(Self.state(0), at: 0)
        #expect(output.text == "\r\u{1B}[1mwarm-up\u{1B}[0m  0/2000 · run 0.0 s\u{1B}[K")
    }

    @Test func `a new phase keeps the last line of the one before`() {
        let output = Output()
        var line = ProgressLine(style: .terminal(columns: 80)) { output.text += $0 }
        line.update(Self.state(2000), at: 1)
        line.update(Self.state(0, phase: "search"), at: 1)
        #expect(output.text.contains("\u{1B}[K\n\rsearch"))
    }
}

/// A place to write to.
private final class Output {
    var text = ""
}
