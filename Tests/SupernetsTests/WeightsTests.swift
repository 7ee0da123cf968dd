import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// Weights as values, and statistics that are estimated anew.
struct WeightsTests {
    @Test func `each call gives weights of its own`() throws {
        let bench = try ModeBench(nodes: 1)
        let weights = bench.weights
        let before = weights.flattened
        let made = [
            weights.copy(), try weights.interpolated(to: weights, by: 0.5),
            weights.perturbed(RandomStream(seed: 1), scale: 0),
            try weights.unflattened(weights.flattened), try weights.masked(by: [:]),
            try weights.sliced(channels: 4),
        ]
        for other in made {
            #expect(other.flattened == before)
            other.parameters.values.pointer[0] += 1
        }
        #expect(weights.flattened == before)
    }

    @Test func `interpolation is linear and needs the same names`() throws {
        let bench = try ModeBench(nodes: 1)
        let (a, b) = (bench.weights, bench.weights.perturbed(RandomStream(seed: 3), scale: 1))
        #expect(try a.interpolated(to: b, by: 0).flattened == a.flattened)
        expectClose(try a.interpolated(to: b, by: 1).flattened, b.flattened, tolerance: 1e-6)
        expectClose(
            try a.interpolated(to: b, by: 0.25).flattened,
            zip(a.flattened, b.flattened).map { 0.75 * Double($0) + 0.25 * Double($1) },
            tolerance: 1e-6)
        let part = try bench.weights.parameters(of: .path(bench.genotype(1)))
        #expect(throws: TensorError.self) {
            try a.parameters.interpolated(to: part, by: 0.5)
        }
        expectClose(
            try part.interpolated(to: b.parameters, by: 1)["classifier.weight"] ?? [],
            b.parameters["classifier.weight"] ?? [], tolerance: 1e-6)
    }

    @Test func `noise belongs to a name and has the scale that is asked for`() throws {
        let bench = try ModeBench()
        let noisy = bench.weights.perturbed(RandomStream(seed: 9), scale: 0.3)
        let path = try bench.weights.parameters(of: .path(bench.genotype(2)))
        let part = path.perturbed(RandomStream(seed: 9), scale: 0.3)
        for entry in part.layout.entries {
            #expect(part[entry.name] == noisy.parameters[entry.name])
        }
        let noise = zip(noisy.flattened, bench.weights.flattened).map { Double($0 - $1) }
        let count = Double(noise.count)
        // Five standard errors of mean and variance.
        #expect(abs(noise.reduce(0, +) / count) < 5 * 0.3 / count.squareRoot())
        let variance = noise.reduce(0) { $0 + $1 * $1 } / count
        #expect(abs(variance / 0.09 - 1) < 5 * (2 / count).squareRoot())
        #expect(
            bench.weights.perturbed(RandomStream(seed: 10), scale: 0.3).flattened
                != noisy.flattened)
    }

    @Test func `a list of another length is refused`() throws {
        let weights = try ModeBench(nodes: 1).weights
        let values = weights.flattened
        #expect(try weights.unflattened(values.reversed()).flattened == values.reversed())
        #expect(throws: TensorError.self) { try weights.unflattened(Array(values.dropLast())) }
        #expect(throws: TensorError.self) { try weights.masked(by: ["classifier.weight": [1]]) }
        #expect(throws: TensorError.self) { try weights.masked(by: ["nobody": [1]]) }
    }

    // MARK: Statistics

    private func batches(_ seeds: [UInt64]) throws -> [(inputs: [Float], shape: Shape)] {
        try seeds.map { (ModeBench.images(seed: $0), try Shape([3, 7, 6, 1])) }
    }

    private func logits(
        _ bench: ModeBench, _ weights: Weights, _ mode: Mode, _ source: BatchNormSource
    ) throws -> [Float] {
        let network = try weights.network(mode)
        let statistics = try #require(weights.statistics)
        let all = ParameterSet(
            ParameterLayout(
                try weights.parameters(of: mode).layout.entries + statistics.layout.entries),
            stream: RandomStream(seed: 0))
        all.inherit(from: try weights.parameters(of: mode))
        all.inherit(from: statistics)
        return try bench.run(all) { x, parameters in
            [try network.forward(x, parameters, ForwardContext(batchNorm: source))]
        }[0]
    }

    @Test func `statistics of one batch are those of a pass on that batch`() throws {
        let bench = try ModeBench()
        for mode in [Mode.path(bench.genotype(1)), .mix()] {
            let weights = try bench.weights.reestimated(
                mode, batches: batches([11]), workspace: bench.engine.workspace)
            let running = try logits(bench, weights, mode, .running)
            expectClose(running, try logits(bench, weights, mode, .batch), tolerance: 2e-4)
        }
    }

    @Test func `statistics are means over the batches, and other paths keep theirs`() throws {
        let bench = try ModeBench()
        let mode = Mode.path(bench.genotype(1))
        func estimate(_ seeds: [UInt64], _ from: Weights) throws -> ParameterSet {
            try #require(
                try from.reestimated(
                    mode, batches: try batches(seeds), workspace: bench.engine.workspace
                ).statistics)
        }
        let (one, two) = try (estimate([1], bench.weights), estimate([2], bench.weights))
        let both = try estimate([1, 2], bench.weights)
        expectClose(
            both.flattened,
            zip(one.flattened, two.flattened).map { (Double($0) + Double($1)) / 2 },
            tolerance: 1e-5)
        #expect(one.flattened != two.flattened)
        // What was kept before has no part in batch norms that were passed.
        let moved = Weights(bench.supernet, bench.weights.parameters, statistics: two)
        #expect(try estimate([1], moved).flattened == one.flattened)
        let passed = Set(try bench.weights.parameters(of: mode).layout.entries.map(\.name))
        var idle = 0
        for entry in one.layout.entries
        where !passed.contains(entry.name.replacing(".statistics", with: ".gamma")) {
            #expect(one[entry.name]?.prefix(1) == [0] && one[entry.name]?.last == 1)
            idle += 1
        }
        #expect(idle > 10)
    }
}
