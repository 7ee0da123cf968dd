import Datasets
import MetaLearning
import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Equal bits at any number of threads, on the networks that runs train.
struct BitIdentityTests {
    private static func episodes(_ count: Int) throws -> [Episode] {
        let dataset = try Glyphs.dataset(
            GlyphConfiguration(alphabets: 2, characters: 4, drawers: 5, side: 16, seed: 1))
        return try EpisodeDistribution(
            dataset: dataset, classes: Array(0..<8), ways: 3, shots: 1, queries: 2
        ).fixedTasks(count, stream: RandomStream(seed: 9))
    }

    /// Parameters and scores after three updates of five tasks.
    private static func learn(
        _ name: String, _ networks: [any Network], _ layout: ParameterLayout, threads: Int
    ) throws -> (values: [Float], scores: [[TaskScore]]) {
        let parameters = ParameterSet(layout, stream: RandomStream(seed: 3))
        let trainer = MetaTrainer(
            try MetaTrainerTests.learner(name), parameters: parameters,
            optimizer: Adam(Adam.Options(rate: 0.01), layout: layout),
            executor: try Executor(threads: threads))
        let episodes = try episodes(15)
        for update in 0..<3 {
            _ = try trainer.update(
                (0..<5).map {
                    MetaTask(networks[($0 + update) % networks.count], episodes[5 * update + $0])
                })
        }
        let scores = try trainer.evaluate(
            episodes.prefix(5).map { MetaTask(networks[0], $0) }, steps: [0, 2]
        ).scores
        return (parameters.values.array, scores)
    }

    private static func compare(
        _ name: String, _ networks: [any Network], _ layout: ParameterLayout
    ) throws {
        let one = try learn(name, networks, layout, threads: 1)
        #expect(one.values != ParameterSet(layout, stream: RandomStream(seed: 3)).values.array)
        for threads in 2...4 {
            let other = try learn(name, networks, layout, threads: threads)
            #expect(
                one.values.map(\.bitPattern) == other.values.map(\.bitPattern),
                "\(name), \(threads) threads")
            #expect(one.scores == other.scores, "\(name), \(threads) threads")
        }
    }

    @Test(arguments: MetaTrainerTests.learners)
    func `Conv-4 has the same bits at 1, 2, 3 and 4 threads`(name: String) throws {
        let network = try Conv4Network(
            Conv4Configuration(
                filters: 8, inputHeight: 16, inputWidth: 16, inputChannels: 1, classes: 3))
        try BitIdentityTests.compare(name, [network], ParameterLayout(network.parameters))
    }

    @Test(arguments: MetaTrainerTests.learners)
    func `paths of a supernet have the same bits at 1, 2, 3 and 4 threads`(name: String) throws {
        let supernet = try CellSupernet(
            CellSpace(nodes: 2),
            CellNetworkConfiguration(
                inputHeight: 16, inputWidth: 16, inputChannels: 1, classes: 3, channels: 4))
        var rng = RandomStream(seed: 4)
        let paths = try (0..<3).map { _ in
            try supernet.subnet(supernet.space.sample(&rng)) as any Network
        }
        try BitIdentityTests.compare(name, paths, supernet.layout)
    }

    @Test func `orders 1 and 2 of Conv-4 coincide without inner steps and differ with them`()
        throws
    {
        let network = try Conv4Network(
            Conv4Configuration(
                filters: 8, inputHeight: 16, inputWidth: 16, inputChannels: 1, classes: 3))
        let parameters = ParameterSet(
            ParameterLayout(try network.parameters), stream: RandomStream(seed: 3))
        let episode = try BitIdentityTests.episodes(1)[0]
        func gradient(_ order: Int, _ steps: Int, headOnly: Bool) throws -> [UInt32] {
            try Learning.train(
                MAML(order: order, innerSteps: steps, innerRate: 0.1, headOnly: headOnly),
                network, episode, parameters
            ).gradient.values.array.map(\.bitPattern)
        }
        for headOnly in [false, true] {
            #expect(try gradient(1, 0, headOnly: headOnly) == gradient(2, 0, headOnly: headOnly))
            #expect(try gradient(1, 2, headOnly: headOnly) != gradient(2, 2, headOnly: headOnly))
        }
    }

    @Test func `the weight decay of Reptile's inner rule pulls the weights towards zero`() throws {
        func end(_ decay: Float, _ steps: Int) throws -> (start: [Float], gradient: [Float]) {
            let parameters = try Learning.parameters(Learning.small)
            let learner = try Reptile(
                innerSteps: steps, rule: .sgd(rate: 0.1, momentum: 0, weightDecay: decay))
            let gradient = try Learning.train(
                learner, Learning.small, Learning.episode(2), parameters
            ).gradient
            return (parameters.values.array, gradient.values.array)
        }
        let (start, plain) = try end(0, 1)
        let decayed = try end(0.5, 1).gradient
        // After one step the way back is rate · (slope + decay · weight).
        for place in start.indices {
            let expected = plain[place] + 0.1 * 0.5 * start[place]
            #expect(abs(decayed[place] - expected) <= 1e-6 * max(1, abs(expected)))
        }
        #expect(try end(0.5, 3).gradient != end(0, 3).gradient)
    }

    @Test(arguments: ["support", "query"])
    func `data that are not finite are refused before anything moves, named by task`(
        set: String
    ) throws {
        for value in [Float.nan, .infinity, -.infinity] {
            let trainer = try MetaTrainerTests.trainer("maml 1", running: false)
            let before = trainer.parameters.values.array
            var tasks = MetaTrainerTests.tasks(0..<3)
            var broken = Learning.episode(1)
            if set == "support" {
                broken.support.inputs[7] = value
            } else {
                broken.query.inputs[7] = value
            }
            tasks[2] = MetaTask(Learning.small, broken)
            let expected = MetaLearningError.notFiniteData(
                what: "the \(set) set's inputs", update: 0, task: 2)
            #expect(throws: expected) { try trainer.update(tasks) }
            #expect(throws: expected) { try trainer.evaluate(tasks, steps: [1]) }
            #expect(trainer.parameters.values.array == before)
            #expect(
                expected.description == "update 0, task 2: the \(set) set's inputs hold a number "
                    + "that is not finite (NaN or infinity); mend the data set, or what makes "
                    + "tasks of it")
        }
    }
}
