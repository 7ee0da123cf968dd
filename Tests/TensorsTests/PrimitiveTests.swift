import Foundation
import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// An operation that no file of the engine knows: log(1 + e^(s·x)) / s.
private struct Softplus: Primitive {
    let sharpness: Float

    static func record(_ x: Tensor, sharpness: Float) -> Tensor {
        x.graph.record(Softplus(sharpness: sharpness), [x], x.shape)
    }

    var name: String { "softplus" }
    var attributes: [String: AttributeValue] { ["sharpness": .number(Double(sharpness))] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        [try dy * y.arguments[0].scaled(by: sharpness).sigmoid()]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(
            node, SoftplusKernel(count: plan.shape(of: node).count, sharpness: sharpness))
    }
}

private struct SoftplusKernel: Kernel {
    let count: Int
    let sharpness: Float

    var name: String { "softplus" }

    func run(_ memory: KernelMemory) {
        let (x, y) = (memory.input(0), memory.output)
        for place in 0..<count { y[place] = log1p(exp(sharpness * x[place])) / sharpness }
    }
}

/// x · y³ of two tensors of one shape, with scratch memory, multiply-adds and a check while it runs.
private struct CubeProduct: Primitive {
    static func record(_ x: Tensor, _ y: Tensor) -> Tensor {
        x.graph.record(CubeProduct(), [x, y], x.shape)
    }

    var name: String { "cube_product" }

    func derivative(
        of z: Tensor, _ dz: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let (x, y) = (z.arguments[0], z.arguments[1])
        return [
            wanted[0] ? CubeProduct.record(dz, y) : nil,
            wanted[1] ? try dz * x * y.squared().scaled(by: 3) : nil,
        ]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, CubeProductKernel(count: plan.shape(of: node).count))
    }

    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int { 3 * output.count }
}

private struct CubeProductKernel: Kernel {
    let count: Int

    var name: String { "cube product" }
    var multiplyAdds: Int { 3 * count }
    var scratchBytes: Int { 4 * count }

    func run(_ memory: KernelMemory) throws(TensorError) {
        guard let cubes = memory.scratch?.assumingMemoryBound(to: Float.self) else { return }
        let (x, y) = (memory.input(0), memory.input(1))
        for place in 0..<count {
            guard y[place].isFinite else { throw .notFinite(what: "the factor of a cube product") }
            cubes[place] = y[place] * y[place] * y[place]
        }
        for place in 0..<count { memory.output[place] = x[place] * cubes[place] }
    }
}

/// One file is enough for an operation.
struct PrimitiveTests {
    @Test func `an operation of one file has the derivatives that differences give`() throws {
        var rng = RandomStream(seed: 21)
        let (a, b) = (Variable.normal([3, 4], &rng), Variable.normal([3, 4], &rng))
        for sharpness in [Float(0.5), 3] {
            try expectGradientsMatch(order: 2, [a], "softplus \(sharpness)") {
                Softplus.record($0[0], sharpness: sharpness)
            }
        }
        try expectGradientsMatch(order: 2, [a, b], "cube product") {
            CubeProduct.record($0[0], $0[1])
        }
        try expectGradientsMatch(order: 2, [a, b], "among other operations") {
            let x = try ($0[0].tanh() + $0[1]).transposed([1, 0])
            return try CubeProduct.record(Softplus.record(x, sharpness: 2), x).sum(axes: [0]).sin()
        }
    }

    @Test func `it computes what it says, next to operations that are fused`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([3]))
        let y = Softplus.record(x.adding(1), sharpness: 2).negated().adding(1)
        let found = try Engine().evaluate([y], ["x": [-1, 0, 4]])[0]
        let expected = [0.0, 1, 5].map { 1 - log1p(exp(2 * $0)) / 2 }
        expectClose(found, expected, tolerance: 1e-6)
    }

    @Test func `its equal uses are one node, its options tell it from others`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([3]))
        let first = Softplus.record(x, sharpness: 2)
        #expect(Softplus.record(x, sharpness: 2).place == first.place)
        #expect(Softplus.record(x, sharpness: 3).place != first.place)
        #expect(CubeProduct.record(x, x).place != first.place)
        #expect(graph.nodeCount == 4)
    }

    @Test func `its name, cost and implementation are in profiles, plans and recordings`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([8]))
        let y = try CubeProduct.record(Softplus.record(x, sharpness: 2), x).sum()
        let engine = try Engine()
        let plan = try Plan([y], kernels: engine.workspace.kernels)
        #expect(plan.multiplyAdds == 24)
        #expect(plan.arenaBytes >= 2 * 32)
        #expect(plan.services.map(\.operation) == ["softplus", "cube product", "reduction"])
        #expect(plan.services[0].implementation == "apogee Swift")
        let recording = try Recording([y])
        #expect(recording.multiplyAdds == 24)
        let other = Graph()
        let input = try other.input("other", x.shape)
        let replayed = try recording.replay(in: other) { _ in input }
        #expect(other.node(replayed[0].arguments[0].arguments[0].place).name == "cube_product")

        let profile = StepProfile { 0 }
        engine.workspace.profile = profile
        let given = [Float](repeating: 1, count: 8)
        _ = try engine.workspace.evaluate(plan, ["x": given])
        let row = try #require(profile.sorted.first { $0.operation == "cube product" })
        #expect(row.calls == 1)
        #expect(row.multiplyAdds == 24)
        #expect(row.bytes == 3 * 32)
        #expect(row.implementation == "apogee")
    }

    @Test func `what it throws while it runs reaches the caller`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([2]))
        let plan = CubeProduct.record(x, x)
        #expect(throws: TensorError.notFinite(what: "the factor of a cube product")) {
            try Engine().evaluate([plan], ["x": [1, .infinity]])
        }
    }
}
