package import Kernels

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
