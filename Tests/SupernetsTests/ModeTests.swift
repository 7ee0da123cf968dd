import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// Mixtures and masks against paths.
struct ModeTests {
    @Test func `a one-hot mixture is the path`() throws {
        let bench = try ModeBench()
        for seed in Seeds.few {
            let genotype = bench.genotype(seed)
            let path = try bench.logits(.path(genotype))
            let mixed = try bench.logits(
                .mix(), setting: try bench.numbers("mix", genotype))
            expectClose(mixed, path, tolerance: 1e-6, "seed \(seed)")
            // The test can fail: other numbers give other logits.
            let other = try bench.logits(
                .mix(), setting: try bench.numbers("mix", genotype, off: 0.1))
            #expect(Closeness.error(other, path.map(Double.init)) > 1e-3)
        }
    }

    @Test func `a full mask is no mask, and an empty one leaves a node's candidate out`() throws {
        let bench = try ModeBench()
        for seed in Seeds.few {
            let genotype = bench.genotype(seed)
            expectClose(
                try bench.logits(.mask(genotype)), try bench.logits(.path(genotype)),
                tolerance: 1e-6)
            // `none` gives zeros, as a candidate that is masked with 0.
            let none = try #require(bench.space.operations.firstIndex(of: .none))
            var genes = genotype.genes
            let closed = genes[2]
            genes[2] = none
            let without = try bench.logits(.path(Genotype(genes)))
            var masks = try bench.numbers("mask", genotype)
            let place = genes[0] * bench.space.operations.count + closed
            masks["mask.normal.node0"]?[place] = 0
            expectClose(
                try bench.logits(.mask(genotype), setting: masks), without, tolerance: 1e-6)
        }
    }

    @Test func `closed candidates are not run, and count as those of weight 0`() throws {
        let bench = try ModeBench()
        var rng = RandomStream(seed: 8)
        var open: OpenCandidates = [:]
        var weights: [String: [Float]] = [:]
        for decision in bench.supernet.decisions {
            let rows = decision.inputs.map { _ in
                decision.operations.map { _ in rng.chance(0.4) }
            }
            guard rows.contains(where: { $0.contains(true) }) else { continue }
            open[decision.name] = rows
            weights["mix.\(decision.name)"] = rows.joined().map {
                $0 ? Float(rng.uniform(in: -1...1)) : 0
            }
        }
        try #require(open.count > 2)
        let few = try bench.logits(.mix(open: open), setting: weights)
        expectClose(few, try bench.logits(.mix(), setting: weights), tolerance: 1e-6)
        let read = try bench.supernet.network(.mix(open: open)).parameters
        let all = try bench.supernet.network(.mix()).parameters
        #expect(read.count < all.count)
        let names = Set(all.map(\.name))
        #expect(bench.supernet.layout.entries.allSatisfy { names.contains($0.name) })
    }

