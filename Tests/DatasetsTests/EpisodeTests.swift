import Datasets
import Randomness
import Testing

struct EpisodeTests {
    private func distribution(
        ways: Int = 5, shots: Int = 2, queries: Int = 3, classes: [Int]? = nil
    ) throws -> EpisodeDistribution {
        try EpisodeDistribution(
            dataset: patternDataset(characters: [("A", 6), ("B", 6)], examples: 8),
            classes: classes, ways: ways, shots: shots, queries: queries)
    }

    private func message(_ body: () throws -> Void) -> String? { datasetError(body)?.description }

    // MARK: Laws

    @Test func `no example is in both support and query set`() throws {
        let distribution = try distribution()
        for seed in 0..<500 {
            var rng = RandomStream(seed: UInt64(seed))
            let indices = distribution.sampleIndices(&rng)
            #expect(Set(indices.classes).count == 5)
            for label in 0..<5 {
                #expect(indices.support[label].count == 2 && indices.query[label].count == 3)
                #expect(Set(indices.support[label] + indices.query[label]).count == 5)
            }
            #expect(throws: Never.self) { try distribution.validate(indices) }
        }
    }

    @Test func `every class, label and example is equally likely`() throws {
        let distribution = try distribution(classes: [1, 3, 4, 7, 8, 10])
        var labels: [Int: [Int]] = [:]
        var examples = [Int](repeating: 0, count: 8)
        for index in 0..<6000 {
            var rng = RandomStream(seed: 2).split(index)
            let indices = distribution.sampleIndices(&rng)
            for (label, index) in indices.classes.enumerated() {
                labels[index, default: [Int](repeating: 0, count: 5)][label] += 1
            }
            for example in indices.support[0] { examples[example] += 1 }
        }
        #expect(labels.keys.sorted() == [1, 3, 4, 7, 8, 10])
        for counts in labels.values {
            // 1000 expected, standard deviation √(6000 · 1/6 · 5/6) = 28.9; five of them.
            #expect(counts.allSatisfy { abs($0 - 1000) < 145 })
        }
        // 1500 expected, standard deviation √(6000 · 1/4 · 3/4) = 33.5.
        #expect(examples.allSatisfy { abs($0 - 1500) < 168 })
    }

    @Test func `an episode holds the images of its indices with their labels`() throws {
        let distribution = try distribution()
        for seed in 0..<50 {
            var rng = RandomStream(seed: UInt64(seed))
            var replay = rng
            let episode = distribution.sample(&rng)
            let indices = distribution.sampleIndices(&replay)
            #expect(rng == replay)
            #expect(try episode == distribution.episode(indices))
            #expect(episode.support.inputShape == [10, 3, 3, 1])
            #expect(episode.query.inputShape == [15, 3, 3, 1])
            #expect(episode.support.targets == .labels([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]))
            for (batch, examples) in [
                (episode.support, indices.support), (episode.query, indices.query),
            ] {
                var images: [Float] = []
                for (label, index) in indices.classes.enumerated() {
                    for example in examples[label] {
                        images += try distribution.dataset.image(class: index, example: example)
                    }
                }
                #expect(batch.inputs == images)
            }
        }
    }

