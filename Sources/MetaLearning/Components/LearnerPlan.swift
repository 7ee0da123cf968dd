public import Components
public import NeuralNetworks

/// How a network learns to learn, as a plan names it.
public protocol LearnerPlan: Sendable {
    /// The component's name.
    var name: String { get }
    /// How it treats its networks.
    var network: NetworkOptions { get }
    /// Tasks per meta-update.
    var metaBatch: Int { get }
    /// Inner steps per task in evaluation and test.
    var testSteps: Int { get }
    /// How the outer learning rate goes over a run.
    var schedule: RateSchedule { get }
    /// The norm above which the outer gradient is scaled down; nil to leave it.
    var gradientClip: Double? { get }
    /// The options that make a task's working memory smaller.
    var memoryRemedies: [String] { get }

    /// The learner.
    ///
    /// - Parameters:
    ///   - innerSteps: Instead of the plan's, from a schedule.
    ///   - rule: The inner step that was recorded of ``definition(_:)``; nil without one.
    /// - Returns: The learner.
    /// - Throws: `MetaLearningError.invalidOption` for an option out of range.
    func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner

    /// The optimizer of the outer loop, without history.
    func optimizer(_ layout: ParameterLayout) -> any Optimizer

    /// The inner step of a script or a plugin; nil for learners that have their own.
    ///
    /// - Throws: What the script host throws.
    func definition(_ builder: ComponentBuilder) throws -> LearnerDefinition?
}

extension LearnerPlan {
    /// Most learners' inner steps are their own.
    public func definition(_ builder: ComponentBuilder) throws -> LearnerDefinition? { nil }

    /// Most learners adapt one task after the other.
    public var memoryRemedies: [String] { [] }
}

extension Point where Product == any LearnerPlan {
    /// Inner and outer loops.
    public static var learner: Point { Point(ExtensionPoint.learner) }
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

/// The learners that come with the program.
public enum LearnerComponents {
    /// All of them.
    public static var all: [Component] {
        [
            MAMLPlan.maml, MAMLPlan.anil, ReptilePlan.reptile, PrototypicalPlan.prototypical,
            SupervisedLearnerPlan.supervised,
            ScriptedLearnerPlan.custom,
        ]
    }
}
