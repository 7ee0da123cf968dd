public import Tensors

/// A network that runs stage after stage, so that a block of stages can be run alone: to train it
/// against another network's features, or to read features on the way.
public protocol StagedNetwork: Network {
    /// The stages' names in order. The last one is the head with what pools its features.
    var stages: [String] { get }

    /// Runs some stages.
    ///
    /// - Parameters:
    ///   - stages: Which, by number from 0.
    ///   - inputs: What the first of them reads: the images for stage 0, else all that the stage
    ///     before it gave.
    ///   - parameters: What is read; stages that are not run read none.
    ///   - context: Gets the statistics of batch norms.
    /// - Returns: What the stage after the last of them would read, or the outputs.
    /// - Throws: `TensorError.inputMismatch` for stages that there are not, or another number of
    ///   inputs.
    func range(
        _ stages: Range<Int>, _ inputs: [Tensor], _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> [Tensor]
}

extension StagedNetwork {
    /// Checks a block of stages and the number of its inputs.
    ///
    /// - Throws: `TensorError.inputMismatch`.
    package func check(
        _ range: Range<Int>, _ inputs: [Tensor], expecting count: Int
    ) throws(TensorError) {
        guard range.lowerBound >= 0, range.upperBound <= stages.count, !range.isEmpty else {
            throw .inputMismatch(
                name: "range", expected: "stages from 0 to \(stages.count - 1), at least one",
                found: "\(range.lowerBound) to \(range.upperBound - 1)")
        }
        guard inputs.count == count else {
            throw .inputMismatch(
                name: "range", expected: "\(count) inputs of stage \(stages[range.lowerBound])",
                found: "\(inputs.count)")
        }
    }
}
