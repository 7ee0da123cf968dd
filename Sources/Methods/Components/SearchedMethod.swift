internal import Experiments
internal import Components
internal import Evolution
internal import Tasks

/// What the plan's `method` finds, by the plan's strategy, over a supernet's weights or over tables.
struct SearchedMethod: Method {
    static let name = ArmPlan.searched

    static var component: Component {
        Component(
            .method, name, needs: [Need(.choices, of: .space)],
            "The result of the plan's method; on tables, of the plan's strategy."
        ) { _, _ in SearchedMethod() }
    }

    func ownWork(in plan: ExperimentPlan) -> RowWork? { RowWork() }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        if let search = try TableSearch(lab) {
            return try search.row(arm.name, lab.plan.strategy ?? RandomPlan(), lab)
        }
        return try lab.searched(arm).report(as: arm.name, lab)
    }
}
