/// The tasks that are learned.
public enum TasksPlan: Sendable, Hashable {
    /// Few-shot classification of images.
    case episodes(EpisodesPlan)
    /// Few-shot regression of sine waves.
    case sine(SinePlan)
    /// Looked-up accuracies of architectures.
    case tabular(TabularPlan)
}

/// The images that episodes are made of.
public enum DatasetPlan: Sendable, Hashable {
    /// Characters drawn by the program itself.
    case glyphs(GlyphsPlan)
    /// Omniglot from its own archives (Lake, Salakhutdinov, Tenenbaum 2015).
    case omniglot(OmniglotPlan)
}

/// The embedded data set of drawn characters.
public struct GlyphsPlan: Sendable, Hashable {
    /// Alphabets.
    public let alphabets: Int
    /// Characters of an alphabet.
    public let characters: Int
    /// Drawers, and so examples of a character.
    public let drawers: Int
    /// Height and width, pixels.
    public let side: Int
    /// The seed of the drawings, apart from the run's.
    public let seed: UInt64

    static let alphabetsOption = PlanOption.integer(
        "alphabets", 1...200, 20, "Alphabets, each with a style of its own.")
    static let charactersOption = PlanOption.integer(
        "characters", 1...100, 20, "Characters of an alphabet.")
    static let drawersOption = PlanOption.integer(
        "drawers", 1...200, 20, "Drawers; each draws every character once.")
    static let sideOption = PlanOption.integer(
        "side", 8...128, 28, unit: "pixels", "Height and width of an image.")
    static let seedOption = PlanOption.integer(
        "seed", 0...(.max), 1, "Seed of the drawings; a run's own seed does not change them.")

    static let options = [
        alphabetsOption.specification, charactersOption.specification,
        drawersOption.specification, sideOption.specification, seedOption.specification,
    ]

    init(_ options: Options) {
        alphabets = options[Self.alphabetsOption]
        characters = options[Self.charactersOption]
        drawers = options[Self.drawersOption]
        side = options[Self.sideOption]
        seed = UInt64(options[Self.seedOption])
    }
}

/// Omniglot's reading.
public struct OmniglotPlan: Sendable, Hashable {
    /// The archives' file names; empty for every archive of the data folder.
    public let archives: [String]
    /// Height and width after area averaging, pixels.
    public let side: Int

    static let archivesOption = PlanOption.names(
        "archives", "File names of the archives to read; empty for all in the data folder.")
    static let sideOption = PlanOption.integer(
        "side", 8...105, 28, unit: "pixels", "Height and width after area averaging from 105.")

    static let options = [archivesOption.specification, sideOption.specification]

    init(_ options: Options) {
        archives = options[Self.archivesOption]
        side = options[Self.sideOption]
    }
}

/// Few-shot classification tasks.
public struct EpisodesPlan: Sendable, Hashable {
    /// What is kept apart between training and test.
    public enum Split: String, Sendable, Hashable, CaseIterable {
        /// Whole alphabets.
        case alphabets
        /// Single characters, whatever their alphabet.
        case classes
    }

    /// The images.
    public let dataset: DatasetPlan
    /// What is kept apart between training and test.
    public let split: Split
    /// Alphabets to train on; empty for all that are not tested.
    public let train: [String]
    /// Alphabets to test on; empty for a drawn share of `testFraction`.
    public let test: [String]
    /// Share of the training classes held out for validation, 0…1 (both excluded).
    public let validationFraction: Double
    /// Share of the alphabets (or classes) held out for test where none is named, 0…1.
    public let testFraction: Double
    /// Classes of an episode.
    public let ways: Int
    /// Support examples of a class.
    public let shots: Int
    /// Query examples of a class.
    public let queries: Int
    /// Whether images turned by 90, 180 and 270 degrees are further classes in training.
    public let rotations: Bool
    /// What draws the classes and examples of an episode.
    public let sampler: ComponentSelection

