internal import Components
public import NeuralNetworks

/// Reptile.
public struct ReptilePlan: LearnerPlan, Hashable {
    /// `reptile`.
    public var name: String { "reptile" }
    /// Reptile follows no gradient that could be clipped.
    public var gradientClip: Double? { nil }
    /// Steps on the support set in training.
    public let innerSteps: Int
    /// The inner optimizer.
    public let inner: OptimizerRule
    /// Steps on the support set in evaluation and test.
    public let testSteps: Int
    /// Tasks per meta-update.
    public let metaBatch: Int
    /// The share of the way to the mean adapted weights that one meta-update goes.
    public let outerStep: Double
    /// How `outerStep` goes over the run.
    public let schedule: RateSchedule
    /// How it treats its networks.
    public let network: NetworkOptions

    static let innerOption = PlanOption.component(
        "inner", .optimizer,
        default: .value(.component("adam", ["learning_rate": 0.001, "beta1": 0])),
        "The inner optimizer.")
    static let outerStepOption = PlanOption.number(
        "outer_step", .positive(upTo: 1), 1,
        "Step size of a meta-update towards the mean adapted weights.")

    static let options =
        [
            LearnerOptions.innerSteps.specification, innerOption.specification,
            LearnerOptions.testSteps.specification, OuterLoopPlan.metaBatchOption.specification,
            outerStepOption.specification, OuterLoopPlan.outerScheduleOption.specification,
        ] + NetworkOptions.options

    init(_ options: Options, _ builder: ComponentBuilder) throws {
        innerSteps = options[LearnerOptions.innerSteps]
        inner = try builder.make(options[Self.innerOption], at: .optimizer)
        testSteps = options[LearnerOptions.testSteps]
        metaBatch = options[OuterLoopPlan.metaBatchOption]
        outerStep = options[Self.outerStepOption]
        schedule = options[OuterLoopPlan.outerScheduleOption]
        network = NetworkOptions(options)
    }

    static var reptile: Component {
        Component(
            .learner, "reptile", options: options, offers: [.adaptation],
            "Moves towards the adapted weights (Nichol, Achiam, Schulman 2018)."
        ) { try ReptilePlan($0, $1) }
    }

    /// The learner.
    public func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner {
        let step: Reptile.InnerRule =
            switch inner {
            case .sgd(let rate, let momentum, let decay):
                .sgd(rate: rate, momentum: momentum, weightDecay: decay)
            case .adam(let options): .adam(options)
            }
        return try Reptile(
            innerSteps: innerSteps ?? self.innerSteps, rule: step,
            keepsStatistics: network.keepsStatistics)
    }

    /// A step of `outerStep` towards the adapted weights.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer {
        SGD(rate: Float(outerStep))
    }
}
