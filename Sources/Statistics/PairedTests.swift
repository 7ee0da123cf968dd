/// What a paired test found.
public struct PairedTest: Sendable, Hashable, Codable {
    /// The name of the test: `paired t` or `Wilcoxon signed-rank`.
    public let name: String
    /// The t value, or the smaller of the two rank sums.
    public let statistic: Double
    /// The two-sided p value: how often chance alone differs at least as much.
    public let pValue: Double
    /// The mean of first − second.
    public let meanDifference: Double
    /// How many pairs the test used; Wilcoxon's leaves out pairs without a difference.
    public let pairs: Int

    /// Student's t-test on the differences of pairs.
    ///
    /// Differences that are all equal have no spread: p is 1 if they are 0, and 0 otherwise (the
    /// statistic is then 0 or infinite).
    ///
    /// - Parameters:
    ///   - first: One number per task or seed, at least two.
    ///   - second: As many, of the same tasks or seeds in the same order.
    /// - Returns: The test, two-sided.
    /// - Throws: ``StatisticsError``.
    public static func student(
        _ first: [Double], _ second: [Double]
    ) throws(StatisticsError) -> PairedTest {
        try requirePaired(first, second, atLeast: 2, "paired t-test")
        let differences = zip(first, second).map { $0 - $1 }
        try requireFinite(differences, "paired t-test (differences)")
        let mean = Summary.uncheckedMean(differences)
        let deviation = Summary.uncheckedDeviation(differences)
        let count = differences.count
        let t: Double
        let p: Double
        if deviation == 0 {
            t = mean == 0 ? 0 : (mean > 0 ? .infinity : -.infinity)
            p = mean == 0 ? 1 : 0
        } else {
            t = mean / (deviation / Double(count).squareRoot())
            p = try 2 * StudentDistribution.upperTail(abs(t), degreesOfFreedom: Double(count - 1))
        }
        return PairedTest(
            name: "paired t", statistic: t, pValue: p, meanDifference: mean, pairs: count)
    }

    /// Up to this many pairs Wilcoxon's p value is exact.
    public static let exactWilcoxonPairs = 50

    /// Wilcoxon's signed-rank test (1945): like the t-test, without assuming a normal law.
    ///
    /// Pairs without a difference are left out. Up to ``exactWilcoxonPairs`` pairs the p value
    /// counts the sign patterns exactly, tied ranks included; above, it is the normal
    /// approximation with the correction for ties and none for continuity. With no pair left, p
    /// is 1.
    ///
    /// - Parameters:
    ///   - first: One number per task or seed, at least one.
    ///   - second: As many, of the same tasks or seeds in the same order.
    /// - Returns: The test, two-sided.
    /// - Throws: ``StatisticsError``.
    /// - Complexity: O(n log n), and O(n³) up to ``exactWilcoxonPairs`` pairs.
    public static func wilcoxon(
        _ first: [Double], _ second: [Double]
    ) throws(StatisticsError) -> PairedTest {
        try requirePaired(first, second, atLeast: 1, "Wilcoxon's test")
        let all = zip(first, second).map { $0 - $1 }
        try requireFinite(all, "Wilcoxon's test (differences)")
        let differences = all.filter { $0 != 0 }
        let ranks = Summary.uncheckedRanks(differences.map { abs($0) })
        let positive = zip(differences, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
        let total = ranks.reduce(0, +)
        let p: Double
        if differences.isEmpty {
            p = 1
        } else if differences.count <= exactWilcoxonPairs {
            p = exactPValue(ranks, positive: positive)
        } else {
            p = approximatePValue(ranks, positive: positive)
        }
        return PairedTest(
            name: "Wilcoxon signed-rank", statistic: min(positive, total - positive), pValue: p,
            meanDifference: Summary.uncheckedMean(all), pairs: differences.count)
    }

    /// Counts the sign patterns by their rank sum, adding one rank after the other.
    private static func exactPValue(_ ranks: [Double], positive: Double) -> Double {
        // Shared ranks end in ½, so twice a rank is whole.
        let doubled = ranks.map { Int(2 * $0) }
        let total = doubled.reduce(0, +)
        var share = [Double](repeating: 0, count: total + 1)
        share[0] = 1
        var reached = 0
        for rank in doubled {
            reached += rank
            for sum in stride(from: reached, through: 0, by: -1) {
                share[sum] = 0.5 * (share[sum] + (sum >= rank ? share[sum - rank] : 0))
            }
        }
        let observed = Int(2 * positive)
        let smaller = min(observed, total - observed)
        return min(1, 2 * share[0...smaller].reduce(0, +))
    }

    private static func approximatePValue(_ ranks: [Double], positive: Double) -> Double {
        let n = Double(ranks.count)
        var ties: [Double: Double] = [:]
        for rank in ranks { ties[rank, default: 0] += 1 }
        let correction = ties.values.map { $0 * $0 * $0 - $0 }.sorted().reduce(0, +) / 48
        let variance = n * (n + 1) * (2 * n + 1) / 24 - correction
        let z = (positive - n * (n + 1) / 4) / variance.squareRoot()
        return min(1, 2 * NormalDistribution.upperTail(abs(z)))
    }
}
