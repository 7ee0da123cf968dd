/// The searched network as it is: by the plan's strategy, over a supernet's weights or over tables.
struct SearchedArm: Arm {
    let name = "searched"

    static var component: Component {
        Component(
            .arm, "searched", source: BuiltIns.source, factory: .arm { _, _ in SearchedArm() },
            "The searched network as it is.")
    }

    func problem(in plan: ExperimentPlan) -> String? { ArmNeed.search(plan) }

    func run(_ lab: Lab) throws {
        if let tables = lab.tables {
            return try tables.row(name, lab.plan.strategy ?? .random, lab)
        }
        let search = try lab.search()
        let found = try search.found
        try search.report(name, found.trainer, [found.winner], cost: found.cost, lab)
    }
}
