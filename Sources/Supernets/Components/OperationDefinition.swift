public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// A candidate operation of a script or a plugin, as closures of the search thread.
///
/// They are called before anything is trained, once for each shape that the operation can meet;
/// see ``TracedOperation``.
public struct OperationDefinition {
    /// The parameters at a place, named without the operation's own name.
    public let parameters: (_ place: OperationPlace) throws -> [ParameterSpecification]

    /// The operation on images [batch, height, width, channels].
    public let forward:
        (
            _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext,
            _ one: TracedOperation.Case
        ) throws -> Tensor

    /// Gives an error the place of the function that it speaks of: false for `parameters`, true
    /// for `forward`.
    public let locate: (_ error: TracingError, _ isForward: Bool) -> any Error

    /// An operation from its two functions.
    public init(
        parameters: @escaping (OperationPlace) throws -> [ParameterSpecification],
        forward:
            @escaping (Tensor, Parameters, ForwardContext, TracedOperation.Case) throws -> Tensor,
        locate: @escaping (TracingError, Bool) -> any Error = { error, _ in error }
    ) {
        self.parameters = parameters
        self.forward = forward
        self.locate = locate
    }

    /// Records the operation for every shape that it can meet.
    ///
    /// - Throws: What the functions throw, and what they give wrong, with their place.
    package func traced(
        _ name: String, places: [OperationPlace], batches: [Int], sources: [BatchNormSource]
    ) throws -> TracedOperation {
        do {
            return try TracedOperation(
                name: name, places: places, batches: batches, sources: sources,
                parameters: parameters, forward: forward)
        } catch let error as TracingError {
            switch error {
            case .parameterName, .parameterTwice: throw locate(error, false)
            case .unreadParameter, .outputShape: throw locate(error, true)
            }
        }
    }
}