    static let datasetOption = PlanOption.component(
        "dataset", .dataset, default: .value("glyphs"), "The images.")
    static let splitOption = PlanOption.choice(
        "split", Split.alphabets, "What is kept apart between training and test.")
    static let trainOption = PlanOption.names(
        "train", "Alphabets to train on; empty for all that are not tested.")
    static let testOption = PlanOption.names(
        "test", "Alphabets to test on; empty to draw test_fraction of them.")
    static let validationFractionOption = PlanOption.number(
        "validation_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.2,
        "Share of the training classes held out for validation.")
    static let testFractionOption = PlanOption.number(
        "test_fraction", NumberRange(0, 1, includesLower: false, includesUpper: false), 0.25,
        "Share of alphabets (or classes) held out for test where none is named.")
    static let waysOption = PlanOption.integer(
        "ways", 2...1_000, 5, unit: "classes", "Classes of an episode.")
    static let shotsOption = PlanOption.integer(
        "shots", 1...1_000, 1, unit: "examples", "Support examples of a class.")
    static let queriesOption = PlanOption.integer(
        "queries", 1...1_000, 15, unit: "examples", "Query examples of a class.")
    static let rotationsOption = PlanOption.boolean(
        "rotations", false, "Whether images turned by 90, 180, 270 degrees train as more classes.")
    static let samplerOption = PlanOption.component(
        "sampler", .taskSampler, default: .value("uniform"),
        "What draws the classes and examples of a training episode.")

    static let options = [
        datasetOption.specification, splitOption.specification, trainOption.specification,
        testOption.specification, validationFractionOption.specification,
        testFractionOption.specification, waysOption.specification, shotsOption.specification,
        queriesOption.specification, rotationsOption.specification, samplerOption.specification,
    ]

    init(_ options: Options) throws(ExperimentError) {
        dataset = try DatasetPlan(options[Self.datasetOption], at: options.position)
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
            throw .contradiction(
                at: options.position.child(train.isEmpty ? "test" : "train"),
                problem: "alphabets can be named only with split = \"alphabets\"")
        }
        if let both = train.first(where: test.contains) {
            throw .contradiction(
                at: options.position.child("test"),
                problem: "\(PlanText.quoted(both)) is also named in train; a test alphabet must "
                    + "be unseen")
        }
    }
}

/// Regression of sine waves from a few points: amplitudes 0.1…5, phases 0…π, inputs −5…5.
///
/// Source: Finn, Abbeel, Levine, "Model-agnostic meta-learning", ICML 2017, section 5.1.
public struct SinePlan: Sendable, Hashable {
    /// Support points of a task.
    public let shots: Int
    /// Query points of a task.
    public let queries: Int

    static let shotsOption = PlanOption.integer(
        "shots", 1...10_000, 10, unit: "points", "Support points of a task.")
    static let queriesOption = PlanOption.integer(
        "queries", 1...10_000, 10, unit: "points", "Query points of a task.")

    static let options = [shotsOption.specification, queriesOption.specification]

    init(_ options: Options) {
        shots = options[Self.shotsOption]
        queries = options[Self.queriesOption]
    }
}

extension TasksPlan {
    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("episodes", let options): self = .episodes(try EpisodesPlan(options))
        case .named("sine", let options): self = .sine(SinePlan(options))
        case .named("tabular", let options): self = .tabular(try TabularPlan(options))
        default: throw .unbuildable(selection, at: position.child("tasks"))
        }
    }
}

extension DatasetPlan {
    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("glyphs", let options): self = .glyphs(GlyphsPlan(options))
        case .named("omniglot", let options): self = .omniglot(OmniglotPlan(options))
        default: throw .unbuildable(selection, at: position.child("dataset"))
        }
    }
}

extension ExperimentError {
    /// A component that is registered where the method loop builds only its own.
    static func unbuildable(
        _ selection: ComponentSelection, at position: PlanPosition
    ) -> ExperimentError {
        .contradiction(
            at: position, problem: "\(selection.title) is registered, but cannot be built here yet")
    }
}
