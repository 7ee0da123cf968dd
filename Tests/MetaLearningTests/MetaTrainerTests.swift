import Datasets
import MetaLearning
import NeuralNetworks
import Randomness
import Tensors
import TestSupport
import Testing

struct MetaTrainerTests {
    /// Every learner, by a name that tells them apart.
    static let learners = [
        "maml 1", "maml 2", "anil 1", "anil 2", "reptile sgd", "reptile adam", "euclidean",
        "cosine",
    ]

    static func learner(_ name: String, keeps: Bool = false) throws -> any MetaLearner {
        switch name {
        case "maml 1": try MAML(innerSteps: 2, innerRate: 0.1, keepsStatistics: keeps)
        case "maml 2": try MAML(order: 2, innerSteps: 2, innerRate: 0.1, keepsStatistics: keeps)
        case "anil 1":
            try MAML(innerSteps: 2, innerRate: 0.1, headOnly: true, keepsStatistics: keeps)
        case "anil 2":
            try MAML(
                order: 2, innerSteps: 2, innerRate: 0.1, headOnly: true, keepsStatistics: keeps)
        case "reptile sgd":
            try Reptile(
                innerSteps: 3, rule: .sgd(rate: 0.1, momentum: 0.5), keepsStatistics: keeps)
        case "reptile adam":
            try Reptile(
                innerSteps: 3, rule: .adam(Adam.Options(rate: 0.01)), keepsStatistics: keeps)
        case "cosine": PrototypicalNetwork(distance: .cosine, keepsStatistics: keeps)
        default: PrototypicalNetwork(keepsStatistics: keeps)
        }
    }

    static func trainer(
        _ name: String, running: Bool, threads: Int = 1, rate: Float = 0.01
    ) throws -> MetaTrainer {
        let parameters = try Learning.parameters(Learning.small)
        let statistics = ParameterLayout(
            try ParameterSpecification.runningStatistics(of: parameters.layout.entries))
        return MetaTrainer(
            try learner(name, keeps: running), parameters: parameters,
            optimizer: Adam(Adam.Options(rate: rate), layout: parameters.layout),
            executor: try Executor(threads: threads),
            statistics: running ? ParameterSet(statistics, stream: RandomStream(seed: 0)) : nil)
    }

    static func tasks(_ seeds: Range<UInt64>) -> [MetaTask] {
        seeds.map { MetaTask(Learning.small, Learning.episode($0)) }
    }

    @Test(arguments: learners, [false, true])
    func `updates and scores have the same bits at every number of threads`(
        name: String, running: Bool
    ) throws {
        var first: [[Float]] = []
        var scores: [[TaskScore]] = []
        for threads in 1...4 {
            let trainer = try MetaTrainerTests.trainer(name, running: running, threads: threads)
            let start = trainer.parameters.values.array
            for update in 0..<2 as Range<UInt64> {
                _ = try trainer.update(MetaTrainerTests.tasks(update * 5..<update * 5 + 5))
            }
            let found = [
                trainer.parameters.values.array, trainer.statistics?.values.array ?? [],
            ]
            let tested = try trainer.evaluate(MetaTrainerTests.tasks(50..<55), steps: [0, 2]).scores
            if threads == 1 {
                (first, scores) = (found, tested)
                #expect(found[0] != start)
            }
            #expect(found == first, "\(name), \(threads) threads")
            #expect(tested == scores, "\(name), \(threads) threads")
        }
    }

    @Test(arguments: learners) func `evaluation leaves everything as it is`(
        name: String
    ) throws {
        let trainer = try MetaTrainerTests.trainer(name, running: true)
        _ = try trainer.update(MetaTrainerTests.tasks(0..<2))
        let before = trainer.parameters.values.array
        let statistics = trainer.statistics?.values.array
        let once = try trainer.evaluate(MetaTrainerTests.tasks(9..<12), steps: [0, 3])
        let twice = try trainer.evaluate(MetaTrainerTests.tasks(9..<12), steps: [0, 3])
        #expect(trainer.parameters.values.array == before)
        #expect(trainer.statistics?.values.array == statistics)
        #expect(once.scores == twice.scores)
        #expect(once.cost == twice.cost)
        #expect(trainer.updates == 1)
    }

