package import Evaluation
package import Tasks
package import Components
package import Randomness
package import Records
internal import SearchSpaces
package import Supernets
internal import Tensors

/// What an arm of a run works with: the plan, the run's streams and journal, and either what is
/// trained or what is looked up. Whatever costs compute is billed through it.
public final class Lab {
    package let plan: ExperimentPlan
    package let builder: ComponentBuilder
    package let journal: RunJournal
    package let stream: RandomStream
    /// Tables in place of training; nil where networks are trained.
    package let tables: TableTasks?
    private let trained: Training?
    /// The plan's networks.
    let networks: PlanNetworks
    private let isResumed: Bool
    private let methods: [any Method]
    private let states: SearchStates
    private var searches: [(key: SearchKey, search: SupernetSearch)] = []
    private var outcomes: [String: ArmOutcome] = [:]
    /// What is told before anything runs.
    private let warnings: [String]
    private var firsts: [String: ArmScores] = [:]

    /// Arms of one method with the same options and budget share a search.
    private struct SearchKey: Hashable {
        let method: ComponentSelection
        let budget: ArmBudget?
    }

    /// The most memory that the run will hold at once; nil where it only looks results up.
    let memory: MemoryForecast?

    /// - Throws: What is wrong with the plan's data or sizes, before anything is trained;
    ///   `ExperimentError.memoryExceeded` for a run that would need more than it may have.
    init(
        _ plan: ExperimentPlan, builder: ComponentBuilder, settings: RunSettings,
        journal: RunJournal
    ) throws {
        self.plan = plan
        self.builder = builder
        self.journal = journal
        warnings = settings.warnings
        stream = RandomStream(seed: settings.seed)
        isResumed = settings.resumed != nil
        methods = try plan.arms.map { try builder.make($0.method, at: .method) }
        networks = PlanNetworks(plan, methods, builder)
        states = try SearchStates(journal, resumed: settings.resumed)
        let files = try plan.tasks.files(in: settings.dataDirectory)
        if let found = try plan.tasks.tables(files: files) {
            tables = found
            // An objective that asks for what tables do not have is refused before anything is done.
            var rng = stream.split("check")
            let cell = SubnetSummary(found.space.sample(&rng), in: found)
            for objective in plan.objectives {
                _ = try builder.make(objective, at: .objective).unchecked(cell)
            }
            (trained, memory) = (nil, nil)
        } else {
            tables = nil
            // Refused before anything large is made.
            var memory = try MemoryForecast(
                plan, methods: methods, threads: settings.threads, builder: builder)
            try memory.check(limit: settings.memoryLimit)
            let tasks = try plan.tasks.source(files: files, stream: stream, builder)
            let factory = try LearnerFactory(
                plan: plan.learner, executor: try Executor(threads: settings.threads),
                builder: builder)
            memory.count(data: tasks.dataBytes)
            try memory.count(
                workersOf: methods, factory,
                innerSteps: try MemoryForecast.scheduledSteps(plan, builder), builder: builder)
            try memory.check(limit: settings.memoryLimit)
            self.memory = memory
            let workbench = Workbench(plan, tasks, factory, networks, seed: settings.seed)
            trained = Training(
                tasks, workbench,
                workers: settings.workers?(workbench) ?? ThreadWorkers(workbench),
                journal: journal, stream: stream, policy: plan.onNonFinite)
            // What is wrong with the supernets' networks is said before anything is trained.
            for arm in plan.arms where try plan.search(of: arm, builder) != nil {
                try prepare(arm)
            }
            for (arm, method) in zip(plan.arms, methods)
            where plan.references(of: arm, method).contains(where: { $0.arm == ArmPlan.searched }
            ) {
                try prepare(plan.implicitSearch)
            }
        }
        for (arm, method) in zip(plan.arms, methods) { try method.check(arm, self) }
        // What functions computed up to here is the run's, and no arm's.
        _ = journal.billScripts()
    }

    /// Every arm in the plan's order.
    package func run() throws {
        // What was said before an interruption is recorded already.
        try trained?.warnOfReferenceKernels(isSaid: isResumed)
        for note in warnings + (trained?.tasks.notes ?? []) {
            try journal.record(.message(Event.Message(note, level: .warning)))
        }
        if tables?.isSynthetic == true {
            try journal.record(
                .message(
                    Event.Message(
                        "the tables are made up: the numbers compare policies on them, and say "
                            + "nothing of real data", level: .warning)))
        }
        for arm in plan.arms { _ = try row(of: arm) }
        try trained?.warnOfReferenceKernels()
    }

