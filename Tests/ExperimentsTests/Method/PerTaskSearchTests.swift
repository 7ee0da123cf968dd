import Methods
import Evaluation
import Datasets
import Evolution
import Components
import Experiments
import MetaLearning
import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// The search on one unseen task: by its support set only, with no example on both sides.
struct PerTaskSearchTests {
    private static func episodes(shots: Int, count: Int) throws -> [Episode] {
        let dataset = try Glyphs.dataset(
            GlyphConfiguration(alphabets: 2, characters: 4, drawers: 6, side: 12, seed: 1))
        return try EpisodeDistribution(
            dataset: dataset, classes: Array(0..<8), ways: 3, shots: shots, queries: 2
        ).fixedTasks(count, stream: RandomStream(seed: 4))
    }

    private static func perTask() throws -> PerTaskSearchPlan {
        try #require(
            try PlanFixtures.decode(
                PlanFixtures.with(
                    "per_task_search",
                    ["generations": 2, "population": 4, "augmentations": 2, "shift": 1],
                    in: MethodFixtures.search())
            ).perTaskSearch)
    }

    private static func supernet() throws -> any Supernet {
        try CellSupernet(
            CellSpace(nodes: 1),
            CellNetworkConfiguration(
                inputHeight: 12, inputWidth: 12, inputChannels: 1, classes: 3, channels: 2))
    }

    private static func trainer(_ supernet: any Supernet) throws -> MetaTrainer {
        MetaTrainer(
            try MAML(innerSteps: 1, innerRate: 0.1),
            parameters: ParameterSet(supernet.layout, stream: RandomStream(seed: 2)),
            optimizer: Adam(Adam.Options(), layout: supernet.layout),
            executor: try Executor(threads: 2))
    }

    private static func scorer(_ supernet: any Supernet) throws -> Scorer {
        let run = RunIdentity(plan: "", seed: 0)
        let factory = try LearnerFactory(
            plan: PlanFixtures.decode(MethodFixtures.search()).learner,
            executor: Executor(threads: 1),
            builder: ComponentBuilder(registry: PlanFixtures.registry()))
        return Scorer(
            run,
            ThreadWorkers(
                Workbench(run, factory: factory, tasks: { _ in [] }) { reference in
                    guard case .subnet(let genotype) = reference else {
                        throw EvaluationError.unknown("such network")
                    }
                    return try supernet.subnet(genotype)
                }))
    }

    @Test(arguments: [1, 2])
    func `query sets do not change what is chosen, and support sets do`(shots: Int) throws {
        let supernet = try PerTaskSearchTests.supernet()
        let trainer = try PerTaskSearchTests.trainer(supernet)
        let space = supernet.space
        var rng = RandomStream(seed: 7)
        let prior = try (0..<2).map { _ in try space.sample(&rng) }
        let search = PerTaskSearch(
            plan: try PerTaskSearchTests.perTask(), scorer: try PerTaskSearchTests.scorer(supernet),
            variation: try Variation(over: space, mutationProbability: 0.5), prior: prior,
            steps: 1)
        func choose(_ episodes: [Episode]) throws -> [Genotype] {
            try search.choose(
                episodes.map(SupportSet.init), first: 0, trainer: trainer,
                stream: RandomStream(seed: 12)
            ).genotypes
        }
        let episodes = try PerTaskSearchTests.episodes(shots: shots, count: 6)
        let chosen = try choose(episodes)
        let altered = episodes.map { episode in
            var episode = episode
            episode.query.inputs = episode.query.inputs.map { _ in 0 }
            episode.query.targets = .labels([Int32](repeating: 2, count: episode.query.count))
            return episode
        }
        #expect(try choose(altered) == chosen)
        // The tasks in another order, each with the random numbers of its place as before.
        #expect(try choose(Array(episodes.reversed())) != chosen)
        for genotype in chosen { try space.validate(genotype) }
    }

    @Test func `leaving one shot out keeps every example on one side, and judges each once`()
        throws
    {
        for episode in try PerTaskSearchTests.episodes(shots: 3, count: 4) {
            let judged = SupportSet(episode).judgedTasks(
                augmentations: 2, shift: 1, stream: RandomStream(seed: 1))
            #expect(judged.count == 3)
            func images(_ batch: Batch) -> [[Float]] {
                let size = batch.inputs.count / max(batch.count, 1)
                return (0..<batch.count).map { Array(batch.inputs[$0 * size..<($0 + 1) * size]) }
            }
            let all = images(episode.support)
            var held: [[Float]] = []
            for task in judged {
                let (support, query) = (images(task.support), images(task.query))
                #expect(support.count == 6 && query.count == 3)
                #expect(Set(support).isDisjoint(with: query))
                #expect(Set(support).union(query) == Set(all))
                #expect(task.shots == 2 && task.ways == 3)
                guard case .labels(let labels) = task.query.targets,
                    case .labels(let kept) = task.support.targets,
                    case .labels(let before) = episode.support.targets
                else {
                    Issue.record("no labels")
                    return
                }
                #expect(labels.sorted() == [0, 1, 2])
                for (image, label) in zip(query + support, labels + kept) {
                    #expect(all.firstIndex(of: image).map { before[$0] } == label)
                }
                held += query
            }
            #expect(Set(held) == Set(all) && held.count == all.count)
        }
    }

    @Test func `with one shot the judges are shifted copies under the same labels`() throws {
        let episode = try PerTaskSearchTests.episodes(shots: 1, count: 1)[0]
        func judged(_ shift: Int) -> Episode? {
            SupportSet(episode).judgedTasks(
                augmentations: 4, shift: shift, stream: RandomStream(seed: 1)
            ).first
        }
        let still = try #require(judged(0))
        #expect(still.support == episode.support)
        #expect(still.query.inputShape == [12, 12, 12, 1])
        #expect(still.query.targets == .labels([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]))
        for place in 0..<12 {
            #expect(
                still.query.inputs[place * 144..<(place + 1) * 144]
                    == episode.support.inputs[place / 4 * 144..<(place / 4 + 1) * 144])
        }
        let moved = try #require(judged(2))
        #expect(moved.query.inputs != still.query.inputs)
        // A shift loses ink at most; it never adds any.
        for place in 0..<12 {
            let ink = moved.query.inputs[place * 144..<(place + 1) * 144].reduce(0, +)
            let before = still.query.inputs[place * 144..<(place + 1) * 144].reduce(0, +)
            #expect(ink <= before + 1e-3)
        }
    }

    @Test func `weights off the path keep their bits through meta-updates`() throws {
        let supernet = try PerTaskSearchTests.supernet()
        let trainer = try PerTaskSearchTests.trainer(supernet)
        let before = trainer.parameters.copy()
        let network = try supernet.subnet(
            supernet.space.parse("normal: sep3 0, max 1; reduction: skip 0, dil3 1"))
        let path = Set(try network.parameters.map(\.name))
        let episodes = try PerTaskSearchTests.episodes(shots: 1, count: 4)
        for _ in 0..<3 { _ = try trainer.update(episodes.map { MetaTask(network, $0) }) }
        var (moved, kept) = (0, 0)
        for entry in supernet.layout.entries {
            let same = trainer.parameters[entry.name] == before[entry.name]
            if path.contains(entry.name) {
                moved += same ? 0 : 1
            } else {
                #expect(same, "\(entry.name)")
                kept += 1
            }
        }
        #expect(moved == path.count)
        #expect(kept > path.count)
    }
}
