internal import Datasets
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import SearchSpaces
internal import Supernets
public import Tensors

/// First- and second-order MAML on Conv-4 and on paths of a cell supernet.
public enum MetaLearningBenchmarks {
    /// MAML on Conv-4 with 64 filters: random 28×28 inputs, 5 ways, 1 shot, 15 queries a way, inner
    /// rate 0.4, meta-batch 8, Adam 1e-3.
    ///
    /// - Parameters:
    ///   - threads: Workers, at least 1.
    ///   - order: 1 or 2.
    ///   - innerSteps: On the support set.
    ///   - repeats: Timed meta-updates, after two that warm up.
    ///   - profile: Notes the steps of all updates, if there is one thread.
    /// - Returns: Times of a meta-update, and its cost.
    /// - Throws: `MetaLearningError.invalidOption` for another order or a negative number of steps,
    ///   `TensorError` for threads out of range or from the run.
    public static func mamlConv4(
        threads: Int, order: Int, innerSteps: Int, repeats: Int = 7, profile: StepProfile? = nil
    ) throws -> BenchmarkResult {
        let network = try Conv4Network(
            Conv4Configuration(
                filters: 64, inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5))
        let stream = RandomStream(seed: 1)
        let layout = ParameterLayout(try network.parameters)
        let executor = try Executor(threads: threads)
        executor.profile = profile
        let trainer = MetaTrainer(
            try MAML(order: order, innerSteps: innerSteps, innerRate: 0.4),
            parameters: ParameterSet(layout, stream: stream.split("parameters")),
            optimizer: Adam(Adam.Options(rate: 1e-3), layout: layout), executor: executor)
        var rng = stream.split("data")
        let tasks = (0..<8).map { _ in MetaTask(network, randomEpisode(&rng)) }
        var cost = ComputeCost()
        let times = try Measurement.times(warmUps: 2, repeats: repeats) {
            cost = try trainer.update(tasks).cost
        }
        // Order 2 unrolls the inner steps into one plan; order 1 needs the query gradient's at most.
        let planned =
            order == 1
            ? try MemoryEstimate.trainingBytes(
                network, queryShape: [75, 28, 28, 1], isClassification: true)
            : try UnrolledMemory.bytes(network, layout, steps: innerSteps, rate: 0.4, executor)
        return try report(.mamlConv4, executor, times, tasks: 8, planned: planned, cost)
    }

    /// First-order MAML with 5 inner steps at 0.1 on fresh uniform paths of a cell supernet, so
    /// that tracing and planning are measured too; meta-batch 4.
    public static func cellSupernet(
        threads: Int, repeats: Int = 7, profile: StepProfile? = nil
    ) throws -> BenchmarkResult {
        let supernet = try CellSupernet(
            CellSpace(nodes: 4),
            CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: 16,
                stem: .single, poolNormalization: true))
        let stream = RandomStream(seed: 1)
        let executor = try Executor(threads: threads)
        executor.profile = profile
        let trainer = MetaTrainer(
            try MAML(order: 1, innerSteps: 5, innerRate: 0.1),
            parameters: ParameterSet(supernet.layout, stream: stream.split("parameters")),
            optimizer: Adam(Adam.Options(rate: 1e-3), layout: supernet.layout),
            executor: executor)
        var rng = stream.split("data")
        let episodes = (0..<4).map { _ in randomEpisode(&rng) }
        // Paths differ in memory: the most of eight other random ones stands for all.
        var probe = stream.split("memory")
        var planned = 0
        for _ in 0..<8 {
            planned = max(
                planned,
                try MemoryEstimate.trainingBytes(
                    supernet.subnet(supernet.space.sample(&probe)), queryShape: [75, 28, 28, 1],
                    isClassification: true))
        }
        var multiplyAdds = 0
        let times = try Measurement.times(warmUps: 2, repeats: repeats) {
            let tasks = try episodes.map { episode in
                MetaTask(try supernet.subnet(supernet.space.sample(&rng)), episode)
            }
            multiplyAdds += try trainer.update(tasks).cost.multiplyAdds
        }
        let cost = ComputeCost(multiplyAdds: multiplyAdds / (repeats + 2))
        return try report(.cellSupernet, executor, times, tasks: 4, planned: planned, cost)
    }

    static func randomEpisode(_ rng: inout RandomStream) -> Episode {
        func batch(_ perClass: Int) -> Batch {
            let count = 5 * perClass
            return Batch(
                inputs: (0..<count * 784).map { _ in Float(rng.uniform()) },
                inputShape: [count, 28, 28, 1],
                targets: .labels((0..<count).map { Int32($0 % 5) }))
        }
        return Episode(support: batch(1), query: batch(15), ways: 5, shots: 1)
    }

    private static func report(
        _ workload: Workload, _ executor: Executor, _ times: [Double], tasks: Int, planned: Int,
        _ cost: ComputeCost
    ) throws -> BenchmarkResult {
        executor.profile = nil
        let median = Measurement.median(times)
        return BenchmarkResult(
            name: workload.rawValue, threads: executor.threads, sorted: times,
            rates: ["tasks_per_second": Double(tasks) / median],
            planned: planned * executor.threads,
            gflops: 2 * Double(cost.multiplyAdds) / median * 1e-9,
            peak: try Measurement.peak(executor))
    }
}

/// Memory of a second-order task, whose one plan holds every inner step.
private enum UnrolledMemory {
    static func bytes(
        _ network: any Network, _ layout: ParameterLayout, steps: Int, rate: Float,
        _ executor: Executor
    ) throws -> Int {
        let graph = Graph()
        let initial = Parameters(graph, layout)
        func loss(_ parameters: Parameters, _ role: String, count: Int) throws -> Tensor {
            let x = try graph.input("\(role).inputs", try Shape([count, 28, 28, 1]))
            let labels = try graph.input("\(role).targets", try Shape([count]))
            return try network.forward(x, parameters, ForwardContext()).crossEntropy(labels: labels)
        }
        var current = initial
        for step in 0..<steps {
            let value = try loss(current, "support\(step)", count: 5)
            let tensors = try initial.names.map { try current($0) }
            let adapted = try zip(tensors, value.gradient(tensors)).map {
                try $0 - $1.scaled(by: rate)
            }
            current = initial.replacing(
                Dictionary(uniqueKeysWithValues: zip(initial.names, adapted)))
        }
        let query = try loss(current, "query", count: 75)
        let variables = try initial.names.map { try initial($0) }
        return try Plan(
            [query] + query.gradient(variables), kernels: executor.kernels
        ).arenaBytes
    }
}
