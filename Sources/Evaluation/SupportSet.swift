package import Datasets
package import Randomness

/// The labelled examples of an unseen task, cut off from its queries.
package struct SupportSet {
    private let batch: Batch
    private let ways: Int
    private let shots: Int

    /// The support set of a task.
    package init(_ episode: Episode) {
        batch = episode.support
        ways = episode.ways
        shots = episode.shots
    }

    /// Tasks made of support examples alone, by whose mean loss a network is judged.
    package func judgedTasks(augmentations: Int, shift: Int, stream: RandomStream) -> [Episode] {
        guard case .labels(let labels) = batch.targets, batch.inputShape.count == 4 else {
            return [Episode(support: batch, query: batch, ways: ways, shots: shots)]
        }
        guard shots > 1 else {
            let copies = shifted(labels, augmentations, shift, stream)
            return [Episode(support: batch, query: copies, ways: ways, shots: shots)]
        }
        return (0..<shots).map { left in leavingOut(left, labels) }
    }

    private var imageSize: Int { batch.inputShape.dropFirst().reduce(1, *) }

    private func subset(_ places: [Int], _ labels: [Int32]) -> Batch {
        Batch(
            inputs: places.flatMap { batch.inputs[$0 * imageSize..<($0 + 1) * imageSize] },
            inputShape: [places.count] + batch.inputShape.dropFirst(),
            targets: .labels(places.map { labels[$0] }))
    }

    private func leavingOut(_ left: Int, _ labels: [Int32]) -> Episode {
        var seen = [Int](repeating: 0, count: ways)
        var kept: [Int] = []
        var held: [Int] = []
        for (place, label) in labels.enumerated() {
            if seen[Int(label)] == left { held.append(place) } else { kept.append(place) }
            seen[Int(label)] += 1
        }
        return Episode(
            support: subset(kept, labels), query: subset(held, labels), ways: ways,
            shots: shots - 1)
    }

    private func shifted(
        _ labels: [Int32], _ copies: Int, _ shift: Int, _ stream: RandomStream
    ) -> Batch {
        let (height, width) = (batch.inputShape[1], batch.inputShape[2])
        let channels = batch.inputShape[3]
        var rng = stream
        var inputs: [Float] = []
        inputs.reserveCapacity(copies * batch.inputs.count)
        var targets: [Int32] = []
        for (place, label) in labels.enumerated() {
            for _ in 0..<copies {
                let (dy, dx) = (rng.integer(in: -shift...shift), rng.integer(in: -shift...shift))
                for row in 0..<height {
                    for column in 0..<width {
                        let (y, x) = (row - dy, column - dx)
                        let isInside = (0..<height).contains(y) && (0..<width).contains(x)
                        for channel in 0..<channels {
                            let pixel =
                                place * imageSize + (y * width + x) * channels + channel
                            inputs.append(isInside ? batch.inputs[pixel] : 0)
                        }
                    }
                }
                targets.append(label)
            }
        }
        return Batch(
            inputs: inputs, inputShape: [labels.count * copies, height, width, channels],
            targets: .labels(targets))
    }
}
