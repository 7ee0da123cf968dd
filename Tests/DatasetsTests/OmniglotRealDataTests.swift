import Datasets
import Randomness
import Testing

/// The official archives themselves, where they are at hand.
@Suite(.enabled(if: RealData.isThere, "no ../shared/data and no APOGEE_DATA"))
struct OmniglotRealDataTests {
    private func omniglot() throws -> ImageDataset {
        try Omniglot.read(directory: try #require(RealData.omniglot))
    }

    /// Counts from the data's README.
    @Test func `the two small background sets unite to 8 alphabets and 4840 images`() throws {
        let folder = try #require(RealData.omniglot)
        let summary = try Omniglot.read(
            archives: Omniglot.archiveNames.prefix(2).map { "\(folder)/\($0)" }
        ).summary
        #expect(
            summary.groups.map(\.name) == [
                "Balinese", "Early_Aramaic", "Greek", "Japanese_(katakana)", "Korean", "Latin",
                "Sanskrit", "Tagalog",
            ])
        #expect(summary.characters == 242)
        #expect(summary.images == 4840)
        let first = try Omniglot.read(archives: ["\(folder)/\(Omniglot.archiveNames[0])"])
        #expect(first.characters.count == 136)
        #expect(first.groups == ["Balinese", "Early_Aramaic", "Greek", "Korean", "Latin"])
    }

    @Test func `images are thin white strokes on black`() throws {
        let dataset = try omniglot()
        for index in stride(from: 0, to: dataset.classes.count, by: 5) {
            let image = try dataset.image(class: index, example: index % 20)
            let ink = image.reduce(0, +) / 784
            #expect(ink > 0.005 && ink < 0.3)
            // The paper's edge is empty, but for a stroke that runs off it.
            let corners = [0, 27, 27 * 28, 783].filter { image[$0] > 0 }
            #expect(corners.count <= 1)
        }
    }

    @Test func `reading twice gives the same pixels`() throws {
        let (first, second) = (try omniglot(), try omniglot())
        for index in first.classes.indices {
            #expect(
                try first.image(class: index, example: 3)
                    == (try second.image(class: index, example: 3)))
        }
    }

    /// Vinyals et al. 2016 (table 1) give 41.7 % for 5-way 1-shot on raw pixels by cosine, on all
    /// of Omniglot; a reader with rows, polarity or labels mixed up falls to 20 %.
    @Test func `a nearest neighbour on pixels is as good as the literature has it`() throws {
        let distribution = try EpisodeDistribution(
            dataset: try omniglot(), ways: 5, shots: 1, queries: 15)
        let accuracy = try nearestNeighbourAccuracy(
            distribution, tasks: 200, stream: RandomStream(seed: 1))
        #expect(accuracy > 0.36 && accuracy < 0.48)
    }

    /// Omniglot's own baseline: the modified Hausdorff distance between ink pixels errs in 38.8 %
    /// of the 20 runs (data README); on the first 10, 200 tests, within three standard errors. A
    /// third of the resolution takes an eightieth of the time.
    @Test func `the modified Hausdorff distance errs as often as Omniglot reports`() throws {
        let folder = try #require(RealData.omniglot)
        let runs = try OneShotRuns.read(
            archive: "\(folder)/\(OneShotRuns.archiveName)", side: 35)
        #expect(runs.map(\.name) == (1...10).map { $0 < 10 ? "run0\($0)" : "run\($0)" })
        var errors = 0
        for run in runs {
            guard case .labels(let wanted) = run.episode.query.targets else { continue }
            let training = inkPoints(run.episode.support)
            for (item, label) in zip(inkPoints(run.episode.query), wanted) {
                let distances = training.map { modifiedHausdorff(item, $0) }
                let nearest = distances.indices.min { distances[$0] < distances[$1] }
                if nearest != Int(label) { errors += 1 }
            }
        }
        #expect(abs(Double(errors) / 200 - 0.388) < 0.104)
    }

    /// Coordinates of the ink of each image, about their mean.
    private func inkPoints(_ batch: Batch) -> [[SIMD2<Float>]] {
        let side = batch.inputShape[1]
        return (0..<batch.count).map { image in
            let points = (0..<(side * side))
                .filter { batch.inputs[image * side * side + $0] > 0.4 }
                .map { SIMD2(Float($0 % side), Float($0 / side)) }
            let mean = points.reduce(SIMD2<Float>.zero, +) / Float(max(points.count, 1))
            return points.map { $0 - mean }
        }
    }

    /// Dubuisson and Jain 1994: the larger of the two mean distances to the nearest point.
    private func modifiedHausdorff(_ first: [SIMD2<Float>], _ second: [SIMD2<Float>]) -> Float {
        func directed(_ from: [SIMD2<Float>], _ to: [SIMD2<Float>]) -> Float {
            var sum: Float = 0
            for point in from {
                var nearest = Float.infinity
                for other in to {
                    let offset = point - other
                    nearest = min(nearest, offset.x * offset.x + offset.y * offset.y)
                }
                sum += nearest.squareRoot()
            }
            return sum / Float(max(from.count, 1))
        }
        return max(directed(first, second), directed(second, first))
    }
}
