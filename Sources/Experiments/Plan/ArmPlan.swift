/// A row of the results.
public enum ArmPlan: Sendable, Hashable {
    /// The searched network as it is.
    case searched
    /// The searched network with a short search on each unseen task.
    case searchedPerTask
    /// The best of random search at equal evaluations.
    case randomSearch
    /// Conv-4 under the same learner and the same billed compute.
    case conv4(Conv4Plan)
    /// The plan's one network under the plan's learner, after which the row is named.
    case learner(String)
    /// The plan's one network trained on all tasks at once, then adapted.
    case pretrained
    /// Ageing evolution at equal evaluations, on tables.
    case regularizedEvolution(RegularizedPlan)

    /// The row's name.
    public var name: String {
        switch self {
        case .searched: "searched"
        case .searchedPerTask: "searched_per_task"
        case .randomSearch: "random_search"
        case .conv4: "conv4"
        case .learner(let name): name
        case .pretrained: "pretrained"
        case .regularizedEvolution: "regularized_evolution"
        }
    }

    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("searched", _): self = .searched
        case .named("searched_per_task", _): self = .searchedPerTask
        case .named("random_search", _): self = .randomSearch
        case .named("conv4", let options): self = .conv4(Conv4Plan(options))
        case .named("pretrained", _): self = .pretrained
        case .named("regularized_evolution", let options):
            self = .regularizedEvolution(try RegularizedPlan(options))
        // The others are named after learners.
        case .named(let name, _): self = .learner(name)
        case .function: throw .unbuildable(selection, at: position)
        }
    }

    /// Why this row cannot be made for a plan, if it cannot.
    func problem(
        tasks: TasksPlan, space: SpacePlan, learner: LearnerPlan, perTaskSearch: PerTaskSearchPlan?
    ) -> String? {
        if case .tabular = tasks {
            switch self {
            case .searched, .randomSearch, .regularizedEvolution: return nil
            default:
                return "\"\(name)\" trains, and tables are only looked up; their rows are "
                    + "\"searched\", \"random_search\" and \"regularized_evolution\""
            }
        }
        switch self {
        case .regularizedEvolution:
            return "\"regularized_evolution\" is a row of tasks = \"tabular\"; here, name the "
                + "strategy \"regularized\""
        case .searched, .randomSearch, .conv4:
            guard space.isSearchable else {
                return "the space \"\(space.name)\" is one fixed network; its rows are "
                    + "\"\(learner.name)\" and, for sine tasks, \"pretrained\""
            }
        case .searchedPerTask:
            guard space.isSearchable else {
                return "the space \"\(space.name)\" is one fixed network, so there is nothing to "
                    + "search"
            }
            if case .prototypical = learner {
                return "\"prototypical\" has no loss after adaptation to search by"
            }
            guard perTaskSearch?.enabled == true else {
                return "\"searched_per_task\" needs per_task_search.enabled = true"
            }
        case .learner(let name):
            guard !space.isSearchable else {
                return "\"\(name)\" is a row of plans with one fixed network; the searched network "
                    + "is \"searched\""
            }
            guard name == learner.name else {
                return "the plan's learner is \"\(learner.name)\", not \"\(name)\""
            }
        case .pretrained:
            guard case .sine = tasks, !space.isSearchable else {
                return "\"pretrained\" needs sine tasks: the labels of episodes mean something "
                    + "else in every task"
            }
        }
        return nil
    }
}
