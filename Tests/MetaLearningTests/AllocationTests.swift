import AllocationCounter
import Datasets
import MetaLearning
import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// What a training step allocates once the plans are made and memory has grown to its size.
@Suite(
    .enabled(
        if: allocation_counter_works(), "allocations are counted with glibc and no sanitizer"))
struct AllocationTests {
    /// Reptile's inner optimizer starts anew in every task, so here it has no moments of its own.
    private static func learner(_ name: String) throws -> any MetaLearner {
        name == "reptile"
            ? try Reptile(innerSteps: 3, rule: .sgd(rate: 0.1, momentum: 0))
            : try MetaTrainerTests.learner(name)
    }

    static let learners =
        MetaTrainerTests.learners.filter { !$0.hasPrefix("reptile") } + ["reptile"]

    /// Smaller than the networks' parameters, data and activations here. Lists of pointers are
    /// smaller, and so is what oneDNN's `sgemm` takes and frees in each call (74 KB).
    private static let large = 128 << 10

    /// Allocations of each of three updates after the first two.
    private static func allocations(
        _ learner: String, _ networks: [any Network], _ layout: ParameterLayout
    ) throws -> [allocation_count] {
        let dataset = try Glyphs.dataset(
            GlyphConfiguration(alphabets: 2, characters: 4, drawers: 11, side: 28, seed: 1))
        let episodes = try EpisodeDistribution(
            dataset: dataset, classes: Array(0..<8), ways: 5, shots: 1, queries: 10
        ).fixedTasks(5 * networks.count, stream: RandomStream(seed: 9))
        // On one thread everything runs on the caller's, whose allocations are counted.
        let trainer = MetaTrainer(
            try AllocationTests.learner(learner),
            parameters: ParameterSet(layout, stream: RandomStream(seed: 3)),
            optimizer: Adam(Adam.Options(rate: 0.01), layout: layout),
            executor: try Executor(threads: 1))
        return try (0..<5).map { update in
            let tasks = networks.indices.map { index in
                MetaTask(networks[index], episodes[update * networks.count + index])
            }
            allocation_counter_start(large)
            defer { _ = allocation_counter_stop() }
            _ = try trainer.update(tasks)
            return allocation_counter_stop()
        }.suffix(3)
    }

    private static func check(_ name: String, _ counts: [allocation_count]) {
        for count in counts {
            #expect(count.large_count == 0, "\(name): one of \(count.largest) bytes")
            // Lists of pointers and outcomes; each as many as the step before.
            #expect(count.count == counts[0].count, "\(name)")
        }
        print(
            "allocations of a step, \(name): \(counts.map(\.count)), "
                + "the largest \(counts.map(\.largest).max() ?? 0) bytes")
    }

    @Test func `the counter sees what this thread allocates`() {
        allocation_counter_start(AllocationTests.large)
        let buffer = FloatBuffer(count: 40_000)
        let seen = allocation_counter_stop()
        #expect(seen.large_count == 1)
        #expect(seen.largest >= 4 * buffer.count)
        let unseen = FloatBuffer(count: 40_000)
        #expect(allocation_counter_stop().large_count == 1)
        #expect(unseen.count == buffer.count)
    }

    @Test(arguments: AllocationTests.learners)
    func `a repeated step on Conv-4 allocates nothing large`(learner: String) throws {
        let network = try Conv4Network(
            Conv4Configuration(
                filters: 48, inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5))
        AllocationTests.check(
            learner,
            try AllocationTests.allocations(
                learner, [network, network], ParameterLayout(network.parameters)))
    }

    @Test(arguments: AllocationTests.learners)
    func `a repeated step on paths of a supernet allocates nothing large`(
        learner: String
    ) throws {
        let supernet = try CellSupernet(
            CellSpace(nodes: 2),
            CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: 12))
        var rng = RandomStream(seed: 4)
        let paths = try (0..<3).map { _ in
            try supernet.subnet(supernet.space.sample(&rng)) as any Network
        }
        AllocationTests.check(
            learner, try AllocationTests.allocations(learner, paths, supernet.layout))
    }
}
