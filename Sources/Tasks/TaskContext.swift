public import Components
public import Datasets
public import Randomness

/// What a task sampler sees: names and counts of classes, never pixels.
public struct TaskContext: Sendable, Hashable {
    /// One class that may be drawn.
    public struct Class: Sendable, Hashable {
        /// The class's number in its data set, by which an episode names it.
        public var index: Int
        /// The class's name, such as `character01`.
        public var name: String
        /// The group it belongs to.
        public var group: String
        /// How far its images are turned, degrees: 0, 90, 180 or 270.
        public var rotation: Int
        /// How many examples it has.
        public var examples: Int

        /// A class that may be drawn.
        public init(index: Int, name: String, group: String, rotation: Int, examples: Int) {
            self.index = index
            self.name = name
            self.group = group
            self.rotation = rotation
            self.examples = examples
        }
    }

    /// The data set's name.
    public var dataset: String
    /// The classes that may be drawn.
    public var classes: [Class]
    /// Classes per episode.
    public var ways: Int
    /// Support examples per class.
    public var shots: Int
    /// Query examples per class.
    public var queries: Int
    /// How far the run is; nil outside a run, as in a check.
    public var progress: RunProgress?
    /// For each of `classes` a moving average of the fraction of its queries that were classified correctly in
    /// training tasks, 0…1; nil for a class of which that is not known. May be shorter than `classes`.
    public var accuracy: [Double?]
    /// For each of `classes` the number of training tasks that had it and were scored. May be
    /// shorter than `classes`.
    public var seen: [Int]

    /// What a task sampler sees.
    public init(
        dataset: String, classes: [Class], ways: Int, shots: Int, queries: Int,
        progress: RunProgress? = nil, accuracy: [Double?] = [], seen: [Int] = []
    ) {
        self.accuracy = accuracy
        self.seen = seen
        self.dataset = dataset
        self.classes = classes
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.progress = progress
    }
}

/// The classes and examples of the next episode.
public typealias TaskSampler =
    (_ context: TaskContext, _ rng: inout RandomStream) throws -> EpisodeIndices

extension Point where Product == TaskSampler {
    /// Which classes and examples make the next episode.
    public static var taskSampler: Point {
        Point("task_sampler") { function, builder in
            try builder.scripts.make(function, at: .taskSampler)
        }
    }
}

extension ExtensionPoint {
    /// Which classes and examples make the next episode.
    public static var taskSampler: ExtensionPoint { Point<TaskSampler>.taskSampler.id }
}
