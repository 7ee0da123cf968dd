internal import Evolution
internal import Components

/// The searched network as it is: by the plan's strategy, over a supernet's weights or over tables.
struct SearchedArm: Arm {
    let name = "searched"

    static var component: Component {
        Component(
            .arm, "searched", needs: [Need(.choices, of: .space)], "The searched network as it is."
        ) { _, _ in SearchedArm() }
    }

    func run(_ lab: Lab) throws {
        if let tables = lab.tables {
            return try tables.row(name, lab.plan.strategy ?? RandomPlan(), lab)
        }
        let search = try lab.search()
        let found = try search.found
        try search.report(name, found.trainer, [found.winner], cost: found.cost, lab)
    }
}
