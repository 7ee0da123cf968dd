import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

struct SupernetTests {
    private static func configuration(
        _ height: Int, _ width: Int, channels: Int = 4, pools: Bool = true,
        cells: [CellKind] = [.normal, .reduction]
    ) -> CellNetworkConfiguration {
        CellNetworkConfiguration(
            inputHeight: height, inputWidth: width, inputChannels: 1, classes: 5,
            channels: channels, cells: cells, poolNormalization: pools)
    }

    private static func count(_ parameters: [ParameterSpecification]) -> Int {
        parameters.reduce(0) { $0 + $1.shape.count }
    }

    private static func images(_ count: Int, _ height: Int, _ width: Int) -> [Float] {
        var rng = RandomStream(seed: 11)
        return (0..<count * height * width).map { _ in Float(rng.uniform(in: -1...1)) }
    }

    /// The logits of a batch, and the plan that gave them.
    private static func logits(
        _ network: any Network, _ set: ParameterSet, _ engine: Engine, batch: Int, height: Int,
        width: Int
    ) throws -> (values: [Float], shape: [Int], plan: Plan) {
        let graph = Graph()
        let x = try graph.input("x", try Shape([batch, height, width, 1]))
        let y = try network.forward(x, Parameters(graph, set.layout), ForwardContext())
        let plan = try Plan([y], kernels: engine.workspace.kernels)
        var given = ["x": images(batch, height, width)]
        for port in plan.inputs where port.name != "x" { given[port.name] = set[port.name] }
        return (try engine.workspace.evaluate(plan, given)[0], y.shape.dimensions, plan)
    }

