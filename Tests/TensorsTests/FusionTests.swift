import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Fusing and sharing memory change no bit, and the result is right.
struct FusionTests {
    @Test func `200 random expressions are the same bits fused and unfused, and right`() throws {
        let engine = try Engine()
        var worst = 0.0
        var (fusedSteps, allSteps) = (0, 0)
        for seed in UInt64(0)..<200 {
            let expression = try RandomExpression(seed: seed, operations: 40)
            let tensors = expression.values.map(\.tensor)
            let all = try engine.evaluate(tensors, expression.inputs)
            for (value, found) in zip(expression.values, all) {
                let error = Closeness.error(found, value.expected)
                #expect(error <= 1e-4, "seed \(seed), \(value.tensor.shape)")
                worst = max(worst, error)
            }
            let last = Array(tensors.suffix(3))
            let plan = try Plan(last, kernels: engine.workspace.kernels)
            let fused = try engine.workspace.evaluate(plan, used(plan, expression.inputs))
            #expect(bits(fused) == bits(Array(all.suffix(3))), "seed \(seed)")
            fusedSteps += plan.stepCount
            allSteps += try Plan(tensors, kernels: engine.workspace.kernels).stepCount
        }
        #expect(fusedSteps < allSteps / 2)
        print("fusion: worst error \(worst); \(fusedSteps) steps for \(allSteps)")
    }

    @Test func `gradients of random expressions are the same bits fused and unfused`() throws {
        let engine = try Engine()
        for seed in UInt64(1000)..<1060 {
            let expression = try RandomExpression(seed: seed, operations: 25)
            let values = expression.values.map(\.tensor)
            let loss = try values[values.count - 1].squared().mean()
            let before = loss.graph.nodeCount
            let gradients = try loss.gradient(Array(values.prefix(6)))
            #expect(loss.graph.nodeCount >= before)
            let again = try (gradients + []).reduce(loss) { try $0 + $1.squared().sum() }
            let second = try again.gradient(Array(values.prefix(6)))
            let alone = try engine.evaluate(second, expression.inputs)
            let beside = try engine.evaluate(second + gradients + values, expression.inputs)
            #expect(bits(alone) == bits(Array(beside.prefix(6))), "seed \(seed)")
        }
    }

    @Test func `a chain of selects between constants keeps within the interpreter`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.input("x", try Shape([3]))
        var value = x
        var expected: [Float] = [-1, 0.4, 2]
        for index in 0..<30 {
            let (a, b) = (Float(index) * 0.01 + 0.6, 0.4 - Float(index) * 0.01)
            value = try value.select(graph.fill(b), graph.fill(a))
            expected = expected.map { $0 > 0.5 ? b : a }
        }
        #expect(try engine.evaluate([value], ["x": [-1, 0.4, 2]]) == [expected])
        var other = x
        for index in 0..<12 {
            let y = try graph.input("y\(index)", try Shape([3]))
            other = try y.select(other, graph.fill(Float(index)))
        }
        var given = ["x": [Float](arrayLiteral: -1, 0.4, 2)]
        for index in 0..<12 { given["y\(index)"] = [1, index == 5 ? 0 : 1, 0] }
        #expect(try engine.evaluate([other], given) == [[-1, 5, 11]])
    }

    @Test func `batch norm fused with relu and pooling is its definition`() throws {
        let engine = try Engine()
        var rng = RandomStream(seed: 4)
        for (index, sizes) in [
            [2, 4, 4, 3], [3, 5, 7, 16], [1, 2, 2, 1], [5, 6, 4, 33], [2, 9, 8, 64],
        ].enumerated() {
            let graph = Graph()
            let given = [
                Variable.normal(sizes, &rng, scale: 2), .normal([sizes[3]], &rng),
                .normal([sizes[3]], &rng),
            ]
            let x = try given.enumerated().map { place, variable in
                try graph.input("x\(place)", try Shape(variable.shape))
            }
            let definition = try NormDefinition(x: x[0], epsilon: 1e-5)
            let fusions: [(NormKernels.Fusion, Tensor)] = try [
                (.none, x[0].batchNorm(gamma: x[1], beta: x[2])),
                (.relu, x[0].batchNorm(gamma: x[1], beta: x[2]).relu()),
                (.reluPool, x[0].batchNorm(gamma: x[1], beta: x[2]).relu().maxPool(window: 2)),
            ]
            let inputs = ["x0": given[0].values, "x1": given[1].values, "x2": given[2].values]
            for (fusion, fused) in fusions {
                let plain = try definition.output(fusion, gamma: x[1], beta: x[2])
                #expect(plain.shape == fused.shape)
                let weights = Variable.normal(fused.shape.dimensions, &rng).values
                let (a, b) = try (fused.contracted(weights), plain.contracted(weights))
                let (da, db) = try (a.gradient(x), b.gradient(x))
                func product(_ gradients: [Tensor]) throws -> [Tensor] {
                    let sum = try gradients.reduce(graph.fill(0)) { try $0 + $1.sin().sum() }
                    return try sum.gradient(x)
                }
                let found = try engine.evaluate([fused] + da + product(da), inputs)
                let expected = try engine.evaluate([plain] + db + product(db), inputs)
                for (place, pair) in zip(found, expected).enumerated() {
                    expectClose(
                        pair.0, pair.1, tolerance: place < 4 ? 2e-5 : 1e-4,
                        "\(fusion), case \(index), output \(place)")
                }
            }
        }
    }

    private func used(_ plan: Plan, _ inputs: [String: [Float]]) -> [String: [Float]] {
        let names = Set(plan.inputs.map(\.name))
        return inputs.filter { names.contains($0.key) }
    }
}

/// Bit patterns, so that −0 is not 0 and NaN is itself.
func bits(_ values: [[Float]]) -> [[UInt32]] { values.map { $0.map(\.bitPattern) } }
