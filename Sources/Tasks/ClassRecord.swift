public import Datasets

/// A training task with the places of its classes among those that its sampler may draw; nil for
/// tasks that no sampler of the plan drew.
public struct TrainingTask: Sendable {
    /// The task.
    public let episode: Episode
    /// The places of its classes, by label.
    public let classes: [Int]?

    /// A task that a source drew.
    public init(episode: Episode, classes: [Int]?) {
        self.episode = episode
        self.classes = classes
    }
}

/// How well the classes of one arm's training tasks were told so far, for samplers that draw by it.
/// Query labels of training tasks alone come in here, never those of validation or test.
public final class ClassRecord {
    /// The record as a value.
    public struct Scores: Codable, Hashable, Sendable {
        /// For each place the moving average of the fraction of queries classified correctly; nil before the
        /// first task with the class.
        public var accuracy: [Double?] = []
        /// For each place the number of tasks with the class.
        public var seen: [Int] = []
    }

    /// All that it holds.
    public var scores = Scores()
    /// A record of no task.
    public init() {}

    /// How far the average goes to the newest task.
    static let rate = 0.2

    /// Takes in a task's accuracies, by label.
    public func take(_ accuracies: [Double], classes: [Int]) {
        for (place, accuracy) in zip(classes, accuracies) where place >= 0 {
            while scores.accuracy.count <= place {
                scores.accuracy.append(nil)
                scores.seen.append(0)
            }
            let before = scores.accuracy[place]
            scores.accuracy[place] =
                before.map { $0 + ClassRecord.rate * (accuracy - $0) } ?? accuracy
            scores.seen[place] += 1
        }
    }
}
