public import Components
internal import Evolution
internal import MetaLearning
public import Records

/// What a row of the results does besides the plan's tests, roughly.
public struct RowWork: Sendable, Hashable {
    /// Meta-updates.
    public let updates: Int
    /// Evaluations, each on the validation tasks.
    public let evaluations: Int
    /// Adaptations to a task.
    public let adaptations: Int

    /// Work from its parts.
    public init(updates: Int = 0, evaluations: Int = 0, adaptations: Int = 0) {
        self.updates = updates
        self.evaluations = evaluations
        self.adaptations = adaptations
    }
}

/// How much of a run is done, from its plan and the events so far: for the time that is left.
///
/// Work is counted in adaptations to a task. It is an estimate: rows are taken to cost what the search
/// costs, unless the plan or a phase of the row says otherwise. Nothing but display depends on it.
public struct RunForecast: Sendable {
    /// A meta-update of a task costs about this many adaptations to it: it also goes back through them.
    private static let updateFactor = 3.0

    /// The rows of the results, with the work of each.
    private let rows: [(name: String, work: Double)]
    private let update: Double
    private let evaluation: Double
    private let search: Double
    private var finished: Set<String> = []
    /// How much of the run is done, fraction. It never goes back.
    public private(set) var share = 0.0
    /// The phases since the last row: work of each, and the share of it that is done.
    private var phases: [(name: String, work: Double?, done: Double)] = []

    /// A forecast of a run that has not begun.
    ///
    /// - Parameters:
    ///   - plan: What is run.
    ///   - registry: The components that it names.
    ///   - scripts: Turns its functions into methods.
    /// - Throws: What making a method throws.
    public init(_ plan: ExperimentPlan, registry: Registry, scripts: any ScriptHost) throws {
        let builder = ComponentBuilder(registry: registry, scripts: scripts)
        let budget = plan.budget
        let update = Self.updateFactor * Double(max(plan.learner.metaBatch, 1))
        let evaluation = Double(max(budget.validationTasks, 1))
        let revised = budget.updatesPerGeneration > 0 ? plan.strategy?.population ?? 0 : 0
        let search =
            Double(budget.generations)
            * (Double(budget.updatesPerGeneration) * update
                + Double(plan.evaluationsPerGeneration + revised) * evaluation)
        let whole = search + Double(budget.warmUpUpdates + budget.finalUpdates) * update
        (self.update, self.evaluation, self.search) = (update, evaluation, search)
        var known: Set<ComponentSelection> = []
        rows = try plan.arms.map { arm in
            guard plan.offersExamples else { return (arm.name, 1) }
            let method = try builder.make(arm.method, at: .method)
            let waits = plan.references(of: arm, method).contains { $0.arm == ArmPlan.searched }
            var work = Double(budget.testTasks)
            if let (selection, _) = try plan.search(
                of: method.search == nil && waits ? plan.implicitSearch : arm, builder),
                known.insert(selection).inserted
            {
                work += whole
            }
            if let own = method.ownWork(in: plan) {
                work += Double(own.updates) * update + Double(own.evaluations) * evaluation
                return (arm.name, work + Double(own.adaptations))
            }
            switch arm.budget ?? method.usualBudget(in: plan) {
            case .updates(let count): work += Double(count) * update
            case .asArm, .multiplyAdds: work += method.search == nil ? whole : 0
            case .unclear, nil: work += method.search == nil && !waits ? whole : 0
            }
            return (arm.name, work)
        }
    }

    /// Takes in what happens.
    public mutating func record(_ event: Event) {
        take(event)
        share = max(share, estimate)
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .phaseStarted(let phase):
            // What is followed by another phase is done.
            if let last = phases.indices.last { phases[last].done = 1 }
            phases.append((phase.name, work(phase.name, phase.total, phase.unit), 0))
        case .progress(let progress):
            if phases.last?.name != progress.phase { phases.append((progress.phase, nil, 0)) }
            guard let last = phases.indices.last, progress.total > 0 else { return }
            phases[last].work = work(progress.phase, progress.total, progress.unit)
            phases[last].done = min(max(Double(progress.done) / Double(progress.total), 0), 1)
        case .result(let row):
            finished.insert(row.arm)
            phases = []
        default: break
        }
    }

    /// The work of a phase; nil for a unit that says nothing of it.
    private func work(_ name: String, _ total: Int, _ unit: String) -> Double? {
        let count = Double(total)
        switch unit {
        case "updates": return name == "search" && search > 0 ? search : count * update
        case "evaluations": return count * evaluation
        case "tasks": return count
        default: return nil
        }
    }

    private var estimate: Double {
        let all = rows.reduce(0) { $0 + $1.work }
        guard all > 0 else { return 0 }
        let done = rows.reduce(0) { finished.contains($1.name) ? $0 + $1.work : $0 }
        guard let row = rows.first(where: { !finished.contains($0.name) }) else { return 1 }
        let known = phases.reduce(0) { $0 + ($1.work ?? 0) }
        let past = phases.reduce(0) { $0 + ($1.work ?? 0) * $1.done }
        // A phase in a unit of its own is taken for the whole row.
        let own = phases.last.map { $0.work == nil ? $0.done : 0 } ?? 0
        let within = max(past / max(row.work, known, 1), own)
        return (done + row.work * within) / all
    }
}
