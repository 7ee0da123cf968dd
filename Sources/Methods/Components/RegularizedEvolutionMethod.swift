internal import Experiments
internal import Evolution
internal import Components

/// Ageing evolution at equal evaluations, on tables.
struct RegularizedEvolutionMethod: Method {
    let plan: RegularizedPlan

    static var component: Component {
        Component(
            .method, "regularized_evolution", options: RegularizedPlan.options,
            needs: [Need(.tables, of: .tasks)],
            "Ageing evolution at equal evaluations, on tables (Real et al. 2019)."
        ) { options, _ in RegularizedEvolutionMethod(plan: try RegularizedPlan(options)) }
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        guard let search = try TableSearch(lab) else {
            throw ExperimentError.failed("\"\(arm.name)\" needs tables, but the run has none")
        }
        return try search.row(arm.name, plan, lab)
    }
}