    // A mean over a set is the mean of its members only where none knows of the others.
    @Test(arguments: learners) func `running statistics are kept, and judge queries one by one`(
        name: String
    ) throws {
        for running in [true, false] {
            let trainer = try MetaTrainerTests.trainer(name, running: running)
            let fresh = trainer.statistics?.values.array
            for update in 0..<3 as Range<UInt64> {
                _ = try trainer.update(MetaTrainerTests.tasks(update * 2..<update * 2 + 2))
            }
            if running { #expect(trainer.statistics?.values.array != fresh, "\(name)") }
            let whole = Learning.episode(77, queries: 2)
            let size = 64
            let halves = [0, 1].map { half -> MetaTask in
                var part = whole
                let places = [0, 1, 2].map { 2 * $0 + half }
                part.query = Batch(
                    inputs: places.flatMap { whole.query.inputs[$0 * size..<($0 + 1) * size] },
                    inputShape: [3, 8, 8, 1], targets: .labels([0, 1, 2]))
                return MetaTask(Learning.small, part)
            }
            let scores = try trainer.evaluate(
                [MetaTask(Learning.small, whole)] + halves, steps: [2]
            ).scores.map { $0[0].loss }
            let gap = abs(scores[0] - (scores[1] + scores[2]) / 2)
            #expect(running ? gap < 1e-5 : gap > 1e-4, "\(name), running \(running): \(gap)")
        }
    }

    @Test func `running means move a tenth of the way to the batch`() throws {
        let trainer = try MetaTrainerTests.trainer("euclidean", running: true)
        let task = MetaTrainerTests.tasks(3..<4)
        let (weight, bias) = try (
            #require(trainer.parameters["block1.convolution.weight"]),
            #require(trainer.parameters["block1.convolution.bias"])
        )
        _ = try trainer.update(task)
        // The first convolution by hand, on the query images.
        let images = task[0].episode.query
        var outputs = [[Double]](repeating: [], count: 3)
        for image in 0..<images.count {
            for (row, column) in (0..<64).map({ ($0 / 8, $0 % 8) }) {
                for channel in 0..<3 {
                    var sum = Double(bias[channel])
                    for tap in 0..<9 {
                        let (y, x) = (row + tap / 3 - 1, column + tap % 3 - 1)
                        guard (0..<8).contains(y), (0..<8).contains(x) else { continue }
                        sum +=
                            Double(images.inputs[image * 64 + y * 8 + x])
                            * Double(weight[tap * 3 + channel])
                    }
                    outputs[channel].append(sum)
                }
            }
        }
        let means = outputs.map { $0.reduce(0, +) / Double($0.count) }
        let variances = zip(outputs, means).map { values, mean in
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        }
        let found = try #require(trainer.statistics?["block1.norm.statistics"])
        expectClose(found, means.map { 0.1 * $0 } + variances.map { 0.9 + 0.1 * $0 })
    }

    @Test func `a loss that is no number ends the update before anything moves`() throws {
        let trainer = try MetaTrainerTests.trainer("maml 1", running: false, rate: 1)
        trainer.parameters.values.pointer[0] = .infinity
        let before = trainer.parameters.values.array
        let tasks = MetaTrainerTests.tasks(0..<3)
        #expect(
            throws: MetaLearningError.notFinite(what: "the loss", update: 0, task: 0)
        ) { try trainer.update(tasks) }
        #expect(trainer.parameters.values.array == before)
        #expect(trainer.updates == 0)
        let text = "\(MetaLearningError.notFinite(what: "the loss", update: 0, task: 1))"
        #expect(
            text == "update 0, task 1: the loss is not a finite number; a smaller inner or outer "
                + "learning rate, or gradient clipping, usually helps")
    }
}