    @Test func `caller's buffers receive what an episode holds`() throws {
        let distribution = try distribution()
        var rng = RandomStream(seed: 8)
        var replay = rng
        var (images, labels) = (
            [Float](repeating: -1, count: 90), [Int32](repeating: -1, count: 10)
        )
        var (asked, wanted) = (
            [Float](repeating: -1, count: 135), [Int32](repeating: -1, count: 15)
        )
        try images.withUnsafeMutableBufferPointer { images in
            try labels.withUnsafeMutableBufferPointer { labels in
                try asked.withUnsafeMutableBufferPointer { asked in
                    try wanted.withUnsafeMutableBufferPointer { wanted in
                        _ = try distribution.sample(
                            &rng, support: .init(inputs: images, labels: labels),
                            query: .init(inputs: asked, labels: wanted))
                        #expect(
                            message {
                                try distribution.sample(
                                    &rng, support: .init(inputs: asked, labels: labels),
                                    query: .init(inputs: asked, labels: wanted))
                            } == "support images: expected a buffer of 90 elements, found 135")
                    }
                }
            }
        }
        let episode = distribution.sample(&replay)
        #expect(images == episode.support.inputs && asked == episode.query.inputs)
        #expect(.labels(labels) == episode.support.targets)
        #expect(.labels(wanted) == episode.query.targets)
    }

    @Test func `fixed tasks repeat and a longer list begins with the shorter`() throws {
        let distribution = try distribution()
        let stream = RandomStream(seed: 4).split("validation")
        let tasks = try distribution.fixedTasks(6, stream: stream)
        #expect(try distribution.fixedTasks(6, stream: stream) == tasks)
        #expect(try distribution.fixedTasks(3, stream: stream) == Array(tasks.prefix(3)))
        #expect(Set(tasks).count == 6)
    }

    // MARK: Messages

    @Test func `tasks that the data cannot give are refused with the numbers`() throws {
        #expect(
            message { _ = try distribution(ways: 13) }
                == "13 ways need 13 classes, pattern has 12 here; ask for at most 12 ways")
        #expect(
            message { _ = try distribution(ways: 4, classes: [0, 1, 2]) }
                == "4 ways need 4 classes, pattern has 3 here; ask for at most 3 ways")
        #expect(
            message { _ = try distribution(shots: 5, queries: 4) }
                == "5 shots and 4 queries need 9 examples of each class, A/character1 has 8; ask "
                + "for fewer")
        #expect(
            datasetError { _ = try distribution(shots: .max, queries: .max) }
                == .tooManyExamples(
                    shots: .max, queries: .max, available: 8, className: "A/character1"))
        #expect(
            message { _ = try distribution(ways: 1) } == "ways: expected at least 2, found 1")
        #expect(
            message { _ = try distribution(shots: 0) } == "shots: expected at least 1, found 0")
        #expect(
            message { _ = try distribution(queries: -3) }
                == "queries: expected at least 1, found -3")
        #expect(
            message { _ = try distribution(classes: [0, 12]) }
                == "episode: class 12 at place 1: pattern has classes 0 to 11")
        #expect(
            message { _ = try distribution(classes: [4, 5, 4]) }
                == "episode: A/character5 has both label 0 and label 2; every class may occur only once"
        )
    }

    @Test func `indices from outside are checked`() throws {
        let distribution = try distribution(
            ways: 2, shots: 1, queries: 2, classes: [0, 1, 2, 3])
        func message(_ classes: [Int], _ support: [[Int]], _ query: [[Int]]) -> String? {
            self.message {
                _ = try distribution.episode(
                    EpisodeIndices(classes: classes, support: support, query: query))
            }
        }
        #expect(message([3, 0], [[7], [0]], [[0, 1], [2, 1]]) == nil)
        #expect(
            message([0, 1, 2], [[0], [0]], [[1, 2], [1, 2]])
                == "episode: expected 2 classes, found 3")
        #expect(
            message([0, 1], [[0]], [[1, 2], [1, 2]])
                == "episode: expected 2 support lists, found 1")
        #expect(
            message([0, 1], [[0], [0]], [[1, 2], [1]])
                == "episode: expected 2 query examples of A/character2, found 1")
        #expect(
            message([0, -1], [[0], [0]], [[1, 2], [1, 2]])
                == "episode: class -1 at place 1: pattern has classes 0 to 11")
        #expect(
            message([0, 4], [[0], [0]], [[1, 2], [1, 2]])
                == "episode: class 4 at place 1: A/character5 is not in this part of the split")
        #expect(
            message([2, 2], [[0], [0]], [[1, 2], [1, 2]])
                == "episode: A/character3 has both label 0 and label 1; every class may occur only once"
        )
        #expect(
            message([0, 1], [[8], [0]], [[1, 2], [1, 2]])
                == "episode: support set: example 8 of A/character1: expected an index from 0 to 7")
        #expect(
            message([0, 1], [[0], [2]], [[1, 2], [1, 2]])
                == "episode: example 2 of A/character2 is in both the support set and the query set"
        )
        #expect(
            message([0, 1], [[0], [0]], [[1, 1], [1, 2]])
                == "episode: example 1 of A/character1 occurs twice in the query set")
    }
}
