package import Evaluation
package import Tasks
internal import Components
internal import Datasets
package import Evolution
package import MetaLearning
package import NeuralNetworks
internal import Randomness
package import Records
package import SearchSpaces
package import Supernets

/// One search of a run: a supernet with weights of its own, and the method that trains and searches
/// it. The winner is trained alone for the final updates. It is done once, for all arms that build on
/// it.
package final class SupernetSearch {
    package let training: Training
    package let supernet: any Supernet
    package let trainer: MetaTrainer
    package let strategies: StrategyFactory
    package let evaluator: ArchitectureEvaluator
    package let ranking: Int
    package let schedule: Schedule
    package let plan: ExperimentPlan
    private let builder: ComponentBuilder
    /// How well the classes of training tasks were told.
    package let classes = ClassRecord()
    private let method: SearchPlan
    private let limit: () throws -> Int?
    /// The arm that it is the search of.
    package let name: String
    /// Where the search's states are kept.
    private let states: SearchStates
    private var outcome: Found?
    private var sampler: PathSampler?

    /// Why the search ended early; nil if it did not.
    var note: String?
    /// How often its operators were used.
    private var operators: [OperatorUse] = []

    /// What the search found, for all arms that build on it.
    package struct Found {
        /// The best genotypes, best first.
        package let best: [Genotype]
        /// The best one.
        package let winner: Genotype
        /// The winner's weights after the final updates.
        package let trainer: MetaTrainer
        /// The weights as the search left them.
        package let shared: ParameterSet
        /// What the search's meta-updates cost.
        package let training: Cost
        /// What its evaluations cost.
        package let evaluation: Cost
        /// What the search and the winner's final updates cost.
        package let cost: Cost
    }

    /// - Parameters:
    ///   - lab: Trains and tests networks.
    ///   - method: What searches.
    ///   - name: The arm that it is the search of.
    ///   - states: Where its states are kept, and gone on from.
    ///   - limit: Multiply-adds after which it ends; nil for the method's own end.
    /// - Throws: What is wrong with the supernet's networks, or with what a script gives.
    init(
        _ lab: Lab, _ method: SearchPlan, name: String, states: SearchStates,
        limit: @escaping () throws -> Int?
    ) throws {
        training = try lab.training()
        builder = lab.builder
        self.method = method
        self.name = name
        self.states = states
        self.limit = limit
        plan = lab.plan
        supernet = try lab.networks.supernet()
        trainer = try training.factory.trainer(
            training.factory.parameters(
                supernet.layout, stream: training.stream.split("parameters")),
            named: "search \(name)")
        strategies = StrategyFactory(
            plan: plan.strategy ?? RandomPlan(), space: supernet.space, builder: builder)
        let objectives = try plan.objectives.map { try lab.builder.make($0, at: .objective) }
        ranking = plan.rankingObjectives.count
        evaluator = ArchitectureEvaluator(
            supernet, trainer, scorer: training.scorer, workbench: training.workbench,
            steps: training.factory.testSteps, objectives: objectives, ranking: ranking,
            initialWeights: plan.learner.network.initialWeights, journal: training.journal,
            policy: plan.onNonFinite)
        schedule = try builder.make(plan.schedule, at: .schedule)
    }

    /// Keeps a state of the method.
    package func save(_ state: MethodState) throws { try states.save(state, of: name) }

    /// What was found.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` before ``runOnce()``.
    package var found: Found {
        get throws {
            guard let outcome else { throw ExperimentError.failed("nothing was searched yet") }
            return outcome
        }
    }

    /// Searches, unless that was done.
    package func runOnce() throws {
        guard outcome == nil else { return }
        var cost = Cost.zero
        let best = try training.journal.saving(
            trainer, .supernet(), named: states.weights(of: name)
        ) {
            try run(method.make(), from: states.saved(name), limit: limit(), &cost)
        }
        guard let winner = best.first else {
            throw ExperimentError.failed(
                try limit() == nil
                    ? "the strategy proposed no architecture"
                    : "\(name): its budget was spent before any architecture was evaluated; give it "
                        + "more multiply_adds, or fewer budget.warm_up_updates")
        }
        try reportFailures()
        guard !evaluator.proofs.hasFailed(winner) else {
            throw ExperimentError.failed(
                "no architecture has a finite loss after adaptation; a smaller inner or outer "
                    + "learning rate, or gradient clipping, usually helps")
        }
        let (evaluation, shared) = (evaluator.cost, trainer.parameters.copy())
        let (tested, final) = try finish(winner, from: shared, arm: name)
        outcome = Found(
            best: best, winner: winner, trainer: tested, shared: shared,
            training: cost, evaluation: evaluation, cost: cost + evaluation + final)
    }

    // MARK: Search

    /// Keeps how often operators were used, and warns of those that never were.
    func take(_ lineage: Lineage) throws {
        operators = lineage.uses
        guard note == nil, !operators.isEmpty else { return }
        for problem in lineage.idle(strategies.plan, evaluations: evaluator.trials) {
            try training.journal.record(
                .message(Event.Message("\(name): \(problem)", level: .warning)))
        }
    }

    /// What the plan's `paths` draws by.
    package func pathSampler() throws -> PathSampler {
        if let sampler { return sampler }
        let made =
            try plan.paths.map { try builder.make($0, at: .pathSampler) }
            ?? PathSamplers.mixed(0.5)
        sampler = made
        return made
    }

    /// The operators of the plan's strategy.
    package func variation() throws -> Variation<Genotype> { try strategies.variation() }

    package func ranked(
        _ population: [Evaluation<Genotype>]
    ) -> [Evaluation<Genotype>] {
        population.enumerated().sorted { a, b in
            let (x, y) = (a.element.objectives[0], b.element.objectives[0])
            return x == y ? a.offset < b.offset : x < y
        }.map(\.element)
    }

    /// Says how many trials failed, if any did.
    private func reportFailures() throws {
        guard evaluator.failures > 0 else { return }
        try training.journal.record(
            .message(
                Event.Message(
                    "\(evaluator.failures) of \(evaluator.trials) trials failed with a loss that "
                        + "is not a finite number, and rank last", level: .warning)))
    }

    package func record(
        _ generation: Int, _ population: [Evaluation<Genotype>], evaluated: Int
    ) throws {
        guard let best = ranked(population).first else { return }
        try training.journal.record(
            .generation(
                Event.Generation(
                    number: generation, evaluated: evaluated,
                    best: try supernet.space.text(best.genome),
                    objectives: zip(plan.rankingObjectives, best.objectives).map {
                        Metric($0.title, $1)
                    })))
    }

    // MARK: Arms

    /// Trains one subnet alone for the final updates, from a copy of the weights as the search left
    /// them.
    ///
    /// - Throws: What training throws.
    package func finish(_ genotype: Genotype, arm: String) throws -> (MetaTrainer, Cost) {
        try finish(genotype, from: found.shared, arm: arm)
    }

    private func finish(
        _ genotype: Genotype, from shared: ParameterSet, arm: String
    ) throws -> (MetaTrainer, Cost) {
        let part = try part(of: genotype)
        guard plan.budget.finalUpdates > 0 else {
            try training.journal.save(trainer, part, named: arm)
            return (trainer, .zero)
        }
        // The shared weights are judged by the statistics that were kept with them.
        let own = try training.factory.trainer(
            shared.copy(), named: arm, statistics: trainer.statistics)
        let cost = try training.train(
            own, .subnet(genotype), arm: "final", phase: "final \(arm)", name: arm,
            part: part, updates: plan.budget.finalUpdates)
        return (own, cost)
    }

    /// A subnet alone, as it is saved.
    package func part(of genotype: Genotype) throws -> SavedPart {
        try .network(
            supernet.subnet(genotype), of: supernet.layout,
            [
                "genotype": try supernet.space.text(genotype),
                "genes": "\(genotype.genes)",
            ])
    }

    /// Tests subnets, one for all tasks or one each, and reports them as an arm's row.
    ///
    /// - Throws: What testing or the sink throws.
    package func report(
        _ arm: String, _ trainer: MetaTrainer, _ genotypes: [Genotype], cost: Cost,
        count: Int? = nil, operators: [OperatorUse]? = nil, note: String? = nil, _ lab: Lab
    ) throws -> ArmOutcome {
        let steps = training.factory.testSteps
        let (scores, _) = try training.test(
            trainer, genotypes.map { .subnet($0) }, arm: arm, steps: [steps], count: count)
        try lab.report(
            ArmScores(
                arm: arm, metric: "accuracy", unit: "fraction", values: scores[0].map(\.accuracy)),
            cost: cost,
            genotype: genotypes.count == 1 ? try supernet.space.text(genotypes[0]) : nil,
            settings: training.settings(steps: steps), operators: operators, note: note)
        return ArmOutcome(cost: cost, genotype: genotypes.count == 1 ? genotypes[0] : nil)
    }

    /// Searches, unless that was done, and reports what was found as an arm's row.
    package func report(as arm: String, _ lab: Lab) throws -> ArmOutcome {
        try runOnce()
        let found = try found
        return try report(
            arm, found.trainer, [found.winner], cost: found.cost, operators: operators, note: note,
            lab)
    }
}
