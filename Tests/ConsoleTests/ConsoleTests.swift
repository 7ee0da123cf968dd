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

    /// As the results of the quickstart.
    private static var results: TextTable {
        var table = TextTable([
            .words("arm"), .numbers("accuracy"), .numbers("± 95 %"), .numbers("tasks"),
            .numbers("multiply-adds"), .numbers("gradient steps"), .numbers("evaluations"),
        ])
        table.add(["searched", "73.6 %", "2.6 %", "100", "234G", "4.18k", "34"])
        table.add(["searched_per_task", "72.8 %", "6.7 %", "20", "244G", "4.42k", "114"])
        return table
    }

    @Test func `at 200 columns a table stands as it is`() {
        #expect(Self.results.lines(width: 200) == Self.results.lines())
        #expect(Self.results.lines().allSatisfy { TextWidth.columns($0) <= 86 })
    }

    @Test func `at 80 columns heads take two lines`() {
        #expect(
            Self.results.lines(width: 80) == [
                "                                             multiply-     gradient",
                "arm                accuracy  ± 95 %  tasks        adds        steps  evaluations",
                "─────────────────  ────────  ──────  ─────  ──────────  ───────────  ───────────",
                "searched             73.6 %   2.6 %    100        234G        4.18k           34",
                "searched_per_task    72.8 %   6.7 %     20        244G        4.42k          114",
            ])
    }

    @Test func `at 40 columns the cells of a row stand below each other, and no name is cut`() {
        let lines = Self.results.lines(width: 40)
        #expect(
            lines.suffix(7) == [
                "searched_per_task",
                "  accuracy        72.8 %",
                "  ± 95 %          6.7 %",
                "  tasks           20",
                "  multiply-adds   244G",
                "  gradient steps  4.42k",
                "  evaluations     114",
            ])
        #expect(lines.count == 14)
    }

    @Test(arguments: 1...90)
    func `at any width every cell is there and no line is wider`(width: Int) {
        var table = Self.results
        table.add(["片仮名_with_a_long_name", "9.0 %", "", "60"])
        let lines = table.lines(width: width)
        let text = lines.joined().filter { $0 != " " }
        for cell in ["searched_per_task", "72.8%", "4.42k", "片仮名_with_a_long_name"] where width > 27
        {
            #expect(text.contains(cell), "\(width): \(cell)")
        }
        // Below that, texts beside and below names keep a least width.
        if width >= 16 { #expect(lines.allSatisfy { TextWidth.columns($0) <= width }) }
    }

    @Test func `sentences wrap within their column, numbers never`() {
        var table = TextTable([.numbers("gene"), .words("name"), .words("options")])
        table.add(["1", "normal_operation_1", "max3 avg3 skip sep3 sep5 dil3 dil5"])
        #expect(
            table.lines(width: 54) == [
                "gene  name                options",
                "────  ──────────────────  ────────────────────────────",
                "   1  normal_operation_1  max3 avg3 skip sep3 sep5",
                "                          dil3 dil5",
            ])
        #expect(
            table.lines(width: 40) == [
                "gene 1", "  name     normal_operation_1",
                "  options  max3 avg3 skip sep3 sep5 dil3",
                "           dil5",
            ])
    }

    @Test func `colours change no width, and only heads and rules`() {
        let plain = Self.results.lines(width: 80)
        let coloured = Self.results.lines(width: 80, ink: .colours)
        #expect(coloured[1] == "\u{1B}[1m" + plain[1] + "\u{1B}[0m")
        #expect(coloured[2] == "\u{1B}[2m" + plain[2] + "\u{1B}[0m")
        #expect(coloured[3...] == plain[3...])
        #expect(Ink.none.paint("x", .red) == "x" && Ink.colours.paint("", .red) == "")
    }

    @Test func `a name and its text go on below themselves`() {
        let text = "Colours where the terminal has them, and none elsewhere."
        #expect(TextWidth.entry("  nsga2", width: 12, text, columns: nil).count == 1)
        #expect(
            TextWidth.entry("  nsga2", width: 12, text, columns: 40) == [
                "  nsga2       Colours where the terminal", "              has them, and none",
                "              elsewhere.",
            ])
        #expect(
            TextWidth.entry("  nsga2", width: 20, text, columns: 40) == [
                "  nsga2", "      Colours where the terminal has",
                "      them, and none elsewhere.",
            ])
        #expect(TextWidth.wrapped("abcdef", to: 4) == ["abcd", "ef"])
        #expect(TextWidth.wrapped("", to: 4) == [""])
    }
}
