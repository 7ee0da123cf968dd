internal import Datasets
internal import Randomness
internal import Tensors

/// How fast episodes are drawn and written into batch tensors.
public enum EpisodeBenchmark {
    /// 20-way 5-shot 15-query episodes from 968 classes × 20 synthetic images of 28×28 in memory,
    /// each copied into a support and a query tensor. A repetition is 32 episodes.
    ///
    /// - Throws: `DatasetError`, `TensorError`.
    public static func run(threads: Int, repeats: Int = 15) throws -> BenchmarkResult {
        let (classes, examples, side, episodes) = (968, 20, 28, 32)
        var rng = RandomStream(seed: 1).split("pixels")
        // One image's worth of noise, turned by a pixel for every next image.
        let noise = (0..<side * side).map { _ in UInt8(rng.integer(below: 256)) }
        let pixels = [UInt8](unsafeUninitializedCapacity: classes * examples * noise.count) {
            buffer, count in
            count = classes * examples * noise.count
            for place in 0..<count {
                buffer[place] = noise[(place + place / noise.count) % noise.count]
            }
        }
        let dataset = try ImageDataset(
            name: "noise", height: side, width: side, channels: 1,
            characters: (0..<classes).map {
                ImageCharacter(group: "noise", name: "\($0)", examples: examples)
            }, pixels: pixels)
        let distribution = try EpisodeDistribution(
            dataset: dataset, ways: 20, shots: 5, queries: 15)
        let executor = try Executor(threads: threads)
        let batches = (0..<episodes).map { _ in EpisodeBuffers(distribution) }
        var round = RandomStream(seed: 1).split("episodes")
        let times = try Measurement.times(warmUps: 3, repeats: repeats) {
            let stream = round.split(Int(round.next() >> 2))
            try executor.forEach(episodes) { index, _ in
                var rng = stream.split(index)
                try batches[index].fill(distribution, &rng)
            }
        }
        return BenchmarkResult(
            name: Workload.episodes.rawValue, threads: threads, sorted: times,
            rates: ["episodes_per_second": Double(episodes) / Measurement.median(times)],
            planned: batches.reduce(0) { $0 + $1.bytes })
    }
}

/// The tensors of one episode. While episodes are drawn, one task alone writes them, which the
/// compiler cannot see.
private final class EpisodeBuffers: @unchecked Sendable {
    private let images: [FloatBuffer]
    private let labels: [UnsafeMutableBufferPointer<Int32>]

    init(_ distribution: EpisodeDistribution) {
        let counts = [distribution.supportCount, distribution.queryCount]
        images = counts.map { FloatBuffer(count: $0 * distribution.dataset.imageSize) }
        labels = counts.map { .allocate(capacity: $0) }
    }

    /// Memory of the tensors, known before they are filled.
    var bytes: Int {
        images.reduce(0) { $0 + 4 * $1.count } + labels.reduce(0) { $0 + 4 * $1.count }
    }

    deinit { labels.forEach { $0.deallocate() } }

    func fill(_ distribution: EpisodeDistribution, _ rng: inout RandomStream) throws {
        func destination(_ set: Int) -> EpisodeDistribution.Destination {
            EpisodeDistribution.Destination(
                inputs: UnsafeMutableBufferPointer(
                    start: images[set].pointer, count: images[set].count), labels: labels[set])
        }
        try distribution.sample(&rng, support: destination(0), query: destination(1))
    }
}
