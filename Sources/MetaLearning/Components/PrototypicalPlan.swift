internal import Components
public import NeuralNetworks

/// Prototypical networks.
public struct PrototypicalPlan: LearnerPlan, Hashable {
    /// `prototypical`.
    public var name: String { "prototypical" }
    /// Nothing is adapted.
    public var testSteps: Int { 0 }
    /// Tasks per meta-update.
    public var metaBatch: Int { outer.metaBatch }
    /// How the outer learning rate goes over a run.
    public var schedule: RateSchedule { outer.schedule }
    /// The norm above which the outer gradient is scaled down.
    public var gradientClip: Double? { outer.gradientClip }

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
        "distance", Distance.euclidean, "The distance from a query to a class's mean embedding.")

    static let options =
        [distanceOption.specification] + OuterLoopPlan.options
        + NetworkOptions.options

    init(_ options: Options, _ builder: ComponentBuilder) throws {
        distance = options[Self.distanceOption]
        outer = try OuterLoopPlan(options, builder)
        network = NetworkOptions(options)
    }

    static var prototypical: Component {
        Component(
            .learner, "prototypical", options: options, needs: [Need(.classes, of: .tasks)],
            "Nearest class mean in the embedding (Snell, Swersky, Zemel 2017)."
        ) { try PrototypicalPlan($0, $1) }
    }

    /// The learner.
    public func learner(innerSteps: Int?, rule: RecordedRule?) throws -> any MetaLearner {
        PrototypicalNetwork(
            distance: distance == .cosine ? .cosine : .euclidean,
            keepsStatistics: network.keepsStatistics)
    }

    /// The outer optimizer.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer {
        outer.optimizer.optimizer(layout)
    }
}
