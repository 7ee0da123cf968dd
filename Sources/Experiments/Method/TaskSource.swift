internal import Datasets
internal import MetaLearning
internal import Randomness

/// The tasks of a run: drawn for training, fixed for validation and test.
///
/// Every task has a stream of its own, named by its purpose and number, so that arms and seeds see
/// the same tasks whatever else they draw.
struct TaskSource {
    let kind: TaskKind
    /// Height, width, channels; or inputs.
    let inputShape: [Int]
    let outputs: Int
    /// Bytes of the images in memory; 0 for tasks that are computed.
    let dataBytes: Int
    private let training: any TaskDistribution
    private let validation: any TaskDistribution
    private let test: any TaskDistribution
    private let stream: RandomStream
    private let sampler: TaskSampler?
    private let context: TaskContext?
    /// The place among the context's classes of a class of the data set.
    private let places: [Int: Int]

    /// Whether a sampler of the plan draws training tasks, which may ask how classes were told.
    var hasSampler: Bool { sampler != nil }

    init(
        _ plan: TasksPlan, builder: ComponentBuilder, dataDirectory: String?, stream: RandomStream
    ) throws {
        self.stream = stream.split("tasks")
        switch plan {
        case .tabular:
            throw ExperimentError.failed("tables hold no tasks to learn")
        case .sine(let sine):
            let distribution = try SineDistribution(shots: sine.shots, queries: sine.queries)
            (training, validation, test) = (distribution, distribution, distribution)
            (sampler, context) = (nil, nil)
            dataBytes = 0
        case .episodes(let episodes):
            let dataset = try TaskSource.dataset(episodes, dataDirectory)
            dataBytes = dataset.byteCount
            let split = try TaskSource.split(episodes, dataset, stream.split("split"))
            func distribution(_ classes: [Int]) throws -> EpisodeDistribution {
                try EpisodeDistribution(
                    dataset: dataset, classes: classes, ways: episodes.ways,
                    shots: episodes.shots, queries: episodes.queries)
            }
            // Turned images are more training classes; what counts is judged upright.
            func upright(_ classes: [Int]) -> [Int] {
                classes.filter { dataset.classes[$0].rotation == 0 }
            }
            training = try distribution(split.train)
            validation = try distribution(upright(split.validation))
            test = try distribution(upright(split.test))
            if case .named("uniform", _) = episodes.sampler {
                (sampler, context) = (nil, nil)
            } else {
                sampler = try builder.taskSampler(episodes.sampler)
                context = TaskContext(
                    dataset: dataset.name,
                    classes: split.train.map { index in
                        let info = dataset.classes[index]
                        return TaskContext.Class(
                            index: index, name: info.name, alphabet: info.alphabet,
                            rotation: info.rotation, examples: dataset.exampleCount(index))
                    }, ways: episodes.ways, shots: episodes.shots, queries: episodes.queries)
            }
        }
        places = Dictionary(
            (context?.classes ?? []).enumerated().map { ($1.index, $0) }, uniquingKeysWith: { $1 })
        kind = training.kind
        inputShape = training.inputShape
        outputs = training.outputs
    }

    /// The tasks of one meta-update.
    ///
    /// - Parameters:
    ///   - count: How many tasks.
    ///   - update: Number of the meta-update, which names the stream too.
    ///   - arm: Names the stream; arms of one name see the same tasks.
    ///   - progress: What a task sampler of the plan is told.
    ///   - record: How well classes were told so far, which it is told too.
    /// - Returns: The tasks, in order.
    /// - Throws: What the sampler throws, and an error for classes that make no task.
    func training(
        _ count: Int, update: Int, arm: String, progress: Progress, record: ClassRecord
    ) throws -> [TrainingTask] {
        let stream = stream.split("training").split(arm).split(update)
        return try (0..<count).map { index in
            var rng = stream.split(index)
            guard let sampler, var context, let training = training as? EpisodeDistribution else {
                return TrainingTask(episode: try training.sample(&rng), classes: nil)
            }
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

    /// Fixed tasks by which architectures are compared.
    func validation(_ count: Int) throws -> [Episode] {
        try validation.fixedTasks(count, stream: stream.split("validation"))
    }

    /// Fixed unseen tasks of the results.
    func test(_ count: Int) throws -> [Episode] {
        try test.fixedTasks(count, stream: stream.split("test"))
    }

    // MARK: Data

    private static func dataset(
        _ plan: EpisodesPlan, _ directory: String?
    ) throws -> ImageDataset {
        switch plan.dataset {
        case .glyphs(let glyphs):
            return try Glyphs.dataset(
                GlyphConfiguration(
                    alphabets: glyphs.alphabets, characters: glyphs.characters,
                    drawers: glyphs.drawers, side: glyphs.side, seed: glyphs.seed),
                rotations: plan.rotations)
        case .omniglot(let omniglot):
            guard let directory else {
                throw ExperimentError.missingData(
                    what: "the Omniglot archives",
                    hint: "name their folder with --data DIR; the README says where to get them")
            }
            guard !omniglot.archives.isEmpty else {
                return try Omniglot.read(
                    directory: directory, rotations: plan.rotations, side: omniglot.side)
            }
            return try Omniglot.read(
                archives: omniglot.archives.map { "\(directory)/\($0)" },
                rotations: plan.rotations, side: omniglot.side)
        }
    }

    private static func split(
        _ plan: EpisodesPlan, _ dataset: ImageDataset, _ stream: RandomStream
    ) throws -> Split {
        switch plan.split {
        case .classes:
            return try Split.byClass(
                of: dataset, validation: .fraction(plan.validationFraction),
                test: .fraction(plan.testFraction), stream: stream)
        case .alphabets:
            var test = plan.test
            if test.isEmpty {
                var names = dataset.alphabets.filter { !plan.train.contains($0) }
                var rng = stream.split("test alphabets")
                rng.shuffle(&names)
                let wanted = Int((Double(dataset.alphabets.count) * plan.testFraction).rounded())
                test = Array(names.prefix(max(wanted, 1))).sorted()
            }
            return try Split.byAlphabet(
                of: dataset, train: plan.train.isEmpty ? nil : plan.train,
                validation: .heldOut(.fraction(plan.validationFraction)), test: test,
                stream: stream)
        }
    }
}
