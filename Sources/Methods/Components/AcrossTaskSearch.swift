internal import Experiments
internal import Evaluation
internal import Components
internal import MetaLearning
internal import Tasks
internal import Evolution
internal import Randomness
internal import Records
internal import SearchSpaces

/// AT-NAS, reconstructed from its abstract (arXiv 2110.05842): a supernet's weights are meta-learned
/// over a distribution of tasks while evolution adapts the encodings of its subnets.
///
/// It sees what a script's method sees, and no more: meta-updates on uniform paths, one a step, then generations, one
/// a step, of meta-updates on mixed paths and evaluations.
final class AcrossTaskSearch: SearchMethod {
    private var state = State()
    private var strategy: MethodStrategy?

    /// All that it must remember, besides the shared weights.
    private struct State: Codable {
        /// Updates of the warm-up that are done.
        var warmUp = 0
        /// Generations that are done.
        var generation = 0
        /// The best first objective after each of them.
        var history: [Double] = []
        /// The strategy's own text, once there is one.
        var strategy: String?
        /// The trainer's text.
        var learner = ""
    }

    static var component: Component {
        Component(
            .method, "across_task", offers: [.search], needs: StepwiseMethod.needs,
            "Weights are meta-learned over tasks while evolution adapts encodings (AT-NAS)."
        ) { _, _ in StepwiseMethod { AcrossTaskSearch() } }
    }

    private func isWarmingUp(_ services: MethodServices) -> Bool {
        state.warmUp < services.plan.budget.warmUpUpdates
    }

    /// An update throws before it moves anything.
    func isNextStepAtomic(_ services: MethodServices) -> Bool { isWarmingUp(services) }

    func begin(_ services: MethodServices) throws {
        let budget = services.plan.budget
        try services.start("warm-up", total: budget.warmUpUpdates, unit: "updates")
        if !isWarmingUp(services) { try beginSearch(services) }
    }

    func step(_ services: MethodServices) throws -> Bool {
        let budget = services.plan.budget
        if isWarmingUp(services) {
            try warmUp(services)
            if !isWarmingUp(services) { try beginSearch(services) }
        } else if state.generation < budget.generations {
            try generation(services)
        }
        return !isWarmingUp(services) && state.generation >= budget.generations
    }

    func result(_ services: MethodServices) throws -> [Genotype] {
        services.ranked(strategy?.population ?? []).map(\.genome)
    }

    // MARK: State

    func saved(_ services: MethodServices) throws -> MethodState {
        var state = state
        let learner = try services.learnerState()
        state.learner = learner.text
        state.strategy = try strategy?.saved()
        return MethodState(text: try RecordCoding.json(state), arrays: learner.arrays)
    }

    func restore(_ saved: MethodState, _ services: MethodServices) throws {
        let budget = services.plan.budget
        let state = try RecordCoding.decode(State.self, from: saved.text)
        guard (0...budget.warmUpUpdates).contains(state.warmUp),
            (0...budget.generations).contains(state.generation)
        else { throw MethodState.unusable("it has more updates or generations than the plan") }
        try services.restoreLearner(MethodState(text: state.learner, arrays: saved.arrays))
        strategy = try state.strategy.map { try services.strategy(saved: $0) }
        self.state = state
    }

    // MARK: Steps

    private func warmUp(_ services: MethodServices) throws {
        let budget = services.plan.budget
        let progress = RunProgress(
            phase: .warmUp, update: state.warmUp, updates: budget.warmUpUpdates, generation: 0,
            generations: budget.generations)
        try update(
            services, progress, fraction: 0, [], factor: 1, phase: "warm-up",
            of: budget.warmUpUpdates)
        state.warmUp += 1
    }

    private func beginSearch(_ services: MethodServices) throws {
        let budget = services.plan.budget
        strategy = try services.strategy()
        try services.start(
            "search", total: budget.generations * max(budget.updatesPerGeneration, 1),
            unit: "updates")
    }

    /// One meta-update, each task on a path of its own.
    private func update(
        _ services: MethodServices, _ progress: RunProgress, fraction: Double?,
        _ population: [Genotype], factor: Double, phase: String, of total: Int
    ) throws {
        let number = services.updates
        let budget = services.plan.budget
        let tasks = try services.tasks(
            services.plan.learner.metaBatch, update: number, progress: progress)
        let paths = try services.paths(
            tasks.count, update: number, progress: progress, population: population,
            fraction: fraction)
        try services.update(
            tasks, paths: paths,
            fraction: Double(number) / Double(max(budget.totalUpdates, 1)), factor: factor,
            phase: phase, done: progress.update + 1, of: total)
    }

    private func generation(_ services: MethodServices) throws {
        let budget = services.plan.budget
        guard let strategy else { throw MethodState.unusable("it lacks the strategy") }
        let (number, unit) = (state.generation, budget.updatesPerGeneration)
        let updates = budget.generations * unit
        func progress(_ update: Int, history: [Double] = []) -> RunProgress {
            RunProgress(
                phase: .search, update: update, updates: updates, generation: number,
                generations: budget.generations, history: history)
        }
        let settings = try services.settings(progress(number * unit, history: state.history))
        if let probability = settings.mutationProbability {
            try strategy.setMutationProbability(probability)
        }
        let population = strategy.population.map(\.genome)
        for update in number * unit..<(number + 1) * unit {
            try self.update(
                services, progress(update), fraction: settings.populationFraction, population,
                factor: settings.outerLearningRateFactor, phase: "search",
                of: budget.generations * max(unit, 1))
        }
        try services.checkInterruption()
        // The weights moved, so what is known of the survivors is out of date.
        if unit > 0, !population.isEmpty {
            try strategy.revise(
                services.evaluate(population, generation: number, origin: "revision"))
        }
        let asked = try strategy.ask(services.plan.evaluationsPerGeneration)
        try strategy.tell(services.evaluate(asked, generation: number, origin: nil))
        try services.generation(number, evaluated: asked.count, population: strategy.population)
        if let best = services.ranked(strategy.population).first?.objectives.first {
            state.history.append(best)
        }
        state.generation += 1
    }
}
