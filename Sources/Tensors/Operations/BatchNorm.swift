package import Kernels

extension Tensor {
    /// Batch normalisation with the statistics of this batch (transductive):
    /// y = gamma · (x − mean) / √(variance + epsilon) + beta, over all but the last dimension, with
    /// the biased variance. Source: Ioffe and Szegedy 2015, algorithm 1.
    ///
    /// - Parameters:
    ///   - gamma: [C].
    ///   - beta: [C].
    ///   - epsilon: Added to the variance, above 0.
    /// - Returns: A tensor of this shape, [..., C].
    /// - Throws: `TensorError.shapeMismatch` for other shapes, `.invalidArgument` for epsilon,
    ///   `.differentGraphs`.
    public func batchNorm(
        gamma: Tensor, beta: Tensor, epsilon: Float = 1e-5
    ) throws(TensorError) -> Tensor {
        try requireSameGraph([gamma, beta], "batchNorm")
        guard shape.rank >= 2, gamma.shape.rank == 1, beta.shape == gamma.shape,
            gamma.shape[0] == shape[shape.rank - 1]
        else {
            throw .shapeMismatch(
                operation: "batchNorm", expected: "x [..., C], gamma [C] and beta [C]",
                found: "\(shape), \(gamma.shape) and \(beta.shape)")
        }
        let statistics = try batchStatistics(epsilon: epsilon)
        return graph.record(
            .batchNorm(.none, epsilon: epsilon),
            [node, statistics.node, gamma.node, beta.node], shape)
    }

    /// [mean | 1 / √(variance + epsilon)] of each channel of [..., C]: [2, C].
    public func batchStatistics(epsilon: Float = 1e-5) throws(TensorError) -> Tensor {
        guard shape.rank >= 2 else {
            throw .shapeMismatch(
                operation: "batchNorm", expected: "x [..., C]", found: "\(shape)")
        }
        guard epsilon > 0 else {
            throw .invalidArgument(
                operation: "batchNorm", argument: "epsilon", expected: "above 0",
                found: "\(epsilon)")
        }
        if let known = separableStatistics(epsilon: epsilon) { return known }
        return graph.record(
            .normStatistics(epsilon: epsilon), [node], try Shape([2, shape[shape.rank - 1]]))
    }

    // MARK: Derivatives

    /// First derivatives run as fused kernels, and so do second ones behind pooling. The last
    /// kernels' own derivatives come from their definitions in plain operations, so any order exists.
    func pullBackNorm(
        _ cotangent: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        if case .batchNorm(let fusion, let epsilon) = operation {
            return try pullBackBatchNorm(fusion, epsilon, cotangent, wanted)
        }
        switch operation {
        case .batchNormBackward(.reluPool, let epsilon):
            return try pullBackPooledGradient(epsilon, cotangent, wanted)
        case .batchNormSums(.reluPool, let epsilon):
            return try pullBackPooledSums(epsilon, cotangent, wanted)
        default: break
        }
        let definition: Tensor
        var primary: [Tensor]
        switch operation {
        case .normStatistics(let epsilon):
            definition = try NormDefinition(x: inputs[0], epsilon: epsilon).statistics()
            primary = [inputs[0]]
        case .batchNormSums(let fusion, let epsilon):
            definition = try NormDefinition(x: inputs[0], epsilon: epsilon).sums(
                fusion, gamma: inputs[2], beta: inputs[3], dy: inputs[4])
            primary = [inputs[0], inputs[2], inputs[3], inputs[4]]
        case .batchNormBackward(let fusion, let epsilon):
            definition = try NormDefinition(x: inputs[0], epsilon: epsilon).backward(
                fusion, gamma: inputs[2], beta: inputs[3], dy: inputs[4])
            primary = [inputs[0], inputs[2], inputs[3], inputs[4]]
        default:
            return wanted.map { _ in nil }
        }
        let found = try definition.vectorJacobianProduct(
            cotangent, variables: primary.map(\.node), cutAtVariables: true)
        switch operation {
        case .normStatistics: return found
        case .batchNormSums: return [found[0], nil, found[1], found[2], found[3]]
        default: return [found[0], nil, found[1], found[2], found[3], nil]
        }
    }

