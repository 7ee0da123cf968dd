import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// Blocks of stages, and elastic width.
struct RangeAndSliceTests {
    @Test func `blocks of stages one after another give the bits of the whole`() throws {
        let bench = try ModeBench(cells: [.normal, .reduction, .normal])
        for seed in Seeds.few.prefix(4) {
            for mode in [Mode.path(bench.genotype(seed)), .mix()] {
                let network = try bench.supernet.network(mode).staged()
                #expect(network.stages == ["stem", "cells.0", "cells.1", "cells.2", "classifier"])
                let values = try bench.weights.parameters(of: mode)
                for cut in 1..<5 {
                    let found = try bench.run(values) { x, parameters in
                        let context = ForwardContext()
                        let state = try network.range(0..<cut, [x], parameters, context)
                        #expect(state.count == 2)
                        return [
                            try network.range(cut..<5, state, parameters, context)[0],
                            try network.forward(x, parameters, context),
                        ]
                    }
                    #expect(found[0] == found[1], "seed \(seed), cut at \(cut)")
                }
            }
        }
    }

    @Test func `a block reads its own parameters alone`() throws {
        let bench = try ModeBench(nodes: 1, cells: [.normal, .normal])
        let network = try bench.supernet.network(bench.genotype(1))
        let graph = Graph()
        let parameters = Parameters(graph, bench.supernet.layout)
        let state = try (0..<2).map {
            try graph.input("s\($0)", try Shape([2, 7, 6, $0 == 0 ? 12 : 4]))
        }
        let given = try network.range(2..<3, state, parameters, ForwardContext())
        #expect(given[0].shape == state[1].shape && given[1].shape.dimensions == [2, 7, 6, 4])
        #expect(!parameters.names.isEmpty)
        #expect(parameters.names.allSatisfy { $0.hasPrefix("cells.1.") })
    }

    @Test func `Conv-4 and perceptrons can be cut at any stage`() throws {
        let engine = try Engine()
        let networks: [(any StagedNetwork, [Int])] = [
            (
                try Conv4Network(
                    Conv4Configuration(
                        filters: 3, inputHeight: 16, inputWidth: 17, inputChannels: 1, classes: 4)),
                [2, 16, 17, 1]
            ),
            (PerceptronNetwork(MLPConfiguration()), [5, 1]),
        ]
        for (network, shape) in networks {
            let set = ParameterSet(
                ParameterLayout(try network.parameters), stream: RandomStream(seed: 2))
            let count = network.stages.count
            for cut in 1..<count {
                let graph = Graph()
                let x = try graph.input("x", try Shape(shape))
                let (parameters, context) = (Parameters(graph, set.layout), ForwardContext())
                let state = try network.range(0..<cut, [x], parameters, context)
                let outputs = [
                    try network.range(cut..<count, state, parameters, context)[0],
                    try network.forward(x, parameters, context),
                ]
                var rng = RandomStream(seed: 3)
                var given = ["x": (0..<x.shape.count).map { _ in Float(rng.normal()) }]
                for name in parameters.names { given[name] = set[name] }
                let found = try engine.evaluate(outputs, given)
                #expect(found[0] == found[1] && found[0].contains { $0 != 0 })
            }
        }
    }

    @Test func `stages that there are not and missing inputs are named`() throws {
        let bench = try ModeBench(nodes: 1, cells: [.normal])
        let network = try bench.supernet.network(bench.genotype(1))
        let graph = Graph()
        let x = try graph.input("x", try Shape([2, 7, 6, 1]))
        func complaint(_ range: Range<Int>) -> String {
            do {
                _ = try network.range(
                    range, [x], Parameters(graph, bench.supernet.layout), ForwardContext())
                return "none"
            } catch { return "\(error)" }
        }
        #expect(complaint(0..<3) == "none")
        #expect(complaint(1..<2).contains("expected 2 inputs of stage cells.0"))
        #expect(complaint(2..<5).contains("expected stages from 0 to 2, at least one"))
        #expect(complaint(0..<0).contains("found 0 to -1"))
    }

    // MARK: Slices

    /// The mask that keeps some part of a parameter.
    private func mask(_ part: ParameterPart?, _ shape: Shape) throws -> [Float] {
        guard let part else { return [Float](repeating: 1, count: shape.count) }
        let numbers = try ParameterSet(
            ParameterLayout([ParameterSpecification("a", shape, .constant(0))]),
            stream: RandomStream(seed: 0)
        ).unflattened((0..<shape.count).map { Float($0) })
        let kept = try numbers.sliced(to: ["a": part]).flattened
        var mask = [Float](repeating: 0, count: shape.count)
        for place in kept { mask[Int(place)] = 1 }
        return mask
    }

