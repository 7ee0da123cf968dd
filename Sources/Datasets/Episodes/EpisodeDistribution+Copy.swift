public import Randomness

// The fast path: images are written where the tensors are, without arrays in between.
extension EpisodeDistribution {
    /// The buffers of one set's inputs and labels.
    public struct Destination {
        /// Room for the images, row-major [examples, height, width, channels].
        public var inputs: UnsafeMutableBufferPointer<Float>
        /// Room for the labels, one an example.
        public var labels: UnsafeMutableBufferPointer<Int32>

        /// These two buffers.
        public init(
            inputs: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>
        ) {
            self.inputs = inputs
            self.labels = labels
        }
    }

    /// Draws an episode and writes its images and labels, class after class, to the buffers.
    ///
    /// - Returns: What was drawn.
    /// - Throws: `wrongBuffer` if a buffer's size is not that of the set.
    @discardableResult
    public func sample(
        _ rng: inout RandomStream, support: Destination, query: Destination
    ) throws(DatasetError) -> EpisodeIndices {
        try check(support, query)
        let indices = sampleIndices(&rng)
        write(indices, support, query)
        return indices
    }

    /// Writes the images and labels of an episode given by its indices to the buffers.
    ///
    /// - Throws: What ``validate(_:)`` throws; `wrongBuffer` if a buffer's size is not that of
    ///   the set.
    public func copy(
        _ indices: EpisodeIndices, support: Destination, query: Destination
    ) throws(DatasetError) {
        try check(support, query)
        try validate(indices)
        write(indices, support, query)
    }

    private func check(_ support: Destination, _ query: Destination) throws(DatasetError) {
        for (what, expected, found) in [
            ("support images", supportCount * dataset.imageSize, support.inputs.count),
            ("support labels", supportCount, support.labels.count),
            ("query images", queryCount * dataset.imageSize, query.inputs.count),
            ("query labels", queryCount, query.labels.count),
        ] where expected != found {
            throw .wrongBuffer(what: what, expected: expected, found: found)
        }
    }

    private func write(_ indices: EpisodeIndices, _ support: Destination, _ query: Destination) {
        write(indices.classes, indices.support, support.inputs, support.labels)
        write(indices.classes, indices.query, query.inputs, query.labels)
    }

    private func write(
        _ classes: [Int], _ examples: [[Int]], _ inputs: UnsafeMutableBufferPointer<Float>,
        _ labels: UnsafeMutableBufferPointer<Int32>
    ) {
        guard var target = inputs.baseAddress else { return }
        var place = 0
        for (label, index) in classes.enumerated() {
            for example in examples[label] {
                dataset.copyUnchecked(index, example, to: target)
                target += dataset.imageSize
                labels[place] = Int32(label)
                place += 1
            }
        }
    }

    /// The images of indices that are known to be valid.
    func materialise(_ indices: EpisodeIndices) -> Episode {
        func batch(_ examples: [[Int]], _ count: Int) -> Batch {
            var labels = [Int32](repeating: 0, count: count)
            let size = count * dataset.imageSize
            let inputs = [Float](unsafeUninitializedCapacity: size) { buffer, filled in
                labels.withUnsafeMutableBufferPointer { labels in
                    write(
                        indices.classes, examples,
                        UnsafeMutableBufferPointer(rebasing: buffer[..<size]),
                        labels)
                }
                filled = size
            }
            return Batch(
                inputs: inputs, inputShape: [count] + dataset.imageShape, targets: .labels(labels))
        }
        return Episode(
            support: batch(indices.support, supportCount),
            query: batch(indices.query, queryCount), ways: ways, shots: shots)
    }
}
