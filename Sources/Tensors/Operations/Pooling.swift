internal import Kernels

extension Tensor {
    /// The maximum over a sliding window; padding never wins.
    ///
    /// - Parameters:
    ///   - window: Its height and width.
    ///   - stride: Of the window; nil for the window's size.
    ///   - padding: Positions around the image, at most half the window.
    /// - Returns: [N, H', W', C] for images [N, H, W, C], with
    ///   H' = (H + 2·padding − window) / stride + 1.
    /// - Throws: `TensorError.shapeMismatch` unless these are images that the window fits in,
    ///   `.invalidArgument` for an option out of range, `.invalidShape` for a result too large.
    public func maxPool(
        window: Int, stride: Int? = nil, padding: Int = 0
    ) throws(TensorError) -> Tensor {
        let g = try poolGeometry("maxPool", window, stride ?? window, padding)
        if window == 2, stride ?? 2 == 2, padding == 0,
            case .batchNorm(.relu, let epsilon) = operation
        {
            return graph.record(
                .batchNorm(.reluPool, epsilon: epsilon), graph.inputs(of: node),
                Tensor.outputShape(g))
        }
        return graph.record(.maxPool(g), [node], try Tensor.outputShape(g).checked())
    }

    /// The mean over a sliding window; padding is not counted.
    public func averagePool(
        window: Int, stride: Int? = nil, padding: Int = 0
    ) throws(TensorError) -> Tensor {
        let g = try poolGeometry("averagePool", window, stride ?? window, padding)
        return graph.record(.averagePool(g), [node], try Tensor.outputShape(g).checked())
    }

    /// The mean over height and width: [N, H, W, C] → [N, C].
    public func globalAveragePool() throws(TensorError) -> Tensor {
        guard shape.rank == 4 else {
            throw .shapeMismatch(
                operation: "globalAveragePool", expected: "images [N, H, W, C]", found: "\(shape)")
        }
        // Of tensors side by side, the means are side by side.
        if case .concatenate(axis: 3) = operation {
            return try Tensor.concatenate(
                arguments.map { part throws(TensorError) in try part.mean(axes: [1, 2]) }, axis: 1)
        }
        return try mean(axes: [1, 2])
    }

    private func poolGeometry(
        _ operation: String, _ window: Int, _ stride: Int, _ padding: Int
    ) throws(TensorError) -> WindowGeometry {
        guard padding <= window / 2 else {
            throw .invalidArgument(
                operation: operation, argument: "padding", expected: "0...\(window / 2)",
                found: "\(padding)")
        }
        return try geometry(
            operation, window: (window, window), stride: stride, padding: (padding, padding),
            dilation: 1, outputs: shape.rank == 4 ? shape[3] : 1, groups: 1)
    }

    /// Max-pooling's derivative scatters to the winning positions; that scatter and the gather it
    /// comes from are linear and each other's transpose.
    func pullBackPooling(_ dy: Tensor) throws(TensorError) -> [Tensor?] {
        let inputs = graph.inputs(of: node)
        switch operation {
        case .maxPool(let g):
            let index = graph.record(.maxPoolIndex(g), [inputs[0]], shape)
            return [
                graph.record(
                    .windowScatter(g), [dy.node, index.node], arguments[0].shape)
            ]
        case .windowScatter(let g):
            return [
                graph.record(.windowGather(g), [dy.node, inputs[1]], arguments[0].shape), nil,
            ]
        case .windowGather(let g):
            return [
                graph.record(.windowScatter(g), [dy.node, inputs[1]], arguments[0].shape), nil,
            ]
        case .averagePool(let g):
            return [graph.record(.averagePoolBackward(g), [dy.node], arguments[0].shape)]
        case .averagePoolBackward(let g):
            return [graph.record(.averagePool(g), [dy.node], arguments[0].shape)]
        default:
            return inputs.map { _ in nil }
        }
    }
}
