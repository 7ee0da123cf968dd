internal import Evaluation

extension ExperimentPlan {
    /// The same plan at the least budget in which everything happens once: what fails in a run's first
    /// minutes fails in this one within seconds.
    ///
    /// A reporter that fails stops it, and a state is saved after every step.
    public var rehearsal: ExperimentPlan {
        var plan = self
        plan.budget.warmUpUpdates = min(budget.warmUpUpdates, isSearching ? 1 : 2)
        plan.budget.generations = min(budget.generations, 2)
        plan.budget.updatesPerGeneration = min(budget.updatesPerGeneration, 1)
        plan.budget.finalUpdates = min(budget.finalUpdates, 1)
        plan.budget.validationTasks = min(budget.validationTasks, 2)
        plan.budget.testTasks = 2
        plan.perTaskSearch?.generations = 1
        plan.perTaskSearch?.population = 2
        plan.perTaskSearch?.augmentations = 1
        plan.perTaskSearch?.tasks = 2
        plan.checkpointSteps = 1
        plan.onReporterFailure = .stop
        plan.arms = arms.map { arm in
            var arm = arm
            // The bill of another arm is small now; one in numbers is not.
            if arm.budgetArm == nil { arm.budget = nil }
            return arm
        }
        return plan
    }
}
