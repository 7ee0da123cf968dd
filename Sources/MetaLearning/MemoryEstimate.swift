public import NeuralNetworks
internal import Tensors

/// Memory of a training step, known from shapes before anything runs.
public enum MemoryEstimate {
    /// Bytes of working memory for one task's query gradient: the largest plan of first-order
    /// learning. Every worker needs as much.
    ///
    /// - Parameters:
    ///   - network: What is trained.
    ///   - queryShape: Of the query inputs, examples first.
    ///   - isClassification: Whether the loss is the cross-entropy; else the mean squared error.
    /// - Returns: The size of the plan's arena.
    /// - Throws: `TensorError` if the network cannot be traced on such inputs, or has no plan.
    public static func trainingBytes(
        _ network: any Network, queryShape: [Int], isClassification: Bool
    ) throws -> Int {
        let graph = Graph()
        let parameters = Parameters(graph, ParameterLayout(try network.parameters))
        let x = try graph.input("query.inputs", try Shape(queryShape))
        let outputs = try network.forward(x, parameters, ForwardContext())
        let loss: Tensor
        if isClassification {
            let labels = try graph.input("query.targets", try Shape([queryShape[0]]))
            loss = try outputs.crossEntropy(labels: labels)
        } else {
            loss = try outputs.meanSquaredError(
                try graph.input("query.targets", outputs.shape))
        }
        let tensors = try parameters.names.map { name throws(TensorError) in
            try parameters(name)
        }
        let executor = try Executor(threads: 1)
        return try Plan([loss] + loss.gradient(tensors), kernels: executor.kernels).arenaBytes
    }
}