    private func pullBackBatchNorm(
        _ fusion: NormKernels.Fusion, _ epsilon: Float, _ dy: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        let x = inputs[0]
        let channels = inputs[2].shape
        let nodes = inputs.map(\.node) + [dy.node]
        let known = fusion == .none ? dy.separableSums(of: self) : nil
        let sums =
            known
            ?? graph.record(
                .batchNormSums(fusion, epsilon: epsilon), nodes,
                Shape(unchecked: [2, channels[0]]))
        func row(_ index: Int) throws(TensorError) -> Tensor {
            try sums.sliced(starts: [index, 0], sizes: [1, channels[0]]).reshaped(channels)
        }
        let dx =
            wanted[0]
            ? graph.record(
                .batchNormBackward(fusion, epsilon: epsilon), nodes + [sums.node], x.shape) : nil
        return [dx, nil, wanted[2] ? try row(1) : nil, wanted[3] ? try row(0) : nil]
    }
}

/// Batch norm in plain operations: what the fused kernels compute, for their derivatives and tests.
package struct NormDefinition {
    let x: Tensor
    let mean: Tensor
    let inverse: Tensor
    let normalized: Tensor

    package init(x: Tensor, epsilon: Float) throws(TensorError) {
        self.x = x
        let axes = Array(0..<x.shape.rank - 1)
        let channels = [x.shape[x.shape.rank - 1]]
        mean = try x.mean(axes: axes)
        let centred = try x - mean
        inverse = try centred.squared().mean(axes: axes).adding(epsilon).rsqrt()
            .reshaped(channels)
        normalized = try centred * inverse
    }

    func statistics() throws(TensorError) -> Tensor {
        let row = [1, mean.shape.count]
        return try Tensor.concatenate([mean.reshaped(row), inverse.reshaped(row)], axis: 0)
    }

    package func output(
        _ fusion: NormKernels.Fusion, gamma: Tensor, beta: Tensor
    ) throws(TensorError) -> Tensor {
        let affine = try normalized * gamma + beta
        switch fusion {
        case .none: return affine
        case .relu: return affine.relu()
        case .reluPool: return try affine.relu().maxPool(window: 2)
        }
    }

    /// dy as it arrives at the normalised, scaled values: through pooling and ReLU.
    func arriving(
        _ fusion: NormKernels.Fusion, _ gamma: Tensor, _ beta: Tensor, _ dy: Tensor
    ) throws(TensorError) -> Tensor {
        guard fusion != .none else { return dy }
        let affine = try normalized * gamma + beta
        var arriving = dy
        if fusion == .reluPool {
            let active = affine.relu()
            let pooled = try active.maxPool(window: 2)
            let parts = try pooled.vectorJacobianProduct(
                dy, variables: [active.node], cutAtVariables: true)
            if let part = parts[0] { arriving = part }
        }
        return try arriving * affine.step()
    }

    func sums(
        _ fusion: NormKernels.Fusion, gamma: Tensor, beta: Tensor, dy: Tensor
    ) throws(TensorError) -> Tensor {
        let arriving = try arriving(fusion, gamma, beta, dy)
        let axes = Array(0..<x.shape.rank - 1)
        let row = [1, gamma.shape.count]
        return try Tensor.concatenate(
            [
                arriving.sum(axes: axes).reshaped(row),
                (arriving * normalized).sum(axes: axes).reshaped(row),
            ], axis: 0)
    }

    func backward(
        _ fusion: NormKernels.Fusion, gamma: Tensor, beta: Tensor, dy: Tensor
    ) throws(TensorError) -> Tensor {
        let arriving = try arriving(fusion, gamma, beta, dy)
        let axes = Array(0..<x.shape.rank - 1)
        let meanOfArriving = try arriving.mean(axes: axes)
        let meanOfProduct = try (arriving * normalized).mean(axes: axes)
        let centred = try arriving - meanOfArriving - normalized * meanOfProduct
        return try centred * (gamma * inverse)
    }
}
