import Components
import Experiments
import Records
import TestSupport
import Testing

/// Every network of a run starts as the plan says: steps too small to move anything leave the first
/// values to be seen.
struct InitialWeightsTests {
    private func weights(_ initial: String, in value: PlainValue) throws -> [String: [NamedArray]] {
        let learner: PlainValue = .component(
            "maml",
            [
                "inner_steps": 1, "meta_batch": 2, "initial_weights": PlainValue(.string(initial)),
                "outer": .component("adam", ["learning_rate": 1e-30]),
            ])
        return try MethodFixtures.run(PlanFixtures.with("learner", learner, in: value))
            .sink.weights.mapValues(\.arrays)
    }

    private func biases(_ arrays: [NamedArray]) -> [Float] {
        arrays.filter { $0.name.hasSuffix(".bias") }.flatMap(\.values)
    }

    /// Root mean square of each convolution's and linear layer's weights, times √fan-in.
    private func scales(_ arrays: [NamedArray]) -> [Double] {
        arrays.filter { $0.name.hasSuffix(".weight") }.map { array in
            let square = array.values.reduce(0) { $0 + Double($1) * Double($1) }
            let fanIn = array.shape.dropLast().reduce(1, *)
            return (square / Double(array.values.count) * Double(fanIn)).squareRoot()
        }
    }

    @Test func `a searched network and its baseline start by the plan`() throws {
        let he = try weights("he", in: MethodFixtures.search())
        let uniform = try weights("uniform", in: MethodFixtures.search())
        for name in ["supernet", "conv4"] {
            let (he, uniform) = (try #require(he[name]), try #require(uniform[name]))
            #expect(!biases(he).isEmpty && biases(he).allSatisfy { abs($0) < 1e-20 }, "\(name)")
            #expect(biases(uniform).allSatisfy { abs($0) > 1e-20 }, "\(name)")
            // √2, and √⅓ of the uniform distribution in ±1, of as few as 8 · 9 draws.
            let heScales = scales(he)
            #expect(heScales.count > 4)
            #expect(heScales.allSatisfy { abs($0 - 1.414) < 0.5 }, "\(name): \(heScales)")
            let uniformScales = scales(uniform)
            #expect(
                uniformScales.allSatisfy { abs($0 - 0.577) < 0.2 }, "\(name): \(uniformScales)")
        }
    }

    @Test func `a network by itself starts by the plan, uniform if it says nothing`() throws {
        let fixed = try weights("he", in: MethodFixtures.fixed)
        #expect(fixed.count == 1)
        #expect(fixed.values.allSatisfy { biases($0).allSatisfy { abs($0) < 1e-20 } })
        let plan = try PlanFixtures.decode(MethodFixtures.fixed)
        #expect(plan.json().contains("\"initial_weights\":\"uniform\""))
    }

    @Test func `another way to start is refused with the ways there are`() {
        #expect(
            PlanFixtures.message(
                PlanFixtures.with(
                    "learner", .component("reptile", ["initial_weights": "hee"]))
            )
            .hasSuffix(
                "learner.initial_weights: expected \"uniform\" or \"he\", found \"hee\"; did "
                    + "you mean \"he\"?"))
    }
}
