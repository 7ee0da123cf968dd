internal import Datasets
internal import Evolution
internal import MetaLearning
internal import Records
internal import SearchSpaces
internal import Supernets

/// Scores genotypes on the fixed validation tasks with the supernet's present weights, and bills it.
final class ArchitectureEvaluator {
    private let supernet: Supernet
    private let trainer: MetaTrainer
    private let tasks: [Episode]
    private let steps: Int
    private let objectives: [Objective]
    private let journal: RunJournal
    /// What all evaluations cost.
    private(set) var cost = Cost.zero
    private(set) var trials = 0

    /// - Parameters:
    ///   - supernet: Holds the weights that candidates share.
    ///   - trainer: Learns and scores the tasks.
    ///   - tasks: The fixed validation tasks.
    ///   - steps: Inner steps before a score is taken.
    ///   - objectives: The ranking ones first, as the plan orders them.
    ///   - journal: Bills the cost and records each trial.
    init(
        _ supernet: Supernet, _ trainer: MetaTrainer, tasks: [Episode], steps: Int,
        objectives: [Objective], journal: RunJournal
    ) {
        self.supernet = supernet
        self.trainer = trainer
        self.tasks = tasks
        self.steps = steps
        self.objectives = objectives
        self.journal = journal
    }

    /// Goes on where a saved run was.
    func restore(cost: Cost, trials: Int) {
        self.cost = cost
        self.trials = trials
    }

    /// Evaluates genotypes, all tasks of all genotypes on all workers.
    ///
    /// - Parameters:
    ///   - genotypes: Of the supernet's space.
    ///   - generation: Recorded with each trial; nil outside a search by generations.
    ///   - origin: The operator that made them, recorded with each trial.
    ///   - ranking: How many of the objectives the strategy sees.
    /// - Returns: One evaluation per genotype, in order, objectives to be made small.
    /// - Throws: `SearchSpaceError` for a genotype not of the space; what learning, an objective or
    ///   the sink throws.
    func evaluate(
        _ genotypes: [Genotype], generation: Int?, origin: String, ranking: Int
    ) throws -> [Evaluation<Genotype>] {
        let networks = try genotypes.map { try supernet.subnet($0) }
        let (scores, spent) = try trainer.evaluate(
            networks.flatMap { network in tasks.map { MetaTask(network, $0) } }, steps: [steps])
        let billed = journal.bill(spent, evaluations: genotypes.count)
        cost += billed
        return try genotypes.indices.map { index in
            let own = scores[index * tasks.count..<(index + 1) * tasks.count].compactMap(\.first)
            let count = Double(max(own.count, 1))
            let description = try supernet.configuration.describe(networks[index].architecture)
            let network = SubnetNetwork(
                networks[index], trainer.parameters, tasks.first)
            let summary = SubnetSummary(
                genotype: genotypes[index], parameters: description.parameters,
                multiplyAdds: description.multiplyAdds,
                queryError: 1 - own.reduce(0) { $0 + $1.accuracy } / count,
                queryLoss: own.reduce(0) { $0 + $1.loss } / count, supportLoss: .nan,
                network: network)
            let values = try objectives.map { try $0.minimized(summary) }
            // What an objective computes of the network is billed as well.
            if network.multiplyAdds > 0 {
                cost += journal.bill(ComputeCost(multiplyAdds: network.multiplyAdds))
            }
            trials += 1
            try journal.record(
                .trial(
                    Trial(
                        number: trials, generation: generation, genes: genotypes[index].genes,
                        genotype: try supernet.space.text(genotypes[index]), origin: origin,
                        objectives: zip(objectives, values).map {
                            Metric($0.name, $1, unit: $0.unit ?? "")
                        })))
            return Evaluation(genotypes[index], objectives: Array(values.prefix(ranking)))
        }
    }
}
