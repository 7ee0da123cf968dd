import Datasets
import MetaLearning
import NeuralNetworks
import Randomness
import Tensors
import TestSupport
import Testing

struct MAMLLawTests {
    @Test func `orders 1 and 2 agree without inner steps and differ with one`() throws {
        let parameters = try Learning.parameters(Learning.small)
        func gradient(_ order: Int, _ steps: Int) throws -> [Float] {
            try Learning.train(
                MAML(order: order, innerSteps: steps, innerRate: 0.1), Learning.small,
                Learning.episode(1), parameters
            ).gradient.values.array
        }
        #expect(try gradient(1, 0) == gradient(2, 0))
        #expect(try Closeness.error(gradient(1, 1), gradient(2, 1).map(Double.init)) > 1e-3)
    }

    @Test(arguments: [(1, false), (3, false), (2, true)])
    func `the gradient of order 2 is that of finite differences, and of order 1 is not`(
        steps: Int, headOnly: Bool
    ) throws {
        let network = LineNetwork(widths: [64, 6, 3], isSmooth: true)
        let whole = Learning.episode(5)
        var episode = whole
        episode.support.inputShape = [whole.support.count, 64]
        episode.query.inputShape = [whole.query.count, 64]
        let parameters = try Learning.parameters(network)
        let direction = parameters.perturbed(RandomStream(seed: 8), scale: 1)
        let engine = try Engine()
        let plans = TaskPlanCache()
        func learner(_ order: Int) throws -> MAML {
            try MAML(order: order, innerSteps: steps, innerRate: 0.5, headOnly: headOnly)
        }
        func slope(_ order: Int) throws -> Double {
            let gradient = try Learning.train(learner(order), network, episode, parameters).gradient
            return (0..<parameters.values.count).reduce(0) { sum, place in
                let move =
                    direction.values.pointer[place] - parameters.values.pointer[place]
                return sum + Double(gradient.values.pointer[place]) * Double(move)
            }
        }
        func loss(_ amount: Float) throws -> Double {
            try Learning.loss(
                learner(2), network, episode,
                try parameters.interpolated(to: direction, by: amount), steps: steps, engine, plans)
        }
        // Five-point formula: the error is of order h⁴.
        let h: Float = 0.01
        let expected =
            try (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * Double(h))
        let second = try slope(2)
        let first = try slope(1)
        #expect(abs(second - expected) <= 1e-3 * max(1, abs(expected)), "\(second) \(expected)")
        #expect(abs(first - expected) > 1e-2, "\(first) \(expected)")
    }

    @Test func `ANIL moves the head alone in the inner loop, and learns the body in the outer`()
        throws
    {
        let parameters = try Learning.parameters(Learning.small)
        let anil = try MAML(innerSteps: 2, innerRate: 0.3, headOnly: true)
        let maml = try MAML(innerSteps: 2, innerRate: 0.3)
        let outcome = try Learning.train(
            anil, Learning.small, Learning.episode(2), parameters
        ).outcome
        #expect(outcome.touched.count == parameters.layout.entries.count)
        let engine = try Engine()
        func loss(_ learner: MAML) throws -> Double {
            try Learning.loss(
                learner, Learning.small, Learning.episode(2), parameters, steps: 2, engine,
                TaskPlanCache())
        }
        #expect(try loss(anil) != loss(maml))
        #expect(anil.name == "anil")
        #expect(maml.name == "maml")
    }

    @Test func `invalid options are named with their range`() {
        #expect(
            throws: MetaLearningError.invalidOption(
                name: "order", expected: "1 or 2", found: "3")
        ) { try MAML(order: 3, innerSteps: 1, innerRate: 0.1) }
        #expect(
            throws: MetaLearningError.invalidOption(
                name: "inner steps", expected: "at least 0", found: "-1")
        ) { try MAML(innerSteps: -1, innerRate: 0.1) }
        #expect(
            throws: MetaLearningError.invalidOption(
                name: "inner steps", expected: "at least 1", found: "0")
        ) { try Reptile(innerSteps: 0, rule: .sgd(rate: 0.1, momentum: 0)) }
    }

    @Test func `prototypes of regression tasks are refused in a sentence`() throws {
        let golden = try GoldenNetworks.read().sine
        let network = LineNetwork()
        #expect(
            throws: MetaLearningError.unsuitableTask(
                learner: "prototypical",
                reason: "prototypes need classes; regression tasks have none")
        ) {
            try Learning.train(
                PrototypicalNetwork(), network,
                .init(
                    support: golden.support.batch, query: golden.query.batch, ways: 1, shots: 10),
                Learning.parameters(network))
        }
    }
}
