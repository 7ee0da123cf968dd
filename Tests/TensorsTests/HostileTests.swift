import Kernels
import Randomness
import Tensors
import TestSupport
import Testing

/// Arguments that no one should give: they must throw or work, never end the process.
struct HostileTests {
    @Test(arguments: 0..<8)
    func `random hostile arguments throw or work, in every operation`(part: Int) throws {
        let engine = try Engine()
        var caller = HostileCaller(seed: UInt64(part))
        var (thrown, worked, compiled) = (0, 0, 0)
        for _ in 0..<4000 {
            let result: Tensor
            do {
                result = try caller.call()
            } catch {
                #expect(error is TensorError, "\(error)")
                #expect(!"\(error)".isEmpty)
                thrown += 1
                continue
            }
            worked += 1
            #expect(result.shape.count >= 1)
            #expect(result.shape.dimensions.allSatisfy { $0 >= 1 }, "\(result.shape)")
            #expect(
                result.shape.dimensions.reduce(1.0) { $0 * Double($1) } < 0x1p31,
                "\(result.shape)")
            // Differentiating and compiling what worked must not trap either.
            do {
                let total = try result.sum()
                let gradients = try total.gradient(caller.inputs)
                let second = try gradients.reduce(total) { try $0 + $1.sum() }
                    .gradient(caller.inputs)
                guard caller.isSmall, result.shape.count < 10_000 else { continue }
                let plan = try Plan(
                    [result] + gradients + second, kernels: engine.workspace.kernels)
                compiled += 1
                _ = try engine.workspace.evaluate(plan, caller.values)
            } catch {
                #expect(error is TensorError, "\(error)")
            }
        }
        #expect(thrown > 500)
        #expect(worked > 500)
        #expect(compiled > 200)
    }

    @Test func `hostile shapes throw or hold what they say`() {
        var rng = RandomStream(seed: 9)
        var sound = 0
        for _ in 0..<20_000 {
            let sizes = (0..<rng.integer(below: 10)).map { _ in HostileCaller.integer(&rng) }
            guard let shape = try? Shape(sizes) else { continue }
            sound += 1
            #expect(shape.dimensions == sizes)
            #expect(shape.count == sizes.reduce(1, *))
        }
        #expect(sound > 500)
    }
}
