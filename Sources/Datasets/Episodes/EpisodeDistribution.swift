public import Randomness

/// N-way K-shot classification tasks over some classes of an image data set (Vinyals et al.,
/// "Matching networks for one shot learning", 2016).
///
/// An episode's classes are drawn without replacement and in random order, so that labels mean
/// nothing from one episode to the next; each class's examples are drawn without replacement, the
/// first `shots` for the support set, the rest for the query set.
public struct EpisodeDistribution: TaskDistribution {
    /// Where the images are.
    public let dataset: ImageDataset
    /// The class indices that tasks draw from, ascending.
    public let classes: [Int]
    /// Classes in an episode.
    public let ways: Int
    /// Support examples of each class.
    public let shots: Int
    /// Query examples of each class.
    public let queries: Int

    private let isAllowed: [Bool]

    /// The tasks over these classes.
    ///
    /// - Parameters:
    ///   - dataset: Where the images are.
    ///   - classes: The class indices to draw from; nil for all.
    ///   - ways: Classes in an episode, at least 2.
    ///   - shots: Support examples of each class, at least 1.
    ///   - queries: Query examples of each class, at least 1.
    /// - Throws: `outOfRange`, `tooManyWays`, `tooManyExamples`, or `classOutside` and
    ///   `repeatedClass` for a wrong class list.
    public init(
        dataset: ImageDataset, classes: [Int]? = nil, ways: Int, shots: Int, queries: Int
    ) throws(DatasetError) {
        for (option, value, least) in [
            ("ways", ways, 2), ("shots", shots, 1), ("queries", queries, 1),
        ]
        where value < least {
            throw .outOfRange(option: option, found: "\(value)", expected: "at least \(least)")
        }
        let chosen = classes ?? Array(dataset.classes.indices)
        var isAllowed = [Bool](repeating: false, count: dataset.classes.count)
        for (place, index) in chosen.enumerated() {
            guard isAllowed.indices.contains(index) else {
                throw .classOutside(
                    label: place, index: index,
                    reason: "\(dataset.name) has classes 0 to \(dataset.classes.count - 1)")
            }
            guard !isAllowed[index] else {
                throw .repeatedClass(
                    label: place, firstLabel: chosen.firstIndex(of: index) ?? 0,
                    className: dataset.classes[index].name)
            }
            isAllowed[index] = true
        }
        guard ways <= chosen.count else {
            throw .tooManyWays(ways: ways, classes: chosen.count, dataset: dataset.name)
        }
        for index in chosen {
            let available = dataset.exampleCount(index)
            let (needed, overflow) = shots.addingReportingOverflow(queries)
            guard !overflow, needed <= available else {
                throw .tooManyExamples(
                    shots: shots, queries: queries, available: available,
                    className: dataset.classes[index].name)
            }
        }
        self.dataset = dataset
        self.classes = chosen.sorted()
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.isAllowed = isAllowed
    }

    /// Classification.
    public var kind: TaskKind { .classification }
    /// Shape of one image, [height, width, channels].
    public var inputShape: [Int] { dataset.imageShape }
    /// One score a class.
    public var outputs: Int { ways }
    /// Ways × shots.
    public var supportCount: Int { ways * shots }
    /// Ways × queries.
    public var queryCount: Int { ways * queries }

    /// Draws an episode's classes and examples.
    public func sampleIndices(_ rng: inout RandomStream) -> EpisodeIndices {
        let chosen = rng.sample(ways, below: classes.count).map { classes[$0] }
        var support: [[Int]] = []
        var query: [[Int]] = []
        for index in chosen {
            let drawn = EpisodeDistribution.draw(
                shots + queries, below: dataset.exampleCount(index), &rng)
            support.append(Array(drawn.prefix(shots)))
            query.append(Array(drawn.dropFirst(shots)))
        }
        return EpisodeIndices(classes: chosen, support: support, query: query)
    }

    /// What `rng.sample(count, below: bound)` draws, faster where the bound is small: a plain
    /// array of candidates in place of a dictionary of those moved.
    private static func draw(_ count: Int, below bound: Int, _ rng: inout RandomStream) -> [Int] {
        guard bound <= 8 * count + 64 else { return rng.sample(count, below: bound) }
        var candidates = Array(0..<bound)
        for place in 0..<count {
            candidates.swapAt(place, place + rng.integer(below: bound - place))
        }
        candidates.removeLast(bound - count)
        return candidates
    }

    /// Draws an episode with its images.
    public func sample(_ rng: inout RandomStream) -> Episode {
        materialise(sampleIndices(&rng))
    }

    /// The images of an episode that was given by its indices.
    ///
    /// - Throws: What ``validate(_:)`` throws.
    public func episode(_ indices: EpisodeIndices) throws(DatasetError) -> Episode {
        try validate(indices)
        return materialise(indices)
    }

    /// Checks indices that came from outside, as from a task sampler or an episode file.
    ///
    /// - Throws: `episodeShape` if ways, shots or queries differ; `classOutside`, `repeatedClass`,
    ///   `exampleOutside`, `repeatedExample` with the label, class and place.
    public func validate(_ indices: EpisodeIndices) throws(DatasetError) {
        for (what, found) in [
            ("classes", indices.classes.count), ("support lists", indices.support.count),
            ("query lists", indices.query.count),
        ] where found != ways {
            throw .episodeShape(what: what, expected: ways, found: found)
        }
        var firstLabel: [Int: Int] = [:]
        for (label, index) in indices.classes.enumerated() {
            guard dataset.classes.indices.contains(index) else {
                throw .classOutside(
                    label: label, index: index,
                    reason: "\(dataset.name) has classes 0 to \(dataset.classes.count - 1)")
            }
            let name = dataset.classes[index].name
            guard isAllowed[index] else {
                throw .classOutside(
                    label: label, index: index,
                    reason: "\(name) is not in this part of the split")
            }
            if let first = firstLabel[index] {
                throw .repeatedClass(label: label, firstLabel: first, className: name)
            }
            firstLabel[index] = label
            try validateExamples(
                support: indices.support[label], query: indices.query[label], of: index)
        }
    }

    private func validateExamples(
        support: [Int], query: [Int], of index: Int
    ) throws(DatasetError) {
        let name = dataset.classes[index].name
        let available = dataset.exampleCount(index)
        var place: [Int: String] = [:]
        for (set, examples, expected) in [("support", support, shots), ("query", query, queries)] {
            guard examples.count == expected else {
                throw .episodeShape(
                    what: "\(set) examples of \(name)", expected: expected, found: examples.count)
            }
            for example in examples {
                guard (0..<available).contains(example) else {
                    throw .exampleOutside(
                        set: set, className: name, index: example, available: available)
                }
                if let first = place[example] {
                    throw .repeatedExample(
                        className: name, index: example, first: first, second: set)
                }
                place[example] = set
            }
        }
    }
}
