/// Ageing evolution at equal evaluations, on tables.
struct RegularizedEvolutionArm: Arm {
    let name = "regularized_evolution"
    let plan: RegularizedPlan

    static var component: Component {
        Component(
            .arm, "regularized_evolution", source: BuiltIns.source,
            options: RegularizedPlan.options,
            factory: .arm { options, _ in
                RegularizedEvolutionArm(plan: try RegularizedPlan(options))
            },
            "Ageing evolution at equal evaluations, on tables (Real et al. 2019).")
    }

    func problem(in plan: ExperimentPlan) -> String? {
        if case .tabular = plan.tasks { return nil }
        return "\"regularized_evolution\" is a row of tasks = \"tabular\"; here, name the "
            + "strategy \"regularized\""
    }

    func run(_ lab: Lab) throws {
        guard let tables = lab.tables else {
            throw ExperimentError.failed("\"\(name)\" looks tables up, and the run has none")
        }
        try tables.row(name, .regularized(plan), lab)
    }
}
