/// How well two lists of numbers agree; each result is −1 … 1.
///
/// All three throw ``StatisticsError`` for lists of different length, fewer than two values,
/// values that are not finite, and a list whose values are all equal.
public enum Correlation {
    /// Pearson's correlation: how near the points lie to a line.
    ///
    /// - Throws: ``StatisticsError``.
    public static func pearson(
        _ first: [Double], _ second: [Double]
    ) throws(StatisticsError) -> Double {
        try requirePaired(first, second, atLeast: 2, "Pearson's correlation")
        return try pearson(first, second, "Pearson's correlation")
    }

    /// Spearman's rank correlation: Pearson's over the ranks, ties sharing theirs.
    ///
    /// - Throws: ``StatisticsError``.
    /// - Complexity: O(n log n).
    public static func spearman(
        _ first: [Double], _ second: [Double]
    ) throws(StatisticsError) -> Double {
        try requirePaired(first, second, atLeast: 2, "Spearman's correlation")
        return try pearson(
            Summary.uncheckedRanks(first), Summary.uncheckedRanks(second),
            "Spearman's correlation")
    }

    /// Kendall's τ-b: the share of pairs in the same order minus the share in the opposite one,
    /// corrected for ties (Kendall 1945).
    ///
    /// - Throws: ``StatisticsError``.
    /// - Complexity: O(n log n), by counting the swaps of a merge sort (Knight 1966).
    public static func kendall(
        _ first: [Double], _ second: [Double]
    ) throws(StatisticsError) -> Double {
        try requirePaired(first, second, atLeast: 2, "Kendall's τ-b")
        let order = first.indices.sorted {
            first[$0] == first[$1] ? second[$0] < second[$1] : first[$0] < first[$1]
        }
        var sorted = order.map { second[$0] }
        let firstSorted = order.map { first[$0] }
        let tiedBoth = tiedPairs(order.count) {
            firstSorted[$0] == firstSorted[$1] && sorted[$0] == sorted[$1]
        }
        let tiedFirst = tiedPairs(order.count) { firstSorted[$0] == firstSorted[$1] }
        let discordant = sortCountingSwaps(&sorted)
        let tiedSecond = tiedPairs(order.count) { sorted[$0] == sorted[$1] }
        let pairs = Double(order.count) * Double(order.count - 1) / 2
        guard tiedFirst < pairs else {
            throw .constant(statistic: "Kendall's τ-b", list: "first")
        }
        guard tiedSecond < pairs else {
            throw .constant(statistic: "Kendall's τ-b", list: "second")
        }
        let concordantMinusDiscordant =
            pairs - tiedFirst - tiedSecond + tiedBoth - 2 * discordant
        let tau =
            concordantMinusDiscordant / (pairs - tiedFirst).squareRoot()
            / (pairs - tiedSecond).squareRoot()
        return max(-1, min(1, tau))
    }

    private static func pearson(
        _ first: [Double], _ second: [Double], _ statistic: String
    ) throws(StatisticsError) -> Double {
        let x = try centered(first, statistic, "first")
        let y = try centered(second, statistic, "second")
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        return max(-1, min(1, product))
    }

    /// The deviations from the mean, scaled to length 1.
    private static func centered(
        _ values: [Double], _ statistic: String, _ list: String
    ) throws(StatisticsError) -> [Double] {
        // Compared before centring: rounding of the mean must not make equal values differ.
        guard values.contains(where: { $0 != values[0] }) else {
            throw .constant(statistic: statistic, list: list)
        }
        let mean = Summary.uncheckedMean(values)
        // Halved, and the largest divided out: nothing overflows, and no square vanishes.
        let deviations = values.map { $0 / 2 - mean / 2 }
        let largest = deviations.reduce(0) { max($0, abs($1)) }
        let scaled = deviations.map { $0 / largest }
        let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return scaled.map { $0 / length }
    }

    /// The number of pairs within runs of neighbours that are equal.
    private static func tiedPairs(_ count: Int, equal: (Int, Int) -> Bool) -> Double {
        var tied = 0.0
        var run = 1.0
        for place in 1..<count {
            if equal(place - 1, place) {
                tied += run
                run += 1
            } else {
                run = 1
            }
        }
        return tied
    }

    /// Sorts by merging, and counts how many pairs stood in the wrong order.
    private static func sortCountingSwaps(_ values: inout [Double]) -> Double {
        var swaps = 0.0
        var merged = values
        var width = 1
        while width < values.count {
            for start in stride(from: 0, to: values.count, by: 2 * width) {
                let middle = min(start + width, values.count)
                let end = min(start + 2 * width, values.count)
                var left = start
                var right = middle
                for place in start..<end {
                    if right == end || (left < middle && values[left] <= values[right]) {
                        merged[place] = values[left]
                        left += 1
                    } else {
                        merged[place] = values[right]
                        right += 1
                        swaps += Double(middle - left)
                    }
                }
            }
            swap(&values, &merged)
            width *= 2
        }
        return swaps
    }
}
