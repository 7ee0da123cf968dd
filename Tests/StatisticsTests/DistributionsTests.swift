import Statistics
import Testing

struct DistributionsTests {
    @Test func `Student quantiles equal SciPy's to nine digits`() throws {
        for golden in try Golden.load().tQuantiles {
            let value = try StudentDistribution.quantile(
                golden.probability, degreesOfFreedom: golden.degrees)
            // 1 − 1e-9 keeps only seven digits of its tail, in SciPy and here.
            let tolerance = golden.probability > 0.9999 ? 1e-6 : 1e-9
            #expect(
                agreesRelatively(value, golden.value, within: tolerance),
                "p \(golden.probability), ν \(golden.degrees): \(value), SciPy \(golden.value)")
        }
    }

    @Test func `Student tails equal SciPy's to ten digits, far out too`() throws {
        for golden in try Golden.load().tTails {
            let value = try StudentDistribution.upperTail(
                golden.t, degreesOfFreedom: golden.degrees)
            #expect(
                agreesRelatively(value, golden.value, within: 1e-10),
                "t \(golden.t), ν \(golden.degrees): \(value), SciPy \(golden.value)")
        }
    }

    @Test func `a quantile undoes its tail for any degrees of freedom`() throws {
        for degrees in [0.3, 1, 2.5, 40, 49.9, 50.1, 1e4, 1e7, 1e9] {
            for probability in [1e-12, 0.01, 0.3, 0.51, 0.99, 0.999999] {
                let t = try StudentDistribution.quantile(probability, degreesOfFreedom: degrees)
                let tail = try StudentDistribution.upperTail(-t, degreesOfFreedom: degrees)
                #expect(
                    agreesRelatively(tail, probability, within: 1e-9),
                    "ν \(degrees), p \(probability): t \(t), tail \(tail)")
            }
        }
    }

    @Test func `many degrees of freedom meet the normal distribution`() throws {
        let below = try StudentDistribution.quantile(0.975, degreesOfFreedom: 0.99e8)
        let above = try StudentDistribution.quantile(0.975, degreesOfFreedom: 1.01e8)
        #expect(abs(below - above) < 1e-7)
        #expect(abs(above - 1.959963984540054) < 1e-9)  // scipy.stats.norm.ppf(0.975)
    }

    @Test func `extreme arguments give limits, not NaN`() throws {
        #expect(try StudentDistribution.upperTail(.infinity, degreesOfFreedom: 3) == 0)
        #expect(try StudentDistribution.upperTail(-.infinity, degreesOfFreedom: 3) == 1)
        #expect(try StudentDistribution.upperTail(1e300, degreesOfFreedom: 3) >= 0)
        #expect(try StudentDistribution.upperTail(1e-300, degreesOfFreedom: 3) == 0.5)
        #expect(try StudentDistribution.upperTail(1e200, degreesOfFreedom: 1) > 1e-202)
        #expect(try StudentDistribution.upperTail(.nan, degreesOfFreedom: 3).isNaN)
    }

    @Test func `a probability or degrees out of range are named`() {
        #expect(
            throws: StatisticsError.outOfRange(
                argument: "probability", value: "1.0", expected: "more than 0 and less than 1")
        ) { try StudentDistribution.quantile(1, degreesOfFreedom: 3) }
        for degrees in [0, -1, Double.nan] {
            #expect(throws: StatisticsError.self) {
                try StudentDistribution.quantile(0.9, degreesOfFreedom: degrees)
            }
        }
        #expect(throws: StatisticsError.self) {
            try StudentDistribution.quantile(.nan, degreesOfFreedom: 3)
        }
    }
}
