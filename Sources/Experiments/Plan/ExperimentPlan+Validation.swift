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
        try validateTasks(fail)
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
            let arm: any Arm
            do {
                arm = try builder.arm(selection)
            } catch let error as ExperimentError {
                throw error
            } catch {
                throw .contradiction(at: place, problem: "\(error)")
            }
            if let problem = arm.problem(in: self) {
                throw .contradiction(at: place, problem: problem)
            }
            guard rows.insert(arm.name).inserted else {
                throw .contradiction(at: place, problem: "\"\(arm.name)\" is listed twice")
            }
        }
    }

    private func validateTasks(
        _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        switch (tasks, space) {
        case (.tabular, .nasBench201): break
        case (.tabular, _):
            throw fail(
                "space",
                "\"\(space.name)\" has no tables; use the space \"nas_bench_201\"")
        case (_, .nasBench201):
            throw fail(
                "space",
                "\"nas_bench_201\" is looked up, not trained; use tasks = \"tabular\", or the "
                    + "space \"cells\"")
        case (.sine, .cells), (.sine, .conv4), (.sine, .custom):
            throw fail(
                "space", "sine tasks have no images for \"\(space.name)\"; use the space \"mlp\"")
        case (.episodes, .mlp):
            throw fail("space", "\"mlp\" is for sine tasks; use \"cells\" or \"conv4\" for images")
        default: break
        }
        if case .sine = tasks, case .prototypical = learner {
            throw fail(
                "learner",
                "\"prototypical\" compares classes, and sine tasks have none; use "
                    + "\"maml\", \"anil\" or \"reptile\"")
        }
    }

    private func validateObjectives(
        _ fail: (String, String) -> ExperimentError
    ) throws(ExperimentError) {
        var names: Set<String> = []
        for objective in objectives {
            var name = objective.title
            if case .named("custom", let options) = objective {
                name = options[BuiltIns.customName]
            }
            guard names.insert(name).inserted else {
                throw fail("objectives", "\(PlanText.quoted(name)) is listed twice")
            }
        }
    }
}
