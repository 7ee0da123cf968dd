/// Normalised exponentials, losses and similarities, all made of operations that have derivatives.
extension Tensor {
    /// Logarithms of the softmax along an axis, computed without overflow.
    public func logSoftmax(axis: Int = -1) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "logSoftmax")
        let shifted = try self - max(axes: [axis], keepDimensions: true).detached()
        let sum = try shifted.exp().sum(axes: [axis], keepDimensions: true)
        return try shifted - sum.log()
    }

    /// eˣ divided by its sum along an axis.
    public func softmax(axis: Int = -1) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "softmax")
        let shifted = try self - max(axes: [axis], keepDimensions: true).detached()
        let powers = shifted.exp()
        return try powers / powers.sum(axes: [axis], keepDimensions: true)
    }

    /// The mean negative log-likelihood of labels under logits.
    ///
    /// - Parameter labels: [N], whole numbers in 0 ..< K, for logits [N, K].
    /// - Returns: A single number, in nats.
    /// - Throws: `TensorError.shapeMismatch` for other ranks or lengths, `.differentGraphs`.
    public func crossEntropy(labels: Tensor) throws(TensorError) -> Tensor {
        try requireSameGraph([labels], "crossEntropy")
        guard shape.rank == 2, labels.shape.rank == 1, labels.shape[0] == shape[0] else {
            throw .shapeMismatch(
                operation: "crossEntropy", expected: "logits [N, K] and labels [N]",
                found: "\(shape) and \(labels.shape)")
        }
        let picked = try logSoftmax() * labels.oneHot(classes: shape[1])
        return try picked.sum().scaled(by: -1 / Float(shape[0]))
    }

    /// The fraction of rows whose largest logit is at the label; no derivative.
    public func accuracy(labels: Tensor) throws(TensorError) -> Tensor {
        guard shape.rank == 2, labels.shape.rank == 1, labels.shape[0] == shape[0] else {
            throw .shapeMismatch(
                operation: "accuracy", expected: "logits [N, K] and labels [N]",
                found: "\(shape) and \(labels.shape)")
        }
        return try argmax(axis: 1).equal(to: labels).mean()
    }

    /// The mean of the squared differences.
    public func meanSquaredError(_ targets: Tensor) throws(TensorError) -> Tensor {
        guard shape == targets.shape else {
            throw .shapeMismatch(
                operation: "meanSquaredError", expected: "targets of shape \(shape)",
                found: "\(targets.shape)")
        }
        return try (self - targets).squared().mean()
    }

    /// The cosine of the angle between vectors along an axis, which disappears.
    public func cosineSimilarity(
        _ other: Tensor, axis: Int = -1, epsilon: Float = 1e-8
    ) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "cosineSimilarity")
        guard shape == other.shape else {
            throw .shapeMismatch(
                operation: "cosineSimilarity", expected: "two tensors of shape \(shape)",
                found: "\(other.shape)")
        }
        let dot = try (self * other).sum(axes: [axis])
        let lengths = try squared().sum(axes: [axis]) * other.squared().sum(axes: [axis])
        return try dot * lengths.maximum(graph.fill(epsilon * epsilon)).rsqrt()
    }
}
