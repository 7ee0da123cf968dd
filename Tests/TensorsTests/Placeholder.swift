import Kernels
import Tensors
import Testing

struct SmokeTests {
    @Test func `a product of two sums has the right gradient`() throws {
        let graph = Graph()
        let x = try graph.input("x", try Shape([2, 3]))
        let y = try (x.squared() * x.exp()).sum()
        let g = try y.gradient([x])[0]
        let h = try (g * g).sum().gradient([x])[0]
        let kernels = try KernelCache()
        let workspace = try Workspace(kernels: kernels)
        let plan = try Plan([y, g, h], kernels: kernels)
        let out = try workspace.evaluate(plan, ["x": [1, 2, 3, -1, -2, 0.5]])
        #expect(abs(out[1][0] - 3 * 2.7182817) < 1e-4)
        print(out, plan.stepCount, plan.arenaBytes)
    }
}
