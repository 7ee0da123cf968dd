import Datasets
import Foundation
import Randomness
import Testing

struct SineTests {
    @Test func `amplitudes, phases and inputs fill the paper's ranges`() throws {
        let distribution = try SineDistribution(shots: 5, queries: 10)
        var (amplitudes, phases, inputs): ([Double], [Double], [Double]) = ([], [], [])
        for seed in 0..<2000 {
            var rng = RandomStream(seed: UInt64(seed))
            let task = distribution.sampleTask(&rng)
            amplitudes.append(task.amplitude)
            phases.append(task.phase)
            inputs += distribution.episode(of: task, &rng).query.inputs.map { Double($0) }
        }
        for (values, low, high) in [
            (amplitudes, 0.1, 5), (phases, 0, Double.pi), (inputs, -5, 5),
        ] {
            #expect(values.allSatisfy { $0 >= low && $0 <= high })
            let mean = values.reduce(0, +) / Double(values.count)
            // Five standard errors of the mean of a uniform law.
            let error = (high - low) / (12 * Double(values.count)).squareRoot()
            #expect(abs(mean - (low + high) / 2) < 5 * error)
            #expect(values.min() ?? high < low + 0.01 * (high - low))
            #expect(values.max() ?? low > high - 0.01 * (high - low))
        }
    }

    @Test func `values lie on one wave, shared by support and query`() throws {
        let distribution = try SineDistribution(shots: 4, queries: 6)
        #expect(distribution.supportCount == 4 && distribution.queryCount == 6)
        for seed in 0..<100 {
            var rng = RandomStream(seed: UInt64(seed))
            var replay = rng
            let episode = distribution.sample(&rng)
            let task = distribution.sampleTask(&replay)
            #expect(episode.support.inputShape == [4, 1] && episode.query.inputShape == [6, 1])
            for batch in [episode.support, episode.query] {
                guard case .values(let values, let shape) = batch.targets else {
                    Issue.record("regression has values")
                    continue
                }
                #expect(shape == batch.inputShape)
                for (x, y) in zip(batch.inputs, values) {
                    let expected = task.amplitude * sin(Double(x) - task.phase)
                    #expect(abs(Double(y) - expected) < 1e-6 * max(1, task.amplitude))
                }
            }
        }
    }

    @Test func `without points there is no task`() {
        #expect(
            datasetError { _ = try SineDistribution(shots: 0, queries: 1) }?.description
                == "shots: expected 1 to 1000000, found 0")
        #expect(
            datasetError { _ = try SineDistribution(shots: 1, queries: 1_000_001) }?.description
                == "queries: expected 1 to 1000000, found 1000001")
    }
}
