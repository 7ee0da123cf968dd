public import Randomness

/// What the outputs of a task mean.
public enum TaskKind: String, Sendable, Hashable, Codable {
    /// One score a class; judged by the class with the highest.
    case classification
    /// Numbers; judged by their squared distance from the true ones.
    case regression
}

/// A source of tasks of one shape.
public protocol TaskDistribution: Sendable {
    /// What the outputs mean.
    var kind: TaskKind { get }
    /// Shape of one input, without the batch; for images [height, width, channels].
    var inputShape: [Int] { get }
    /// Numbers that a model returns for one input: the ways, or the values of a regression.
    var outputs: Int { get }
    /// Examples in every support set.
    var supportCount: Int { get }
    /// Examples in every query set.
    var queryCount: Int { get }
    /// Draws one task.
    func sample(_ rng: inout RandomStream) throws -> Episode
}

extension TaskDistribution {
    /// The same `count` tasks whenever it is called with the same stream; task i depends on the
    /// stream and i alone, so a longer list begins with the shorter one.
    public func fixedTasks(_ count: Int, stream: RandomStream) throws -> [Episode] {
        try (0..<max(count, 0)).map { index in
            var rng = stream.split(index)
            return try sample(&rng)
        }
    }
}
