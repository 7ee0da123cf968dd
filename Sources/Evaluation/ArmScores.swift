internal import MetaLearning
package import Records
internal import Statistics

/// An arm's scores on the fixed test tasks, and their summary.
package struct ArmScores {
    package let arm: String
    package let metric: String
    package let unit: String
    /// One value a task, in the order of the tasks, so that arms can be compared in pairs.
    package let values: [Double]

    package init(arm: String, metric: String, unit: String, values: [Double]) {
        self.arm = arm
        self.metric = metric
        self.unit = unit
        self.values = values
    }

    package func result(
        cost: Cost, genotype: String? = nil, settings: [String: String]
    ) throws -> ArmResult {
        let interval = try Interval.ofMean(values)
        return ArmResult(
            arm: arm, metric: metric, unit: unit, mean: interval.estimate,
            halfWidth: interval.halfWidth, tasks: values.count, cost: cost, genotype: genotype,
            settings: settings, scores: values)
    }

    /// The paired difference to another arm on the same tasks.
    package func compared(to other: ArmScores) throws -> Comparison? {
        guard metric == other.metric, values.count == other.values.count, values.count > 1
        else { return nil }
        let differences = zip(values, other.values).map { $0 - $1 }
        let interval = try Interval.ofMean(differences)
        guard differences.contains(where: { $0 != differences[0] }) else { return nil }
        let test = try PairedTest.student(values, other.values)
        return Comparison(
            first: arm, second: other.arm, metric: metric, difference: interval.estimate,
            halfWidth: interval.halfWidth, test: test.name, pValue: test.pValue,
            pairs: test.pairs)
    }
}
