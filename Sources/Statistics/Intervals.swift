public import Randomness

/// An estimate with the interval that holds the true value at a stated level.
public struct Interval: Sendable, Hashable, Codable {
    /// The estimate itself.
    public let estimate: Double
    /// The lower end; −∞ where one value says nothing about the spread.
    public let lower: Double
    /// The upper end; +∞ where one value says nothing about the spread.
    public let upper: Double
    /// The confidence level, a fraction; 0.95 means 95 %.
    public let level: Double
    /// How many values the estimate rests on.
    public let count: Int

    /// Makes an interval from its parts.
    public init(estimate: Double, lower: Double, upper: Double, level: Double, count: Int) {
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
        self.level = level
        self.count = count
    }

    /// Half of the distance between the ends: the number after “±” of a symmetric interval.
    public var halfWidth: Double { (upper - lower) / 2 }

    /// The interval of a mean by Student's t distribution.
    ///
    /// One value gives an interval from −∞ to +∞: its mean is known, its spread is not.
    ///
    /// - Parameters:
    ///   - values: One number per task or seed, independent of each other.
    ///   - level: The confidence level, 0 < level < 1.
    /// - Returns: The interval, symmetric about the mean.
    /// - Throws: ``StatisticsError`` for no values, values that are not finite, or a level out of
    ///   range.
    public static func ofMean(
        _ values: [Double], level: Double = 0.95
    ) throws(StatisticsError) -> Interval {
        try require(values, atLeast: 1, "interval of the mean")
        try requireLevel(level)
        let mean = Summary.uncheckedMean(values)
        guard values.count > 1 else {
            return Interval(
                estimate: mean, lower: -.infinity, upper: .infinity, level: level, count: 1)
        }
        let t = try StudentDistribution.quantile(
            0.5 + level / 2, degreesOfFreedom: Double(values.count - 1))
        let half = t * Summary.uncheckedDeviation(values) / Double(values.count).squareRoot()
        return Interval(
            estimate: mean, lower: mean - half, upper: mean + half, level: level,
            count: values.count)
    }

    /// The percentile bootstrap interval of any statistic (Efron 1979).
    ///
    /// - Parameters:
    ///   - values: At least two numbers.
    ///   - level: The confidence level, 0 < level < 1.
    ///   - resamples: How often to draw as many values with replacement, at least 1.
    ///   - stream: Where the draws come from.
    ///   - statistic: A number for a list of values; the mean if left out.
    /// - Returns: The statistic of `values`, between quantiles of the resampled statistics.
    /// - Throws: ``StatisticsError`` for bad arguments, or where the statistic is not finite.
    /// - Complexity: O(`resamples` · n), plus the statistic.
    public static func bootstrap(
        _ values: [Double], level: Double = 0.95, resamples: Int = 10_000,
        stream: inout RandomStream, statistic: (([Double]) -> Double)? = nil
    ) throws(StatisticsError) -> Interval {
        try require(values, atLeast: 2, "bootstrap interval")
        try requireLevel(level)
        guard resamples > 0 else {
            throw .outOfRange(
                argument: "resamples", value: "\(resamples)", expected: "at least 1")
        }
        let statistic = statistic ?? Summary.uncheckedMean
        var draw = values
        var statistics: [Double] = []
        for _ in 0..<resamples {
            for place in draw.indices { draw[place] = values[stream.integer(below: values.count)] }
            statistics.append(statistic(draw))
        }
        try requireFinite(statistics, "bootstrap interval (the statistic of a resample)")
        statistics.sort()
        return Interval(
            estimate: statistic(values),
            lower: Summary.quantile((1 - level) / 2, ofSorted: statistics),
            upper: Summary.quantile((1 + level) / 2, ofSorted: statistics),
            level: level, count: values.count)
    }

    /// The percentile bootstrap interval of the mean of first − second, pairs drawn together.
    ///
    /// - Parameters:
    ///   - first: One number per task or seed.
    ///   - second: As many, of the same tasks or seeds in the same order.
    ///   - level: The confidence level, 0 < level < 1.
    ///   - resamples: How often to draw as many pairs with replacement, at least 1.
    ///   - stream: Where the draws come from.
    /// - Returns: The mean difference, between quantiles of the resampled mean differences.
    /// - Throws: ``StatisticsError``.
    public static func pairedBootstrap(
        _ first: [Double], _ second: [Double], level: Double = 0.95, resamples: Int = 10_000,
        stream: inout RandomStream
    ) throws(StatisticsError) -> Interval {
        try requirePaired(first, second, atLeast: 2, "paired bootstrap interval")
        return try bootstrap(
            zip(first, second).map { $0 - $1 }, level: level, resamples: resamples,
            stream: &stream)
    }
}
