public import Components
public import Datasets
public import MetaLearning
public import Randomness

/// The tasks of a run: drawn for training, fixed for validation and test.
///
/// Every task has a stream of its own, named by its purpose and number, so that arms and seeds see
/// the same tasks whatever else they draw.
public protocol TaskSource {
    /// What the outputs mean.
    var kind: TaskKind { get }
    /// Height, width and channels of an image, or the length of a vector.
    var inputShape: [Int] { get }
    /// Classes of a task, or outputs of a regression.
    var outputs: Int { get }
    /// Bytes of the data in memory; 0 for tasks that are computed.
    var dataBytes: Int { get }
    /// What reading the data set gave to tell, a sentence each.
    var notes: [String] { get }
    /// Whether a sampler draws training tasks that may ask how well classes were classified.
    var hasSampler: Bool { get }

    /// The tasks of one meta-update.
    ///
    /// - Parameters:
    ///   - count: How many tasks.
    ///   - update: Number of the meta-update, which names the stream too.
    ///   - arm: Names the stream; arms of one name see the same tasks.
    ///   - progress: What a task sampler of the plan is told.
    ///   - record: How well classes were classified so far, which it is told too.
    /// - Returns: The tasks, in order.
    /// - Throws: What the sampler throws, and an error for classes that make no task.
    func training(
        _ count: Int, update: Int, arm: String, progress: RunProgress, record: ClassRecord
    ) throws -> [TrainingTask]

    /// Fixed tasks by which architectures are compared; a longer list begins with the shorter one.
    func validation(_ count: Int) throws -> [Episode]

    /// Fixed unseen tasks of the results; a longer list begins with the shorter one.
    func test(_ count: Int) throws -> [Episode]
}

extension TaskSource {
    /// Computed tasks have nothing to tell.
    public var notes: [String] { [] }
}

/// The tasks that are learned, as a plan names them: what is known without reading any data, and
/// where they come from.
public protocol TasksPlan: Sendable {
    /// The component's name.
    var name: String { get }
    /// Sizes of a task.
    var sizes: TaskSizes { get }
    /// Classes of a task, or outputs of a regression.
    var outputs: Int { get }
    /// Bytes of data that are drawn in memory; 0 for what is read from files.
    var drawnBytes: Int { get }
    /// What makes the data smaller; empty if nothing does.
    var dataRemedy: String { get }

    /// Numbers of examples in the batches that a task can make.
    ///
    /// - Parameter augmentations: Copies of a support example where tasks are searched one by one;
    ///   nil where they are not.
    /// - Returns: The numbers, in any order.
    func batches(augmentations: Int?) -> [Int]

    /// The files that the tasks are made of. A run records what is in them, so that it goes on with
    /// no other.
    ///
    /// - Parameter directory: Where real data sets are; nil if none was named.
    /// - Returns: Their paths, in the order in which they are read; none for what is computed.
    /// - Throws: `ExperimentError.missingData` if a folder is needed; `DatasetError` where the files
    ///   are not there.
    func files(in directory: String?) throws -> [String]

    /// What was done to the inputs before a network sees them, for who uses its weights elsewhere.
    var preprocessing: String { get }

    /// Where the tasks come from.
    ///
    /// - Parameters:
    ///   - files: Those of ``files(in:)``: no other is opened.
    ///   - stream: The run's.
    ///   - builder: Makes samplers.
    /// - Returns: The source.
    /// - Throws: What is wrong with the data; `ExperimentError.failed` where nothing is learned.
    func source(
        files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws -> any TaskSource

    /// The tables in which results are looked up; nil where networks are trained.
    ///
    /// - Parameter files: Those of ``files(in:)``.
    /// - Returns: The tables.
    /// - Throws: What is wrong with the data.
    func tables(files: [String]) throws -> TableTasks?
}

extension TasksPlan {
    /// Height, width and channels of an image, or the length of a vector.
    public var inputShape: [Int] { Array(sizes.support.dropFirst()) }
    /// Support examples per class.
    public var shots: Int { (sizes.support.first ?? 1) / max(sizes.ways ?? 1, 1) }
    /// Computed tasks hold no data.
    public var drawnBytes: Int { 0 }
    /// Nothing makes it smaller.
    public var dataRemedy: String { "" }
    /// Most tasks make no batches that anything is recorded for.
    public func batches(augmentations: Int?) -> [Int] { [] }
    /// Computed tasks have none.
    public func files(in directory: String?) throws -> [String] { [] }
    /// Computed inputs are as they are.
    public var preprocessing: String { "none: inputs are as they were computed" }
    /// Most tasks are learned.
    public func tables(files: [String]) throws -> TableTasks? { nil }
}

extension Point where Product == any TasksPlan {
    /// Kinds of tasks that are learned.
    public static var tasks: Point { Point(ExtensionPoint.tasks) }
}

/// The kinds of tasks that come with the program, with what goes with them alone.
public enum TaskComponents {
    /// All of them.
    public static var all: [Component] {
        [
            EpisodesPlan.episodes, SupervisedPlan.supervised, SinePlan.sine, TabularPlan.tabular,
            TableSpacePlan.nasBench201, UniformTaskSampler.uniform,
        ]
    }
}
