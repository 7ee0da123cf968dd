internal import Tasks
internal import Components
internal import Randomness
public import Records
internal import Supernets

/// What an arm of a run works with: the plan, the run's streams and journal, and either what is
/// trained or what is looked up. Whatever costs compute is billed through it.
public final class Lab {
    let plan: ExperimentPlan
    let builder: ComponentBuilder
    let journal: RunJournal
    let stream: RandomStream
    /// Tables in place of training; nil where networks are trained.
    let tables: TableSearch?
    private let trained: Training?
    private let isResumed: Bool
    private let methods: [any Method]
    private let states: SearchStates
    private var searches: [(key: SearchKey, search: SupernetSearch)] = []
    private var outcomes: [String: ArmOutcome] = [:]
    private var firsts: [String: ArmScores] = [:]

    /// Arms of one method with the same options and budget share a search.
    private struct SearchKey: Hashable {
        let method: ComponentSelection
        let budget: ArmBudget?
    }

    /// The most memory that the run will hold at once; nil where it only looks results up.
    var memory: MemoryForecast? { trained?.memory }

    /// - Throws: What is wrong with the plan's data or sizes, before anything is trained;
    ///   `ExperimentError.memoryExceeded` for a run that would need more than it may have.
    init(
        _ plan: ExperimentPlan, builder: ComponentBuilder, settings: RunSettings,
        journal: RunJournal
    ) throws {
        self.plan = plan
        self.builder = builder
        self.journal = journal
        stream = RandomStream(seed: settings.seed)
        isResumed = settings.resumed != nil
        methods = try plan.arms.map { try builder.make($0.method, at: .method) }
        states = try SearchStates(journal, resumed: settings.resumed)
        if let found = try plan.tasks.tables(directory: settings.dataDirectory) {
            tables = try TableSearch(
                plan, found, builder: builder, settings: settings, journal: journal)
            trained = nil
        } else {
            tables = nil
            trained = try Training(
                plan, methods: methods, builder: builder, settings: settings, journal: journal)
            // What is wrong with the supernets' networks is said before anything is trained.
            for arm in plan.arms where try plan.search(of: arm, builder) != nil {
                try prepare(arm)
            }
            for (arm, method) in zip(plan.arms, methods)
            where plan.references(of: arm, method).contains(where: { $0.arm == SearchedMethod.name }
            ) {
                try prepare(plan.implicitSearch)
            }
        }
        for (arm, method) in zip(plan.arms, methods) { try method.check(arm, self) }
    }

    /// Every arm in the plan's order.
    func run() throws {
        // What was said before an interruption is recorded already.
        try trained?.warnOfReferenceKernels(isSaid: isResumed)
        try tables?.warn()
        for arm in plan.arms { _ = try row(of: arm) }
        try trained?.warnOfReferenceKernels()
    }

    /// What trains and tests networks.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` where tables are looked up.
    func training() throws -> Training {
        guard let trained else {
            throw ExperimentError.failed("tables are looked up, so nothing can be trained")
        }
        return trained
    }

    // MARK: Arms

    /// What an arm leaves for others: of a search what it found, whenever its row is reported; any
    /// other arm is run now, if it was not run yet. The plan's search is there for all, with or
    /// without a row of its own.
    func outcome(of name: String) throws -> ArmOutcome {
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
    func limit(_ arm: ArmPlan, usual: ArmBudget?) throws -> (updates: Int, multiplyAdds: Int?) {
        switch arm.budget ?? usual {
        case .asArm(let name): (.max, try outcome(of: name).cost.multiplyAdds)
        case .multiplyAdds(let limit): (.max, limit)
        case .updates(let count): (count, nil)
        case .unclear, nil: (plan.budget.totalUpdates, nil)
        }
    }

    // MARK: Searches

    /// The search of an arm, done when it is first asked for.
    func searched(_ arm: ArmPlan) throws -> SupernetSearch {
        let search = try prepare(arm)
        try search.runOnce()
        return search
    }

    /// The search of the arm of this name, or of one that builds on it; done when it is first asked
    /// for.
    func searched(named name: String) throws -> SupernetSearch {
        try searched(plan.arms.first { $0.name == name } ?? plan.implicitSearch)
    }

    /// The supernet of the plan's space.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a plan that searches none.
    func supernet() throws -> any Supernet {
        try (searches.first?.search ?? prepare(plan.implicitSearch)).supernet
    }

    @discardableResult
    private func prepare(_ arm: ArmPlan) throws -> SupernetSearch {
        let (selection, made) =
            try plan.search(of: arm, builder) ?? plan.search(of: plan.implicitSearch, builder)
            ?? { throw ExperimentError.failed("the plan's space has nothing to search") }()
        let key = SearchKey(method: selection, budget: arm.budget)
        if let known = searches.first(where: { $0.key == key }) { return known.search }
        let search = try SupernetSearch(training(), made, name: arm.name, states: states) {
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
    func report(
        _ scores: ArmScores, cost: Cost, genotype: String? = nil, settings: [String: String]
    ) throws {
        try journal.record(
            .result(scores.result(cost: cost, genotype: genotype, settings: settings)))
        guard let first = firsts[scores.metric] else {
            firsts[scores.metric] = scores
            return
        }
        if let comparison = try first.compared(to: scores) {
            try journal.record(.comparison(comparison))
        }
    }
}
