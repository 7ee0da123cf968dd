internal import CKernels

/// Separable units without a depthwise convolution that read the same input: [batch norm], ReLU and
/// any number of 1×1 convolutions in one pass over memory, with the statistics of each result.
///
/// The input may come in several tensors, whose channels count as laid side by side.
public struct MixingKernel: Sendable {
    /// Pixels of the input.
    public let rows: Int
    /// Tensors that the input comes in.
    public let parts: Int
    /// Channels of each of them.
    public let channels: Int
    /// Whether a batch norm comes before the ReLU; then there is one part.
    public let isNormed: Bool
    /// Channels of each result.
    public let outputs: [Int32]
    /// Of the statistics of the results.
    public let epsilon: Float
    /// Multiply-adds of the forward pass; the gradient has twice as many.
    public let multiplyAdds: Int

    /// The kernel of units that read the same input.
    public init(_ first: SeparableUnit, _ others: [SeparableUnit] = []) {
        let g = first.window
        rows = Int(g.batch) * Int(g.height) * Int(g.width)
        parts = Int(first.parts)
        channels = Int(g.channels / first.parts)
        isNormed = first.isNormed
        outputs = [first.outputs] + others.map(\.outputs)
        epsilon = first.epsilon
        multiplyAdds = others.reduce(first.multiplyAdds) { $0 + $1.multiplyAdds }
    }

    /// Number of tensors that it reads besides weights and gradients.
    public var sourceCount: Int { isNormed ? 4 : parts }

    /// Bytes of scratch memory of the forward pass.
    public var forwardScratch: Int {
        var g = mixing(nil) { _ in nil }
        return withResults { ck_mixing_forward_scratch(&g, $0, Int32(outputs.count)) }
    }

    /// Bytes of scratch memory of the gradient.
    public var backwardScratch: Int {
        var g = mixing(nil) { _ in nil }
        return withResults { ck_mixing_backward_scratch(&g, $0, Int32(outputs.count)) }
    }

    private func withResults(_ body: (UnsafePointer<ck_mixed>) -> Int) -> Int {
        let results = outputs.map { size in
            var result = ck_mixed()
            result.outputs = size
            return result
        }
        return results.withUnsafeBufferPointer { $0.baseAddress.map(body) ?? 0 }
    }

    private func mixing(
        _ list: UnsafePointer<UnsafePointer<Float>?>?, _ norm: (Int) -> UnsafePointer<Float>?
    ) -> ck_mixing {
        ck_mixing(
            rows: rows, parts: Int32(parts), channels: Int32(channels), x: list,
            stats: isNormed ? norm(1) : nil, gamma: isNormed ? norm(2) : nil,
            beta: isNormed ? norm(3) : nil)
    }

    /// Runs the forward pass.
    ///
    /// - Parameters:
    ///   - x: By place: the parts, or x, statistics, gamma and beta; then the weights of each result.
    ///   - scratch: `forwardScratch` bytes, aligned to 64.
    ///   - y: By place: each result and its [mean | inverse deviation].
    public func forward(
        _ x: (Int) -> UnsafePointer<Float>, scratch: UnsafeMutableRawPointer,
        _ y: (Int) -> UnsafeMutablePointer<Float>
    ) {
        withPointers(parts, x) { list in
            var g = mixing(list, x)
            withUnsafeTemporaryAllocation(of: ck_mixed.self, capacity: outputs.count) { results in
                for (place, size) in outputs.enumerated() {
                    results[place] = ck_mixed(
                        outputs: size, weights: x(sourceCount + place), y: y(2 * place),
                        y_stats: y(2 * place + 1))
                }
                ck_mixing_forward(
                    &g, results.baseAddress, Int32(outputs.count), epsilon,
                    scratch.assumingMemoryBound(to: Float.self))
            }
        }
    }

    /// Runs the gradient.
    ///
    /// - Parameters:
    ///   - x: By place: the parts, or x, statistics, gamma and beta; then for each result its weights
    ///     and its gradient or, behind a norm, y, statistics, gamma, beta, the gradient behind the
    ///     batch norm of y, and that norm's sums; then what is added.
    ///   - isBehindNorm: For each result whether its gradient arrives behind a batch norm.
    ///   - added: Other gradients to what the ReLU reads, which the first result has in it.
    ///   - scratch: `backwardScratch` bytes, aligned to 64.
    ///   - y: By place: the gradients to the parts; [dbeta | dgamma] of the batch norm before the
    ///     ReLU, if there is one; those of the weights of each result.
    public func backward(
        _ x: (Int) -> UnsafePointer<Float>, isBehindNorm: [Bool], added: Int,
        scratch: UnsafeMutableRawPointer, _ y: (Int) -> UnsafeMutablePointer<Float>
    ) {
        withPointers(parts, x) { list in
            var g = mixing(list, x)
            withUnsafeTemporaryAllocation(of: ck_mixed_gradient.self, capacity: outputs.count) {
                results in
                var next = sourceCount
                for (place, size) in outputs.enumerated() {
                    let normed = isBehindNorm[place]
                    results[place] = ck_mixed_gradient(
                        outputs: size, weights: x(next), dy: x(normed ? next + 5 : next + 1),
                        y: normed ? x(next + 1) : nil, y_stats: normed ? x(next + 2) : nil,
                        y_gamma: normed ? x(next + 3) : nil, y_sums: normed ? x(next + 6) : nil,
                        d_weights: y(parts + 1 + place))
                    next += normed ? 7 : 2
                }
                withPointers(added, { x(next + $0) }) { others in
                    withUnsafeTemporaryAllocation(
                        of: UnsafeMutablePointer<Float>?.self, capacity: parts
                    ) { dx in
                        for part in 0..<parts { dx[part] = y(part) }
                        ck_mixing_backward(
                            &g, results.baseAddress, Int32(outputs.count), others, Int32(added),
                            scratch.assumingMemoryBound(to: Float.self), dx.baseAddress,
                            isNormed ? y(parts) : nil)
                    }
                }
            }
        }
    }
}
