import Statistics
import Testing

struct SummaryTests {
    @Test func `mean, deviation, quantiles and interval equal SciPy's`() throws {
        for golden in try Golden.load().summaries {
            let values = golden.values
            let interval = try Interval.ofMean(values)
            #expect(agrees(try Summary.mean(values), golden.mean, within: 1e-12))
            #expect(agrees(try Summary.deviation(values), golden.deviation, within: 1e-12))
            #expect(agrees(interval.lower, golden.lower, within: 1e-9), "n = \(values.count)")
            #expect(agrees(interval.upper, golden.upper, within: 1e-9), "n = \(values.count)")
            #expect(agrees(interval.halfWidth, (golden.upper - golden.lower) / 2, within: 1e-9))
            for point in golden.quantiles {
                #expect(
                    agrees(try Summary.quantile(point[0], of: values), point[1], within: 1e-12))
            }
        }
    }

    @Test func `large values neither overflow the mean nor lose small differences`() throws {
        #expect(try Summary.mean([1e308, 1e308, 1e308]).isFinite)
        #expect(try Summary.deviation([1e9 + 1, 1e9 + 2, 1e9 + 3]) == 1)
    }

    @Test func `ties share the mean of their ranks`() throws {
        #expect(try Summary.ranks([30, 10, 20, 20, -5, 20]) == [6, 2, 4, 4, 1, 4])
        #expect(try Summary.ranks([]) == [])
    }

    @Test func `one value has a mean and an unbounded interval`() throws {
        let interval = try Interval.ofMean([0.5])
        #expect(interval.estimate == 0.5)
        #expect(interval.lower == -.infinity)
        #expect(interval.halfWidth == .infinity)
        #expect(interval.count == 1)
    }

    @Test func `no values, too few values and NaN are named`() {
        #expect(throws: StatisticsError.tooFew(statistic: "mean", count: 0, needed: 1)) {
            try Summary.mean([])
        }
        #expect(throws: StatisticsError.tooFew(statistic: "deviation", count: 1, needed: 2)) {
            try Summary.deviation([1])
        }
        #expect(
            throws: StatisticsError.notFinite(
                statistic: "interval of the mean", index: 1, value: "nan")
        ) { try Interval.ofMean([1, .nan, 2]) }
        #expect(throws: StatisticsError.self) { try Interval.ofMean([1, 2], level: 1) }
        #expect(throws: StatisticsError.self) { try Summary.quantile(1.5, of: [1, 2]) }
        #expect(throws: StatisticsError.self) { try Summary.quantile(0.5, of: [.infinity]) }
    }

    @Test func `messages say what was found, what was expected and what to try`() {
        #expect(
            StatisticsError.tooFew(statistic: "deviation", count: 1, needed: 2).description
                == "deviation: 1 value given, at least 2 needed; evaluate more tasks or seeds")
        #expect(
            StatisticsError.notFinite(statistic: "mean", index: 3, value: "nan").description
                == "mean: value 4 is nan, a finite number was expected; "
                + "look for a diverged run, or leave it out and say so")
        #expect(
            StatisticsError.lengthsDiffer(statistic: "paired t-test", first: 3, second: 4)
                .description
                == "paired t-test: the first list has 3 values and the second 4; "
                + "paired values must come from the same tasks or seeds, in the same order")
        #expect(
            StatisticsError.constant(statistic: "Kendall's τ-b", list: "first").description
                == "Kendall's τ-b: all values of the first list are equal, so it is not defined")
        #expect(
            StatisticsError.outOfRange(argument: "level", value: "2.0", expected: "less than 1")
                .description == "level is 2.0, expected less than 1")
    }
}
