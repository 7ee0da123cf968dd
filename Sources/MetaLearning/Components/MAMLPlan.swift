internal import Components
public import NeuralNetworks

/// MAML and ANIL.
public struct MAMLPlan: LearnerPlan, Hashable {
    /// `maml`, or `anil`.
    public let name: String
    /// Whether the inner loop moves the last layer alone.
    public let isHeadOnly: Bool
    /// Whether the outer gradient goes through the inner steps (2) or not (1).
    public let order: Int
    /// Steps on the support set in training.
    public let innerSteps: Int
    /// Step size of the inner loop.
    public let innerLearningRate: Double
    /// Steps on the support set in evaluation and test.
    public let testSteps: Int
    /// The outer loop.
    public let outer: OuterLoopPlan
    /// How it treats its networks.
    public let network: NetworkOptions

    /// Tasks per meta-update.
    public var metaBatch: Int { outer.metaBatch }
    /// How the outer learning rate goes over a run.
    public var schedule: RateSchedule { outer.schedule }
    /// The norm above which the outer gradient is scaled down.
    public var gradientClip: Double? { outer.gradientClip }
    /// Of order 2 all inner steps are held.
    public var memoryRemedies: [String] {
        order == 2 ? ["learner.order = 1", "fewer learner.inner_steps"] : []
    }

    static let orderOption = PlanOption.integer(
        "order", 1...2, 1, "2 differentiates through the inner steps, 1 does not.")
    static let innerRateOption = PlanOption.number(
        "inner_learning_rate", .positive(upTo: 100), 0.1, "Step size of the inner loop.")

    static let options =
        [
            orderOption.specification, LearnerOptions.innerSteps.specification,
            innerRateOption.specification, LearnerOptions.testSteps.specification,
        ] + OuterLoopPlan.options + NetworkOptions.options

    init(_ name: String, isHeadOnly: Bool, _ options: Options, _ builder: ComponentBuilder) throws {
        self.name = name
        self.isHeadOnly = isHeadOnly
        order = options[Self.orderOption]
        innerSteps = options[LearnerOptions.innerSteps]
        innerLearningRate = options[Self.innerRateOption]
        testSteps = options[LearnerOptions.testSteps]
        outer = try OuterLoopPlan(options, builder)
        network = NetworkOptions(options)
    }

    static var maml: Component {
        Component(
            .learner, "maml", options: options, offers: [.adaptation],
            "Model-agnostic meta-learning, order 1 or 2 (Finn, Abbeel, Levine 2017)."
        ) { try MAMLPlan("maml", isHeadOnly: false, $0, $1) }
    }

    static var anil: Component {
        Component(
            .learner, "anil", options: options, offers: [.adaptation],
            "MAML whose inner loop adapts only the last layer (Raghu et al. 2020)."
        ) { try MAMLPlan("anil", isHeadOnly: true, $0, $1) }
    }

    /// The learner; ANIL's inner loop moves the head alone.
    public func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner {
        try MAML(
            order: order, innerSteps: innerSteps ?? self.innerSteps,
            innerRate: Float(innerLearningRate), headOnly: isHeadOnly,
            keepsStatistics: network.keepsStatistics)
    }

    /// The outer optimizer.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer {
        outer.optimizer.optimizer(layout)
    }
}
