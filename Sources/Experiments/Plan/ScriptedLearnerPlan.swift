/// A learner whose inner step a script or a plugin gives; the rest is as in MAML.
public struct ScriptedLearnerPlan: Sendable, Hashable {
    /// The component, with the options of its own.
    public let selection: ComponentSelection
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

    /// The options that each such learner has besides its own.
    public static let hostOptions =
        [
            MAMLPlan.orderOption.specification, LearnerOptions.innerSteps.specification,
            LearnerOptions.testSteps.specification,
        ] + OuterLoopPlan.options + NetworkOptions.options

    init(_ selection: ComponentSelection, _ options: Options) throws(ExperimentError) {
        self.selection = selection
        order = options[MAMLPlan.orderOption]
        innerSteps = options[LearnerOptions.innerSteps]
        testSteps = options[LearnerOptions.testSteps]
        outer = try OuterLoopPlan(options)
        network = NetworkOptions(options)
    }
}
