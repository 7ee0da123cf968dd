public import Components
public import NeuralNetworks

/// A method: what is searched, trained or looked up for a row of the results, and how it is scored.
///
/// One file a method. The registry makes it from the options that a plan gives, for built-in methods,
/// learners' rows and scripts alike, and nothing else in the core knows which methods there are. All
/// work against the same ``Lab``, which bills whatever costs compute.
public protocol Method {
    /// The search that it is, for methods that search by steps; nil for the others.
    var search: SearchPlan? { get }

    /// Why a plan cannot have this method, besides what its component needs; nil if it can. Asked
    /// before anything runs.
    func problem(in plan: ExperimentPlan) -> String?

    /// What its row may spend where the plan does not say; nil for the plan's own budget.
    func usualBudget(in plan: ExperimentPlan) -> ArmBudget?

    /// Why its row cannot have a budget of its own, or this one; nil if it can.
    func budgetProblem(_ budget: ArmBudget) -> String?

    /// The arms whose outcomes it needs, besides the one of its budget, with the option of each.
    var references: [(option: String, arm: String)] { get }

    /// Networks that it trains besides those of the plan's space, whose memory counts.
    ///
    /// - Parameters:
    ///   - inputShape: Height, width and channels of an example.
    ///   - outputs: Classes, or outputs of a regression.
    /// - Returns: The networks; empty if there are none.
    /// - Throws: `TensorError` for sizes that no network can have.
    func ownNetworks(inputShape: [Int], outputs: Int) throws -> [any Network]

    /// Support sets that it holds in memory at once, besides the plan's fixed tasks: for how many
    /// tasks, and how many copies of each.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - shots: Support examples per class.
    /// - Returns: Tasks times copies; 0 for none.
    func supportCopies(in plan: ExperimentPlan, shots: Int) -> Int

    /// Trainers over the supernet's parameters that it holds at once, besides those of a search.
    func subnetTrainers(in plan: ExperimentPlan) -> Int

    /// What its row does besides the search that it builds on, for the time that is left of a run; nil
    /// for as much as its budget buys.
    func ownWork(in plan: ExperimentPlan) -> RowWork?

    /// Looks at what can only be known once data and space are there, before anything is trained.
    ///
    /// - Throws: ``ExperimentError`` for what is wrong.
    func check(_ arm: ArmPlan, _ lab: Lab) throws

    /// Does the work and reports the row.
    ///
    /// - Returns: What other arms may ask of it.
    /// - Throws: `RunInterruption` where the user asked to stop; what the work or the sink throws.
    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome
}

extension Method {
    /// Most methods search nothing by steps.
    public var search: SearchPlan? { nil }

    /// Most methods spend what the plan's budget says.
    public func usualBudget(in plan: ExperimentPlan) -> ArmBudget? { nil }

    /// Most methods cost what follows from the plan's budget.
    public func budgetProblem(_ budget: ArmBudget) -> String? {
        "its cost follows from the plan's budget; remove it"
    }

    /// Most methods need no other arm.
    public var references: [(option: String, arm: String)] { [] }

    /// Most methods fit every plan that has what their components need.
    public func problem(in plan: ExperimentPlan) -> String? { nil }

    /// Most methods do as much as their budget buys.
    public func ownWork(in plan: ExperimentPlan) -> RowWork? { nil }

    /// Most methods can be judged by the plan alone.
    public func check(_ arm: ArmPlan, _ lab: Lab) throws {}

    /// Most methods train the plan's own networks.
    public func ownNetworks(inputShape: [Int], outputs: Int) throws -> [any Network] { [] }

    /// Most methods train no subnet of their own.
    public func subnetTrainers(in plan: ExperimentPlan) -> Int { 0 }

    /// Most methods hold no more than the plan's fixed tasks.
    public func supportCopies(in plan: ExperimentPlan, shots: Int) -> Int { 0 }
}

extension Point where Product == any Method {
    /// Methods.
    public static var method: Point { Point(ExtensionPoint.method) }
}

extension ExtensionPoint {
    /// Methods.
    public static let method = ExtensionPoint("method", unnamed: Unnamed("custom", ifGiven: "step"))
}

extension Trait {
    /// A method searches by steps, so it can be the plan's `method`.
    public static let search = Trait("a search by steps")
}
