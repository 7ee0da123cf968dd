public import Components

/// A search by steps, as a plan names it: a script's method, or the built-in one.
public struct SearchPlan {
    /// Makes the search, begun by ``SearchMethod/begin(_:)`` or restored from a state.
    public let make: () throws -> any SearchMethod

    /// A search that is made anew for each run of it.
    public init(make: @escaping () throws -> any SearchMethod) { self.make = make }
}

/// A method that searches by steps: its row is the best architecture that was found, trained alone
/// for the plan's final updates.
public struct StepwiseMethod: Method {
    /// The search.
    public let search: SearchPlan?

    /// A method of a search.
    public init(_ make: @escaping () throws -> any SearchMethod) {
        search = SearchPlan(make: make)
    }

    /// What every such method needs of a plan.
    public static let needs = [Need(.examples, of: .tasks), Need(.choices, of: .space)]

    /// A search ends after the step in which its multiply-adds are spent.
    public func budgetProblem(_ budget: ArmBudget) -> String? {
        guard case .updates = budget else { return nil }
        return "a search counts its own updates; give multiply_adds, or \"as NAME\""
    }

    /// Searches, trains and tests.
    public func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        try lab.searched(arm).report(as: arm.name, lab)
    }
}

/// A method of three functions of the script.
enum CustomMethod {
    private static let begin = PlanOption.function(
        "init", .method, "The function (context) that returns the initial state.")
    private static let step = PlanOption.function(
        "step", .method,
        "The function (state, context) that returns the next state, and whether it is done.")
    private static let result = PlanOption.function(
        "result", .method, "The function (state, context) that returns genotypes, best first.")

    static var custom: Component {
        Component(
            .method, "custom",
            options: [begin.specification, step.specification, result.specification],
            offers: [.search], needs: StepwiseMethod.needs,
            "Functions of the script: { init = function(context) … end, step = "
                + "function(state, context) … end, result = function(state, context) … end }."
        ) { options, builder in
            let functions = ScriptFunctions([
                "init": options[begin], "step": options[step], "result": options[result],
            ])
            return StepwiseMethod {
                try builder.scripts.make(
                    (any SearchMethod).self, at: .method, named: "custom", from: functions)
            }
        }
    }
}
