public import Randomness

/// Some classes of a data set, with the examples of each split into training, validation and test: for
/// supervised learning, where all parts share their classes.
public struct ExampleParts: Sendable {
    /// One example with its label.
    public struct Example: Sendable, Hashable {
        /// The class index.
        public var classIndex: Int
        /// The number within its class.
        public var example: Int
        /// The label, from 0.
        public var label: Int32
    }

    /// Where the images are.
    public let dataset: ImageDataset
    /// The number of classes.
    public let classes: Int
    /// The examples to train on, in random order.
    public let train: [Example]
    /// The examples to choose by, in random order.
    public let validation: [Example]
    /// The examples to report on, in random order.
    public let test: [Example]

    /// Draws classes, and splits the examples of each.
    ///
    /// - Parameters:
    ///   - dataset: Where the images are.
    ///   - classes: How many classes to draw, at least 2.
    ///   - validation: Share of each class's examples, 0…1 (both excluded).
    ///   - test: Share of each class's examples, 0…1 (both excluded).
    ///   - batch: Examples that each part must have at least.
    ///   - stream: Draws classes and examples.
    /// - Throws: `tooManyWays`, and `outOfRange` for parts that leave nothing to train on or that are
    ///   smaller than a batch.
    public init(
        of dataset: ImageDataset, classes: Int, validation: Double, test: Double, batch: Int,
        stream: RandomStream
    ) throws(DatasetError) {
        guard classes <= dataset.classes.count else {
            throw .tooManyWays(
                ways: classes, classes: dataset.classes.count, dataset: dataset.name)
        }
        var rng = stream.split("classes")
        let chosen = rng.sample(max(classes, 0), below: dataset.classes.count).sorted()
        var parts: [[Example]] = [[], [], []]
        for (label, index) in chosen.enumerated() {
            let count = dataset.exampleCount(index)
            let held = max(1, Int((validation * Double(count)).rounded()))
            let tested = max(1, Int((test * Double(count)).rounded()))
            guard held + tested < count else {
                throw .outOfRange(
                    option: "validation_fraction and test_fraction",
                    found: "\(held) and \(tested) of the \(count) examples of "
                        + dataset.classes[index].name,
                    expected: "fewer, so that some are left to train on")
            }
            var order = stream.split("examples").split(index)
            for (place, example) in order.sample(count, below: count).enumerated() {
                let part = place < tested ? 2 : place < tested + held ? 1 : 0
                parts[part].append(
                    Example(classIndex: index, example: example, label: Int32(label)))
            }
        }
        for (part, name) in ["training", "validation", "test"].enumerated() {
            guard parts[part].count >= batch else {
                throw .outOfRange(
                    option: "batch", found: "\(batch)",
                    expected: "at most the \(parts[part].count) examples of the \(name) part")
            }
            var order = stream.split(name)
            order.shuffle(&parts[part])
        }
        self.dataset = dataset
        self.classes = classes
        (train, self.validation, self.test) = (parts[0], parts[1], parts[2])
    }

    /// The images and labels of some examples.
    ///
    /// - Parameter examples: Of this split.
    /// - Returns: One batch, in this order.
    /// - Throws: `noClass` or `noExample` for examples of another data set.
    public func batch(_ examples: [Example]) throws(DatasetError) -> Batch {
        var inputs = [Float](repeating: 0, count: examples.count * dataset.imageSize)
        for (place, one) in examples.enumerated() {
            let first = place * dataset.imageSize
            try inputs.withUnsafeMutableBufferPointer { buffer throws(DatasetError) in
                try dataset.copyImage(
                    class: one.classIndex, example: one.example,
                    to: UnsafeMutableBufferPointer(
                        rebasing: buffer[first..<first + dataset.imageSize]))
            }
        }
        return Batch(
            inputs: inputs, inputShape: [examples.count] + dataset.imageShape,
            targets: .labels(examples.map(\.label)))
    }
}