    // Channels that are masked are 0 behind every layer, so they change nothing.
    @Test func `a slice is the whole network with the other channels masked`() throws {
        let bench = try ModeBench(nodes: 2, channels: 5, cells: [.normal, .normal])
        let slice = try bench.supernet.sliced(channels: 3)
        var masks: [String: [Float]] = [:]
        for entry in bench.supernet.layout.entries {
            masks[entry.name] = try mask(slice.parts[entry.name], entry.shape)
        }
        let masked = ModeBenchView(bench, try bench.weights.masked(by: masks))
        for seed in Seeds.few {
            let mode = Mode.path(bench.genotype(seed))
            let whole = try bench.logits(mode)
            let sliced = try bench.logits(mode, of: slice)
            expectClose(sliced, try masked.logits(mode), tolerance: 1e-5, "seed \(seed)")
            #expect(Closeness.error(sliced, whole.map(Double.init)) > 1e-3)
        }
    }

    @Test func `a slice gives the bits of the narrow supernet with the weights that it cuts out`()
        throws
    {
        let bench = try ModeBench(nodes: 2, channels: 5, cells: [.normal, .reduction, .normal])
        for channels in 1...5 {
            let slice = try bench.supernet.sliced(channels: channels)
            let own = try bench.weights.sliced(channels: channels)
            let expected = try CellSupernet(
                bench.space,
                CellNetworkConfiguration(
                    inputHeight: 7, inputWidth: 6, inputChannels: 1, classes: 3,
                    channels: channels, cells: [.normal, .reduction, .normal],
                    poolNormalization: true))
            #expect(
                own.parameters.layout.entries.map(\.name) == expected.layout.entries.map(\.name))
            #expect(
                own.parameters.layout.entries.map(\.shape) == expected.layout.entries.map(\.shape))
            for mode in [Mode.path(bench.genotype(2)), .mask(bench.genotype(3)), .mix()] {
                let narrow = try bench.run(own.parameters(of: mode)) { x, parameters in
                    [try own.network(mode).forward(x, parameters, ForwardContext())]
                }[0]
                #expect(try bench.logits(mode, of: slice) == narrow, "\(channels), \(mode)")
                if channels == 5 { #expect(try bench.logits(mode) == narrow) }
            }
        }
    }

    @Test func `halves and nodes that stand side by side each keep their leading channels`() throws
    {
        let bench = try ModeBench(nodes: 2, channels: 4, cells: [.reduction, .normal])
        let parts = try bench.supernet.sliced(channels: 3).parts
        // From the reduction on there are 8 and 6 channels: two nodes, or two halves of 4 and 3.
        #expect(parts["classifier.weight"]?.ranges == [[0..<6, 8..<14], [0..<3]])
        #expect(
            parts["cells.1.preprocess1.convolution.weight"]?.ranges
                == [[0..<1], [0..<1], [0..<6, 8..<14], [0..<6]])
        let skip = "cells.0.node0.input0.skip"
        #expect(parts["\(skip).batchNorm.gamma"]?.ranges == [[0..<3, 4..<7]])
        #expect(
            parts["\(skip).convolutions.1.weight"]?.ranges
                == [[0..<1], [0..<1], [0..<6], [0..<3]])
    }

    @Test func `a step on a slice moves leading channels, with second derivatives`() throws {
        let bench = try ModeBench(
            nodes: 1, operations: [.conv3, .skip], channels: 3, cells: [.reduction])
        let slice = try bench.supernet.sliced(channels: 2)
        let mode = Mode.mix()
        let network = try slice.network(mode)
        let values = try Weights(slice, bench.weights.parameters).parameters(of: mode)
        let names = [
            "classifier.weight", "cells.0.node0.input1.skip.batchNorm.gamma", "mix.reduction.node0",
        ]
        let variables = try names.map { name in
            let index = try #require(values.layout.index(of: name))
            return Variable(
                values.layout.entries[index].shape.dimensions, try #require(values[name]))
        }
        func forward(_ t: [Tensor]) throws -> Tensor {
            let graph = t[0].graph
            var fixed = Dictionary(uniqueKeysWithValues: zip(names, t))
            for entry in values.layout.entries where fixed[entry.name] == nil {
                fixed[entry.name] = try graph.constant(
                    try #require(values[entry.name]), entry.shape)
            }
            let x = try graph.constant(ModeBench.images(), try Shape([3, 7, 6, 1]))
            return try network.forward(
                x, Parameters(graph, ParameterLayout([])).replacing(fixed), ForwardContext())
        }
        try expectGradientsMatch(variables, step: 5e-3, tolerance: 5e-3) { try forward($0) }
        let slopes = try bench.run(values) { x, parameters in
            try network.forward(x, parameters, ForwardContext()).matmulSquare()
                .gradient([try parameters(names[0]), try parameters(names[1])])
        }
        for (name, slope) in zip(names, slopes) {
            let kept = try mask(
                slice.parts[name],
                values.layout.entries[
                    try #require(values.layout.index(of: name))
                ].shape)
            #expect(kept.contains(0))
            for (kept, slope) in zip(kept, slope) {
                #expect((slope != 0) == (kept == 1), "\(name)")
            }
        }
    }

    @Test func `a small kernel is the middle of a large one`() throws {
        let part = try ParameterPart(try Shape([3, 1, 2, 1]), of: try Shape([5, 3, 2, 2]))
        #expect(part.ranges == [[1..<4], [1..<2], [0..<2], [0..<1]])
        let set = try ParameterSet(
            ParameterLayout([
                ParameterSpecification("w", try Shape([5, 3, 2, 2]), .constant(0))
            ]), stream: RandomStream(seed: 0)
        ).unflattened((0..<60).map { Float($0) })
        // By hand: row r, column 1, input i, output 0 is at 12 r + 4 + 2 i.
        #expect(try set.sliced(to: ["w": part]).flattened == [16, 18, 28, 30, 40, 42])
        #expect(throws: TensorError.self) {
            try ParameterPart(try Shape([3, 3, 2, 3]), of: try Shape([5, 3, 2, 2]))
        }
    }

    @Test func `widths that there are not are named`() throws {
        let supernet = try ModeBench(nodes: 1).supernet
        #expect(throws: ModeError.width(found: 5, limit: 4)) { try supernet.sliced(channels: 5) }
        #expect(
            "\(ModeError.width(found: 0, limit: 4))"
                == "slice: channels: expected 1 to 4, the supernet's, found 0")
    }

    @Test func `a traced supernet has paths and masks, and says of each other mode why not`() throws
    {
        let space = try ChoiceSpace(
            name: "widths", choices: [Choice(name: "way", options: ["a", "b"])])
        let traced = try TracedSupernet(
            space, inputShape: [7, 6, 1], classes: 3, batches: [3], sources: [.batch],
            parameters: Layers.convolutionParameters(
                "c", window: (3, 3), inputs: 1, outputs: 2, bias: false)
        ) { genotype, x, parameters, _ in
            let y = try Layers.convolution("c", parameters, x, bias: false)
            return try (genotype.genes[0] == 0 ? y.relu() : y).globalAveragePool()
        }
        let bench = try ModeBench(nodes: 1)
        let weights = Weights(initial: traced, stream: RandomStream(seed: 1))
        let path = Mode.path(Genotype([0]))
        let network = try weights.network(path)
        let values = try weights.parameters(of: path)
        let found = try bench.run(values) { x, parameters in
            let ones = try x.graph.constant(
                [Float](repeating: 1, count: 18), try Shape([3, 3, 1, 2]))
            return [
                try network.forward(x, parameters, ForwardContext()),
                try network.forward(x, parameters.masked(by: ["c.weight": ones]), ForwardContext()),
                try network.forward(
                    x, parameters.masked(by: ["c.weight": ones * x.graph.fill(0)]),
                    ForwardContext()),
            ]
        }
        #expect(found[0] == found[1] && found[0] != found[2])
        func complaint(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "none"
        }
        #expect(traced.decisions.isEmpty)
        #expect(
            complaint { _ = try weights.network(.mix()) }
                == "mix: the space widths gives whole forward passes and no candidates; weigh them "
                + "in its own forward function")
        #expect(
            complaint { _ = try weights.network(.mask(Genotype([0]))) }
                .hasPrefix("mask: the space widths gives whole forward passes"))
        #expect(
            complaint { _ = try network.staged() }
                == "range: this network was recorded in one piece and has no stages; return the "
                + "features that are needed from its own forward function")
        #expect(
            complaint { _ = try weights.sliced(channels: 1) }
                == "slice: the networks of the space widths have one width; slice the parameters in "
                + "its own forward function")
    }
}

/// A bench with other weights.
private struct ModeBenchView {
    let bench: ModeBench
    let weights: Weights

    init(_ bench: ModeBench, _ weights: Weights) {
        self.bench = bench
        self.weights = weights
    }

    func logits(_ mode: Mode) throws -> [Float] {
        let network = try weights.network(mode)
        return try bench.run(weights.parameters(of: mode)) { x, parameters in
            [try network.forward(x, parameters, ForwardContext())]
        }[0]
    }
}
