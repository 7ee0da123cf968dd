public import Components
public import Datasets
public import MetaLearning
public import Randomness

/// Ordinary classification: mini-batches of one training set, judged on unseen examples of the same
/// classes.
public struct SupervisedPlan: TasksPlan {
    /// `supervised`.
    public var name: String { "supervised" }
    /// The images.
    public let dataset: any DatasetPlan
    /// Classes to learn.
    public let classes: Int
    /// Examples of a mini-batch.
    public let batch: Int
    /// Share of each class's examples held out for validation, 0…1 (both excluded).
    public let validationFraction: Double
    /// Share of each class's examples held out for test, 0…1 (both excluded).
    public let testFraction: Double

    static let classesOption = PlanOption.integer(
        "classes", 2...10_000, 10, unit: "classes",
        "Classes to learn, drawn where the data set has more.")
    static let batchOption = PlanOption.integer(
        "batch", 1...65_536, 32, unit: "examples", "Examples of a mini-batch.")
    static let validationFractionOption = PlanOption.number(
        "validation_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.15,
        "Share of each class's examples held out for validation.")
    static let testFractionOption = PlanOption.number(
        "test_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.25,
        "Share of each class's examples held out for test.")

    static var supervised: Component {
        Component(
            .tasks, "supervised",
            options: [
                EpisodesPlan.datasetOption.specification, classesOption.specification,
                batchOption.specification, validationFractionOption.specification,
                testFractionOption.specification,
            ], offers: [.examples, .images, .miniBatches],
            needs: [Need(.miniBatches, of: .learner)],
            "Classification of images in mini-batches: one task, with training, validation and test "
                + "examples of each class."
        ) { try SupervisedPlan($0, $1) }
    }

    init(_ options: Options, _ builder: ComponentBuilder) throws {
        dataset = try builder.make(options[EpisodesPlan.datasetOption], at: .dataset)
        classes = options[Self.classesOption]
        batch = options[Self.batchOption]
        validationFraction = options[Self.validationFractionOption]
        testFraction = options[Self.testFractionOption]
    }

    /// One mini-batch; there is no support set.
    public var sizes: TaskSizes {
        TaskSizes(
            support: [0] + dataset.imageShape, query: [batch] + dataset.imageShape, ways: classes)
    }

    /// The classes.
    public var outputs: Int { classes }

    /// Bytes of drawn images.
    public var drawnBytes: Int {
        Saturating.product([dataset.drawnImages] + dataset.imageShape)
    }

    /// Smaller images.
    public var dataRemedy: String { "a smaller tasks.dataset.side needs less" }

    /// The mini-batch.
    public func batches(augmentations: Int?) -> [Int] { [batch] }

    /// The data set's.
    public var preprocessing: String { dataset.preprocessing }

    /// Those of the data set.
    public func files(in directory: String?) throws -> [String] {
        try dataset.files(in: directory)
    }

    /// Reads the images and splits the examples of each class.
    public func source(
        files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws -> any TaskSource {
        try SupervisedSource(self, files: files, stream: stream.split("tasks"))
    }
}

/// Mini-batches of one training set: each epoch goes through it once, in an order of its own. An
/// example that fills no whole batch waits for another epoch's order.
final class SupervisedSource: TaskSource {
    let dataBytes: Int
    private let parts: ExampleParts
    private let batch: Int
    private let stream: RandomStream
    /// The order of the epoch that was asked for last, which is drawn from its number alone.
    private var epoch: (arm: String, number: Int, order: [Int])?

    init(_ plan: SupervisedPlan, files: [String], stream: RandomStream) throws {
        self.stream = stream
        let dataset = try plan.dataset.read(files: files, rotations: false)
        dataBytes = dataset.byteCount
        batch = plan.batch
        parts = try ExampleParts(
            of: dataset, classes: plan.classes, validation: plan.validationFraction,
            test: plan.testFraction, batch: plan.batch, stream: stream.split("split"))
    }

    var kind: TaskKind { .classification }
    var notes: [String] { parts.dataset.notes }
    var inputShape: [Int] { parts.dataset.imageShape }
    var outputs: Int { parts.classes }
    var hasSampler: Bool { false }

    func training(
        _ count: Int, update: Int, arm: String, progress: RunProgress, record: ClassRecord
    ) throws -> [TrainingTask] {
        let perEpoch = parts.train.count / batch
        return try (0..<count).map { index in
            let number = update * count + index
            let order = order(epoch: number / perEpoch, arm: arm)
            let first = number % perEpoch * batch
            return TrainingTask(
                episode: try episode(order[first..<first + batch].map { parts.train[$0] }),
                classes: nil)
        }
    }

    private func order(epoch number: Int, arm: String) -> [Int] {
        if let epoch, epoch.arm == arm, epoch.number == number { return epoch.order }
        var rng = stream.split("training").split(arm).split(number)
        let order = rng.sample(parts.train.count, below: parts.train.count)
        epoch = (arm, number, order)
        return order
    }

    func validation(_ count: Int) throws -> [Episode] { try batches(parts.validation, count) }

    func test(_ count: Int) throws -> [Episode] { try batches(parts.test, count) }

    /// Whole batches, no example twice.
    private func batches(_ examples: [ExampleParts.Example], _ count: Int) throws -> [Episode] {
        try (0..<min(count, examples.count / batch)).map {
            try episode(Array(examples[$0 * batch..<($0 + 1) * batch]))
        }
    }

    private func episode(_ examples: [ExampleParts.Example]) throws -> Episode {
        Episode(
            support: Batch(inputs: [], inputShape: [0] + inputShape, targets: .labels([])),
            query: try parts.batch(examples), ways: parts.classes, shots: 0)
    }
}
