import NeuralNetworks
import Randomness
import Tensors
import TestSupport
import Testing

struct ParameterTests {
    private func specification(
        _ name: String, _ shape: [Int], _ initializer: Initializer = .weight(fanIn: 4)
    ) throws -> ParameterSpecification {
        ParameterSpecification(name, try Shape(shape), initializer)
    }

    @Test func `a parameter starts alike in every layout that has its name`() throws {
        let stream = RandomStream(seed: 9)
        let few = ParameterSet(ParameterLayout([try specification("b", [3])]), stream: stream)
        let many = ParameterSet(
            ParameterLayout([
                try specification("a", [2, 2]), try specification("b", [3]),
                try specification("c", [5]),
            ]), stream: stream)
        #expect(few["b"] == many["b"])
        #expect(many["a"]?.prefix(3) != many["b"]?.prefix(3))
        #expect(many["d"] == nil)
    }

    @Test func `a name that comes twice counts once`() throws {
        let layout = ParameterLayout([
            try specification("a", [2]), try specification("a", [7]), try specification("b", [3]),
        ])
        #expect(layout.entries.map(\.name) == ["a", "b"])
        #expect(layout.count == 5)
        #expect(layout.offsets == [0, 2])
        #expect(layout.index(of: "b") == 1)
    }

    // PyTorch's default bounds: ±1 / √fan-in.
    @Test func `initial values are in the bounds of PyTorch and fill them`() throws {
        let set = ParameterSet(
            ParameterLayout([
                try specification("u", [400], .weight(fanIn: 25)),
                try specification("n", [4000], .normal(deviation: 2)),
                try specification("c", [3], .constant(1.5)),
                try specification("s", [2, 2], .statistics),
            ]), stream: RandomStream(seed: 5))
        let uniform = try #require(set["u"])
        #expect(uniform.allSatisfy { abs($0) <= 0.2 })
        #expect((uniform.max() ?? 0) > 0.19 && (uniform.min() ?? 0) < -0.19)
        let normal = try #require(set["n"])
        // Five standard errors of the mean and of the variance of 4000 draws.
        #expect(abs(normal.reduce(0, +) / 4000) < 0.16)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 4000 - 4) < 0.45)
        #expect(set["c"] == [1.5, 1.5, 1.5])
        #expect(set["s"] == [0, 0, 1, 1])
    }

    // torch.nn.init.kaiming_normal_ with its default gain for ReLU: deviation √(2 / fan-in).
    @Test func `weights by He are normal with variance 2 over fan-in, biases zero`() throws {
        let set = ParameterSet(
            ParameterLayout([
                try specification("w", [100, 80], .weight(fanIn: 50)),
                try specification("b", [80], .bias(fanIn: 50)),
                try specification("n", [400], .normal(deviation: 3)),
                try specification("c", [2], .constant(1)),
            ]), weights: .he, stream: RandomStream(seed: 6))
        let weight = try #require(set["w"]).map(Double.init)
        // Five standard errors of mean, variance and fourth moment of 8000 draws.
        #expect(abs(weight.reduce(0, +) / 8000) < 5 * 0.2 / 8000.0.squareRoot())
        let variance = weight.reduce(0) { $0 + $1 * $1 } / 8000
        #expect(abs(variance / 0.04 - 1) < 5 * (2.0 / 8000).squareRoot())
        let fourth = weight.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 8000
        #expect(abs(fourth / (3 * 0.04 * 0.04) - 1) < 5 * (96.0 / 9 / 8000).squareRoot())
        #expect(set["b"] == [Float](repeating: 0, count: 80))
        #expect(set["c"] == [1, 1])
        let uniform = ParameterSet(set.layout, stream: RandomStream(seed: 6))
        #expect(set["n"] == uniform["n"])
        #expect(set["w"] != uniform["w"])
    }

    @Test func `inheriting takes over equal names of equal shape alone`() throws {
        let target = ParameterSet(
            ParameterLayout([
                try specification("a", [2]), try specification("b", [3]),
                try specification("c", [1]),
            ]), stream: RandomStream(seed: 1))
        let source = ParameterSet(
            ParameterLayout([try specification("b", [3]), try specification("a", [4])]),
            stream: RandomStream(seed: 2))
        let (a, c) = (target["a"], target["c"])
        #expect(target.inherit(from: source) == 1)
        #expect(target["b"] == source["b"])
        #expect(target["a"] == a)
        #expect(target["c"] == c)
    }

    @Test func `a copy changes by itself, and sets know of numbers that are none`() throws {
        let set = ParameterSet(
            ParameterLayout([try specification("a", [4])]), stream: RandomStream(seed: 1))
        let copy = set.copy()
        copy.values.pointer[2] = .nan
        #expect(set.isFinite)
        #expect(!copy.isFinite)
        let other = set.perturbed(RandomStream(seed: 4), scale: 1)
        #expect(try set.interpolated(to: other, by: 0).values.array == set.values.array)
        expectClose(try set.interpolated(to: other, by: 1).values.array, other.values.array)
    }

    @Test func `a name that a network lacks is named in the error`() throws {
        let parameters = Parameters(Graph(), ParameterLayout([try specification("a", [4])]))
        #expect(
            throws: TensorError.inputMismatch(
                name: "b", expected: "a parameter of this network", found: "none of this name")
        ) { try parameters("b") }
        _ = try parameters("a")
        #expect(parameters.names == ["a"])
    }

    @Test func `batch norm by running statistics is the affine map that they say`() throws {
        let engine = try Engine()
        let graph = Graph()
        let layout = ParameterLayout(
            try Layers.batchNormParameters("n", channels: 2)
                + [specification("n.statistics", [2, 2], .statistics)])
        let x = try graph.input("x", try Shape([3, 2]))
        let y = try Layers.batchNorm(
            "n", Parameters(graph, layout), x, ForwardContext(batchNorm: .running, epsilon: 0.5))
        let values: [Float] = [1, 2, 3, 4, 5, 6]
        let found = try engine.evaluate(
            [y],
            [
                "x": values, "n.gamma": [2, 3], "n.beta": [0.5, -1],
                "n.statistics": [1, -1, 3.5, 0.75],
            ])[0]
        // By hand: γ (x − mean) / √(variance + ε) + β.
        let expected = values.enumerated().map { place, x in
            place % 2 == 0
                ? 2 * (Double(x) - 1) / 2 + 0.5 : 3 * (Double(x) + 1) / 1.25.squareRoot() - 1
        }
        expectClose(found, expected)
    }
}
