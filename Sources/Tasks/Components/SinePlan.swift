public import Components
internal import Datasets
public import MetaLearning
public import Randomness

/// Regression of sine waves from a few points: amplitudes 0.1…5, phases 0…π, inputs −5…5.
///
/// Source: Finn, Abbeel, Levine, "Model-agnostic meta-learning", ICML 2017, section 5.1.
public struct SinePlan: TasksPlan, Hashable {
    /// `sine`.
    public var name: String { "sine" }
    /// Support points per task.
    public let shots: Int
    /// Query points per task.
    public let queries: Int

    static let shotsOption = PlanOption.integer(
        "shots", 1...10_000, 10, unit: "points", "Support points per task.")
    static let queriesOption = PlanOption.integer(
        "queries", 1...10_000, 10, unit: "points", "Query points per task.")

    static let options = [shotsOption.specification, queriesOption.specification]

    init(_ options: Options) {
        shots = options[Self.shotsOption]
        queries = options[Self.queriesOption]
    }

    static var sine: Component {
        Component(
            .tasks, "sine", options: options, offers: [.examples, .vectors, .sharedTargets],
            "Few-shot regression of sine waves (Finn, Abbeel, Levine 2017)."
        ) { options, _ in SinePlan(options) }
    }

    /// Points of one number.
    public var sizes: TaskSizes { TaskSizes(support: [shots, 1], query: [queries, 1], ways: nil) }

    /// One number.
    public var outputs: Int { 1 }

    /// Waves of the run's stream.
    public func source(
        files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws -> any TaskSource {
        ComputedSource(
            try SineDistribution(shots: shots, queries: queries), stream: stream.split("tasks"))
    }
}

/// Tasks that are computed, from one distribution for all purposes.
struct ComputedSource: TaskSource {
    private let distribution: any TaskDistribution
    private let stream: RandomStream

    init(_ distribution: any TaskDistribution, stream: RandomStream) {
        self.distribution = distribution
        self.stream = stream
    }

    var kind: TaskKind { distribution.kind }
    var inputShape: [Int] { distribution.inputShape }
    var outputs: Int { distribution.outputs }
    var dataBytes: Int { 0 }
    var hasSampler: Bool { false }

    func training(
        _ count: Int, update: Int, arm: String, progress: RunProgress, record: ClassRecord
    ) throws -> [TrainingTask] {
        let stream = stream.split("training").split(arm).split(update)
        return try (0..<count).map { index in
            var rng = stream.split(index)
            return TrainingTask(episode: try distribution.sample(&rng), classes: nil)
        }
    }

    func validation(_ count: Int) throws -> [Episode] {
        try distribution.fixedTasks(count, stream: stream.split("validation"))
    }

    func test(_ count: Int) throws -> [Episode] {
        try distribution.fixedTasks(count, stream: stream.split("test"))
    }
}
