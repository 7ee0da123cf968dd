import Randomness
import SearchSpaces
import Testing

struct NetworkDescriptionTests {
    private func tnas() throws -> NetworkDescription {
        let space = try CellSpace(nodes: 4)
        let configuration = CellNetworkConfiguration(
            inputHeight: 84, inputWidth: 84, inputChannels: 3, classes: 5)
        return try configuration.describe(space.decode(space.parse(autoMAML)))
    }

    // methods.md, section 5, parity targets.
    @Test func `the evaluation network of T-NAS has 23213 parameters`() throws {
        #expect(try tnas().parameters == 23_213)
    }

    // methods.md, section 5, parity targets.
    @Test func `Conv-4 with 32 filters on mini-ImageNet has 32901 parameters`() throws {
        let network = try Conv4Configuration(
            filters: 32, inputHeight: 84, inputWidth: 84, inputChannels: 3, classes: 5
        ).describe()
        #expect(network.parameters == 32_901)
        #expect(network.layers.first { $0.name == "flatten" }?.outputShape == [800])
    }

    // The table "Headline numbers" of methods.md: MAML++ with 48 filters, 70.1K.
    @Test func `Conv-4 with 48 filters has 70100 parameters to three digits`() throws {
        let network = try Conv4Configuration(
            filters: 48, inputHeight: 84, inputWidth: 84, inputChannels: 3, classes: 5
        ).describe()
        #expect((network.parameters + 50) / 100 == 701)
    }

    // Counted by hand from MAML's description: 1·40+40, 40·40+40, 40·1+1.
    @Test func `the sine network has 1761 parameters`() throws {
        let network = try MLPConfiguration().describe()
        #expect(network.parameters == 1761)
        #expect(network.multiplyAdds == 40 + 1600 + 40)
        #expect(try MLPConfiguration(inputs: 3, hidden: [], outputs: 2).describe().parameters == 8)
    }

    @Test func `layers carry the shapes of the T-NAS network`() throws {
        let network = try tnas()
        func shape(_ name: String) -> [Int]? {
            network.layers.first { $0.name == name }?.outputShape
        }
        #expect(shape("stem.0.convolution") == [84, 84, 24])
        #expect(shape("stem.0.maxPool") == [42, 42, 24])
        #expect(shape("stem.1.maxPool") == [21, 21, 48])
        #expect(shape("cells.0.preprocess0.convolution") == [21, 21, 16])
        #expect(shape("cells.0.node3.input1.avg3.averagePool") == nil)
        #expect(shape("cells.0.node3.input3.dil3.depthwise") == [21, 21, 16])
        #expect(shape("cells.0.concatenate") == [21, 21, 64])
        #expect(shape("cells.1.node0.input1.dil5.depthwise") == [11, 11, 32])
        #expect(shape("cells.1.node2.input3.skip.identity") == [11, 11, 32])
        #expect(shape("cells.1.concatenate") == [11, 11, 128])
        #expect(shape("pool") == [128])
        #expect(shape("classifier") == [5])
        #expect(Set(network.layers.map(\.name)).count == network.layers.count)
    }

    // By hand: kernel area × inputs per group × outputs × output height × output width.
    @Test func `multiply-adds are those of convolutions and matrix products`() throws {
        let network = try tnas()
        func cost(_ name: String) -> Int? {
            network.layers.first { $0.name == name }?.multiplyAdds
        }
        #expect(cost("stem.0.convolution") == 9 * 3 * 24 * 84 * 84)
        #expect(cost("stem.1.convolution") == 9 * 24 * 48 * 42 * 42)
        #expect(cost("cells.0.node3.input3.dil3.depthwise") == 9 * 16 * 21 * 21)
        #expect(cost("cells.0.node3.input3.dil3.pointwise") == 16 * 16 * 21 * 21)
        #expect(cost("cells.1.node0.input1.dil5.depthwise") == 25 * 32 * 11 * 11)
        #expect(cost("classifier") == 128 * 5)
        let counted: Set<LayerKind> = [
            .convolution, .depthwiseConvolution, .offsetConvolutions, .linear,
        ]
        for layer in network.layers {
            #expect((layer.multiplyAdds > 0) == counted.contains(layer.kind), "\(layer.name)")
        }
    }

