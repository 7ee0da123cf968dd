import Testing
import apogee

struct ProgressLineTests {
    private static func state(_ done: Int, phase: String = "warm-up") -> ProgressLine.State {
        ProgressLine.State(phase: phase, done: done, total: 2000, unit: "updates", note: "loss 1.2")
    }

    @Test func `the line says what, how far, how fast and how long`() {
        #expect(
            ProgressLine.text(Self.state(250), elapsed: 8, from: 0)
                == "warm-up  250/2000 updates (12 %) · 31.2 updates/s · 56 s left · loss 1.2")
        #expect(
            ProgressLine.text(Self.state(2000), elapsed: 80, from: 0)
                == "warm-up  2000/2000 updates (100 %) · 25.0 updates/s · in 1 min 20 s · loss 1.2")
        let open = ProgressLine.State(phase: "reading", done: 3, total: 0, unit: "")
        #expect(
            ProgressLine.text(open, elapsed: 12, from: 0) == "reading  3 · 4.0 s each")
    }

    @Test func `the speed counts what was done since the phase began here`() {
        #expect(
            ProgressLine.text(Self.state(1010), elapsed: 10, from: 1000)
                .contains("1.0 updates/s · 16 min 30 s left"))
    }

    @Test func `states that make no sense still give a line`() {
        for (done, total) in [(0, 0), (5, 3), (-1, 10), (Int.max, 1), (Int.min, Int.max)] {
            let state = ProgressLine.State(phase: "x", done: done, total: total, unit: "")
            for elapsed in [0, -1, 1, Double.nan, .infinity] {
                #expect(ProgressLine.text(state, elapsed: elapsed, from: 0).hasPrefix("x  "))
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
                == "\rwarm-up  0/2000 updates (0 %…\u{1B}[K\rwarm-up  100/2000 updates (5…\u{1B}[K"
        )
        output.text = ""
        line.print("note: results follow")
        line.update(Self.state(0, phase: "search"), at: 2)
        line.finish()
        line.finish()
        #expect(
            output.text
                == "\r\u{1B}[Knote: results follow\n\rsearch  0/2000 updates (0 %)…\u{1B}[K\n")
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
