/// The workloads of `apogee bench`, by their names on the command line.
public enum Workload: String, CaseIterable, Sendable {
    /// ``MetaLearningBenchmarks/mamlConv4(threads:order:innerSteps:repeats:)``.
    case mamlConv4 = "maml-conv4"
    /// ``MetaLearningBenchmarks/cellSupernet(threads:repeats:)``.
    case cellSupernet = "cell-supernet"
    /// ``LuaBenchmarks/evolve(_:repeats:)``.
    case evolve
    /// ``LuaBenchmarks/luaCall(_:repeats:)``.
    case luaCall = "lua-call"
    /// ``OperationBenchmark/run(threads:repeats:parameters:forward:)``.
    case luaOperation = "lua-operation"
    /// ``EpisodeBenchmark/run(threads:repeats:)``.
    case episodes
    /// ``StartupBenchmark/run(program:script:repeats:)``.
    case startup
    /// ``GraphDesignBenchmark/run(paths:)``: the measurement of decision 0001, not of the program.
    case graphDesign = "graph-design"

    /// Whether `apogee bench` without a name runs it.
    public var isListed: Bool { self != .graphDesign }
}
