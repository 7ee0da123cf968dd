public import Components
public import NeuralNetworks

/// A row of the results: what is searched, trained or looked up for it, and how it is scored.
///
/// One file an arm. The registry makes it from the options that a plan gives, for built-in arms and
/// learners' alike, and nothing else in the core knows which arms there are.
public protocol Arm {
    /// The row's name.
    var name: String { get }

    /// Why a plan cannot have this row, besides what its component needs; nil if it can. Asked before
    /// anything runs.
    func problem(in plan: ExperimentPlan) -> String?

    /// A network that it trains besides those of the plan's space, whose memory counts.
    ///
    /// - Parameters:
    ///   - inputShape: Height, width and channels of an example.
    ///   - outputs: Classes, or outputs of a regression.
    /// - Returns: The network; nil if there is none.
    /// - Throws: `TensorError` for sizes that no network can have.
    func ownNetwork(inputShape: [Int], outputs: Int) throws -> (any Network)?

    /// Support sets that it holds in memory at once, besides the plan's fixed tasks: for how many
    /// tasks, and how many copies of each.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - shots: Support examples of a class.
    /// - Returns: Tasks times copies; 0 for none.
    func supportCopies(in plan: ExperimentPlan, shots: Int) -> Int

    /// Trainers over the supernet's parameters that it holds at once, besides those of the search.
    func subnetTrainers(in plan: ExperimentPlan) -> Int

    /// Looks at what can only be known once data and space are there, before anything is trained.
    ///
    /// - Throws: ``ExperimentError`` for what is wrong.
    func check(_ lab: Lab) throws

    /// Does the work and reports the row.
    ///
    /// - Throws: `RunInterruption` where the user asked to stop; what the work or the sink throws.
    func run(_ lab: Lab) throws
}

extension Arm {
    /// Most arms fit every plan that has what their components need.
    public func problem(in plan: ExperimentPlan) -> String? { nil }

    /// Most arms can be judged by the plan alone.
    public func check(_ lab: Lab) throws {}

    /// Most arms train the plan's own networks.
    public func ownNetwork(inputShape: [Int], outputs: Int) throws -> (any Network)? { nil }

    /// Most arms train no subnet of their own.
    public func subnetTrainers(in plan: ExperimentPlan) -> Int { 0 }

    /// Most arms hold no more than the plan's fixed tasks.
    public func supportCopies(in plan: ExperimentPlan, shots: Int) -> Int { 0 }
}

extension Point where Product == any Arm {
    /// Rows of the results.
    public static var arm: Point { Point(ExtensionPoint.arm) }
}

extension ExtensionPoint {
    /// Rows of the results.
    public static let arm = ExtensionPoint("arm")
}
