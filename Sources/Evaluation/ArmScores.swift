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
        cost: Cost, genotype: String? = nil, settings: [String: String],
        operators: [OperatorUse]? = nil, note: String? = nil
    ) throws -> ArmResult {
        let interval = try Interval.ofMean(values)
        return ArmResult(
            arm: arm, metric: metric, unit: unit, mean: interval.estimate,
            halfWidth: interval.halfWidth, tasks: values.count, cost: cost, genotype: genotype,
            settings: settings, operators: operators, note: note, scores: values)
    }

    /// How two arms compare on the tasks that both have.
    package enum Compared {
        /// The paired difference with its test.
        case tested(Comparison)
        /// Why there is no test, in a sentence.
        case untested(String)
        /// They measure different things.
        case unlike
    }

    /// The paired difference to another arm. A shorter list of tasks is the beginning of the longer one.
    ///
    /// - Throws: What the statistics throw for scores that are not finite.
    package func compared(to other: ArmScores) throws -> Compared {
        guard metric == other.metric else { return .unlike }
        let count = min(values.count, other.values.count)
        let (own, others) = (Array(values.prefix(count)), Array(other.values.prefix(count)))
        let differences = zip(own, others).map { $0 - $1 }
        guard count > 1 else {
            return .untested(
                "\(arm) − \(other.arm): one task cannot tell a difference; use more test tasks")
        }
        let interval = try Interval.ofMean(differences)
        let isConstant = !differences.contains { $0 != differences[0] }
        if isConstant, differences[0] != 0 {
            return .untested(
                "\(arm) − \(other.arm): \(metric) differs by \(differences[0]) in each of "
                    + "\(count) tasks, so a paired test is not possible; use more test tasks")
        }
        // The test gives p = 1 for scores that are all the same.
        let test = try PairedTest.student(own, others)
        return .tested(
            Comparison(
                first: arm, second: other.arm, metric: metric, difference: interval.estimate,
                halfWidth: interval.halfWidth, test: test.name, pValue: test.pValue,
                pairs: test.pairs))
    }
}
