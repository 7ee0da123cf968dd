package import Experiments
package import Evaluation
internal import Datasets
package import Evolution
package import MetaLearning
package import Randomness
package import SearchSpaces
internal import Supernets

/// A short search on one unseen task, which sees the task's support set and nothing else.
///
/// With several shots a candidate is judged by leaving one shot of each class out; with one shot by
/// its loss on shifted copies of the support images after it adapted to the originals.
package struct PerTaskSearch {
    package let plan: PerTaskSearchPlan
    package let scorer: Scorer
    package let variation: Variation<Genotype>
    /// The best genotypes of the search before, best first.
    package let prior: [Genotype]
    package let steps: Int
    package let policy: NonFinitePolicy

    /// A search over the paths of the plan's space.
    ///
    /// - Parameters:
    ///   - plan: Generations, population and augmentations.
    ///   - scorer: Scores candidates.
    ///   - variation: How genotypes are drawn and changed.
    ///   - prior: The best genotypes of the search before, best first; at least one.
    ///   - steps: Inner steps on a support set.
    ///   - policy: What happens when a candidate's loss is no finite number.
    package init(
        plan: PerTaskSearchPlan, scorer: Scorer, variation: Variation<Genotype>,
        prior: [Genotype], steps: Int, policy: NonFinitePolicy = .stop
    ) {
        self.plan = plan
        self.scorer = scorer
        self.variation = variation
        self.prior = prior
        self.steps = steps
        self.policy = policy
    }

    /// Chooses a genotype for each task.
    ///
    /// - Parameters:
    ///   - supports: The tasks' support sets; there is no way to pass a query set.
    ///   - first: Number of the first task, which names its stream.
    ///   - trainer: Holds the shared weights, which stay as they are.
    ///   - stream: Split for the strategies and the augmentations.
    /// - Returns: The best genotype of each task, in order; the whole cost; candidates judged.
    /// - Throws: `MetaLearningError.notFinite` if a candidate's loss stops the run; what the
    ///   strategy, the space or the learner throws.
    package func choose(
        _ supports: [SupportSet], first: Int, trainer: MetaTrainer, stream: RandomStream
    ) throws -> (genotypes: [Genotype], cost: ComputeCost, evaluations: Int) {
        var cost = ComputeCost()
        var evaluations = 0
        var strategies = try supports.indices.map { index in
            try MuPlusLambda(
                variation: variation,
                options: MuPlusLambdaOptions(
                    initial: plan.population, parents: max(plan.population / 2, 1),
                    mutants: plan.population, crossovers: 0, randoms: 0),
                rng: stream.split(first + index), seeds: Array(prior.prefix(plan.population)))
        }
        let judged = supports.indices.map { index in
            supports[index].judgedTasks(
                augmentations: plan.augmentations, shift: plan.shift,
                stream: stream.split("augmentation").split(first + index)
            ).map { TaskReference.given($0) }
        }
        for _ in 0..<plan.generations {
            var candidates: [(NetworkReference, [TaskReference])] = []
            var asked: [[Genotype]] = []
            for index in supports.indices {
                let genotypes = try strategies[index].ask(plan.population)
                asked.append(genotypes)
                candidates += genotypes.map { (.subnet($0), judged[index]) }
            }
            let outcomes = try scorer.score(candidates, by: trainer, steps: [steps])
            cost = outcomes.reduce(into: cost) { $0 += $1.cost }
            var place = 0
            for index in supports.indices {
                let told = try asked[index].map { genotype in
                    let own = outcomes[place].scores
                    place += 1
                    let loss = own.compactMap(\.first).reduce(0) { $0 + $1.loss }
                    guard loss.isFinite || policy == .failTrial else {
                        throw MetaLearningError.notFinite(
                            what: "the loss of a candidate of the search per task",
                            update: trainer.updates, task: first + index)
                    }
                    return Evaluation(genotype, objectives: [loss / Double(max(own.count, 1))])
                }
                evaluations += told.count
                try strategies[index].tell(told)
            }
        }
        let chosen = strategies.map { $0.best?.genome ?? prior[0] }
        return (chosen, cost, evaluations)
    }
}