    // By hand for C = 8 channels at stride 1 and at stride 2.
    @Test func `each operation has the parameters of its definition`() throws {
        let expected: [CellOperation: (Int, Int)] = [
            .max3: (0, 0), .avg3: (0, 0), .none: (0, 0), .skip: (0, 64 + 16),
            .sep3: (2 * (72 + 64 + 16), 2 * (72 + 64 + 16)),
            .sep5: (2 * (200 + 64 + 16), 2 * (200 + 64 + 16)),
            .dil3: (72 + 64 + 16, 72 + 64 + 16), .dil5: (200 + 64 + 16, 200 + 64 + 16),
            .conv3: (72 + 64 + 16, 72 + 64 + 16),
            .conv1x5_5x1: (2 * 5 * 64 + 16, 2 * 5 * 64 + 16),
        ]
        for operation in CellOperation.allCases {
            let node = CellNode(inputs: (0, 1), operations: (operation, .max3))
            let empty = CellNode(inputs: (0, 1), operations: (.max3, .max3))
            func parameters(_ kind: CellKind, _ node: CellNode, pools: Bool = false) throws -> Int {
                try CellNetworkConfiguration(
                    inputHeight: 9, inputWidth: 12, inputChannels: 1, classes: 2,
                    channels: kind == .normal ? 8 : 4, cells: [kind], poolNormalization: pools
                ).describe(
                    CellArchitecture(normal: Cell(nodes: [node]), reduction: Cell(nodes: [node]))
                ).parameters
            }
            let normal = try parameters(.normal, node) - parameters(.normal, empty)
            let reduction = try parameters(.reduction, node) - parameters(.reduction, empty)
            #expect(normal == expected[operation]?.0, "\(operation)")
            #expect(reduction == expected[operation]?.1, "\(operation)")
            let pools = [operation, .max3].count { $0 == .max3 || $0 == .avg3 }
            #expect(
                try parameters(.normal, node, pools: true) - parameters(.normal, node)
                    == pools * 16)
        }
    }

    @Test func `all inputs of a node have one shape at odd and even sizes and any stack`() throws {
        let space = try CellSpace(nodes: 4, operations: CellOperation.allCases)
        for seed in 0..<60 {
            var rng = RandomStream(seed: UInt64(seed)).split("stack")
            let cells = (0..<rng.integer(in: 1...6)).map { _ in rng.choice(CellKind.allCases) }
            let configuration = CellNetworkConfiguration(
                inputHeight: rng.integer(in: 4...70), inputWidth: rng.integer(in: 4...70),
                inputChannels: rng.integer(in: 1...3), classes: 5,
                channels: rng.integer(in: 1...9), cells: cells)
            let network = try configuration.describe(space.decode(space.sample(&rng)))
            for index in cells.indices {
                let here = network.layers.filter { $0.name.hasPrefix("cells.\(index).") }
                let output = try #require(here.last).outputShape
                let lastOf = Dictionary(
                    grouping: here.filter { $0.name.contains(".nodes.") },
                    by: { $0.name.split(separator: ".").prefix(5).joined(separator: ".") })
                let inner = here.filter { $0.name.contains("preprocess") }
                let sizes = Set(inner.filter { $0.kind == .batchNorm }.map(\.outputShape))
                #expect(sizes.count == 1, "\(cells) cell \(index)")
                for layers in lastOf.values {
                    #expect(layers.last?.outputShape.prefix(2) == output.prefix(2))
                    #expect(layers.last?.outputShape.last.map { $0 * 4 } == output.last)
                }
            }
        }
    }

    @Test func `the stem follows the image size`() {
        func stem(_ side: Int) -> CellNetworkConfiguration.Stem {
            CellNetworkConfiguration(
                inputHeight: side, inputWidth: side, inputChannels: 1, classes: 5
            ).stem
        }
        #expect(stem(28) == .single)
        #expect(stem(32) == .single)
        #expect(stem(33) == .double)
        #expect(stem(84) == .double)
    }

    @Test func `images that pooling would use up are refused`() throws {
        #expect(
            throws: SearchSpaceError.imageTooSmall(layer: "blocks.3.maxPool", height: 1, width: 2)
        ) {
            try Conv4Configuration(
                filters: 8, inputHeight: 15, inputWidth: 16, inputChannels: 1, classes: 5
            ).describe()
        }
        let architecture = try architectureOfPools()
        #expect(
            throws: SearchSpaceError.imageTooSmall(layer: "stem.1.maxPool", height: 1, width: 50)
        ) {
            try CellNetworkConfiguration(
                inputHeight: 3, inputWidth: 100, inputChannels: 1, classes: 5
            ).describe(architecture)
        }
    }

    private func architectureOfPools() throws -> CellArchitecture {
        let space = try CellSpace(nodes: 1)
        return try space.decode(space.repair(Genotype([])))
    }

    @Test func `absurd sizes are refused and do not trap`() throws {
        let architecture = try architectureOfPools()
        for value in [0, -1, Int.min, Int.max, 1 << 40, 1 << 39] {
            #expect(throws: SearchSpaceError.self, "\(value)") {
                try CellNetworkConfiguration(
                    inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: value
                ).describe(architecture)
            }
            #expect(throws: SearchSpaceError.self, "\(value)") {
                try CellNetworkConfiguration(
                    inputHeight: value, inputWidth: 28, inputChannels: 1, classes: value
                ).describe(architecture)
            }
            #expect(throws: SearchSpaceError.self, "\(value)") {
                try Conv4Configuration(
                    filters: value, inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5
                ).describe()
            }
            #expect(throws: SearchSpaceError.self, "\(value)") {
                try MLPConfiguration(inputs: 2, hidden: [value, value], outputs: 1).describe()
            }
        }
        #expect(throws: SearchSpaceError.self) {
            try CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5,
                cells: Array(repeating: .reduction, count: 100)
            ).describe(architecture)
        }
        #expect(
            throws: SearchSpaceError.invalidSetting(
                name: "cells", found: "none", expected: "at least one cell")
        ) {
            try CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, cells: []
            ).describe(architecture)
        }
    }

    @Test func `hand-made architectures are checked`() {
        let good = CellNode(inputs: (0, 1), operations: (.skip, .skip))
        for (nodes, place) in [
            ([CellNode(inputs: (0, 2), operations: (.skip, .skip))], "normal cell, node 0"),
            ([good, CellNode(inputs: (-1, 1), operations: (.skip, .skip))], "normal cell, node 1"),
            ([CellNode(inputs: (1, 1), operations: (.skip, .max3))], "normal cell, node 0"),
            ([], "normal cell"),
        ] {
            let architecture = CellArchitecture(
                normal: Cell(nodes: nodes), reduction: Cell(nodes: [good]))
            do {
                try architecture.validate()
                Issue.record("\(place) passed")
            } catch {
                #expect("\(error)".hasPrefix("architecture, \(place):"))
            }
        }
    }
}
