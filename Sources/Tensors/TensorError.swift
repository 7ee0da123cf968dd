public import Kernels

/// What the tensor engine can refuse.
public enum TensorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A shape with a dimension below 1, more than eight dimensions or too many elements.
    case invalidShape(dimensions: [Int], reason: String)
    /// An operation got tensors whose shapes do not fit together.
    case shapeMismatch(operation: String, expected: String, found: String)
    /// An option of an operation is outside its range.
    case invalidArgument(operation: String, argument: String, expected: String, found: String)
    /// Tensors of two graphs met in one operation.
    case differentGraphs(operation: String)
    /// A gradient was asked of a tensor that is not a scalar.
    case gradientOfNonScalar(shape: Shape)
    /// Two inputs of a graph have one name.
    case duplicateInput(name: String)
    /// A plan was run with other values than it asks for.
    case inputMismatch(name: String, expected: String, found: String)
    /// An index in a tensor points outside the axis that it selects from.
    case indexOutOfRange(operation: String, index: Float, size: Int)
    /// A value is not a number, or infinite.
    case notFinite(what: String)
    /// The plan needs more memory than allowed, in bytes.
    case memoryExceeded(needed: Int, limit: Int)
    /// The system has not this much memory, in bytes, for a plan.
    case memoryRefused(needed: Int)
    /// The kernel library failed.
    case kernel(KernelError)

    /// What was refused, what was expected and what was found.
    public var description: String {
        switch self {
        case .invalidShape(let dimensions, let reason):
            return "shape \(dimensions): \(reason)"
        case .shapeMismatch(let operation, let expected, let found):
            return "\(operation): expected \(expected), found \(found)"
        case .invalidArgument(let operation, let argument, let expected, let found):
            return "\(operation): \(argument): expected \(expected), found \(found)"
        case .differentGraphs(let operation):
            return """
                \(operation): the tensors belong to two different recordings; \
                make both inside the same function
                """
        case .gradientOfNonScalar(let shape):
            return """
                gradient: expected a single number to differentiate, found shape \(shape); \
                reduce it first, as with sum or mean
                """
        case .duplicateInput(let name):
            return "input \(name): the graph has an input of this name already"
        case .inputMismatch(let name, let expected, let found):
            return "input \(name): expected \(expected), found \(found)"
        case .indexOutOfRange(let operation, let index, let size):
            return "\(operation): expected an index in 0..<\(size), found \(index)"
        case .notFinite(let what):
            return "\(what): expected finite numbers, found NaN or infinity"
        case .memoryExceeded(let needed, let limit):
            return "the plan needs \(needed) bytes of memory, the limit is \(limit)"
        case .memoryRefused(let needed):
            return """
                the system refused \(needed) bytes of memory for a plan; \
                make the batch or the network smaller
                """
        case .kernel(let error):
            return error.description
        }
    }
}
