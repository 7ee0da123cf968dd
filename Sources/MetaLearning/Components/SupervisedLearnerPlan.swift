internal import Components
public import NeuralNetworks

/// Ordinary training on mini-batches.
public struct SupervisedLearnerPlan: LearnerPlan {
    /// `supervised`.
    public var name: String { "supervised" }
    /// Mini-batches of one update.
    public let metaBatch: Int
    /// The rule of the step.
    public let outer: OptimizerRule
    /// How the learning rate goes over a run.
    public let schedule: RateSchedule
    /// The norm above which the gradient is scaled down; nil to leave it.
    public let gradientClip: Double?
    /// How it treats its networks.
    public let network: NetworkOptions

    /// Nothing is adapted.
    public var testSteps: Int { 0 }

    private static let batchesOption = PlanOption.integer(
        "meta_batch", 1...1_024, 1, unit: "mini-batches", "Mini-batches of one update.")

    static var supervised: Component {
        Component(
            .learner, "supervised",
            options: [
                batchesOption.specification, OuterLoopPlan.outerOption.specification,
                OuterLoopPlan.outerScheduleOption.specification,
                OuterLoopPlan.gradientClipOption.specification,
            ] + NetworkOptions.options, offers: [.miniBatches],
            needs: [Need(.miniBatches, of: .tasks)],
            "Ordinary training on mini-batches, without adaptation."
        ) { options, builder in
            SupervisedLearnerPlan(
                metaBatch: options[batchesOption],
                outer: try builder.make(options[OuterLoopPlan.outerOption], at: .optimizer),
                schedule: options[OuterLoopPlan.outerScheduleOption],
                gradientClip: options[OuterLoopPlan.gradientClipOption],
                network: NetworkOptions(options))
        }
    }

    /// The learner.
    public func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner {
        try Supervised(keepsStatistics: network.keepsStatistics)
    }

    /// The rule of the step.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer { outer.optimizer(layout) }
}
