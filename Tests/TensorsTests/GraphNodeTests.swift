import Kernels
import Tensors
import TestSupport
import Testing

/// What other modules read of a graph.
struct GraphNodeTests {
    /// A block of a network with its graph.
    private func block(isFusing: Bool) throws -> (graph: Graph, output: Tensor) {
        let graph = Graph(isFusing: isFusing)
        let x = try graph.input("x", try Shape([2, 6, 6, 16]))
        let (gamma, beta) = (
            try graph.input("gamma", try Shape([16])), try graph.input("beta", try Shape([16]))
        )
        let w = try graph.input("w", try Shape([1, 1, 16, 32]))
        let y = try x.batchNorm(gamma: gamma, beta: beta).relu()
            .convolution(w).maxPool(window: 2).flattened()
        return (graph, y)
    }

    @Test func `a graph without fusing has a node for each operation that was called`() throws {
        let (graph, output) = try block(isFusing: false)
        let nodes = graph.nodes
        #expect(
            nodes.map(\.name) == [
                "input", "input", "input", "input", "batch_norm_statistics", "batch_norm", "relu",
                "convolution", "max_pool", "reshape",
            ])
        #expect(output.place == 9)
        #expect(nodes[9].inputs == [8])
        #expect(nodes[5].inputs == [0, 4, 1, 2])
        #expect(nodes[3].attributes == ["name": .text("w")])
        #expect(
            nodes[7].attributes == [
                "window": .list([1.0, 1]), "stride": .number(1.0), "dilation": .number(1.0),
                "padding": .list([0.0, 0]), "groups": .number(1.0),
            ])
        #expect(nodes[8].attributes["window"] == .list([2.0, 2]))
        #expect(nodes[8].shape == (try Shape([2, 3, 3, 32])))
        #expect(nodes[5].attributes == ["epsilon": .number(Double(Float(1e-5)))])
        let fused = try block(isFusing: true)
        #expect(fused.graph.node(fused.output.arguments[0].arguments[0].place).name == "part")
    }

    @Test func `values and options are plain numbers, lists and words`() throws {
        let graph = Graph()
        let x = try graph.constant([1, 2.5], try Shape([2, 1]))
        let y = try x.transposed([1, 0]).sliced(starts: [0, 1], sizes: [1, 1]).detached()
        let z = try (y * graph.fill(3)).power(1.5).sum() + graph.input("n", .scalar)
        let named = Dictionary(grouping: graph.nodes, by: \.name).compactMapValues(\.first)
        #expect(named["constant"]?.attributes == ["values": .list([1.0, 2.5])])
        #expect(named["transpose"]?.attributes == ["permutation": .list([1.0, 0])])
        #expect(
            named["slice"]?.attributes == ["starts": .list([0.0, 1]), "strides": .list([1.0, 1])])
        #expect(named["detach"]?.inputs.count == 1)
        #expect(named["multiply_constant"]?.attributes == ["constant": .number(3.0)])
        #expect(named["power"]?.attributes == ["constant": .number(1.5)])
        #expect(named["fill"]?.attributes == ["value": .number(3.0)])
        #expect(graph.node(z.place).name == "add")
        #expect(graph.node(z.place).inputs.count == 2)
        let images = try graph.input("images", try Shape([1, 4, 4, 3]))
        let resized = try images.resized(height: 2, width: 2, .nearest)
        #expect(
            graph.node(resized.place).attributes == ["interpolation": .text("nearest")])
        let pooled = try images.averagePool(window: 3, stride: 1, padding: 1)
        #expect(graph.node(pooled.place).name == "average_pool")
        #expect(graph.node(pooled.place).attributes["padding"] == .list([1.0, 1]))
    }

    @Test func `every node comes after what it reads, gradients too`() throws {
        let (outputs, _) = try PlanTests.network(seed: 3, batch: 2)
        let nodes = outputs[0].graph.nodes
        #expect(nodes.count == outputs[0].graph.nodeCount)
        for (place, node) in nodes.enumerated() {
            #expect(node.inputs.allSatisfy { $0 < place })
            #expect(!node.name.isEmpty)
        }
        #expect(Set(nodes.map(\.name)).isSuperset(of: ["convolution_backward_weights", "one_hot"]))
    }
}
