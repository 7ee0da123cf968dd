package import Components
public import NeuralNetworks

/// The outer loop of learners that follow a gradient.
public struct OuterLoopPlan: Sendable, Hashable {
    /// Tasks per meta-update.
    public let metaBatch: Int
    /// The rule that turns the tasks' mean gradient into a step.
    public let optimizer: OptimizerRule
    /// How the learning rate goes over the run.
    public let schedule: RateSchedule
    /// The norm above which the mean gradient is scaled down; nil to leave it.
    public let gradientClip: Double?

    package static let metaBatchOption = PlanOption.integer(
        "meta_batch", 1...1_024, 4, unit: "tasks", "Tasks per meta-update.")
    package static let outerOption = PlanOption.component(
        "outer", .optimizer, default: .value("adam"), "The outer optimizer.")
    package static let outerScheduleOption = PlanOption.choice(
        "outer_schedule", RateSchedule.constant, "How the outer learning rate changes over the run."
    )
    package static let gradientClipOption = PlanOption.number(
        "gradient_clip", .positive(upTo: 1e6),
        "Norm above which the outer gradient is scaled down."
    ).optional("no clipping")

    package static let options = [
        metaBatchOption.specification, outerOption.specification,
        outerScheduleOption.specification, gradientClipOption.specification,
    ]

    package init(_ options: Options, _ builder: ComponentBuilder) throws {
        metaBatch = options[Self.metaBatchOption]
        optimizer = try builder.make(options[Self.outerOption], at: .optimizer)
        schedule = options[Self.outerScheduleOption]
        gradientClip = options[Self.gradientClipOption]
    }
}

/// Options that several learners share.
package enum LearnerOptions {
    package static let innerSteps = PlanOption.integer(
        "inner_steps", 1...100, 5, "Inner steps per task in training.")
    package static let testSteps = PlanOption.integer(
        "test_steps", 0...1_000, "Inner steps per task in evaluation and test."
    ).derived("as inner_steps") { $0["inner_steps"]?.plainValue ?? 5 }
}
