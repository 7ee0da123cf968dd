internal import Components
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
        for (index, selection) in arms.enumerated() {
            let place = position.item(index)
            if let problem = builder.registry.unmetNeed(
                of: selection.title, at: .arm, among: names)
            {
                throw .contradiction(at: place, problem: problem)
            }
            let arm = try ExperimentPlan.explained(at: place) { () throws -> any Arm in
                try builder.make(selection, at: .arm)
            }
            if let problem = arm.problem(in: self) {
                throw .contradiction(at: place, problem: problem)
            }
            guard rows.insert(arm.name).inserted else {
                throw .contradiction(at: place, problem: "\"\(arm.name)\" is listed twice")
            }
        }
    }

    private func validateNeeds(
        _ builder: ComponentBuilder, _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        for (option, point) in [("space", ExtensionPoint.space), ("learner", .learner)] {
            guard let name = names[point] else { continue }
            if let problem = builder.registry.unmetNeed(of: name, at: point, among: names) {
                throw fail(option, problem)
            }
        }
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
