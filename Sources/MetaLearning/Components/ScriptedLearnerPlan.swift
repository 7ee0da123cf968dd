public import Components
public import NeuralNetworks

/// A learner whose inner step a script or a plugin gives; the rest is as in MAML.
public struct ScriptedLearnerPlan: LearnerPlan {
    /// The component's name.
    public let name: String
    /// Whether the outer gradient goes through the inner steps (2) or not (1).
    public let order: Int
    /// Steps on the support set in training.
    public let innerSteps: Int
    /// Steps on the support set in evaluation and test.
    public let testSteps: Int
    /// The outer loop.
    public let outer: OuterLoopPlan
    /// How it treats its networks.
    public let network: NetworkOptions
    private let make: @Sendable (ComponentBuilder) throws -> LearnerDefinition

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

    /// The options that each such learner has besides its own.
    public static let hostOptions =
        [
            MAMLPlan.orderOption.specification, LearnerOptions.innerSteps.specification,
            LearnerOptions.testSteps.specification,
        ] + OuterLoopPlan.options + NetworkOptions.options

    /// A learner from options that hold ``hostOptions``.
    ///
    /// - Parameters:
    ///   - name: The component's name.
    ///   - options: Checked options.
    ///   - builder: Makes the optimizer.
    ///   - make: Gives the inner step, once a script host is there.
    /// - Throws: What the builder throws.
    public init(
        _ name: String, _ options: Options, _ builder: ComponentBuilder,
        make: @escaping @Sendable (ComponentBuilder) throws -> LearnerDefinition
    ) throws {
        self.name = name
        self.make = make
        order = options[MAMLPlan.orderOption]
        innerSteps = options[LearnerOptions.innerSteps]
        testSteps = options[LearnerOptions.testSteps]
        outer = try OuterLoopPlan(options, builder)
        network = NetworkOptions(options)
    }

    private static let adapt = PlanOption.function(
        "adapt", .learner,
        "The function (value, gradient, context) that returns the value after an inner step.")

    static var custom: Component {
        Component(
            .learner, "custom", options: [adapt.specification] + hostOptions,
            offers: [.adaptation],
            "A function of the script: { adapt = function(value, gradient, context) … end }, "
                + "one inner step of one parameter."
        ) { options, builder in
            let function = options[adapt]
            return try ScriptedLearnerPlan("custom", options, builder) { builder in
                try builder.scripts.make(function, at: .learner)
            }
        }
    }

    /// The learner with the step that was recorded.
    public func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner {
        try MAML(
            order: order, innerSteps: innerSteps ?? self.innerSteps, innerRate: 0,
            keepsStatistics: network.keepsStatistics,
            rule: .recorded(rule ?? RecordedRule(name: name)))
    }

    /// The outer optimizer.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer {
        outer.optimizer.optimizer(layout)
    }

    /// The inner step.
    public func definition(_ builder: ComponentBuilder) throws -> LearnerDefinition? {
        try make(builder)
    }
}
