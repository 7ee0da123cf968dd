package import Datasets
package import Evolution
package import MetaLearning
package import Randomness
package import SearchSpaces
package import Supernets

/// A short search on one unseen task, which sees the task's support set and nothing else.
///
/// With several shots a candidate is judged by leaving one shot of each class out; with one shot by
/// its loss on shifted copies of the support images after it adapted to the originals.
package struct PerTaskSearch {
    let plan: PerTaskSearchPlan
    let supernet: any Supernet
    let variation: Variation<Genotype>
    /// The best genotypes of the search before, best first.
    let prior: [Genotype]
    let steps: Int
    let policy: NonFinitePolicy

    /// A search over a supernet's paths.
    ///
    /// - Parameters:
    ///   - plan: Generations, population and augmentations.
    ///   - supernet: Whose paths are searched.
    ///   - variation: How genotypes are drawn and changed.
    ///   - prior: The best genotypes of the search before, best first; at least one.
    ///   - steps: Inner steps on a support set.
    ///   - policy: What happens when a candidate's loss is no finite number.
    package init(
        plan: PerTaskSearchPlan, supernet: any Supernet, variation: Variation<Genotype>,
        prior: [Genotype], steps: Int, policy: NonFinitePolicy = .stop
    ) {
        self.plan = plan
        self.supernet = supernet
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
                stream: stream.split("augmentation").split(first + index))
        }
        for _ in 0..<plan.generations {
            var tasks: [MetaTask] = []
            var asked: [[Genotype]] = []
            for index in supports.indices {
                let genotypes = try strategies[index].ask(plan.population)
                asked.append(genotypes)
                for genotype in genotypes {
                    let network = try supernet.subnet(genotype)
                    tasks += judged[index].map { MetaTask(network, $0) }
                }
            }
            let (scores, spent) = try trainer.evaluate(tasks, steps: [steps])
            cost += spent
            var place = 0
            for index in supports.indices {
                let told = try asked[index].map { genotype in
                    let own = scores[place..<place + judged[index].count]
                    place += judged[index].count
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

/// The labelled examples of an unseen task, cut off from its queries.
package struct SupportSet {
    private let batch: Batch
    private let ways: Int
    private let shots: Int

    /// The support set of a task.
    package init(_ episode: Episode) {
        batch = episode.support
        ways = episode.ways
        shots = episode.shots
    }

    /// Tasks made of support examples alone, by whose mean loss a network is judged.
    package func judgedTasks(augmentations: Int, shift: Int, stream: RandomStream) -> [Episode] {
        guard case .labels(let labels) = batch.targets, batch.inputShape.count == 4 else {
            return [Episode(support: batch, query: batch, ways: ways, shots: shots)]
        }
        guard shots > 1 else {
            let copies = shifted(labels, augmentations, shift, stream)
            return [Episode(support: batch, query: copies, ways: ways, shots: shots)]
        }
        return (0..<shots).map { left in leavingOut(left, labels) }
    }

    private var imageSize: Int { batch.inputShape.dropFirst().reduce(1, *) }

    private func subset(_ places: [Int], _ labels: [Int32]) -> Batch {
        Batch(
            inputs: places.flatMap { batch.inputs[$0 * imageSize..<($0 + 1) * imageSize] },
            inputShape: [places.count] + batch.inputShape.dropFirst(),
            targets: .labels(places.map { labels[$0] }))
    }

    private func leavingOut(_ left: Int, _ labels: [Int32]) -> Episode {
        var seen = [Int](repeating: 0, count: ways)
        var kept: [Int] = []
        var held: [Int] = []
        for (place, label) in labels.enumerated() {
            if seen[Int(label)] == left { held.append(place) } else { kept.append(place) }
            seen[Int(label)] += 1
        }
        return Episode(
            support: subset(kept, labels), query: subset(held, labels), ways: ways,
            shots: shots - 1)
    }

    private func shifted(
        _ labels: [Int32], _ copies: Int, _ shift: Int, _ stream: RandomStream
    ) -> Batch {
        let (height, width) = (batch.inputShape[1], batch.inputShape[2])
        let channels = batch.inputShape[3]
        var rng = stream
        var inputs: [Float] = []
        inputs.reserveCapacity(copies * batch.inputs.count)
        var targets: [Int32] = []
        for (place, label) in labels.enumerated() {
            for _ in 0..<copies {
                let (dy, dx) = (rng.integer(in: -shift...shift), rng.integer(in: -shift...shift))
                for row in 0..<height {
                    for column in 0..<width {
                        let (y, x) = (row - dy, column - dx)
                        let isInside = (0..<height).contains(y) && (0..<width).contains(x)
                        for channel in 0..<channels {
                            let pixel =
                                place * imageSize + (y * width + x) * channels + channel
                            inputs.append(isInside ? batch.inputs[pixel] : 0)
                        }
                    }
                }
                targets.append(label)
            }
        }
        return Batch(
            inputs: inputs, inputShape: [labels.count * copies, height, width, channels],
            targets: .labels(targets))
    }
}
