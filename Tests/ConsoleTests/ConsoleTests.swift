import Testing
import apogee

struct ConsoleTests {
    @Test func `durations read as a person says them`() {
        let cases: [(Double, String)] = [
            (0, "0.0 s"), (0.84, "0.8 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"),
            (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3599.7, "1 h 00 min"),
            (7620, "2 h 07 min"), (86_399, "1 d 00 h"), (273_600, "3 d 04 h"), (-1, "–"),
            (.nan, "–"), (.infinity, "–"), (1e300, "–"),
        ]
        for (seconds, text) in cases { #expect(DurationText.text(seconds: seconds) == text) }
    }

    @Test func `numbers have the digits asked for, and any number has a text`() {
        #expect(fixed(93.125, digits: 1) == "93.1")
        #expect(fixed(-0.046, digits: 2) == "-0.05")
        #expect(fixed(-0.001, digits: 2) == "0.00")
        #expect(fixed(0.05, digits: 3) == "0.050")
        #expect(fixed(7, digits: 0) == "7")
        #expect(fixed(.nan, digits: 1) == "–")
        #expect(fixed(.infinity, digits: 1) == "∞")
        #expect(fixed(-.infinity, digits: 1) == "-∞")
        #expect(fixed(1e300, digits: 2) == "1e+300")
        #expect(fixed(0.5, digits: 100) == "0.500000000000000")
    }

    @Test func `counts keep three digits`() {
        let cases = [
            (0, "0"), (950, "950"), (999, "999"), (1000, "1.00k"), (23_213, "23.2k"),
            (99_960, "100k"), (999_600, "1.00M"), (1_048_576, "1.05M"), (-2_500_000, "-2.50M"),
            (12_400_000_000, "12.4G"), (Int.max, "9223P"), (Int.min, "-9223P"),
        ]
        for (count, text) in cases { #expect(short(count) == text) }
    }

    @Test func `widths count columns, not bytes`() {
        #expect(TextWidth.columns("abc") == 3)
        #expect(TextWidth.columns("e\u{301}") == 1)
        #expect(TextWidth.columns("片仮名") == 6)
        #expect(TextWidth.columns("±·…–") == 4)
        #expect(TextWidth.columns("🚀") == 2)
        #expect(TextWidth.clipped("片仮名", to: 4) == "片…")
        #expect(TextWidth.clipped("abc", to: 3) == "abc")
        #expect(TextWidth.clipped("abcd", to: 3) == "ab…")
        #expect(TextWidth.clipped("abcd", to: 0) == "")
        #expect(TextWidth.plain("a\u{1B}[31m\nb") == "a [31m b")
    }

    @Test func `a table aligns words left and numbers right`() {
        var table = TextTable([.words("arm"), .numbers("accuracy"), .numbers("tasks")])
        table.add(["searched network", "93.1 ± 0.4 %", "600"])
        table.add(["片仮名", "9.0 %", "60", "too many"])
        table.add(["short"])
        #expect(
            table.lines() == [
                "arm                   accuracy  tasks",
                "────────────────  ────────────  ─────",
                "searched network  93.1 ± 0.4 %    600",
                "片仮名                   9.0 %     60",
                "short",
            ])
        #expect(TextTable([]).lines() == [])
    }

    @Test func `a table clips its widest words to the width, never its numbers`() {
        var table = TextTable([.words("genotype"), .numbers("error")])
        table.add(["normal: max 0, skip 1 · sep3 0, dil5 2", "0.125"])
        let lines = table.lines(width: 24)
        #expect(
            lines == [
                "genotype           error", "─────────────────  ─────", "normal: max 0, s…  0.125",
            ])
        #expect(table.lines(width: 3).last == "normal:…  0.125")
    }
}
