import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Units that read the same run as one kernel, and sums of gradients are made by the kernel of a
/// unit; results are those of the operations one by one.
struct UnitJoiningTests {
    private struct Network: Sendable {
        let name: String
        let shapes: [[Int]]
        let run: @Sendable ([Tensor]) throws -> Tensor
    }

    /// v[0] and v[1]: images of 16 channels; v[2], v[3]: gamma, beta; the rest: weights.
    private static let networks = [
        Network(
            name: "three mixtures, a depthwise unit, pooling and a sine of one batch norm",
            shapes: [
                [2, 6, 7, 16], [2, 6, 7, 16], [16], [16], [1, 1, 16, 16], [1, 1, 16, 32],
                [1, 1, 16, 16], [3, 3, 1, 16], [1, 1, 16, 16],
            ]
        ) { v in
            let x = try v[0].batchNorm(gamma: v[2], beta: v[3])
            let active = x.relu()
            let a = try active.convolution(v[4]).batchNorm(gamma: v[2], beta: v[3])
            let b = try active.convolution(v[5])
            let c = try active.convolution(v[6]).batchNorm(gamma: v[3], beta: v[2])
            let d = try active.convolution(v[7], groups: 16).convolution(v[8])
            let pooled = try x.maxPool(window: 3, stride: 1, padding: 1)
            let wide = try Tensor.concatenate([a.sin() + c + pooled, d * v[1]], axis: 3)
            return try (wide + b).sin() + x.sum().cos()
        },
        Network(
            name: "depthwise units and a skip of one batch norm",
            shapes: [
                [2, 8, 8, 16], [2, 8, 8, 16], [16], [16], [3, 3, 1, 16], [1, 1, 16, 16],
                [5, 5, 1, 16], [1, 1, 16, 16],
            ]
        ) { v in
            let x = try v[0].batchNorm(gamma: v[2], beta: v[3])
            let active = x.relu()
            let a = try active.convolution(v[4], groups: 16).convolution(v[5])
                .batchNorm(gamma: v[2], beta: v[3])
            let b = try active.convolution(v[6], groups: 16).convolution(v[7])
                .batchNorm(gamma: v[3], beta: v[2])
            return try (a + b) * v[1] + x.sin()
        },
        Network(
            name: "units of a tensor that no batch norm made, and the same term twice",
            shapes: [
                [2, 5, 5, 16], [2, 5, 5, 16], [16], [16], [3, 3, 1, 16], [1, 1, 16, 16],
                [1, 1, 16, 16],
            ]
        ) { v in
            let x = try v[0] * v[1]
            let active = x.relu()
            let a = try active.convolution(v[4], groups: 16).convolution(v[5])
            let b = try active.convolution(v[6])
            return try (a + a) * b + x.scaled(by: v[2].shape.count == 16 ? 0.5 : 1) + v[3]
        },
        Network(
            name: "mixtures of tensors side by side",
            shapes: [
                [2, 5, 6, 16], [2, 5, 6, 16], [16], [16], [1, 1, 32, 16], [1, 1, 32, 32],
                [3, 3, 1, 16], [1, 1, 16, 16],
            ]
        ) { v in
            let first = try v[0].batchNorm(gamma: v[2], beta: v[3])
            let unit = try first.relu().convolution(v[6], groups: 16).convolution(v[7])
            let second = try unit + v[1]
            let both = try Tensor.concatenate([first, second], axis: 3)
            let active = both.relu()
            let a = try active.convolution(v[4]).batchNorm(gamma: v[2], beta: v[3])
            let b = try active.convolution(v[5])
            let means = try both.globalAveragePool().reshaped([2, 1, 1, 32])
            return try Tensor.concatenate([a, a.sin()], axis: 3) * b + means
        },
    ]

