/// How a network learns to learn.
public enum LearnerPlan: Sendable, Hashable {
    /// Model-agnostic meta-learning of order 1 or 2 (Finn, Abbeel, Levine 2017).
    case maml(MAMLPlan)
    /// MAML whose inner loop adapts the last layer only (Raghu et al. 2020).
    case anil(MAMLPlan)
    /// Moving towards adapted weights (Nichol, Achiam, Schulman 2018).
    case reptile(ReptilePlan)
    /// Nearest class mean in the embedding (Snell, Swersky, Zemel 2017).
    case prototypical(PrototypicalPlan)
    /// MAML with inner steps by a rule of the script or a plugin.
    case scripted(ScriptedLearnerPlan)

    /// The component's name.
    public var name: String {
        switch self {
        case .maml: "maml"
        case .anil: "anil"
        case .reptile: "reptile"
        case .prototypical: "prototypical"
        case .scripted(let plan): plan.selection.title
        }
    }

    /// How it treats its networks.
    public var network: NetworkOptions {
        switch self {
        case .maml(let plan), .anil(let plan): plan.network
        case .reptile(let plan): plan.network
        case .prototypical(let plan): plan.network
        case .scripted(let plan): plan.network
        }
    }

    /// Tasks of one meta-update.
    public var metaBatch: Int {
        switch self {
        case .maml(let plan), .anil(let plan): plan.outer.metaBatch
        case .reptile(let plan): plan.metaBatch
        case .prototypical(let plan): plan.outer.metaBatch
        case .scripted(let plan): plan.outer.metaBatch
        }
    }
}

/// How the outer learning rate goes over a run.
public enum RateSchedule: String, Sendable, Hashable, CaseIterable {
    /// It stays.
    case constant
    /// Along half a cosine to 0.
    case cosine
    /// Along a line to 0.
    case linear
}

/// The rule that turns gradients into steps.
public enum OptimizerPlan: Sendable, Hashable {
    /// Stochastic gradient descent.
    case sgd(learningRate: Double, momentum: Double, weightDecay: Double)
    /// Adam (Kingma, Ba 2015); decay times the weight is added to its gradient.
    case adam(
        learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)

    private static let below1 = NumberRange(0, 1, includesUpper: false)
    static let adamRateOption = PlanOption.number(
        "learning_rate", .positive(upTo: 100), 0.001, "Step size.")
    static let sgdRateOption = PlanOption.number(
        "learning_rate", .positive(upTo: 100), 0.01, "Step size.")
    static let beta1Option = PlanOption.number(
        "beta1", below1, 0.9, "Decay of the gradient's mean.")
    static let beta2Option = PlanOption.number(
        "beta2", below1, 0.999, "Decay of the squared gradient's mean.")
    static let epsilonOption = PlanOption.number(
        "epsilon", .positive(upTo: 1), 1e-8, "Added to the root of the squared gradient's mean.")
    static let momentumOption = PlanOption.number(
        "momentum", below1, 0, "Decay of the steps' running sum.")
    static let weightDecayOption = PlanOption.number(
        "weight_decay", .fraction, 0, "Times the weight, added to its gradient.")

    static let adamOptions = [
        adamRateOption.specification, beta1Option.specification, beta2Option.specification,
        epsilonOption.specification, weightDecayOption.specification,
    ]
    static let sgdOptions = [
        sgdRateOption.specification, momentumOption.specification,
        weightDecayOption.specification,
    ]

    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("adam", let options):
            self = .adam(
                learningRate: options[Self.adamRateOption], beta1: options[Self.beta1Option],
                beta2: options[Self.beta2Option], epsilon: options[Self.epsilonOption],
                weightDecay: options[Self.weightDecayOption])
        case .named("sgd", let options):
            self = .sgd(
                learningRate: options[Self.sgdRateOption], momentum: options[Self.momentumOption],
                weightDecay: options[Self.weightDecayOption])
        default:
            throw .unbuildable(selection, at: position)
        }
    }
}

/// The outer loop of learners that follow a gradient.
public struct OuterLoopPlan: Sendable, Hashable {
    /// Tasks of one meta-update.
    public let metaBatch: Int
    /// The rule that turns the tasks' mean gradient into a step.
    public let optimizer: OptimizerPlan
    /// How the learning rate goes over the run.
    public let schedule: RateSchedule
    /// The norm above which the mean gradient is scaled down; nil to leave it.
    public let gradientClip: Double?

    static let metaBatchOption = PlanOption.integer(
        "meta_batch", 1...1_024, 4, unit: "tasks", "Tasks of one meta-update.")
    static let outerOption = PlanOption.component(
        "outer", .optimizer, default: .value("adam"), "The rule of the outer step.")
    static let outerScheduleOption = PlanOption.choice(
        "outer_schedule", RateSchedule.constant, "How the outer learning rate goes over the run.")
    static let gradientClipOption = PlanOption.number(
        "gradient_clip", .positive(upTo: 1e6),
        "Norm above which the outer gradient is scaled down."
    ).optional("no clipping")

