/// What a batch's outputs are compared with.
public enum Targets: Sendable, Hashable, Codable {
    /// Class labels from 0, one an example.
    case labels([Int32])
    /// Numbers to be predicted, row-major in this shape, [examples, outputs].
    case values([Float], shape: [Int])

    /// The number of examples.
    public var count: Int {
        switch self {
        case .labels(let labels): labels.count
        case .values(_, let shape): shape.first ?? 0
        }
    }
}

/// Examples with their targets, ready to be put into tensors.
public struct Batch: Sendable, Hashable, Codable {
    /// The inputs, row-major in `inputShape`.
    public var inputs: [Float]
    /// [examples, …]; for images [examples, height, width, channels].
    public var inputShape: [Int]
    /// What the outputs are compared with.
    public var targets: Targets

    /// A batch of these examples.
    public init(inputs: [Float], inputShape: [Int], targets: Targets) {
        self.inputs = inputs
        self.inputShape = inputShape
        self.targets = targets
    }

    /// The number of examples.
    public var count: Int { inputShape.first ?? 0 }
}

/// One task: a support set to adapt on and a query set to be judged on, without a shared example.
public struct Episode: Sendable, Hashable, Codable {
    /// The examples to adapt on, ways × shots of them for classification.
    public var support: Batch
    /// The examples to be judged on.
    public var query: Batch
    /// The number of classes; 1 for regression.
    public var ways: Int
    /// Support examples of each class.
    public var shots: Int

    /// A task of these two sets.
    public init(support: Batch, query: Batch, ways: Int, shots: Int) {
        self.support = support
        self.query = query
        self.ways = ways
        self.shots = shots
    }
}