    // methods.md, section 5, parity targets: AutoMAML's cell of T-NAS, and Conv-4 of MAML.
    @Test func `the networks of T-NAS and MAML have the published numbers of parameters`() throws {
        let space = try CellSpace(nodes: 4)
        let genotype = try space.parse(
            """
            normal: avg 0, avg 1 · avg 1, avg 2 · avg 1, avg 2 · dil3 3, avg 2
            reduction: avg 0, dil5 1 · avg 0, dil5 1 · skip 3, dil5 2 · skip 4, skip 3
            """)
        let network = try CellNetwork(
            space.decode(genotype),
            CellNetworkConfiguration(
                inputHeight: 84, inputWidth: 84, inputChannels: 3, classes: 5))
        #expect(try SupernetTests.count(network.parameters) == 23_213)
        let conv4 = try Conv4Network(
            Conv4Configuration(
                filters: 32, inputHeight: 84, inputWidth: 84, inputChannels: 3, classes: 5))
        #expect(try SupernetTests.count(conv4.parameters) == 32_901)
        #expect(
            try SupernetTests.count(PerceptronNetwork(MLPConfiguration()).parameters) == 1_761)
    }

    @Test(arguments: 1...4)
    func `a path has the parameters that are counted, all of them the supernet's`(
        nodes: Int
    ) throws {
        let space = try CellSpace(nodes: nodes, operations: CellOperation.allCases)
        for pools in [true, false] {
            let configuration = SupernetTests.configuration(
                28, 28, pools: pools, cells: [.normal, .reduction, .normal])
            let supernet = try CellSupernet(space, configuration)
            let shapes = Dictionary(
                uniqueKeysWithValues: supernet.layout.entries.map { ($0.name, $0.shape) })
            for seed in Seeds.few {
                var rng = RandomStream(seed: seed)
                let genotype = space.sample(&rng)
                let network = try supernet.network(genotype)
                let architecture = try #require(network.architecture)
                let parameters = try network.parameters
                #expect(Set(parameters.map(\.name)).count == parameters.count)
                #expect(
                    try SupernetTests.count(parameters)
                        == configuration.describe(architecture).parameters,
                    "\(architecture)")
                for parameter in parameters {
                    #expect(shapes[parameter.name] == parameter.shape, "\(parameter.name)")
                }
            }
        }
    }

    @Test func `a stand-alone network with inherited weights gives the bits of the path`() throws {
        let space = try CellSpace(nodes: 2)
        let supernet = try CellSupernet(space, SupernetTests.configuration(12, 12))
        let shared = ParameterSet(supernet.layout, stream: RandomStream(seed: 21))
        let engine = try Engine()
        for seed in Seeds.few.prefix(4) {
            var rng = RandomStream(seed: seed)
            let network = try supernet.network(space.sample(&rng))
            let own = ParameterSet(
                ParameterLayout(try network.parameters), stream: RandomStream(seed: 99))
            func run(_ set: ParameterSet) throws -> [Float] {
                try SupernetTests.logits(network, set, engine, batch: 3, height: 12, width: 12)
                    .values
            }
            let fresh = try run(own)
            #expect(own.inherit(from: shared) == own.layout.entries.count)
            let inherited = try run(own)
            #expect(inherited == (try run(shared)))
            #expect(inherited != fresh)
        }
    }

    @Test(arguments: CellOperation.allCases)
    func `every operation runs at odd and even sizes, with the multiply-adds that are counted`(
        operation: CellOperation
    ) throws {
        let engine = try Engine()
        let node = CellNode(inputs: (0, 1), operations: (operation, .max3))
        let cell = Cell(nodes: [node, CellNode(inputs: (0, 2), operations: (.skip, operation))])
        let architecture = CellArchitecture(normal: cell, reduction: cell)
        for (height, width) in [(9, 12), (8, 7), (11, 11), (33, 34)] {
            // A second reduction meets inputs of two sizes, odd and even.
            let configuration = SupernetTests.configuration(
                height, width, channels: 3, cells: [.normal, .reduction, .reduction, .normal])
            let network = try CellNetwork(architecture, configuration)
            let set = ParameterSet(
                ParameterLayout(try network.parameters), stream: RandomStream(seed: 2))
            let (values, shape, plan) = try SupernetTests.logits(
                network, set, engine, batch: 2, height: height, width: width)
            #expect(shape == [2, 5], "\(operation), \(height) × \(width)")
            #expect(values.count == 10 && values.allSatisfy(\.isFinite), "\(operation)")
            #expect(values.prefix(5) != values.suffix(5), "\(operation)")
            #expect(
                plan.multiplyAdds == 2 * (try configuration.describe(architecture).multiplyAdds),
                "\(operation), \(height) × \(width)")
        }
    }

    @Test func `plans of random paths have the multiply-adds that are counted`() throws {
        let engine = try Engine()
        let space = try CellSpace(nodes: 3, operations: CellOperation.allCases)
        let supernet = try CellSupernet(space, SupernetTests.configuration(13, 10))
        for seed in Seeds.few.prefix(6) {
            var rng = RandomStream(seed: seed)
            let network = try supernet.network(space.sample(&rng))
            let graph = Graph()
            let x = try graph.input("x", try Shape([3, 13, 10, 1]))
            let y = try network.forward(x, Parameters(graph, supernet.layout), ForwardContext())
            let plan = try Plan([y], kernels: engine.workspace.kernels)
            let architecture = try #require(network.architecture)
            let described = try supernet.configuration.describe(architecture)
            // A node of zeros needs nothing of what it stands on, so a plan may do less.
            let hasNone = [architecture.normal, architecture.reduction]
                .contains { $0.nodes.contains { $0.entries.contains { $0.operation == .none } } }
            #expect(
                hasNone
                    ? plan.multiplyAdds <= 3 * described.multiplyAdds
                    : plan.multiplyAdds == 3 * described.multiplyAdds, "seed \(seed)")
        }
    }

    @Test func `keys tell networks apart and are equal for equal ones`() throws {
        let space = try CellSpace(nodes: 1)
        let supernet = try CellSupernet(space, SupernetTests.configuration(8, 8))
        let wider = try CellSupernet(space, SupernetTests.configuration(8, 8, channels: 5))
        let genotypes = try ["max", "avg", "sep3"].map {
            try space.parse("normal: \($0) 0, skip 1; reduction: skip 0, skip 1")
        }
        var keys = try genotypes.map { try supernet.network($0).key }
        #expect(try supernet.network(genotypes[0]).key == keys[0])
        keys.append(try wider.subnet(genotypes[0]).key)
        #expect(Set(keys).count == 4)
    }

    @Test func `a genotype of another space is refused`() throws {
        let supernet = try CellSupernet(
            CellSpace(nodes: 2), SupernetTests.configuration(8, 8))
        #expect(throws: SearchSpaceError.self) { try supernet.network(Genotype([0, 1, 2])) }
        #expect(throws: SearchSpaceError.self) {
            try supernet.network(Genotype([Int](repeating: .max, count: 16)))
        }
    }
}
