internal import Datasets
package import Evolution
package import MetaLearning
package import NeuralNetworks
package import Records
package import SearchSpaces
package import Supernets

/// Scores genotypes on the fixed validation tasks with the supernet's present weights, and bills it.
package final class ArchitectureEvaluator {
    private let supernet: any Supernet
    private let trainer: MetaTrainer
    private let scorer: Scorer
    private let workbench: Workbench
    private let steps: Int
    private let objectives: [Objective]
    /// How many of them strategies rank by.
    private let ranking: Int
    private let initialWeights: InitialWeights
    private let journal: RunJournal
    private let policy: NonFinitePolicy
    /// What all evaluations cost.
    package private(set) var cost = Cost.zero
    package private(set) var trials = 0
    /// Trials that failed, as their loss was no finite number.
    package private(set) var failures = 0
    /// The evaluations that were made.
    package private(set) var proofs = EvaluationProofs()

    /// - Parameters:
    ///   - supernet: Holds the weights that candidates share.
    ///   - trainer: Holds the shared weights.
    ///   - scorer: Scores by them.
    ///   - workbench: Has the networks and the fixed validation tasks.
    ///   - steps: Inner steps before a score is taken.
    ///   - objectives: The ranking ones first, as the plan orders them.
    ///   - ranking: How many of them strategies rank by.
    ///   - initialWeights: How networks start that an objective trains itself.
    ///   - journal: Bills the cost and records each trial.
    ///   - policy: What happens when a loss is no finite number.
    package init(
        _ supernet: any Supernet, _ trainer: MetaTrainer, scorer: Scorer, workbench: Workbench,
        steps: Int,
        objectives: [Objective], ranking: Int, initialWeights: InitialWeights, journal: RunJournal,
        policy: NonFinitePolicy
    ) {
        self.supernet = supernet
        self.trainer = trainer
        self.scorer = scorer
        self.workbench = workbench
        self.steps = steps
        self.objectives = objectives
        self.ranking = ranking
        self.initialWeights = initialWeights
        self.journal = journal
        self.policy = policy
    }

    /// Goes on where a saved run was.
    package func restore(cost: Cost, trials: Int, failures: Int, proofs: EvaluationProofs) {
        self.proofs = proofs
        self.cost = cost
        self.trials = trials
        self.failures = failures
    }

    /// Evaluates genotypes, all tasks of all genotypes on all workers.
    ///
    /// - Parameters:
    ///   - genotypes: Of the supernet's space.
    ///   - generation: Recorded with each trial; nil outside a search by generations.
    ///   - origin: How a genotype came about, recorded with its trial.
    /// - Returns: One evaluation per genotype, in order, with minimized objectives; infinite for
    ///   a trial that failed.
    /// - Throws: `SearchSpaceError` for a genotype not of the space;
    ///   `MetaLearningError.notFinite`, naming trial and task, if failures stop the run; what
    ///   learning, an objective or the sink throws.
    package func evaluate(
        _ genotypes: [Genotype], generation: Int?,
        origin: (Genotype) -> Lineage.Origin
    ) throws -> [Evaluation<Genotype>] {
        let tasks = try workbench.fixed(.validation)
        let outcomes = try scorer.score(
            genotypes.map { (.subnet($0), tasks.indices.map { .validation($0) }) }, by: trainer,
            steps: [steps])
        // What the strategy's functions computed is no trial's.
        cost += journal.billScripts()
        let bills = outcomes.map { journal.bill($0.cost, evaluations: 1) }
        cost = bills.reduce(cost, +)
        return try genotypes.indices.map { index in
            let own = outcomes[index].scores.compactMap(\.first)
            let count = Double(max(own.count, 1))
            let description = try supernet.describe(genotypes[index])
            let network = SubnetNetwork(
                try workbench.network(.subnet(genotypes[index])), trainer.parameters, tasks.first,
                initialWeights: initialWeights)
            let summary = SubnetSummary(
                genotype: genotypes[index], space: supernet.space,
                parameters: description.parameters,
                multiplyAdds: description.multiplyAdds,
                queryError: 1 - own.reduce(0) { $0 + $1.accuracy } / count,
                queryLoss: own.reduce(0) { $0 + $1.loss } / count,
                network: network)
            trials += 1
            let text = try supernet.space.text(genotypes[index])
            var failure = try failure(own, of: text)
            var values = [Double](repeating: .infinity, count: objectives.count)
            if failure == nil {
                let found = try objectives.map { try score(summary, by: $0) }
                failure = zip(objectives, found).compactMap { $0.problem(with: $1) }.first
                if failure == nil { values = found } else { failures += 1 }
            }
            // What an objective computes of the network is billed as well.
            let more = journal.bill(ComputeCost(multiplyAdds: network.multiplyAdds))
            cost += more
            let origin = origin(genotypes[index])
            try journal.record(
                .trial(
                    Trial(
                        number: trials, generation: generation, genes: genotypes[index].genes,
                        genotype: text, origin: origin.name, parents: origin.parents.map(\.genes),
                        objectives: zip(objectives, values).map {
                            Metric($0.name, $1, unit: $0.unit ?? "")
                        }, failure: failure, cost: bills[index] + more)))
            let evaluation = Evaluation(genotypes[index], objectives: values)
            proofs.add(evaluation, ranking: ranking)
            return evaluation
        }
    }

    /// An objective's value, which is not finite only if the run goes on with trials that fail.
    private func score(_ summary: SubnetSummary, by objective: Objective) throws -> Double {
        policy == .failTrial ? try objective.unchecked(summary) : try objective.minimized(summary)
    }

    /// Why a trial with these scores failed; nil if it did not.
    private func failure(_ scores: [TaskScore], of genotype: String) throws -> String? {
        guard let task = scores.firstIndex(where: { !$0.loss.isFinite }) else { return nil }
        guard policy == .failTrial else {
            throw MetaLearningError.notFinite(
                what: "the query loss of trial \(trials) (\(genotype))", update: trainer.updates,
                task: task)
        }
        failures += 1
        return "update \(trainer.updates), task \(task): the query loss is not a finite number"
    }
}
