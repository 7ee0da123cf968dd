internal import Datasets
internal import Evolution
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import SearchSpaces
internal import Supernets

/// AT-NAS, reconstructed from its abstract (arXiv 2110.05842): a supernet's weights are meta-learned
/// over a distribution of tasks while evolution adapts the encodings of its subnets.
///
/// 1. Warm-up: meta-updates on uniform paths.
/// 2. Each generation: meta-updates on mixed paths, then the strategy's proposals are scored on
///    fixed validation tasks, with the weights as they are.
/// 3. For every unseen task: adaptation from the meta-weights, with and without a short search
///    that sees the support set alone.
///
/// Arms for comparison: random search at as many evaluations with the same weights, and Conv-4 under
/// the same learner until the same multiply-adds are billed.
struct AcrossTaskSearch {
    let loop: MethodLoop
    let supernet: any Supernet
    let trainer: MetaTrainer
    let strategies: StrategyFactory
    let evaluator: ArchitectureEvaluator
    let ranking: Int
    let schedule: Schedule
    let plan: ExperimentPlan
    /// How well the classes of training tasks were told.
    let classes = ClassRecord()

    init(_ loop: MethodLoop) throws {
        self.loop = loop
        plan = loop.plan
        supernet = try Networks.supernet(plan, builder: loop.builder)
        trainer = try loop.factory.trainer(
            loop.factory.parameters(supernet.layout, stream: loop.stream.split("parameters")))
        strategies = StrategyFactory(
            plan: plan.strategy ?? .random, space: supernet.space, builder: loop.builder)
        let objectives = try plan.objectives.map { try loop.builder.objective($0) }
        ranking = plan.rankingObjectives.count
        evaluator = ArchitectureEvaluator(
            supernet, trainer, tasks: try loop.tasks.validation(plan.budget.validationTasks),
            steps: loop.factory.testSteps, objectives: objectives,
            initialWeights: plan.learner.network.initialWeights, journal: loop.journal,
            policy: plan.onNonFinite)
        schedule = try loop.builder.schedule(plan.schedule)
    }

    func run() throws {
        var cost = Cost.zero
        let best = try loop.journal.saving(trainer, named: "supernet") {
            try run(
                try plan.method.map { try loop.builder.method($0) } ?? AcrossTaskMethod(self),
                &cost)
        }
        guard let winner = best.first else {
            throw ExperimentError.failed("the strategy proposed no architecture")
        }
        try reportFailures()
        guard winner.isFinite else {
            throw ExperimentError.failed(
                "no architecture has a finite loss after adaptation; a smaller inner or outer "
                    + "learning rate, or gradient clipping, usually helps")
        }
        let searchCost = cost + evaluator.cost
        // Random search gets the weights as the search left them, and as many final updates.
        let shared = trainer.parameters.copy()
        let (tested, finalCost) = try finish(winner.genome, from: shared, arm: "searched")
        try report(
            "searched", tested, [winner.genome], cost: searchCost + finalCost)
        for arm in plan.arms {
            switch arm {
            case .searchedPerTask:
                try reportPerTask(best.map(\.genome), tested, searchCost + finalCost)
            case .randomSearch: try reportRandom(shared, cost)
            case .conv4(let conv4):
                try reportConv4(conv4, limit: (searchCost + finalCost).multiplyAdds)
            case .searched, .learner, .pretrained, .regularizedEvolution: continue
            }
        }
    }

    // MARK: Search

    func ranked(
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
        try loop.journal.record(
            .message(
                Event.Message(
                    "\(evaluator.failures) of \(evaluator.trials) trials failed with a loss that "
                        + "is not a finite number, and rank last", level: .warning)))
    }

    func record(
        _ generation: Int, _ population: [Evaluation<Genotype>], evaluated: Int
    ) throws {
        guard let best = ranked(population).first else { return }
        try loop.journal.record(
            .generation(
                Event.Generation(
                    number: generation, evaluated: evaluated,
                    best: try supernet.space.text(best.genome),
                    objectives: zip(plan.rankingObjectives, best.objectives).map {
                        Metric($0.title, $1)
                    })))
    }

    // MARK: Arms

    /// Trains one subnet alone for the final updates, from a copy of the shared weights.
    private func finish(
        _ genotype: Genotype, from shared: ParameterSet, arm: String
    ) throws -> (MetaTrainer, Cost) {
        guard plan.budget.finalUpdates > 0 else { return (trainer, .zero) }
        // The shared weights are judged by the statistics that were kept with them.
        let own = try loop.factory.trainer(shared.copy(), statistics: trainer.statistics)
        let cost = try loop.train(
            own, try supernet.subnet(genotype), arm: "final", phase: "final \(arm)",
            name: arm,
            updates: plan.budget.finalUpdates)
        return (own, cost)
    }

