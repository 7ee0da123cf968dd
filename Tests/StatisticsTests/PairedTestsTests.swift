import Statistics
import Testing

struct PairedTestsTests {
    @Test func `the paired t-test equals SciPy's`() throws {
        for golden in try Golden.load().pairs {
            let test = try PairedTest.student(golden.first, golden.second)
            #expect(agrees(test.statistic, golden.t, within: 1e-10), "n = \(golden.first.count)")
            #expect(
                agreesRelatively(test.pValue, golden.tPValue, within: 1e-9),
                "n = \(golden.first.count): \(test.pValue), SciPy \(golden.tPValue)")
        }
    }

    @Test func `Wilcoxon's test equals SciPy's, exact, with ties and approximate`() throws {
        for golden in try Golden.load().pairs {
            let test = try PairedTest.wilcoxon(golden.first, golden.second)
            #expect(test.statistic == golden.wilcoxon)
            #expect(test.pairs == golden.wilcoxonPairs)
            #expect(
                agreesRelatively(test.pValue, golden.wilcoxonPValue, within: 1e-10),
                "n = \(golden.first.count), \(golden.wilcoxonMethod): \(test.pValue)")
        }
    }

    @Test func `swapping the lists turns the sign and keeps p`() throws {
        for golden in try Golden.load().pairs {
            let there = try PairedTest.wilcoxon(golden.first, golden.second)
            let back = try PairedTest.wilcoxon(golden.second, golden.first)
            #expect(there.pValue == back.pValue)
            #expect(there.meanDifference == -back.meanDifference)
            let t = try PairedTest.student(golden.first, golden.second)
            #expect(try PairedTest.student(golden.second, golden.first).statistic == -t.statistic)
        }
    }

    @Test func `equal lists differ by nothing`() throws {
        let values = [0.1, 0.2, 0.3]
        #expect(try PairedTest.student(values, values).pValue == 1)
        #expect(try PairedTest.student(values, values).statistic == 0)
        let wilcoxon = try PairedTest.wilcoxon(values, values)
        #expect(wilcoxon.pValue == 1)
        #expect(wilcoxon.pairs == 0)
    }

    @Test func `a difference without spread is certain for the t-test`() throws {
        let test = try PairedTest.student([2, 3, 4], [1, 2, 3])
        #expect(test.pValue == 0)
        #expect(test.statistic == .infinity)
    }

    @Test func `lists that cannot be paired are refused`() {
        #expect(
            throws: StatisticsError.lengthsDiffer(statistic: "paired t-test", first: 2, second: 3)
        ) { try PairedTest.student([1, 2], [1, 2, 3]) }
        #expect(throws: StatisticsError.self) { try PairedTest.student([1], [2]) }
        #expect(throws: StatisticsError.self) { try PairedTest.wilcoxon([], []) }
        #expect(throws: StatisticsError.self) { try PairedTest.wilcoxon([1, .nan], [1, 2]) }
        #expect(throws: StatisticsError.self) {
            try PairedTest.student([1e308, -1e308], [-1e308, 1e308])
        }
    }
}
