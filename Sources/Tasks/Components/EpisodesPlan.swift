public import Components
public import Datasets
public import MetaLearning
public import Randomness

/// Few-shot classification tasks.
public struct EpisodesPlan: TasksPlan {
    /// `episodes`.
    public var name: String { "episodes" }
    /// What is disjoint between training and test.
    public enum Split: String, Sendable, Hashable, CaseIterable {
        /// Whole groups of classes, which Omniglot calls alphabets.
        case alphabets
        /// The same, by the name that other data sets use.
        case groups
        /// Single classes, whatever their group.
        case classes
    }

    /// The images.
    public let dataset: any DatasetPlan
    /// What is disjoint between training and test.
    public let split: Split
    /// Groups to train on; empty for all that are not tested.
    public let train: [String]
    /// Groups to test on; empty for a drawn share of `testFraction`.
    public let test: [String]
    /// Share of the training classes held out for validation, 0…1 (both excluded).
    public let validationFraction: Double
    /// Share of the groups (or classes) held out for test where none is named, 0…1.
    public let testFraction: Double
    /// Classes per episode.
    public let ways: Int
    /// Support examples per class.
    public let shots: Int
    /// Query examples per class.
    public let queries: Int
    /// Whether images turned by 90, 180 and 270 degrees are further classes in training.
    public let rotations: Bool
    /// What draws the classes and examples of an episode.
    public let sampler: ComponentSelection

    static let datasetOption = PlanOption.component(
        "dataset", .dataset, default: .value("glyphs"), "The images.")
    static let splitOption = PlanOption.choice(
        "split", Split.alphabets, "What is disjoint between training and test.")
    static let trainOption = PlanOption.names(
        "train", "Groups (alphabets) to train on; empty for all that are not tested on.")
    static let testOption = PlanOption.names(
        "test", "Groups (alphabets) to test on; empty to draw test_fraction of them.")
    static let validationFractionOption = PlanOption.number(
        "validation_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.2,
        "Fraction of the training classes held out for validation.")
    static let testFractionOption = PlanOption.number(
        "test_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.25,
        "Fraction of groups (or classes) held out for test if none are named.")
    static let waysOption = PlanOption.integer(
        "ways", 2...1_000, 5, unit: "classes", "Classes per episode.")
    static let shotsOption = PlanOption.integer(
        "shots", 1...1_000, 1, unit: "examples", "Support examples per class.")
    static let queriesOption = PlanOption.integer(
        "queries", 1...1_000, 15, unit: "examples", "Query examples per class.")
    static let rotationsOption = PlanOption.boolean(
        "rotations", false,
        "Whether images rotated by 90, 180 and 270 degrees are additional training classes.")
    static let samplerOption = PlanOption.component(
        "sampler", .taskSampler, default: .value("uniform"),
        "How the classes and examples of training episodes are chosen.")

    static let options = [
        datasetOption.specification, splitOption.specification, trainOption.specification,
        testOption.specification, validationFractionOption.specification,
        testFractionOption.specification, waysOption.specification, shotsOption.specification,
        queriesOption.specification, rotationsOption.specification, samplerOption.specification,
    ]

    init(_ options: Options, _ builder: ComponentBuilder) throws {
        dataset = try builder.make(options[Self.datasetOption], at: .dataset)
        split = options[Self.splitOption]
        train = options[Self.trainOption]
        test = options[Self.testOption]
        validationFraction = options[Self.validationFractionOption]
        testFraction = options[Self.testFractionOption]
        ways = options[Self.waysOption]
        shots = options[Self.shotsOption]
        queries = options[Self.queriesOption]
        rotations = options[Self.rotationsOption]
        sampler = options[Self.samplerOption]
        if split == .classes, !(train.isEmpty && test.isEmpty) {
            throw ExperimentError.contradiction(
                at: options.position.child(train.isEmpty ? "test" : "train"),
                problem: "alphabets can be named only with split = \"alphabets\"")
        }
        if let both = train.first(where: test.contains) {
            throw ExperimentError.contradiction(
                at: options.position.child("test"),
                problem: "\(PlanText.quoted(both)) is also named in train; a test alphabet must "
                    + "be unseen")
        }
    }

    static var episodes: Component {
        Component(
            .tasks, "episodes", options: options, offers: [.examples, .images, .classes],
            "Few-shot classification of images."
        ) { try EpisodesPlan($0, $1) }
    }

    /// Whether a sampler draws training tasks, and not the distribution itself.
    var hasOwnSampler: Bool {
        if case .named(let name, _) = sampler {
            name != UniformTaskSampler.uniform.name
        } else {
            true
        }
    }

    // MARK: Sizes

    /// Support and query sets of `ways` classes.
    public var sizes: TaskSizes {
        TaskSizes(
            support: [ways * shots] + dataset.imageShape,
            query: [ways * queries] + dataset.imageShape, ways: ways)
    }

    /// The ways.
    public var outputs: Int { ways }

    /// Bytes of drawn images, turned ones included.
    public var drawnBytes: Int {
        Saturating.product([dataset.drawnImages, rotations ? 4 : 1] + dataset.imageShape)
    }

    /// Smaller images, and none turned.
    public var dataRemedy: String {
        (rotations ? "tasks.rotations = false or " : "")
            + "a smaller tasks.dataset.side needs less"
    }

    /// Support and query sets, and what a search on a task makes of the support set.
    public func batches(augmentations: Int?) -> [Int] {
        var counts = [ways * shots, ways * queries]
        if let augmentations {
            counts +=
                shots > 1 ? [ways * (shots - 1), ways] : [ways * shots * augmentations]
        }
        return counts
    }

    /// The data set's.
    public var preprocessing: String { dataset.preprocessing }

    /// Those of the data set.
    public func files(in directory: String?) throws -> [String] {
        try dataset.files(in: directory)
    }

    /// Reads the images and splits their classes.
    public func source(
        files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws -> any TaskSource {
        try EpisodeSource(self, files: files, stream: stream, builder)
    }
}
