import TestSupport

/// What SciPy says; see scripts/dev/golden-statistics.py.
struct Golden: Decodable {
    struct Quantile: Decodable {
        let probability, degrees, value: Double
    }
    struct Tail: Decodable {
        let t, degrees, value: Double
    }
    struct Summary: Decodable {
        let values: [Double]
        let mean, deviation, lower, upper: Double
        let quantiles: [[Double]]
    }
    struct Pairs: Decodable {
        let first, second: [Double]
        let t, tPValue, wilcoxon, wilcoxonPValue, pearson, spearman, kendall: Double
        let wilcoxonMethod: String
        let wilcoxonPairs: Int
    }
    let tQuantiles: [Quantile]
    let tTails: [Tail]
    let summaries: [Summary]
    let pairs: [Pairs]

    static func load() throws -> Golden {
        try Repository.golden(Golden.self, "statistics.json")
    }
}

/// Whether two numbers agree to `tolerance`, relative to the larger of 1 and the expected one.
func agrees(_ value: Double, _ expected: Double, within tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * max(1, abs(expected))
}

/// Whether two probabilities agree to `tolerance` relative to the expected one.
func agreesRelatively(_ value: Double, _ expected: Double, within tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * abs(expected) || value == expected
}
