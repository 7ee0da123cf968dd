/// Summaries of one list of numbers.
public enum Summary {
    /// The arithmetic mean.
    ///
    /// - Throws: ``StatisticsError/tooFew(statistic:count:needed:)`` for no values,
    ///   ``StatisticsError/notFinite(statistic:index:value:)`` for NaN and infinities.
    public static func mean(_ values: [Double]) throws(StatisticsError) -> Double {
        try require(values, atLeast: 1, "mean")
        return uncheckedMean(values)
    }

    /// The sample deviation: the root of the sum of squares over n − 1.
    ///
    /// - Throws: ``StatisticsError/tooFew(statistic:count:needed:)`` for fewer than two values,
    ///   ``StatisticsError/notFinite(statistic:index:value:)`` for NaN and infinities.
    public static func deviation(_ values: [Double]) throws(StatisticsError) -> Double {
        try require(values, atLeast: 2, "deviation")
        return uncheckedDeviation(values)
    }

    /// The quantile at `probability`, with linear interpolation between order statistics (type 7
    /// of Hyndman and Fan 1996, the default of R and NumPy).
    ///
    /// - Parameters:
    ///   - probability: 0 … 1; 0.5 is the median.
    ///   - values: In any order.
    /// - Returns: A value between the smallest and the largest.
    /// - Throws: ``StatisticsError`` for no values, values that are not finite, or a probability
    ///   out of range.
    /// - Complexity: O(n log n).
    public static func quantile(
        _ probability: Double, of values: [Double]
    ) throws(StatisticsError) -> Double {
        try require(values, atLeast: 1, "quantile")
        guard probability >= 0, probability <= 1 else {
            throw .outOfRange(
                argument: "probability", value: "\(probability)", expected: "0 … 1")
        }
        return quantile(probability, ofSorted: values.sorted())
    }

    /// The ranks of `values` from 1, ties sharing the mean of their ranks.
    ///
    /// - Throws: ``StatisticsError/notFinite(statistic:index:value:)``.
    /// - Complexity: O(n log n).
    public static func ranks(_ values: [Double]) throws(StatisticsError) -> [Double] {
        try requireFinite(values, "ranks")
        return uncheckedRanks(values)
    }

    static func uncheckedMean(_ values: [Double]) -> Double {
        // Each term divided first: the sum of large values must not overflow.
        let first = values.reduce(0) { $0 + $1 / Double(values.count) }
        // One correction step takes the rounding of the first pass out.
        return first + values.reduce(0) { $0 + ($1 - first) / Double(values.count) }
    }

    static func uncheckedDeviation(_ values: [Double]) -> Double {
        let center = uncheckedMean(values)
        let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        return (squares / Double(values.count - 1)).squareRoot()
    }

    static func quantile(_ probability: Double, ofSorted sorted: [Double]) -> Double {
        let place = probability * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        let part = place - Double(below)
        return sorted[below] * (1 - part) + sorted[above] * part
    }

    static func uncheckedRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }
}
