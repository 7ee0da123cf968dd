internal import Randomness
public import Tensors

/// Running statistics of batch norms, kept as parameters named `….statistics` [2, C]: means, then
/// variances.
public enum RunningStatistics {
    /// Those of all batch norms among some parameters before the first batch: mean 0, variance 1.
    ///
    /// - Throws: `TensorError` for sizes too large.
    public static func initial(of layout: ParameterLayout) throws(TensorError) -> ParameterSet {
        ParameterSet(
            ParameterLayout(try ParameterSpecification.runningStatistics(of: layout.entries)),
            stream: RandomStream(seed: 0))
    }

    /// Moves statistics some way to those of one batch.
    ///
    /// - Parameters:
    ///   - statistics: Changed in place; batch norms that it does not have are passed over.
    ///   - batch: What ``ForwardContext/statistics`` named: [mean | 1 / √(variance + epsilon)].
    ///   - rate: 0…1; 1 takes the batch's.
    ///   - epsilon: The forward pass's.
    public static func move(
        _ statistics: ParameterSet, to batch: [(name: String, values: [Float])], rate: Float,
        epsilon: Float = ForwardContext.defaultEpsilon
    ) {
        for (name, values) in batch {
            guard let entry = statistics.layout.index(of: name) else { continue }
            let running = statistics.values.pointer + statistics.layout.offsets[entry]
            let channels = values.count / 2
            for channel in 0..<channels {
                let inverse = values[channels + channel]
                running[channel] += rate * (values[channel] - running[channel])
                // The inverse deviation has epsilon under its root; the running variance has not.
                let variance = 1 / (inverse * inverse) - epsilon
                running[channels + channel] += rate * (variance - running[channels + channel])
            }
        }
    }

    /// Statistics from batches alone, by ``StatisticsMean``.
    ///
    /// - Parameters:
    ///   - network: Run with each batch's own statistics.
    ///   - parameters: All that the network reads.
    ///   - known: What other batch norms keep; nil for none.
    ///   - batches: Inputs of one batch each, of two or more examples.
    ///   - workspace: Where the passes run.
    /// - Returns: Statistics of their own.
    /// - Throws: `TensorError` for inputs that do not fit the network.
    public static func estimate(
        _ network: any Network, _ parameters: ParameterSet, keeping known: ParameterSet? = nil,
        batches: [(inputs: [Float], shape: Shape)], workspace: Workspace
    ) throws(TensorError) -> ParameterSet {
        let start = if let known { known } else { try initial(of: parameters.layout) }
        var mean = StatisticsMean(start)
        var passes: [Shape: (plan: Plan, names: [String])] = [:]
        for batch in batches {
            let pass: (plan: Plan, names: [String])
            if let known = passes[batch.shape] {
                pass = known
            } else {
                pass = try traced(network, parameters, batch.shape, workspace)
                passes[batch.shape] = pass
            }
            guard batch.inputs.count == batch.shape.count else {
                throw .shapeMismatch(
                    operation: "statistics", expected: "\(batch.shape.count) numbers",
                    found: "\(batch.inputs.count)")
            }
            let inputs = FloatBuffer(batch.inputs)
            let given = pass.plan.inputs.map { port in
                UnsafePointer(
                    port.name == inputName
                        ? inputs.pointer
                        : parameters.values.pointer
                            + parameters.layout.offsets[
                                parameters.layout.index(of: port.name) ?? 0])
            }
            let outputs = pass.plan.outputs.map { FloatBuffer(count: $0.shape.count) }
            try workspace.run(pass.plan, inputs: given, outputs: outputs.map(\.pointer))
            mean.add(zip(pass.names, outputs).map { (name: $0, values: $1.array) })
        }
        return mean.statistics
    }

    /// No parameter has this name.
    private static let inputName = "inputs "

    private static func traced(
        _ network: any Network, _ parameters: ParameterSet, _ shape: Shape, _ workspace: Workspace
    ) throws(TensorError) -> (plan: Plan, names: [String]) {
        let graph = Graph()
        let context = ForwardContext()
        _ = try network.features(
            graph.input(inputName, shape), Parameters(graph, parameters.layout), context)
        let plan = try Plan(context.statistics.map(\.values), kernels: workspace.kernels)
        return (plan, context.statistics.map(\.name))
    }
}

/// The mean over batches of each batch's means and variances: PyTorch's cumulative average
/// (`momentum=None`), with the variances of the batches as they are.
///
/// Nothing of what the statistics were is left, except of batch norms that no batch passed.
public struct StatisticsMean {
    /// What the batches so far gave.
    public let statistics: ParameterSet
    private var counts: [String: Int] = [:]

    /// - Parameter known: What batch norms keep that no batch passes; it stays as it is.
    public init(_ known: ParameterSet) { statistics = known.copy() }

    /// Takes in a batch.
    ///
    /// - Parameter batch: What ``ForwardContext/statistics`` named.
    public mutating func add(_ batch: [(name: String, values: [Float])]) {
        for (name, values) in batch {
            guard let entry = statistics.layout.index(of: name) else { continue }
            let count = counts[name, default: 0] + 1
            counts[name] = count
            if count == 1 {
                // A mean that begins at 0 keeps the bits of one batch.
                let first = statistics.values.pointer + statistics.layout.offsets[entry]
                first.update(repeating: 0, count: statistics.layout.entries[entry].shape.count)
            }
            RunningStatistics.move(statistics, to: [(name, values)], rate: 1 / Float(count))
        }
    }
}
