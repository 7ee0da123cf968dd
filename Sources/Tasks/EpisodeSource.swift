internal import Components
internal import Datasets
internal import Randomness

/// Few-shot episodes of a data set.
struct EpisodeSource: TaskSource {
    let dataBytes: Int
    let notes: [String]
    private let training: EpisodeDistribution
    private let validation: EpisodeDistribution
    private let test: EpisodeDistribution
    private let stream: RandomStream
    private let sampler: TaskSampler?
    private let context: TaskContext
    /// The place among the context's classes of a class of the data set.
    private let places: [Int: Int]

    var kind: TaskKind { training.kind }
    var inputShape: [Int] { training.inputShape }
    var outputs: Int { training.outputs }
    var hasSampler: Bool { sampler != nil }

    init(
        _ plan: EpisodesPlan, files: [String], stream: RandomStream, _ builder: ComponentBuilder
    ) throws {
        self.stream = stream.split("tasks")
        let dataset = try plan.dataset.read(files: files, rotations: plan.rotations)
        dataBytes = dataset.byteCount
        notes = dataset.notes
        let split = try EpisodeSource.split(plan, dataset, stream.split("split"))
        func distribution(_ classes: [Int]) throws -> EpisodeDistribution {
            try EpisodeDistribution(
                dataset: dataset, classes: classes, ways: plan.ways, shots: plan.shots,
                queries: plan.queries)
        }
        // Turned images are more training classes; what counts is judged upright.
        func upright(_ classes: [Int]) -> [Int] {
            classes.filter { dataset.classes[$0].rotation == 0 }
        }
        training = try distribution(split.train)
        validation = try distribution(upright(split.validation))
        test = try distribution(upright(split.test))
        context = TaskContext(
            dataset: dataset.name,
            classes: split.train.map { index in
                let info = dataset.classes[index]
                return TaskContext.Class(
                    index: index, name: info.name, group: info.group,
                    rotation: info.rotation, examples: dataset.exampleCount(index))
            }, ways: plan.ways, shots: plan.shots, queries: plan.queries)
        // The distribution samples uniformly itself, and draws other numbers than a sampler would.
        sampler = plan.hasOwnSampler ? try builder.make(plan.sampler, at: .taskSampler) : nil
        places = Dictionary(
            context.classes.enumerated().map { ($1.index, $0) }, uniquingKeysWith: { $1 })
    }

    func training(
        _ count: Int, update: Int, arm: String, progress: RunProgress, record: ClassRecord
    ) throws -> [TrainingTask] {
        let stream = stream.split("training").split(arm).split(update)
        return try (0..<count).map { index in
            var rng = stream.split(index)
            guard let sampler else {
                return TrainingTask(episode: training.sample(&rng), classes: nil)
            }
            var context = context
            context.progress = progress
            context.accuracy = record.scores.accuracy
            context.seen = record.scores.seen
            let indices = try sampler(context, &rng)
            try training.validate(indices)
            return TrainingTask(
                episode: try training.episode(indices),
                classes: indices.classes.compactMap { places[$0] })
        }
    }

    func validation(_ count: Int) throws -> [Episode] {
        try validation.fixedTasks(count, stream: stream.split("validation"))
    }

    func test(_ count: Int) throws -> [Episode] {
        try test.fixedTasks(count, stream: stream.split("test"))
    }

    private static func split(
        _ plan: EpisodesPlan, _ dataset: ImageDataset, _ stream: RandomStream
    ) throws -> Split {
        switch plan.split {
        case .classes:
            return try Split.byClass(
                of: dataset, validation: .fraction(plan.validationFraction),
                test: .fraction(plan.testFraction), stream: stream)
        case .alphabets, .groups:
            var test = plan.test
            if test.isEmpty {
                var names = dataset.groups.filter { !plan.train.contains($0) }
                var rng = stream.split("test alphabets")
                rng.shuffle(&names)
                let wanted = Int((Double(dataset.groups.count) * plan.testFraction).rounded())
                test = Array(names.prefix(max(wanted, 1))).sorted()
            }
            return try Split.byGroup(
                of: dataset, train: plan.train.isEmpty ? nil : plan.train,
                validation: .heldOut(.fraction(plan.validationFraction)), test: test,
                stream: stream)
        }
    }
}
