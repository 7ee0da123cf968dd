internal import Evaluation
internal import Evolution
package import Components
internal import MetaLearning
internal import Supernets
internal import Tasks

// Options that are valid alone but not together. What concerns one section only is checked where
// the section is read.
extension ExperimentPlan {
    func validate(
        at position: PlanPosition, _ builder: ComponentBuilder
    ) throws(ExperimentError) {
        func fail(_ option: String, _ problem: String) -> ExperimentError {
            .contradiction(at: position.child(option), problem: problem)
        }
        if name.contains(where: \.isNewline) { throw fail("name", "expected one line") }
        try validateNeeds(builder, fail)
        try validateObjectives(fail)
        try validateMethod(builder, fail)
        if let tasks = perTaskSearch?.tasks, tasks > budget.testTasks {
            throw fail(
                "per_task_search.tasks",
                "expected at most budget.test_tasks = \(budget.testTasks), found \(tasks)")
        }
        try validateArms(position.child("arms"), builder)
    }

    /// Asks each arm whether it fits the plan, before anything runs.
    private func validateArms(
        _ position: PlanPosition, _ builder: ComponentBuilder
    ) throws(ExperimentError) {
        var rows: Set<String> = []
        var methods: [any Method] = []
        for (index, arm) in arms.enumerated() {
            let place = position.item(index)
            if let problem = builder.registry.unmetNeed(
                of: arm.method.title, at: .method, among: names)
            {
                throw .contradiction(at: place, problem: problem)
            }
            let method = try ExperimentPlan.explained(at: place) { () throws -> any Method in
                try builder.make(arm.method, at: .method)
            }
            if let problem = method.problem(in: self) ?? arm.nameProblem {
                throw .contradiction(at: place, problem: problem)
            }
            try validate(arm.budget, method, at: place.child("budget"))
            guard rows.insert(arm.name).inserted else {
                throw .contradiction(at: place, problem: "\"\(arm.name)\" is listed twice")
            }
            methods.append(method)
        }
        try validateReferences(methods, at: position)
    }

    private func validate(
        _ budget: ArmBudget?, _ method: any Method, at position: PlanPosition
    ) throws(ExperimentError) {
        guard let budget else { return }
        if case .unclear = budget {
            throw .contradiction(
                at: position,
                problem: "expected \"as NAME\", { multiply_adds = N } or { updates = N }")
        }
        if let problem = method.budgetProblem(budget) {
            throw .contradiction(at: position, problem: problem)
        }
    }

    /// Looks at the plan's `method`: it must search by steps, and an arm's options are not for it.
    private func validateMethod(
        _ builder: ComponentBuilder, _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        guard let method, case .named(let name, _) = method else { return }
        let searches = builder.registry.components(at: .method).filter {
            $0.offers.contains(.search)
        }
        guard searches.contains(where: { $0.name == name }) else {
            throw fail(
                "method",
                "\"\(name)\" is not a search with steps; use "
                    + PlanText.listed(searches.map(\.name)))
        }
    }

    private func validateNeeds(
        _ builder: ComponentBuilder, _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        for (option, point) in [
            ("space", ExtensionPoint.space), ("learner", .learner), ("tasks", .tasks),
        ] {
            guard let name = names[point] else { continue }
            if let problem = builder.registry.unmetNeed(of: name, at: point, among: names) {
                throw fail(option, problem)
            }
        }
        var others = objectives.map { ("objectives", ExtensionPoint.objective, $0.title) }
        if let strategy { others.append(("strategy", .strategy, strategy.name)) }
        if let paths { others.append(("paths", .pathSampler, paths.title)) }
        others.append(("schedule", .schedule, schedule.title))
        for (option, point, name) in others {
            if let problem = builder.registry.unmetNeed(of: name, at: point, among: names) {
                throw fail(option, problem)
            }
        }
    }

    /// The points whose components may need something of the plan's tasks, space or learner.
    package static var pointsWithNeeds: [ExtensionPoint] {
        [.space, .learner, .method, .objective, .strategy, .pathSampler, .schedule]
    }

    /// The names of the plan's components that needs may speak of.
    var names: [ExtensionPoint: String] {
        [.tasks: tasks.name, .space: space.name, .learner: learner.name]
    }

    private func validateObjectives(
        _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        var names: Set<String> = []
        for objective in objectives {
            let name = Objectives.title(objective)
            guard names.insert(name).inserted else {
                throw fail("objectives", "\(PlanText.quoted(name)) is listed twice")
            }
        }
    }
}
