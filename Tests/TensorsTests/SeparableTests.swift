import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Separable units run as one kernel and are what their operations are one by one.
struct SeparableTests {
    private struct Unit: CustomStringConvertible {
        var image: [Int]
        var channels = 16
        var outputs = 16
        /// Taps, dilation, stride; nil for a 1×1 convolution alone.
        var window: (taps: Int, dilation: Int, stride: Int)?
        var isNormedBefore: Bool

        var description: String {
            "\(image) \(channels)→\(outputs) window \(window.map { "\($0)" } ?? "none") "
                + "normed \(isNormedBefore)"
        }

        func run(_ v: [Tensor], isFused: Bool) throws -> Tensor {
            var x = v[0]
            if isNormedBefore { x = try x.batchNorm(gamma: v[3], beta: v[4]) }
            // The product is ReLU by another way, which is not taken for the start of a unit.
            x = isFused ? x.relu() : try x * x.step()
            if let window {
                x = try x.convolution(
                    v[1], stride: window.stride,
                    padding: (
                        window.dilation * (window.taps - 1) / 2,
                        window.dilation * (window.taps - 1) / 2
                    ), dilation: window.dilation, groups: channels)
            }
            return try x.convolution(v[2])
        }

        func variables(_ rng: inout RandomStream) -> [Variable] {
            let taps = window?.taps ?? 3
            return [
                .normal(image + [channels], &rng), .normal([taps, taps, 1, channels], &rng),
                .normal([1, 1, channels, outputs], &rng, scale: 0.3),
                .uniform([channels], in: 0.5...1.5, &rng), .normal([channels], &rng),
                .uniform([outputs], in: 0.5...1.5, &rng), .normal([outputs], &rng),
            ]
        }
    }

    private static let units: [Unit] = {
        var units: [Unit] = []
        for taps in [3, 5] {
            for dilation in [1, 2] {
                for stride in [1, 2] {
                    for isNormed in [false, true] {
                        units.append(
                            Unit(
                                image: [2, 9, 16], window: (taps, dilation, stride),
                                isNormedBefore: isNormed))
                    }
                }
            }
        }
        units.append(Unit(image: [3, 14, 15], channels: 48, isNormedBefore: false))
        units.append(Unit(image: [2, 5, 7], channels: 32, outputs: 48, isNormedBefore: true))
        units.append(
            Unit(
                image: [2, 28, 28], channels: 32, outputs: 32, window: (5, 2, 2),
                isNormedBefore: true))
        units.append(Unit(image: [1, 1, 1], window: (3, 1, 1), isNormedBefore: false))
        return units
    }()

    @Test(arguments: units.indices)
    func `a unit is its operations one by one, to the second derivative`(index: Int) throws {
        let unit = Self.units[index]
        let engine = try Engine()
        var rng = RandomStream(seed: 70).split(index)
        let given = unit.variables(&rng)
        let graph = Graph()
        let v = try given.enumerated().map { place, variable in
            try graph.input("v\(place)", try Shape(variable.shape))
        }
        let inputs = Dictionary(
            uniqueKeysWithValues: given.enumerated().map { ("v\($0)", $1.values) })
        var found: [[[Float]]] = []
        var steps: [Int] = []
        let shape = try unit.run(v, isFused: false).shape.dimensions
        let weights = Variable.normal(shape, &rng).values
        let direct = Variable.normal(shape, &rng, scale: 0.2).values
        for isFused in [true, false] {
            let y = try unit.run(v, isFused: isFused)
            // Read by a batch norm, as in networks, and directly.
            let normed = try y.batchNorm(gamma: v[5], beta: v[6])
            let losses = [
                try normed.sin().contracted(weights), try y.sin().contracted(direct),
                try y.sin().contracted(direct) + normed.contracted(weights),
            ]
            var outputs = [y, normed]
            for loss in losses {
                let gradients = try loss.gradient(v)
                var number = graph.fill(0)
                for gradient in gradients {
                    // Of size 1, so that the sum is no harder to add than its parts.
                    let mean = try gradient.scaled(by: 0.1).sin().mean()
                    number = try number + mean
                }
                outputs += gradients
                outputs += try number.gradient(v)
            }
            let plan = try Plan(outputs, kernels: engine.workspace.kernels)
            steps.append(
                try Plan([losses[0]] + losses[0].gradient(v), kernels: engine.workspace.kernels)
                    .stepCount)
            let used = Set(plan.inputs.map(\.name))
            found.append(
                try engine.workspace.evaluate(plan, inputs.filter { used.contains($0.key) }))
        }
        #expect(steps[0] < steps[1], "\(unit) is not fused")
        for (place, (fused, plain)) in zip(found[0], found[1]).enumerated() {
            expectClose(fused, plain, tolerance: 1e-4, "\(unit), output \(place)")
        }
    }

    @Test func `sizes that the kernels are not made for run one by one`() throws {
        let engine = try Engine()
        var rng = RandomStream(seed: 71)
        for channels in [8, 24] {
            let unit = Unit(
                image: [2, 6, 6], channels: channels, window: (3, 1, 1), isNormedBefore: true)
            let given = unit.variables(&rng)
            let graph = Graph()
            let v = try given.enumerated().map { place, variable in
                try graph.input("v\(place)", try Shape(variable.shape))
            }
            let inputs = Dictionary(
                uniqueKeysWithValues: given.prefix(5).enumerated().map { ("v\($0)", $1.values) })
            let outputs = try [true, false].map { try unit.run(v, isFused: $0) }
            let found = try engine.evaluate(outputs, inputs)
            expectClose(found[0], found[1], tolerance: 1e-5)
        }
    }

    @Test func `a unit counts the multiply-adds of its operations`() throws {
        let engine = try Engine()
        var rng = RandomStream(seed: 72)
        for unit in Self.units {
            let given = unit.variables(&rng)
            let graph = Graph()
            let v = try given.enumerated().map { place, variable in
                try graph.input("v\(place)", try Shape(variable.shape))
            }
            let counts = try [true, false].map { isFused in
                let loss = try unit.run(v, isFused: isFused).squared().sum()
                return try Plan(
                    [loss] + loss.gradient([v[0], v[1], v[2]]), kernels: engine.workspace.kernels
                ).multiplyAdds
            }
            #expect(counts[0] == counts[1], "\(unit)")
        }
    }
}