    static let options = [
        metaBatchOption.specification, outerOption.specification,
        outerScheduleOption.specification, gradientClipOption.specification,
    ]

    init(_ options: Options) throws(ExperimentError) {
        metaBatch = options[Self.metaBatchOption]
        optimizer = try OptimizerPlan(
            options[Self.outerOption], at: options.position.child("outer"))
        schedule = options[Self.outerScheduleOption]
        gradientClip = options[Self.gradientClipOption]
    }
}

/// Options that several learners share.
enum LearnerOptions {
    static let innerSteps = PlanOption.integer(
        "inner_steps", 1...100, 5, "Steps on a task's support set in training.")
    static let testSteps = PlanOption.integer(
        "test_steps", 0...1_000, "Steps on a task's support set in evaluation and test."
    ).derived("as inner_steps") { $0["inner_steps"]?.planValue ?? 5 }
}

extension OptionValue {
    /// The value as it would be written in a plan, for defaults that follow from it.
    var planValue: PlanValue? {
        switch self {
        case .boolean(let value): PlanValue(.boolean(value))
        case .integer(let value): PlanValue(.integer(value))
        case .number(let value): PlanValue(.number(value))
        case .string(let value): PlanValue(.string(value))
        default: nil
        }
    }
}

/// MAML and ANIL.
public struct MAMLPlan: Sendable, Hashable {
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

    static let orderOption = PlanOption.integer(
        "order", 1...2, 1, "2 differentiates through the inner steps, 1 does not.")
    static let innerRateOption = PlanOption.number(
        "inner_learning_rate", .positive(upTo: 100), 0.1, "Step size of the inner loop.")

    static let options =
        [
            orderOption.specification, LearnerOptions.innerSteps.specification,
            innerRateOption.specification, LearnerOptions.testSteps.specification,
        ] + OuterLoopPlan.options + NetworkOptions.options

    init(_ options: Options) throws(ExperimentError) {
        order = options[Self.orderOption]
        innerSteps = options[LearnerOptions.innerSteps]
        innerLearningRate = options[Self.innerRateOption]
        testSteps = options[LearnerOptions.testSteps]
        outer = try OuterLoopPlan(options)
        network = NetworkOptions(options)
    }
}

/// Reptile.
public struct ReptilePlan: Sendable, Hashable {
    /// Steps on the support set in training.
    public let innerSteps: Int
    /// The rule of the inner steps.
    public let inner: OptimizerPlan
    /// Steps on the support set in evaluation and test.
    public let testSteps: Int
    /// Tasks of one meta-update.
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
        "The rule of the inner steps.")
    static let outerStepOption = PlanOption.number(
        "outer_step", .positive(upTo: 1), 1,
        "Share of the way to the mean adapted weights that a meta-update goes.")

    static let options =
        [
            LearnerOptions.innerSteps.specification, innerOption.specification,
            LearnerOptions.testSteps.specification, OuterLoopPlan.metaBatchOption.specification,
            outerStepOption.specification, OuterLoopPlan.outerScheduleOption.specification,
        ] + NetworkOptions.options

    init(_ options: Options) throws(ExperimentError) {
        innerSteps = options[LearnerOptions.innerSteps]
        inner = try OptimizerPlan(
            options[Self.innerOption], at: options.position.child("inner"))
        testSteps = options[LearnerOptions.testSteps]
        metaBatch = options[OuterLoopPlan.metaBatchOption]
        outerStep = options[Self.outerStepOption]
        schedule = options[OuterLoopPlan.outerScheduleOption]
        network = NetworkOptions(options)
    }
}

/// Prototypical networks.
public struct PrototypicalPlan: Sendable, Hashable {
    /// How far a query is from a class's mean.
    public enum Distance: String, Sendable, Hashable, CaseIterable {
        /// Squared Euclidean.
        case euclidean
        /// One minus the cosine of the angle.
        case cosine
    }

    /// How far a query is from a class's mean.
    public let distance: Distance
    /// The outer loop.
    public let outer: OuterLoopPlan
    /// How it treats its networks.
    public let network: NetworkOptions

    static let distanceOption = PlanOption.choice(
        "distance", Distance.euclidean, "How far a query is from a class's mean embedding.")

    static let options =
        [distanceOption.specification] + OuterLoopPlan.options
        + NetworkOptions.options

    init(_ options: Options) throws(ExperimentError) {
        distance = options[Self.distanceOption]
        outer = try OuterLoopPlan(options)
        network = NetworkOptions(options)
    }
}

extension LearnerPlan {
    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("maml", let options): self = .maml(try MAMLPlan(options))
        case .named("anil", let options): self = .anil(try MAMLPlan(options))
        case .named("reptile", let options): self = .reptile(try ReptilePlan(options))
        case .named("prototypical", let options):
            self = .prototypical(try PrototypicalPlan(options))
        case .named(_, let options):
            self = .scripted(try ScriptedLearnerPlan(selection, options))
        case .function: throw .unbuildable(selection, at: position.child("learner"))
        }
    }
}
