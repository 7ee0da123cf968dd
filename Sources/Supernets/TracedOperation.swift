public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// A candidate operation that was written outside Swift, recorded for every shape that it can meet.
///
/// Recording happens once, on the thread that owns the script; what is left is a value, which every
/// worker replays into the graphs that it builds. So the script is out of the loop, and the
/// operation runs at the speed of a built-in one.
public struct TracedOperation: OperationDescription {
    /// What a recording was made for.
    public struct Case: Hashable, Sendable {
        /// Where the operation stands.
        public let place: OperationPlace
        /// Images in a batch.
        public let batch: Int
        /// Where its batch norms take their statistics from.
        public let batchNorm: BatchNormSource

        /// A case to record.
        public init(place: OperationPlace, batch: Int, batchNorm: BatchNormSource) {
            self.place = place
            self.batch = batch
            self.batchNorm = batchNorm
        }
    }

    private let name: String
    private let specifications: [OperationPlace: [ParameterSpecification]]
    private let traces: [Case: RecordedForward]

    /// Records an operation.
    ///
    /// - Parameters:
    ///   - name: For messages.
    ///   - places: Where it may stand.
    ///   - batches: Numbers of images in a batch, each above 0.
    ///   - sources: Where batch norms may take their statistics from.
    ///   - parameters: The parameters at a place, named without the operation's own name.
    ///   - forward: Records the operation on images [batch, height, width, channels].
    /// - Throws: What the closures throw, and ``TracingError`` for what they give.
    public init(
        name: String, places: [OperationPlace], batches: [Int], sources: [BatchNormSource],
        parameters: (OperationPlace) throws -> [ParameterSpecification],
        forward: (Tensor, Parameters, ForwardContext, Case) throws -> Tensor
    ) throws {
        self.name = name
        var specifications: [OperationPlace: [ParameterSpecification]] = [:]
        var traces: [Case: RecordedForward] = [:]
        for place in places {
            let own = try parameters(place)
            try TracedOperation.check(own, of: name)
            specifications[place] = own
            for batch in batches {
                for source in sources {
                    let one = Case(place: place, batch: batch, batchNorm: source)
                    traces[one] = try TracedOperation.trace(name, one, own, forward)
                }
            }
        }
        self.specifications = specifications
        self.traces = traces
    }

    private static func check(
        _ specifications: [ParameterSpecification], of name: String
    ) throws(TracingError) {
        guard let fault = ParameterSpecification.faultyName(in: specifications) else { return }
        throw fault.isTwice
            ? .parameterTwice(operation: name, name: fault.name)
            : .parameterName(operation: name, name: fault.name)
    }

    private static func trace(
        _ name: String, _ one: Case, _ specifications: [ParameterSpecification],
        _ forward: (Tensor, Parameters, ForwardContext, Case) throws -> Tensor
    ) throws -> RecordedForward {
        let place = one.place
        let traced = try RecordedForward(
            [one.batch, place.height, place.width, place.channels], specifications, one.batchNorm
        ) { x, parameters, context in try forward(x, parameters, context, one) }
        let expected = [one.batch, place.outputHeight, place.outputWidth, place.channels]
        guard traced.output.dimensions == expected else {
            throw TracingError.outputShape(
                operation: name, expected: expected, found: traced.output.dimensions,
                stride: place.stride)
        }
        let read = traced.read
        if let idle = specifications.first(where: { !read.contains($0.name) }) {
            throw TracingError.unreadParameter(operation: name, name: idle.name)
        }
        return traced
    }

    /// The trained parameters at a place.
    ///
    /// Neighbouring places differ in the image's size alone, which no parameter may depend on where
    /// one supernet is trained; so the first place of these channels and this stride speaks.
    func parameters(
        channels: Int, stride: Int, under prefix: String
    ) throws(TensorError) -> [ParameterSpecification] {
        let fitting = specifications.keys.filter { $0.channels == channels && $0.stride == stride }
        guard let place = fitting.max(by: { ($0.height, $0.width) < ($1.height, $1.width) }),
            let own = specifications[place]
        else { throw untraced("\(channels) channels at stride \(stride)") }
        return own.map { ParameterSpecification("\(prefix).\($0.name)", $0.shape, $0.initializer) }
    }

    /// Replays the operation on images [N, H, W, C].
    func run(
        stride: Int, under prefix: String, _ x: Tensor, _ parameters: Parameters,
        _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        guard x.shape.rank == 4 else { throw untraced("shape \(x.shape)") }
        let place = OperationPlace(
            height: x.shape[1], width: x.shape[2], channels: x.shape[3], stride: stride)
        let one = Case(place: place, batch: x.shape[0], batchNorm: context.batchNorm)
        guard let traced = traces[one] else {
            throw untraced("images \(x.shape) at stride \(stride)")
        }
        return try traced.replay(x, under: prefix + ".", parameters, context)
    }

    /// Parameters, and the recorded multiply-adds of a batch shared by its images.
    ///
    /// - Throws: `unknownCost` for a place that was not traced.
    public func counts(_ place: OperationPlace) throws(SearchSpaceError) -> OperationCounts {
        let fitting = traces.filter { $0.key.place == place }
        guard let own = specifications[place],
            let one = fitting.min(by: { $0.key.batch < $1.key.batch })
        else {
            throw .unknownCost(
                height: place.height, width: place.width, channels: place.channels,
                stride: place.stride)
        }
        let all = one.value.recording.multiplyAdds
        return OperationCounts(
            parameters: own.reduce(0) { $0 + $1.shape.count },
            multiplyAdds: all / one.key.batch + (all % one.key.batch == 0 ? 0 : 1))
    }

    private func untraced(_ what: String) -> TensorError {
        .inputMismatch(
            name: "operation \(name)", expected: "a shape that it was traced for", found: what)
    }
}

/// What an operation that is being recorded can get wrong.
public enum TracingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A parameter's name is no name.
    case parameterName(operation: String, name: String)
    /// Two parameters have one name.
    case parameterTwice(operation: String, name: String)
    /// A parameter is trained for nothing.
    case unreadParameter(operation: String, name: String)
    /// The output does not fit the cell.
    case outputShape(operation: String, expected: [Int], found: [Int], stride: Int)

    /// What, expected, found, and what to try.
    public var description: String {
        switch self {
        case .parameterName(let operation, let name):
            "operation \(operation): parameters: \"\(name.prefix(40))\" is no name; use letters, "
                + "digits, points and underscores"
        case .parameterTwice(let operation, let name):
            "operation \(operation): parameters: \"\(name)\" is declared twice"
        case .unreadParameter(let operation, let name):
            "operation \(operation): forward: the parameter \"\(name)\" is declared and never "
                + "read; leave it out, or use it"
        case .outputShape(let operation, let expected, let found, let stride):
            "operation \(operation): forward: expected an output of shape \(expected) (the input's "
                + "channels, its height and width divided by stride \(stride)), found \(found)"
        }
    }
}