    private func report(
        _ arm: String, _ trainer: MetaTrainer, _ genotypes: [Genotype], cost: Cost,
        count: Int? = nil
    ) throws {
        let steps = loop.factory.testSteps
        let networks = try genotypes.map { try supernet.subnet($0) }
        let (scores, _) = try loop.test(
            trainer, networks, arm: arm, steps: [steps], count: count)
        try loop.report(
            ArmScores(
                arm: arm, metric: "accuracy", unit: "fraction", values: scores[0].map(\.accuracy)),
            cost: cost,
            genotype: genotypes.count == 1 ? try supernet.space.text(genotypes[0]) : nil,
            steps: steps)
    }

    private func reportPerTask(
        _ prior: [Genotype], _ trainer: MetaTrainer, _ earlier: Cost
    ) throws {
        guard let perTask = plan.perTaskSearch, perTask.enabled else { return }
        let search = PerTaskSearch(
            plan: perTask, supernet: supernet, variation: try strategies.variation(),
            prior: prior, steps: loop.factory.testSteps, policy: plan.onNonFinite)
        let supports = loop.testSupports(perTask.tasks)
        try loop.journal.start("search per task", total: supports.count, unit: "tasks")
        var chosen: [Genotype] = []
        var cost = earlier
        for start in stride(from: 0, to: supports.count, by: 8) {
            try loop.journal.checkInterruption()
            let part = Array(supports[start..<min(start + 8, supports.count)])
            let found = try search.choose(
                part, first: start, trainer: trainer, stream: loop.stream.split("per task"))
            chosen += found.genotypes
            cost += loop.journal.bill(found.cost, evaluations: found.evaluations)
            try loop.journal.progress(
                "search per task", chosen.count, of: supports.count, unit: "tasks")
        }
        try report(
            "searched_per_task", trainer, chosen, cost: cost, count: supports.count)
    }

    /// The best of as many uniform genotypes as the search evaluated, by the same weights and
    /// validation tasks.
    private func reportRandom(_ shared: ParameterSet, _ trainingCost: Cost) throws {
        let spent = evaluator.cost
        var random = try RandomSearch(
            variation: try Variation(over: supernet.space),
            rng: loop.stream.split("random search"))
        var left = spent.evaluations
        try loop.journal.start("random search", total: left, unit: "evaluations")
        while left > 0 {
            try loop.journal.checkInterruption()
            let asked = try random.ask(min(left, 16))
            if asked.isEmpty { break }
            try random.tell(
                evaluator.evaluate(
                    asked, generation: nil, ranking: ranking,
                    origin: { _ in Lineage.Origin("random_search") }))
            left -= asked.count
            try loop.journal.progress(
                "random search", spent.evaluations - left, of: spent.evaluations,
                unit: "evaluations")
        }
        guard let best = random.best else { return }
        guard best.isFinite else {
            return try loop.journal.record(
                .message(
                    Event.Message(
                        "random_search: no architecture has a finite loss after adaptation, so "
                            + "there is no row of it", level: .warning)))
        }
        let randomCost = Cost(
            multiplyAdds: evaluator.cost.multiplyAdds - spent.multiplyAdds,
            tasks: evaluator.cost.tasks - spent.tasks,
            gradientSteps: evaluator.cost.gradientSteps - spent.gradientSteps,
            evaluations: evaluator.cost.evaluations - spent.evaluations)
        let (tested, finalCost) = try finish(best.genome, from: shared, arm: "random_search")
        try report(
            "random_search", tested, [best.genome],
            cost: trainingCost + randomCost + finalCost)
    }

    private func reportConv4(_ conv4: Conv4Plan, limit: Int) throws {
        let network = try Conv4Network(
            Networks.conv4Configuration(
                conv4, inputShape: loop.tasks.inputShape, ways: loop.tasks.outputs))
        let parameters = loop.factory.parameters(
            ParameterLayout(try network.parameters), stream: loop.stream.split("parameters"))
        let own = try loop.factory.trainer(parameters)
        let cost = try loop.train(
            own, network, arm: "conv4", phase: "train conv4", name: "conv4", updates: .max,
            limit: limit)
        let steps = loop.factory.testSteps
        let (scores, _) = try loop.test(own, [network], arm: "conv4", steps: [steps])
        try loop.report(
            ArmScores(
                arm: "conv4", metric: "accuracy", unit: "fraction",
                values: scores[0].map(\.accuracy)), cost: cost, steps: steps)
    }
}
