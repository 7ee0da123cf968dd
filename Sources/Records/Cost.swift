/// What a piece of work is billed, so that arms can be compared at equal budgets.
///
/// Counted, never timed: the same work costs the same on every machine and thread count.
public struct Cost: Sendable, Hashable, Codable {
    /// Multiply-adds of forward and backward passes.
    public var multiplyAdds: Int
    /// Tasks (episodes) drawn, for training and evaluation.
    public var tasks: Int
    /// Gradient steps, inner and outer.
    public var gradientSteps: Int
    /// Architectures evaluated.
    public var evaluations: Int

    /// A cost from its parts; what is left out is 0.
    public init(
        multiplyAdds: Int = 0, tasks: Int = 0, gradientSteps: Int = 0, evaluations: Int = 0
    ) {
        self.multiplyAdds = multiplyAdds
        self.tasks = tasks
        self.gradientSteps = gradientSteps
        self.evaluations = evaluations
    }

    /// No cost.
    public static let zero = Cost()

    /// The sum of two costs; a count that would overflow stays at the largest integer.
    public static func + (left: Cost, right: Cost) -> Cost {
        Cost(
            multiplyAdds: saturating(left.multiplyAdds, right.multiplyAdds),
            tasks: saturating(left.tasks, right.tasks),
            gradientSteps: saturating(left.gradientSteps, right.gradientSteps),
            evaluations: saturating(left.evaluations, right.evaluations))
    }

    /// What was added to `right` to make `left`.
    public static func - (left: Cost, right: Cost) -> Cost {
        Cost(
            multiplyAdds: left.multiplyAdds - right.multiplyAdds,
            tasks: left.tasks - right.tasks,
            gradientSteps: left.gradientSteps - right.gradientSteps,
            evaluations: left.evaluations - right.evaluations)
    }

    /// Adds a cost.
    public static func += (left: inout Cost, right: Cost) {
        left = left + right
    }

    private static func saturating(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard overflow else { return sum }
        return left > 0 ? .max : .min
    }
}
