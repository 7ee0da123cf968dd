/// Survival of the best by the first objective.
public enum Truncation {
    /// The best `count` evaluations, best first; the earlier of equals goes first.
    ///
    /// - Complexity: O(N log N).
    public static func best<Genome>(
        _ count: Int, of evaluations: [Evaluation<Genome>]
    ) -> [Evaluation<Genome>] {
        let order = evaluations.indices.sorted {
            let (a, b) = (objective(evaluations[$0]), objective(evaluations[$1]))
            return a == b ? $0 < $1 : a < b
        }
        return order.prefix(max(count, 0)).map { evaluations[$0] }
    }

    /// The first objective; what is missing or NaN is the worst.
    static func objective<Genome>(_ evaluation: Evaluation<Genome>) -> Double {
        let value = evaluation.objectives.first ?? .infinity
        return value.isNaN ? .infinity : value
    }
}