    @Test(arguments: networks.indices)
    func `joined kernels give what the operations give, to the second derivative`(
        index: Int
    ) throws {
        let network = Self.networks[index]
        let engine = try Engine()
        var rng = RandomStream(seed: 75).split(index)
        let given = network.shapes.map { Variable.normal($0, &rng, scale: 0.5) }
        let inputs = Dictionary(
            uniqueKeysWithValues: given.enumerated().map { ("v\($0)", $1.values) })
        var weights: [Float] = []
        var found: [[[Float]]] = []
        var steps: [Int] = []
        for isFusing in [true, false] {
            let graph = Graph(isFusing: isFusing)
            let v = try given.enumerated().map { place, variable in
                try graph.input("v\(place)", try Shape(variable.shape))
            }
            let y = try network.run(v)
            if weights.isEmpty { weights = Variable.normal(y.shape.dimensions, &rng).values }
            let loss = try y.contracted(weights)
            let gradients = try loss.gradient(v)
            var number = graph.fill(0)
            for gradient in gradients {
                number = try number + gradient.scaled(by: 0.1).sin().mean()
            }
            let first = try Plan([loss] + gradients, kernels: engine.workspace.kernels)
            steps.append(first.stepCount)
            let both = try Plan(
                [y] + gradients + number.gradient(v), kernels: engine.workspace.kernels)
            found.append(
                try engine.workspace.evaluate(first, inputs)
                    + engine.workspace.evaluate(both, inputs))
        }
        #expect(steps[0] < steps[1], "\(network.name) is not joined")
        for (place, (joined, plain)) in zip(found[0], found[1]).enumerated() {
            expectClose(joined, plain, tolerance: 1e-4, "\(network.name), output \(place)")
        }
    }

    @Test func `maxima and their positions are found in one pass`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", Shape([2, 6, 5, 16]))
        let y = try x.maxPool(window: 3, stride: 1, padding: 1)
        let gradient = try y.squared().sum().gradient([x])[0]
        let plans = try [[y, gradient], [y], [gradient]].map {
            try Plan($0, kernels: engine.workspace.kernels)
        }
        // Both: one pass, doubling, scattering. The maxima alone, and with what gradients need.
        #expect(plans.map(\.stepCount) == [3, 1, 3])
        var rng = RandomStream(seed: 76)
        let inputs = ["x": Variable.normal([2, 6, 5, 16], &rng).values]
        let values = try plans.map { try engine.workspace.evaluate($0, inputs) }
        #expect(values[0] == [values[1][0], values[2][0]])
    }

    @Test func `statistics behind a unit come with its output, also where they are read`() throws {
        let engine = try Engine()
        var rng = RandomStream(seed: 77)
        let inputs = [
            "x": Variable.normal([2, 4, 4, 16], &rng).values,
            "w": Variable.normal([1, 1, 16, 16], &rng).values,
        ]
        func network(
            isFusing: Bool, epsilon: Float
        ) throws -> (norm: Tensor, statistics: Tensor, slope: Tensor) {
            let graph = Graph(isFusing: isFusing)
            let x = try graph.input("x", Shape([2, 4, 4, 16]))
            let y = try x.relu().convolution(graph.input("w", Shape([1, 1, 16, 16])))
            let statistics = try y.batchStatistics(epsilon: epsilon)
            let norm = try y.batchNorm(
                gamma: graph.fill(2, Shape([16])), beta: graph.fill(1, Shape([16])),
                epsilon: epsilon)
            return (norm, statistics, try statistics.sin().sum().gradient([x])[0])
        }
        // The unit, two constants, the norm; with another epsilon the statistics are a step.
        for (epsilon, steps) in [(Float(1e-5), 4), (1e-3, 5)] {
            let fused = try network(isFusing: true, epsilon: epsilon)
            let plan = try Plan([fused.norm], kernels: engine.workspace.kernels)
            #expect(plan.stepCount == steps)
            let plain = try network(isFusing: false, epsilon: epsilon)
            let found = try engine.evaluate([fused.norm, fused.statistics, fused.slope], inputs)
            let expected = try engine.evaluate(
                [plain.norm, plain.statistics, plain.slope], inputs)
            for (a, b) in zip(found, expected) { expectClose(a, b, tolerance: 1e-4) }
        }
    }

    @Test func `units that read the same are one step forwards and one backwards`() throws {
        let engine = try Engine()
        func steps(mixtures: Int, sources: Int) throws -> Int {
            let graph = Graph()
            let x = try (0..<sources).map { try graph.input("x\($0)", Shape([2, 4, 4, 16])) }
            let active = try Tensor.concatenate(x, axis: 3).relu()
            let w = try (0..<mixtures).map {
                try graph.input("w\($0)", Shape([1, 1, 16 * sources, 16]))
            }
            let outputs = try w.map { try active.convolution($0) }
            // A gradient of ones, which takes a step of its own.
            let losses = try outputs.map { try $0.sum() }
            var loss = losses[0]
            for other in losses.dropFirst() { loss = try loss + other }
            return try Plan(loss.gradient(x + w), kernels: engine.workspace.kernels).stepCount
        }
        let one = try steps(mixtures: 1, sources: 1)
        #expect(try steps(mixtures: 3, sources: 1) == one)
        #expect(try steps(mixtures: 1, sources: 4) == one)
    }
}
