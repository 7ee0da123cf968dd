internal import Experiments
internal import Evaluation
internal import Tasks
internal import Components
internal import Datasets
internal import Evolution
internal import Randomness
internal import Records
internal import SearchSpaces

/// Policies over tables: for each seed a search by validation error, then the test accuracy of what
/// it chose.
///
/// The choice sees validation numbers only. Arms share the seeds, so they are compared in pairs.
struct TableSearch {
    private let plan: ExperimentPlan
    private let tables: TableTasks
    private let objectives: [Objective]
    private let builder: ComponentBuilder
    private let journal: RunJournal
    private let stream: RandomStream

    /// What a search of one seed found.
    private struct Found {
        var genotype: Genotype
        var validation: Double
        var cost: Cost
        var shortage: Shortage?
    }

    /// Nil where networks are trained.
    init?(_ lab: Lab) throws {
        guard let tables = lab.tables else { return nil }
        plan = lab.plan
        self.tables = tables
        builder = lab.builder
        journal = lab.journal
        stream = lab.stream.split("tabular")
        objectives = try plan.objectives.map { try lab.builder.make($0, at: .objective) }
    }

    // MARK: One arm

    /// Searches once for each seed by a strategy, and reports the arm's row.
    ///
    /// - Throws: `RunInterruption` between seeds; what the strategy or the sink throws.
    func row(_ arm: String, _ strategy: any StrategyPlan, _ lab: Lab) throws -> ArmOutcome {
        let factory = StrategyFactory(plan: strategy, space: tables.space, builder: builder)
        let lineage = Lineage()
        var note: String?
        var accuracies: [Double] = []
        var validation = 0.0
        var cost = Cost.zero
        try journal.start("search \(arm)", total: tables.plan.seeds, unit: "seeds")
        for seed in 0..<tables.plan.seeds {
            try journal.checkInterruption()
            let found = try search(factory, lineage, stream.split(seed))
            if let shortage = found.shortage, note == nil {
                let text = shortage.note(evaluations: found.cost.evaluations, of: tables.space)
                note = text
                try journal.record(.message(Event.Message("\(arm): \(text)", level: .warning)))
            }
            let accuracy = tables.mean(tables.tested, \.test, found.genotype)
            accuracies.append(accuracy)
            validation += found.validation / Double(tables.plan.seeds)
            cost += found.cost
            try journal.record(
                .trial(
                    Trial(
                        number: seed + 1, genes: found.genotype.genes,
                        genotype: CellBenchmark.text(of: found.genotype.genes) ?? "", origin: arm,
                        objectives: [
                            Metric("validation_error", 1 - found.validation, unit: "fraction"),
                            Metric("test_accuracy", accuracy, unit: "fraction"),
                        ], cost: found.cost)))
            try journal.progress(
                "search \(arm)", seed + 1, of: tables.plan.seeds, unit: "seeds",
                [Metric("test accuracy", accuracy, unit: "fraction")])
        }
        try lab.report(
            ArmScores(arm: arm, metric: "test_accuracy", unit: "fraction", values: accuracies),
            cost: cost,
            settings: [
                "selected_by": "validation error on " + tables.plan.tables.joined(separator: ", "),
                "reported": "test accuracy on " + tables.plan.testTables.joined(separator: ", "),
                "validation_accuracy": "\(validation)", "seeds": "\(tables.plan.seeds)",
                "tables": tables.plan.dataset.rawValue,
            ], operators: lineage.uses, note: note)
        if note == nil {
            for problem in lineage.idle(strategy, evaluations: cost.evaluations / tables.plan.seeds)
            {
                try journal.record(.message(Event.Message("\(arm): \(problem)", level: .warning)))
            }
        }
        return ArmOutcome(cost: cost)
    }

    /// One search: as many evaluations in each generation as the budget says.
    private func search(
        _ factory: StrategyFactory, _ lineage: Lineage, _ stream: RandomStream
    ) throws -> Found {
        var strategy = try factory.strategy(
            lineage.noting(factory.variation()), rng: stream.split("strategy"))
        let count = plan.evaluationsPerGeneration
        // An arm's strategy may rank by fewer objectives than the plan's.
        let ranking = factory.plan.ranksByAll ? objectives.count : min(1, objectives.count)
        var cost = Cost.zero
        var best: Found?
        for _ in 0..<plan.budget.generations {
            let asked = try strategy.ask(count)
            let origins = lineage.origins()
            for genotype in asked { _ = origins(genotype) }
            if asked.isEmpty { break }
            let evaluations = try asked.map { genotype in
                let summary = SubnetSummary(genotype, in: tables)
                let validation = tables.mean(tables.searched, \.validation, genotype)
                cost += bill(genotype)
                // By the first table number alone, whatever else the strategy ranks by.
                if best.map({ validation > $0.validation }) ?? true {
                    best = Found(genotype: genotype, validation: validation, cost: .zero)
                }
                return Evaluation(
                    genotype,
                    objectives: try objectives.prefix(ranking).map { try $0.minimized(summary) })
            }
            try strategy.tell(evaluations)
            cost += journal.billScripts()
            try journal.checkMemory()
        }
        guard var best else {
            throw ExperimentError.failed("the strategy proposed no architecture")
        }
        best.cost = cost
        best.shortage = strategy.state.ledger.shortage
        return best
    }

    /// An evaluation costs what training the architecture on every searched table would.
    private func bill(_ genotype: Genotype) -> Cost {
        var cost = Cost(tasks: tables.searched.count, evaluations: 1)
        for table in tables.searched {
            cost += Cost(
                multiplyAdds: CellBenchmark.trainingMultiplyAdds(
                    of: genotype.genes, table: table.name))
        }
        return journal.bill(simulated: cost)
    }
}
