import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Laws of compiling and running.
struct PlanTests {
    @Test func `an operation on equal arguments is recorded once`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([2, 3]))
        func expression() throws -> Tensor { try (x.exp() + x.tanh().scaled(by: 2)).sum(axes: [1]) }
        _ = try expression().gradientOfSum(x)
        let count = graph.nodeCount
        _ = try expression().gradientOfSum(x)
        #expect(graph.nodeCount == count)
        _ = graph.fill(7)
        _ = graph.fill(7)
        #expect(graph.nodeCount == count + 1)
        // Random tensors are never the same.
        _ = graph.randomNormal(x.shape)
        _ = graph.randomNormal(x.shape)
        #expect(graph.nodeCount == count + 3)
    }

    @Test func `0 and −0 are two constants`() throws {
        let graph = Graph()
        let found = try Engine().evaluate([
            graph.fill(0).reciprocal(), graph.fill(-0.0).reciprocal(),
        ])
        #expect(found == [[.infinity], [-.infinity]])
    }

    @Test func `what the outputs do not need is neither asked for nor computed`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", try Shape([3]))
        let unused = try graph.input("unused", try Shape([3]))
        // Would throw if it ran: the index is out of range.
        let wrong = try x.reshaped([3, 1]).gatherRows(graph.constant([9], Shape([1])))
        let y = x.squared()
        _ = try (wrong.sum() + unused.sum())
        let plan = try Plan([y], kernels: engine.workspace.kernels)
        #expect(plan.inputs.map(\.name) == ["x"])
        #expect(plan.stepCount == 1)
        #expect(try engine.workspace.evaluate(plan, ["x": [1, 2, 3]]) == [[1, 4, 9]])
    }

    @Test func `outputs may be inputs, constants, fills, views and each other`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([2, 2]))
        let y = x.squared()
        let constant = try graph.constant([5, 6], try Shape([2]))
        let outputs = try [
            x, y, y, constant, graph.fill(2, Shape([3])), y.reshaped([4]), x.detached(),
            y.reshaped([4]).negated(), constant.reshaped([2, 1]), x.reshaped([4, 1]),
        ]
        let found = try Engine().evaluate(outputs, ["x": [1, 2, 3, 4]])
        #expect(
            found == [
                [1, 2, 3, 4], [1, 4, 9, 16], [1, 4, 9, 16], [5, 6], [2, 2, 2], [1, 4, 9, 16],
                [1, 2, 3, 4], [-1, -4, -9, -16], [5, 6], [1, 2, 3, 4],
            ])
    }

    @Test func `a plan gives the same bits each time, whatever ran in the workspace before`() throws
    {
        let engine = try Engine()
        let kernels = engine.workspace.kernels
        let (loss, inputs) = try PlanTests.network(seed: 1, batch: 3)
        let plan = try Plan(loss, kernels: kernels)
        let first = try engine.workspace.evaluate(plan, inputs)
        #expect(first.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(bits(try engine.workspace.evaluate(plan, inputs)) == bits(first))
        // Leaves NaN and larger values all over the arena.
        let (larger, others) = try PlanTests.network(seed: 2, batch: 40)
        let spoiling = try Plan(larger, kernels: kernels)
        #expect(spoiling.arenaBytes > plan.arenaBytes)
        _ = try engine.workspace.evaluate(
            spoiling, others.mapValues { $0.map { _ in Float.nan } })
        #expect(bits(try engine.workspace.evaluate(plan, inputs)) == bits(first))
        // Compiled again, alone and in the company of all that it computes on the way.
        #expect(bits(try engine.evaluate(loss, inputs)) == bits(first))
        #expect(bits(try engine.evaluate(larger + [], others)).count == larger.count)
        #expect(bits(try Engine().evaluate(loss, inputs)) == bits(first))
    }

    @Test func `values that live at the same time never share memory`() throws {
        // Each chain of large values is read again at the end, in another order.
        for seed in UInt64(0)..<20 {
            let engine = try Engine()
            let graph = Graph()
            var rng = RandomStream(seed: seed)
            let x = try graph.input("x", try Shape([4, 6]))
            var values = [x]
            for _ in 0..<40 {
                let a = rng.choice(values)
                let b = rng.choice(values)
                switch rng.integer(below: 5) {
                case 0: values.append(try a.matmul(b, transposeB: true).matmul(a).tanh())
                case 1: values.append(try a.transposed([1, 0]).transposed([1, 0]).sin())
                case 2: values.append(try a.sum(axes: [1], keepDimensions: true).tanh() * b)
                case 3:
                    values.append(
                        try Tensor.concatenate([a, b], axis: 0).sliced(
                            starts: [2, 0], sizes: [4, 6]))
                default: values.append(try a.gatherRows(graph.constant([3, 1, 0, 2], Shape([4]))))
                }
            }
            rng.shuffle(&values)
            let end = try values.reduce(graph.fill(0)) { try $0.sin() + $1.mean() }
            let given = ["x": Variable.normal([4, 6], &rng).values]
            let alone = try engine.evaluate([end], given)
            let beside = try engine.evaluate([end] + values, given)
            #expect(bits(alone) == bits([beside[0]]), "seed \(seed)")
        }
    }

    @Test func `random tensors follow the seed, their place and their law`() throws {
        let engine = try Engine()
        let graph = Graph()
        let shape = try Shape([100, 100])
        let (a, b, c) = (
            graph.randomNormal(shape), graph.randomUniform(shape), graph.randomNormal(shape)
        )
        let first = try engine.evaluate([a, b, c], seed: 7)
        #expect(bits(first) == bits(try engine.evaluate([a, b, c], seed: 7)))
        #expect(bits([first[2]]) == bits(try engine.evaluate([c], seed: 7)))
        #expect(first[0] != first[2])
        #expect(try engine.evaluate([a], seed: 8)[0] != first[0])
        #expect(first[1].allSatisfy { (0..<1).contains($0) })
        func moments(_ values: [Float]) -> (mean: Double, variance: Double) {
            let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
            let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            return (mean, square / Double(values.count))
        }
        // Five standard errors of 10,000 draws.
        let (normal, uniform) = (moments(first[0]), moments(first[1]))
        #expect(abs(normal.mean) < 0.05)
        #expect(abs(normal.variance - 1) < 0.071)
        #expect(abs(uniform.mean - 0.5) < 0.0145)
        #expect(abs(uniform.variance - 1.0 / 12) < 0.0038)
    }

    /// A small convolutional step: the loss and every gradient.
    static func network(
        seed: UInt64, batch: Int
    ) throws -> (outputs: [Tensor], inputs: [String: [Float]]) {
        var rng = RandomStream(seed: seed)
        let graph = Graph()
        let variables: [(String, Variable)] = [
            ("x", .normal([batch, 8, 8, 1], &rng)), ("w1", .normal([3, 3, 1, 8], &rng)),
            ("g1", .uniform([8], in: 0.5...1.5, &rng)), ("b1", .normal([8], &rng)),
            ("w2", .normal([3, 3, 8, 16], &rng, scale: 0.2)),
            ("g2", .uniform([16], in: 0.5...1.5, &rng)), ("b2", .normal([16], &rng)),
            ("w3", .normal([3, 3, 1, 16], &rng, scale: 0.2)),
            ("w4", .normal([16, 5], &rng, scale: 0.2)),
        ]
        var x: [String: Tensor] = [:]
        for (name, variable) in variables {
            x[name] = try graph.input(name, try Shape(variable.shape))
        }
        func tensor(_ name: String) throws -> Tensor { try #require(x[name]) }
        let labels = try graph.constant(
            (0..<batch).map { Float($0 % 5) }, try Shape([batch]))
        let logits = try tensor("x").convolution(tensor("w1"))
            .batchNorm(gamma: tensor("g1"), beta: tensor("b1")).relu().maxPool(window: 2)
            .convolution(tensor("w2")).batchNorm(gamma: tensor("g2"), beta: tensor("b2")).relu()
            .convolution(tensor("w3"), dilation: 2, groups: 16).globalAveragePool()
            .matmul(tensor("w4"))
        let loss = try logits.crossEntropy(labels: labels)
        let parameters = try variables.dropFirst().map { try tensor($0.0) }
        let gradients = try loss.gradient(parameters)
        let norm = try gradients.reduce(graph.fill(0)) { try $0 + $1.squared().sum() }
        return (
            [loss] + gradients + (try norm.gradient(parameters)),
            Dictionary(uniqueKeysWithValues: variables.map { ($0.0, $0.1.values) })
        )
    }
}

extension Tensor {
    /// The gradient of the sum of this tensor's elements.
    func gradientOfSum(_ x: Tensor) throws -> Tensor { try sum().gradient([x])[0] }
}
