public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// A supernet that was written outside Swift: functions give its parameters and the forward pass of
/// any genotype, which is recorded when the genotype is first asked for.
///
/// A path's forward pass may read any of the parameters; what two paths both read they share. After
/// it comes the supernet's own linear classifier, so that learners find a head.
public final class TracedSupernet: Supernet {
    /// What a forward pass is recorded for.
    public struct Case: Sendable, Hashable {
        /// Images in a batch.
        public let batch: Int
        /// Where its batch norms take their statistics from.
        public let batchNorm: BatchNormSource
    }

    /// Records the features [batch, F] of a genotype on images [batch, height, width, channels].
    public typealias Forward =
        (
            _ genotype: Genotype, _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
        ) throws -> Tensor

    /// What is searched.
    public let space: any SearchSpace
    /// The script's parameters, then the classifier's.
    public let layout: ParameterLayout
    private let specifications: [ParameterSpecification]
    private let inputShape: [Int]
    private let classes: Int
    private let features: Int
    private let cases: [Case]
    private let forward: Forward
    private var networks: [Genotype: TracedNetwork] = [:]

    /// As many networks are kept; a search comes back to its population, not to all it ever saw.
    private static let kept = 512

    /// A supernet of a script.
    ///
    /// - Parameters:
    ///   - space: What is searched.
    ///   - inputShape: Height, width and channels of an image.
    ///   - classes: Outputs of the classifier.
    ///   - batches: Numbers of images in a batch, each above 0.
    ///   - sources: Where batch norms may take their statistics from.
    ///   - parameters: All parameters of all paths.
    ///   - forward: Records a path.
    /// - Throws: What the functions throw, and ``SupernetError`` for what they give.
    public init(
        _ space: any SearchSpace, inputShape: [Int], classes: Int, batches: [Int],
        sources: [BatchNormSource], parameters: [ParameterSpecification],
        forward: @escaping Forward
    ) throws {
        if let fault = ParameterSpecification.faultyName(in: parameters) {
            throw fault.isTwice
                ? SupernetError.parameterTwice(name: fault.name)
                : SupernetError.parameterName(name: fault.name)
        }
        if let taken = parameters.first(where: { $0.name.hasPrefix(TracedNetwork.headPrefix) }) {
            throw SupernetError.classifierName(name: taken.name)
        }
        self.space = space
        self.inputShape = inputShape
        self.classes = classes
        self.forward = forward
        specifications = parameters
        cases = batches.flatMap { batch in sources.map { Case(batch: batch, batchNorm: $0) } }
        guard let first = cases.first else { throw SupernetError.noBatches }
        // One path says how many features all paths have.
        let genotype = try space.repair(Genotype([]))
        let traced = try RecordedForward(
            [first.batch] + inputShape, parameters, first.batchNorm
        ) { try forward(genotype, $0, $1, $2) }
        guard traced.output.rank == 2, traced.output[0] == first.batch else {
            throw SupernetError.outputShape(
                genotype: try space.text(genotype), expected: "[\(first.batch), features]",
                found: traced.output.dimensions)
        }
        features = traced.output[1]
        layout = ParameterLayout(
            parameters
                + (try Layers.linearParameters(
                    TracedNetwork.headName, inputs: features, outputs: classes)))
    }

    /// The network of one genotype; recorded when it is first asked for.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space, ``SupernetError`` for
    ///   another output than the first path's, and what the script throws.
    public func subnet(_ genotype: Genotype) throws -> any Network {
        try network(genotype)
    }

    private func network(_ genotype: Genotype) throws -> TracedNetwork {
        if let known = networks[genotype] { return known }
        let text = try space.text(genotype)
        var traces: [Case: RecordedForward] = [:]
        for one in cases {
            let traced = try RecordedForward(
                [one.batch] + inputShape, specifications, one.batchNorm
            ) { [forward] in try forward(genotype, $0, $1, $2) }
            guard traced.output.dimensions == [one.batch, features] else {
                throw SupernetError.outputShape(
                    genotype: text, expected: "\([one.batch, features])",
                    found: traced.output.dimensions)
            }
            traces[one] = traced
        }
        let read = traces.values.reduce(into: Set<String>()) { $0.formUnion($1.read) }
        let network = TracedNetwork(
            key: "\(space.name) \(text)",
            entries: layout.entries.filter {
                read.contains($0.name) || $0.name.hasPrefix(TracedNetwork.headPrefix)
            },
            head: features * classes, traces: traces)
        if networks.count >= TracedSupernet.kept { networks = [:] }
        networks[genotype] = network
        return network
    }

