internal import Evolution
internal import Components

/// Ageing evolution at equal evaluations, on tables.
struct RegularizedEvolutionArm: Arm {
    let name = "regularized_evolution"
    let plan: RegularizedPlan

    static var component: Component {
        Component(
            .arm, "regularized_evolution", options: RegularizedPlan.options,
            needs: [Need(.tables, of: .tasks)],
            "Ageing evolution at equal evaluations, on tables (Real et al. 2019)."
        ) { options, _ in RegularizedEvolutionArm(plan: try RegularizedPlan(options)) }
    }

    func run(_ lab: Lab) throws {
        guard let tables = lab.tables else {
            throw ExperimentError.failed("\"\(name)\" looks tables up, and the run has none")
        }
        try tables.row(name, plan, lab)
    }
}
