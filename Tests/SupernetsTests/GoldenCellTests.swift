import NeuralNetworks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// Operations, cells and networks against PyTorch in float64 (`networks.json`, torch 2.13.0).
struct GoldenCellTests {
    private struct Named: Decodable {
        let name: String
        let shape: [Int]
        let values: [Double]
    }
    private struct Entry: Decodable {
        let input: Int
        let operation: String
    }
    private struct Attributes: Decodable {
        let operation: String?
        let stride: Int?
        let channels: Int?
        let classes: Int?
        let reduction: Bool?
        let nodes: [[Entry]]?
        let normal: [[Entry]]?
        let reductionNodes: [[Entry]]?

        private enum Key: CodingKey {
            case operation, stride, channels, classes, reduction, nodes, normal
        }

        /// `reduction` says whether a cell is one, and holds the nodes of a network's.
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            operation = try values.decodeIfPresent(String.self, forKey: .operation)
            stride = try values.decodeIfPresent(Int.self, forKey: .stride)
            channels = try values.decodeIfPresent(Int.self, forKey: .channels)
            classes = try values.decodeIfPresent(Int.self, forKey: .classes)
            nodes = try values.decodeIfPresent([[Entry]].self, forKey: .nodes)
            normal = try values.decodeIfPresent([[Entry]].self, forKey: .normal)
            reduction = try? values.decodeIfPresent(Bool.self, forKey: .reduction)
            reductionNodes = try? values.decodeIfPresent([[Entry]].self, forKey: .reduction)
        }
    }
    private struct Case: Decodable {
        let name: String
        let attributes: Attributes
        let inputs: [GoldenTensor]
        let parameters: [Named]
        let output: GoldenTensor
        let cotangent: GoldenTensor
        let inputGradients: [GoldenTensor]
        let parameterGradients: [Named]
    }
    private struct Golden: Decodable {
        struct Cells: Decodable { let cases: [Case] }
        struct Images: Decodable { let inputs: GoldenTensor }
        struct Initial: Decodable {
            let logits: GoldenTensor
            let embedding: GoldenTensor
        }
        struct Conv4: Decodable {
            let parameters: [Named]
            let support: Images
            let initial: Initial
        }
        let cells: Cells
        let conv4: Conv4
    }

    /// The name that this program gives a parameter of the golden file.
    private func name(_ golden: String) -> String {
        var name = golden.replacing("stem.", with: "stem.0.").replacing(
            "linear.", with: "classifier.")
        for (index, word) in [(0, "first"), (1, "second")] {
            name = name.replacing(".\(word).norm.", with: ".batchNorm\(index).")
            for part in ["depthwise", "pointwise"] {
                name = name.replacing(".\(word).\(part).", with: ".\(part)\(index).")
            }
        }
        for index in 0...1 {
            name = name.replacing(".convolution\(index + 1).", with: ".convolutions.\(index).")
        }
        for block in 1...4 { name = name.replacing("block\(block).", with: "blocks.\(block - 1).") }
        return name.replacing(".norm.", with: ".batchNorm.")
    }

    /// Linear weights are [in, out]; the whole network's stand transposed in the file.
    private func values(_ named: Named, _ shape: [Int]) -> [Double] {
        guard named.shape != shape, named.shape == shape.reversed(), shape.count == 2 else {
            return named.values
        }
        let (rows, columns) = (shape[0], shape[1])
        return (0..<rows * columns).map { named.values[$0 % columns * rows + $0 / columns] }
    }

    private func cell(_ nodes: [[Entry]]) throws -> Cell {
        Cell(
            nodes: try nodes.map { entries in
                let found = try entries.map {
                    CellNode.Entry(
                        input: $0.input, operation: try CellOperation(name: $0.operation))
                }
                return CellNode(found[0], found[1])
            })
    }

    /// The forward pass of a case.
    private func forward(
        _ golden: Case, _ x: [Tensor], _ parameters: Parameters
    ) throws -> Tensor {
        let context = ForwardContext()
        let attributes = golden.attributes
        if let operation = attributes.operation {
            return try StepLayers.run(
                CellOperation(name: operation).steps(
                    channels: 4, stride: try #require(attributes.stride), poolNormalization: true),
                under: "operation", x[0], parameters, context)
        }
        if let nodes = attributes.nodes {
            let isReduction = attributes.reduction == true
            let cell = try cell(nodes)
            let network = try CellNetwork(
                CellArchitecture(normal: cell, reduction: cell),
                CellNetworkConfiguration(
                    inputHeight: 6, inputWidth: 6, inputChannels: 1, classes: 2,
                    channels: isReduction ? 2 : 4, cells: [isReduction ? .reduction : .normal],
                    poolNormalization: true))
            return try network.run(network.layouts[0], x[0], x[1], parameters, context)
        }
        if let normal = attributes.normal, let reduction = attributes.reductionNodes {
            let network = try CellNetwork(
                CellArchitecture(normal: cell(normal), reduction: cell(reduction)),
                CellNetworkConfiguration(
                    inputHeight: 8, inputWidth: 8, inputChannels: 1,
                    classes: try #require(attributes.classes),
                    channels: try #require(attributes.channels), stem: .single,
                    poolNormalization: true))
            #expect(
                Set(try network.parameters.map(\.name))
                    == Set(golden.parameters.map { name($0.name) })
            )
            return try network.forward(x[0], parameters, context)
        }
        // What is left is the preprocessing of a cell's input.
        let layout = try CellNetworkConfiguration(
            inputHeight: 4, inputWidth: 5, inputChannels: 1, classes: 2, channels: 2
        ).cellLayouts(nodes: 1)[0]
        return try StepLayers.run(
            layout.preprocessSteps(input: 0), under: "preprocess", x[0], parameters, context)
    }

    @Test func `operations, cells and a network have the values and gradients of PyTorch`() throws {
        let engine = try Engine()
        let cases = try Repository.golden(Golden.self, "networks.json").cells.cases
        try #require(cases.count == 18)
        var worst = (value: 0.0, gradient: 0.0)
        for golden in cases {
            let graph = Graph()
            var given: [String: [Float]] = [:]
            let layout = ParameterLayout(
                try golden.parameters.map { named in
                    let isLinear = named.name == "linear.weight"
                    return ParameterSpecification(
                        name(named.name),
                        try Shape(isLinear ? named.shape.reversed() : named.shape), .constant(0))
                })
            for named in golden.parameters {
                let shape = layout.entries[try #require(layout.index(of: name(named.name)))].shape
                given[name(named.name)] = values(named, shape.dimensions).map { Float($0) }
            }
            let parameters = Parameters(graph, layout)
            let inputs = try golden.inputs.enumerated().map { index, input in
                given["x\(index)"] = input.floats
                return try graph.input("x\(index)", try Shape(input.shape))
            }
            let output = try forward(golden, inputs, parameters)
            #expect(output.shape.dimensions == golden.output.shape, "\(golden.name)")
            #expect(
                Set(parameters.names) == Set(golden.parameters.map { name($0.name) }),
                "\(golden.name)")
            let variables = try inputs + golden.parameters.map { try parameters(name($0.name)) }
            let gradients = try output.contracted(golden.cotangent.floats).gradient(variables)
            let found = try engine.evaluate([output] + gradients, given)
            expectClose(found[0], golden.output.values, tolerance: 1e-4, golden.name)
            worst.value = max(worst.value, Closeness.error(found[0], golden.output.values))
            let expected =
                golden.inputGradients.map(\.values)
                + zip(golden.parameterGradients, golden.parameters).map { gradient, parameter in
                    #expect(gradient.name == parameter.name)
                    let shape =
                        gradient.name == "linear.weight"
                        ? gradient.shape.reversed() : gradient.shape
                    return values(gradient, shape)
                }
            for (index, pair) in zip(found.dropFirst(), expected).enumerated() {
                expectClose(
                    pair.0, pair.1, tolerance: 1e-4, "\(golden.name), gradient \(index)")
                worst.gradient = max(worst.gradient, Closeness.error(pair.0, pair.1))
            }
        }
        print("golden cells: \(cases.count) cases, worst errors \(worst)")
    }

    @Test func `Conv-4 has the embedding and logits of PyTorch`() throws {
        let engine = try Engine()
        let golden = try Repository.golden(Golden.self, "networks.json").conv4
        let network = try Conv4Network(
            Conv4Configuration(
                filters: 4, inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5))
        let graph = Graph()
        let layout = ParameterLayout(try network.parameters)
        var given = ["x": golden.support.inputs.floats]
        for named in golden.parameters {
            given[name(named.name)] = named.values.map { Float($0) }
            let entry = try #require(layout.index(of: name(named.name)), "\(named.name)")
            #expect(layout.entries[entry].shape.dimensions == named.shape)
        }
        #expect(layout.entries.count == golden.parameters.count)
        let parameters = Parameters(graph, layout)
        let x = try graph.input("x", try Shape(golden.support.inputs.shape))
        let features = try network.features(x, parameters, ForwardContext())
        let logits = try network.head(features, parameters, ForwardContext())
        let found = try engine.evaluate([features, logits], given)
        expectClose(found[0], golden.initial.embedding.values, tolerance: 1e-5, "embedding")
        expectClose(found[1], golden.initial.logits.values, tolerance: 1e-5, "logits")
    }
}