    /// The layers of one genotype's network: what reads parameters under one name, and poolings.
    ///
    /// - Throws: As ``subnet(_:)``.
    public func describe(_ genotype: Genotype) throws -> NetworkDescription {
        let network = try network(genotype)
        return NetworkDescription(
            layers: network.layers + [
                LayerDescription(
                    name: TracedNetwork.headName, kind: .linear, outputShape: [classes],
                    parameters: (features + 1) * classes, multiplyAdds: features * classes)
            ])
    }

    /// For each number of an option the genotype that takes it wherever it can.
    ///
    /// - Throws: What the space's rule throws.
    public func largestGenotypes() throws -> [Genotype] {
        let counts = space.choices.map(\.options.count)
        var found: [Genotype] = []
        for option in 0..<min(counts.max() ?? 1, 16) {
            let genotype = try space.repair(Genotype(counts.map { min(option, $0 - 1) }))
            if !found.contains(genotype) { found.append(genotype) }
        }
        return found
    }
}

/// One path of a ``TracedSupernet``: a value that workers replay.
struct TracedNetwork: Network {
    static let headName = "classifier"
    static let headPrefix = "classifier."

    let key: String
    private let entries: [ParameterSpecification]
    private let head: Int
    private let traces: [TracedSupernet.Case: RecordedForward]

    init(
        key: String, entries: [ParameterSpecification], head: Int,
        traces: [TracedSupernet.Case: RecordedForward]
    ) {
        self.key = key
        self.entries = entries
        self.head = head
        self.traces = traces
    }

    /// The recording of the fewest images, for counts.
    private var smallest: (batch: Int, traced: RecordedForward)? {
        traces.filter { $0.key.batchNorm == .batch }.min { $0.key.batch < $1.key.batch }
            .map { ($0.key.batch, $0.value) }
    }

    var work: Int {
        smallest.map { $0.traced.recording.multiplyAdds / $0.batch + head } ?? head
    }

    var parameters: [ParameterSpecification] { entries }

    var headPrefix: String { TracedNetwork.headPrefix }

    func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        let one = TracedSupernet.Case(
            batch: x.shape.rank > 0 ? x.shape[0] : 0, batchNorm: context.batchNorm)
        guard let traced = traces[one] else {
            throw .inputMismatch(
                name: key, expected: "a number of images that it was recorded for",
                found: "images \(x.shape)")
        }
        return try traced.replay(x, under: "", parameters, context)
    }

    func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear(TracedNetwork.headName, parameters, features)
    }

    /// The layers for one example.
    var layers: [LayerDescription] {
        guard let (batch, traced) = smallest else { return [] }
        return traced.recording.layers(besides: RecordedForward.inputName).map { layer in
            LayerDescription(
                name: layer.name, kind: LayerKind(layer.kind),
                outputShape: Array(layer.output.dimensions.dropFirst()),
                parameters: layer.parameters, multiplyAdds: layer.multiplyAdds / batch)
        }
    }
}

extension LayerKind {
    fileprivate init(_ kind: Recording.Layer.Kind) {
        switch kind {
        case .convolution: self = .convolution
        case .depthwiseConvolution: self = .depthwiseConvolution
        case .batchNorm: self = .batchNorm
        case .linear: self = .linear
        case .maxPool: self = .maxPool
        case .averagePool: self = .averagePool
        case .other: self = .custom
        }
    }
}

/// What a script's supernet can get wrong.
public enum SupernetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A parameter's name is no name.
    case parameterName(name: String)
    /// Two parameters have one name.
    case parameterTwice(name: String)
    /// A parameter has a name of the classifier.
    case classifierName(name: String)
    /// Nothing is run through the network.
    case noBatches
    /// A path gives something else than features.
    case outputShape(genotype: String, expected: String, found: [Int])

    /// Whether it is about what `forward` gave, not about `parameters`.
    public var isOfForward: Bool {
        switch self {
        case .outputShape, .noBatches: true
        case .parameterName, .parameterTwice, .classifierName: false
        }
    }

    /// What, expected, found, and what to try.
    public var description: String {
        switch self {
        case .parameterName(let name):
            "parameters: \"\(name.prefix(40))\" is no name; use letters, digits, points and "
                + "underscores"
        case .parameterTwice(let name): "parameters: \"\(name)\" is declared twice"
        case .classifierName(let name):
            "parameters: \"\(name)\" is a name of the classifier, which the host adds after the "
                + "features; take another"
        case .noBatches: "forward: these tasks have no images"
        case .outputShape(let genotype, let expected, let found):
            "forward: expected features of shape \(expected), the same number for every genotype, "
                + "found \(found) for \(genotype)"
        }
    }
}