    @Test func `a mixture that begins even weighs each operation alike`() throws {
        let bench = try ModeBench(nodes: 1)
        let start = try bench.weights.parameters(of: .mix())
        #expect(start["mix.normal.node0"]?.count == 2 * CellOperation.allCases.count)
        #expect(
            start["mix.normal.node0"]?.allSatisfy { $0 == 1 / Float(CellOperation.allCases.count) }
                == true)
        #expect(
            start["stem.0.convolution.weight"]
                == bench.weights.parameters["stem.0.convolution.weight"])
    }

    @Test func `keys tell modes apart`() throws {
        let bench = try ModeBench(nodes: 1)
        let genotype = bench.genotype(1)
        let open: OpenCandidates = [
            "normal.node0": [[Bool]](
                repeating: bench.space.operations.map { $0 == .skip }, count: 2)
        ]
        let modes: [Mode] = [.path(genotype), .mask(genotype), .mix(), .mix(open: open)]
        var keys = try modes.map { try bench.supernet.network($0).key }
        keys += try modes.map { try bench.supernet.sliced(channels: 2).network($0).key }
        #expect(Set(keys).count == 8)
        #expect(try bench.supernet.network(.mix(open: open)).key == keys[3])
    }

    // No ReLU and no maximum stands behind what is moved: there, differences tell nothing.
    @Test func `gradients through weights of candidates are those of differences to second order`()
        throws
    {
        let bench = try ModeBench(
            nodes: 2, operations: [.sep3, .avg3, .skip], channels: 2, cells: [.normal])
        let genotype = try bench.space.parse(
            "normal: sep3 0, skip 1 · skip 0, avg 2; reduction: sep3 0, skip 1 · skip 0, avg 2")
        let open: OpenCandidates = [
            "normal.node1": [[true, true, true], [true, true, true], [false, true, true]]
        ]
        let given = [
            Variable([2, 3], [0.3, -0.4, 0.5, 0.2, 0.6, 0.1]),
            Variable([3, 3], [0.7, 0.4, -0.2, 0.1, 0.9, -0.5, 0.3, -0.6, 0.8]),
        ]
        let names = [
            "classifier.weight", "cells.0.node1.input2.avg3.batchNorm.gamma",
            "cells.0.node0.input0.sep3.batchNorm1.beta",
        ]
        for (mode, prefix) in [(Mode.mix(open: open), "mix"), (.mask(genotype), "mask")] {
            let values = try bench.weights.parameters(of: mode)
            let network = try bench.supernet.network(mode)
            let moved = try names.map { name in
                let place = try #require(values.layout.index(of: name), "\(name)")
                return Variable(
                    values.layout.entries[place].shape.dimensions, try #require(values[name]))
            }
            try expectGradientsMatch(given + moved, step: 5e-3, tolerance: 2e-3, prefix) { t in
                let graph = t[0].graph
                var fixed = Dictionary(uniqueKeysWithValues: zip(names, t.dropFirst(2)))
                // As in DARTS: what is learned goes through a softmax.
                fixed["\(prefix).normal.node0"] = try t[0].softmax(axis: 1)
                fixed["\(prefix).normal.node1"] = try t[1].softmax(axis: 1)
                for entry in values.layout.entries where fixed[entry.name] == nil {
                    fixed[entry.name] = try graph.constant(
                        try #require(values[entry.name]), entry.shape)
                }
                let x = try graph.constant(ModeBench.images(), try Shape([3, 7, 6, 1]))
                return try network.forward(
                    x, Parameters(graph, ParameterLayout([])).replacing(fixed), ForwardContext())
            }
        }
    }

    @Test func `masks on parameters scale them, in every mode, with gradients`() throws {
        let bench = try ModeBench()
        let genotype = bench.genotype(4)
        let network = try bench.supernet.network(genotype)
        let name = "classifier.weight"
        let values = try bench.weights.parameters(of: .path(genotype))
        let count = try #require(values[name]?.count)
        let mask = (0..<count).map { Float($0 % 3) - 0.5 }
        func logits(_ mask: [Float]?) throws -> [Float] {
            try bench.run(values) { x, parameters in
                let masks = try mask.map {
                    [name: try x.graph.constant($0, parameters(name).shape)]
                }
                return [
                    try network.forward(x, parameters.masked(by: masks ?? [:]), ForwardContext())
                ]
            }[0]
        }
        #expect(
            try logits([Float](repeating: 1, count: count)) == logits(nil))
        let masked = try bench.weights.masked(by: [name: mask])
        let expected = try bench.run(masked.parameters(of: .path(genotype))) { x, parameters in
            [try network.forward(x, parameters, ForwardContext())]
        }[0]
        expectClose(try logits(mask), expected, tolerance: 1e-6)
        #expect(try logits(mask) != logits(nil))
        // The derivative by a mask is the parameter times the derivative by the masked parameter.
        let found = try bench.run(values) { x, parameters in
            let mask = try x.graph.constant(mask, parameters(name).shape)
            let loss = try network.forward(
                x, parameters.masked(by: [name: mask]), ForwardContext()
            ).reshaped([-1]).matmulSquare()
            let slopes = try loss.gradient([mask, parameters(name)])
            return [try slopes[0] * mask, try slopes[1] * parameters(name)]
        }
        expectClose(found[0], found[1], tolerance: 1e-5)
        #expect(found[0].contains { abs($0) > 1e-3 })
    }

    @Test func `faults of open candidates are named`() throws {
        let supernet = try ModeBench(nodes: 1, operations: [.max3, .skip]).supernet
        func complaint(_ open: OpenCandidates) -> String {
            do {
                _ = try supernet.network(.mix(open: open))
                return "none"
            } catch { return "\(error)" }
        }
        #expect(
            complaint(["normal.node1": []])
                == "mix: open: there is no decision \"normal.node1\"; there are normal.node0, "
                + "reduction.node0")
        #expect(
            complaint(["normal.node0": [[true]]])
                == "mix: open: normal.node0: expected 2 rows of 2, found rows of [1]")
        #expect(
            complaint(["normal.node0": [[false, false], [false, false]]])
                == "mix: open: normal.node0: expected at least one open candidate, found none")
    }
}

extension Tensor {
    /// The sum of squares.
    func matmulSquare() throws -> Tensor { try (self * self).sum() }
}
