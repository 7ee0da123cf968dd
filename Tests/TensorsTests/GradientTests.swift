import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// A function under test with its arguments.
struct GradientCase: Sendable, CustomTestStringConvertible {
    let name: String
    let variables: [Variable]
    let function: @Sendable ([Tensor]) throws -> Tensor
    var testDescription: String { name }

    init(
        _ name: String, _ variables: [Variable],
        _ function: @escaping @Sendable ([Tensor]) throws -> Tensor
    ) {
        self.name = name
        self.variables = variables
        self.function = function
    }
}

/// Every operation's first and second derivatives against differences.
struct GradientTests {
    @Test(arguments: GradientCases.elementwise)
    func `an elementwise function has the derivatives that differences give`(
        of test: GradientCase
    ) throws {
        try expectGradientsMatch(order: 2, test.variables, test.name, test.function)
    }

    @Test(arguments: GradientCases.folding)
    func `a fold, loss or product has the derivatives that differences give`(
        of test: GradientCase
    ) throws {
        try expectGradientsMatch(order: 2, test.variables, test.name, test.function)
    }

    @Test(arguments: GradientCases.moving)
    func `an operation that moves elements has the derivatives that differences give`(
        of test: GradientCase
    ) throws {
        // Squared, so that the second derivative is not zero.
        try expectGradientsMatch(order: 2, test.variables, test.name) {
            try test.function($0).squared()
        }
    }

    @Test(arguments: GradientCases.windows)
    func `a window operation has the derivatives that differences give`(
        of test: GradientCase
    ) throws {
        try expectGradientsMatch(order: 2, test.variables, test.name) {
            try test.function($0).sin()
        }
    }

    @Test(arguments: GradientCases.norms)
    func `batch norm, alone or fused, has the derivatives that differences give`(
        of test: GradientCase
    ) throws {
        try expectGradientsMatch(
            order: 2, test.variables, step: 2e-3, tolerance: 5e-3, test.name, test.function)
    }

    @Test func `a network of tanh layers has the third derivative that differences give`() throws {
        var rng = RandomStream(seed: 11)
        let variables = [
            Variable.normal([4, 3], &rng), .normal([3, 5], &rng, scale: 0.5), .normal([5], &rng),
            .normal([5, 2], &rng, scale: 0.5),
        ]
        try expectGradientsMatch(order: 3, variables, step: 2e-2, "tanh network") { x in
            try (x[0].matmul(x[1]) + x[2]).tanh().matmul(x[3]).tanh()
        }
    }

    @Test func `a convolutional block has the third derivative that differences give`() throws {
        var rng = RandomStream(seed: 12)
        let variables = [
            Variable.normal([2, 4, 4, 2], &rng), .normal([3, 3, 2, 3], &rng, scale: 0.3),
            .uniform([3], in: 0.5...1.5, &rng), .normal([3], &rng),
        ]
        try expectGradientsMatch(order: 3, variables, tolerance: 3e-3, "block") { x in
            try x[0].convolution(x[1]).batchNorm(gamma: x[2], beta: x[3]).tanh()
                .globalAveragePool().logSoftmax()
        }
    }

    @Test func `no gradient flows through detach, and none is missed beside it`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", try Shape([3]))
        let y = try (x * x.detached() + x.squared().detached()).sum()
        let z = try (y * y).gradient([x])[0]
        let found = try engine.evaluate([y.gradient([x])[0], z], ["x": [1, -2, 3]])
        #expect(found[0] == [1, -2, 3])
        // y = 2·Σx² = 28, so d(y²) = 2 · 28 · x.
        #expect(found[1] == [56, -112, 168])
    }

    @Test func `steps, comparisons, positions and counts have gradients of zero`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", try Shape([2, 3]))
        let flat = try [
            x.step(), x.sign(), x.greater(than: graph.fill(0.5)), x.equal(to: graph.fill(1)),
            x.argmax(axis: 1), x.sortedIndices(axis: 1), x.detached(),
            x.accuracy(labels: graph.constant([0, 1], Shape([2]))),
            x.step().sum(axes: [0]).oneHot(classes: 3), graph.fill(3), graph.randomNormal(x.shape),
        ]
        let gradients = try flat.map { try $0.sum().gradient([x])[0] }
        for gradient in try engine.evaluate(gradients, ["x": [1, -2, 3, 4, -5, -6]]) {
            #expect(gradient == [0, 0, 0, 0, 0, 0])
        }
    }

    @Test func `a gradient by a tensor on the way counts only what lies behind it`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", try Shape([2]))
        let y = x.squared()
        let z = try (y * x).sum()
        let gradients = try z.gradient([x, y, z, y])
        let found = try engine.evaluate(gradients, ["x": [2, 3]])
        #expect(found == [[12, 27], [2, 3], [1], [2, 3]])
    }
}