    /// What trains and tests networks.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` where tables are looked up.
    package func training() throws -> Training {
        guard let trained else {
            throw ExperimentError.failed("tables are looked up, so nothing can be trained")
        }
        return trained
    }

    // MARK: Arms

    /// What an arm leaves for others: of a search what it found, whenever its row is reported; any
    /// other arm is run now, if it was not run yet. The plan's search is there for all, with or
    /// without a row of its own.
    package func outcome(of name: String) throws -> ArmOutcome {
        if let known = outcomes[name] { return known }
        let arm = plan.arms.first { $0.name == name } ?? plan.implicitSearch
        guard try plan.search(of: arm, builder) == nil else {
            let found = try searched(arm).found
            return ArmOutcome(cost: found.cost, genotype: found.winner)
        }
        return try row(of: arm)
    }

    /// Runs an arm and reports its row, unless that was done.
    private func row(of arm: ArmPlan) throws -> ArmOutcome {
        if let known = outcomes[arm.name] { return known }
        guard let place = plan.arms.firstIndex(where: { $0.name == arm.name }) else {
            throw ExperimentError.failed("no arm is named \(PlanText.quoted(arm.name))")
        }
        let outcome = try methods[place].run(arm, self)
        outcomes[arm.name] = outcome
        return outcome
    }

    /// What an arm may spend: meta-updates at most, and multiply-adds after which it ends.
    package func limit(_ arm: ArmPlan, usual: ArmBudget?) throws -> (
        updates: Int, multiplyAdds: Int?
    ) {
        switch arm.budget ?? usual {
        case .asArm(let name): (.max, try outcome(of: name).cost.multiplyAdds)
        case .multiplyAdds(let limit): (.max, limit)
        case .updates(let count): (count, nil)
        case .unclear, nil: (plan.budget.totalUpdates, nil)
        }
    }

    // MARK: Searches

    /// The search of an arm, done when it is first asked for.
    package func searched(_ arm: ArmPlan) throws -> SupernetSearch {
        let search = try prepare(arm)
        try search.runOnce()
        return search
    }

    /// The search of the arm of this name, or of one that builds on it; done when it is first asked
    /// for.
    package func searched(named name: String) throws -> SupernetSearch {
        try searched(plan.arms.first { $0.name == name } ?? plan.implicitSearch)
    }

    /// The supernet of the plan's space.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a plan that searches none.
    package func supernet() throws -> any Supernet {
        try networks.supernet()
    }

    @discardableResult
    private func prepare(_ arm: ArmPlan) throws -> SupernetSearch {
        let (selection, made) =
            try plan.search(of: arm, builder) ?? plan.search(of: plan.implicitSearch, builder)
            ?? { throw ExperimentError.failed("the plan's space has nothing to search") }()
        let key = SearchKey(method: selection, budget: arm.budget)
        if let known = searches.first(where: { $0.key == key }) { return known.search }
        let search = try SupernetSearch(self, made, name: arm.name, states: states) {
            [unowned self] in
            guard arm.budget != nil else { return nil }
            return try limit(arm, usual: nil).multiplyAdds
        }
        states.add(arm.name)
        searches.append((key, search))
        return search
    }

    /// Records an arm's row, and how the first arm with its metric compares with it.
    ///
    /// - Throws: What the sink throws.
    package func report(
        _ scores: ArmScores, cost: Cost, genotype: String? = nil, settings: [String: String],
        operators: [OperatorUse]? = nil, note: String? = nil
    ) throws {
        try journal.record(
            .result(
                scores.result(
                    cost: cost, genotype: genotype, settings: settings,
                    operators: operators?.isEmpty == true ? nil : operators, note: note)))
        guard let first = firsts[scores.metric] else {
            firsts[scores.metric] = scores
            return
        }
        switch try first.compared(to: scores) {
        case .tested(let comparison): try journal.record(.comparison(comparison))
        case .untested(let reason):
            try journal.record(.message(Event.Message(reason, level: .warning)))
        case .unlike: break
        }
    }
}
