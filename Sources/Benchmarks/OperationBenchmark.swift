internal import Datasets
internal import MetaLearning
public import NeuralNetworks
internal import Randomness
public import SearchSpaces
public import Supernets
public import Tensors

/// What an operation costs that is written in Lua: the cell supernet with the 3×3 separable
/// convolution once built in and once from a script.
public enum OperationBenchmark {
    /// The separable convolution of DARTS as a user would write it, layer by layer.
    public static let script = """
        local apogee = require "apogee"
        local nn = apogee.nn
        return apogee.experiment {
          parameters = function(context)
            local c, list = context.channels, {}
            for i = 0, 1 do
              list[#list + 1] = nn.convolution_parameters("depthwise" .. i,
                { window = 3, inputs = c, outputs = c, groups = c })
              list[#list + 1] = nn.convolution_parameters("pointwise" .. i,
                { window = 1, inputs = c, outputs = c })
              list[#list + 1] = nn.batch_norm_parameters("batchNorm" .. i, { channels = c })
            end
            return list
          end,
          forward = function(parameters, x, context)
            for i = 0, 1 do
              x = nn.convolution(parameters, "depthwise" .. i, x:relu(),
                { stride = i == 0 and context.stride or 1, groups = context.channels })
              x = nn.convolution(parameters, "pointwise" .. i, x)
              x = nn.batch_norm(parameters, "batchNorm" .. i, x)
            end
            return x
          end,
        }
        """

    /// First-order MAML as in ``MetaLearningBenchmarks/cellSupernet(threads:repeats:profile:)``, on
    /// paths of separable convolutions alone; updates of the two supernets take turns on the same
    /// paths. Tracing in Lua is before all of them, as it is in a run.
    ///
    /// - Parameters:
    ///   - threads: Workers, at least 1.
    ///   - repeats: Timed pairs of updates, after two that warm up.
    ///   - parameters: The script's parameters at a place.
    ///   - forward: The script's operation.
    /// - Returns: Times of the updates with Lua's operation; both rates and their ratio.
    /// - Throws: What tracing or the run throws.
    public static func run(
        threads: Int, repeats: Int = 9,
        parameters: (OperationPlace) throws -> [ParameterSpecification],
        forward: (Tensor, Parameters, ForwardContext, TracedOperation.Case) throws -> Tensor
    ) throws -> BenchmarkResult {
        let configuration = CellNetworkConfiguration(
            inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: 16,
            stem: .single, poolNormalization: true)
        let traced = try TracedOperation(
            name: "lua_sep3", places: configuration.operationPlaces(nodes: 4), batches: [5, 75],
            sources: [.batch], parameters: parameters, forward: forward)
        let own = CellOperation.custom(try CustomOperation(name: "lua_sep3", definition: traced))
        let executor = try Executor(threads: threads)
        let stream = RandomStream(seed: 1)
        let runs = try [CellOperation.sep3, own].map { operation in
            let supernet = try CellSupernet(
                CellSpace(nodes: 4, operations: [operation]), configuration)
            let trainer = MetaTrainer(
                try MAML(order: 1, innerSteps: 5, innerRate: 0.1),
                parameters: ParameterSet(supernet.layout, stream: stream.split("parameters")),
                optimizer: Adam(Adam.Options(rate: 1e-3), layout: supernet.layout),
                executor: executor)
            return (supernet: supernet, trainer: trainer)
        }
        var rng = stream.split("data")
        let episodes = (0..<4).map { _ in MetaLearningBenchmarks.randomEpisode(&rng) }
        var (builtIn, lua): ([Double], [Double]) = ([], [])
        for round in 0..<repeats + 2 {
            let genotypes = try episodes.map { _ in try runs[0].supernet.space.sample(&rng) }
            for (index, run) in runs.enumerated() {
                let time = try Measurement.times(warmUps: 0, repeats: 1) {
                    _ = try run.trainer.update(
                        zip(genotypes, episodes).map {
                            MetaTask(try run.supernet.subnet($0), $1)
                        })
                }
                guard round > 1 else { continue }
                if index == 0 { builtIn += time } else { lua += time }
            }
        }
        let ratios = zip(lua, builtIn).map { $0 / $1 }.sorted()
        (builtIn, lua) = (builtIn.sorted(), lua.sorted())
        return BenchmarkResult(
            name: Workload.luaOperation.rawValue, threads: threads, sorted: lua,
            rates: [
                "tasks_per_second": 4 / Measurement.median(lua),
                "tasks_per_second_built_in": 4 / Measurement.median(builtIn),
                "times_the_built_in": Measurement.median(ratios),
            ])
    }
}
