public import Tensors

/// Running statistics of batch norms, kept as parameters named `….statistics` [2, C]: means, then
/// variances.
public enum RunningStatistics {
    /// The parameters that hold them, for all batch norms among some parameters: mean 0, variance 1.
    ///
    /// - Throws: `TensorError` for sizes too large.
    public static func layout(of layout: ParameterLayout) throws(TensorError) -> ParameterLayout {
        ParameterLayout(try ParameterSpecification.runningStatistics(of: layout.entries))
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

    /// Statistics from batches alone: the mean over the batches of each batch's means and
    /// variances, as PyTorch's cumulative average (`momentum=None`), with variances of the batch as
    /// they are. Nothing of what the statistics were is left, except in batch norms that the network
    /// does not pass.
    ///
    /// - Parameters:
    ///   - network: Run with each batch's own statistics.
    ///   - parameters: All that the network reads.
    ///   - known: What other batch norms keep; nil for none.
    ///   - batches: Inputs of one batch each, all of one shape with two or more examples.
    ///   - workspace: Where the passes run.
    /// - Throws: `TensorError` for inputs that do not fit the network.
    public static func estimate(
        _ network: any Network, _ parameters: ParameterSet, keeping known: ParameterSet? = nil,
        batches: [(inputs: [Float], shape: Shape)], workspace: Workspace
    ) throws(TensorError) -> ParameterSet {
        let result: ParameterSet
        if let known {
            result = known.copy()
        } else {
            result = ParameterSet(zeros: try layout(of: parameters.layout))
            for (entry, offset) in zip(result.layout.entries, result.layout.offsets) {
                let half = entry.shape.count / 2
                (result.values.pointer + offset + half).update(repeating: 1, count: half)
            }
        }
        var passes: [Shape: (plan: Plan, names: [String])] = [:]
        var seen: [String: Int] = [:]
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
            for (name, values) in zip(pass.names, outputs) {
                seen[name, default: 0] += 1
                if seen[name] == 1 { result.clear(name) }
                move(result, to: [(name, values.array)], rate: 1 / Float(seen[name] ?? 1))
            }
        }
        return result
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

extension ParameterSet {
    /// Sets one parameter to zero, so that what is added to it keeps its bits.
    fileprivate func clear(_ name: String) {
        guard let entry = layout.index(of: name) else { return }
        (values.pointer + layout.offsets[entry]).update(
            repeating: 0, count: layout.entries[entry].shape.count)
    }
}
