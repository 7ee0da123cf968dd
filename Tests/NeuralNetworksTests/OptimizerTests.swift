import NeuralNetworks
import Randomness
import Tensors
import TestSupport
import Testing

/// Optimizers against PyTorch in float64 (`networks.json`), and what they leave alone.
struct OptimizerTests {
    private struct Golden: Decodable {
        struct Attributes: Decodable {
            let learningRate: Float
            let beta1: Float?
            let beta2: Float?
            let epsilon: Float?
            let momentum: Float?
            let nesterov: Bool?
            let weightDecay: Float
        }
        struct Case: Decodable {
            let optimizer: String
            let attributes: Attributes
            let steps: [[Double]]
        }
        struct Optimizers: Decodable {
            let parameters: [Double]
            let gradients: [[Double]]
            let cases: [Case]
        }
        let optimizers: Optimizers
    }

    /// Two parameters of 2 and 4 numbers.
    private func parameters(_ values: [Double]) throws -> ParameterSet {
        let set = ParameterSet(
            ParameterLayout([
                ParameterSpecification("a", try Shape([2]), .constant(0)),
                ParameterSpecification("b", try Shape([4]), .constant(0)),
            ]), stream: RandomStream(seed: 1))
        for (place, value) in values.enumerated() { set.values.pointer[place] = Float(value) }
        return set
    }

    private func buffer(_ values: [Double]) -> FloatBuffer { FloatBuffer(values.map { Float($0) }) }

    @Test func `Adam, AdamW and SGD take the steps of PyTorch`() throws {
        let golden = try Repository.golden(Golden.self, "networks.json").optimizers
        var compared = 0
        var worst = 0.0
        for sample in golden.cases {
            let options = sample.attributes
            let parameters = try parameters(golden.parameters)
            let optimizer: any Optimizer
            switch sample.optimizer {
            case "adam", "adamW":
                optimizer = Adam(
                    Adam.Options(
                        rate: options.learningRate, beta1: try #require(options.beta1),
                        beta2: try #require(options.beta2),
                        epsilon: try #require(options.epsilon),
                        weightDecay: options.weightDecay,
                        decay: sample.optimizer == "adam" ? .coupled : .decoupled),
                    layout: parameters.layout)
            case "sgd" where options.nesterov == false:
                optimizer = SGD(
                    rate: options.learningRate, momentum: try #require(options.momentum),
                    weightDecay: options.weightDecay)
            default: continue
            }
            for (gradient, expected) in zip(golden.gradients, sample.steps) {
                optimizer.update(
                    parameters, gradient: buffer(gradient), touched: [0, 1], rateFactor: 1)
                expectClose(
                    parameters.values.array, expected, tolerance: 1e-6,
                    "\(sample.optimizer) \(options)")
                worst = max(worst, Closeness.error(parameters.values.array, expected))
            }
            compared += 1
        }
        // Three of Adam, one of AdamW, three of SGD; Nesterov's momentum is not offered.
        #expect(compared == 7)
        print("golden optimizers: \(compared) cases, worst error \(worst)")
    }

    private func optimizer(_ name: String, _ layout: ParameterLayout) -> any Optimizer {
        name == "adam"
            ? Adam(Adam.Options(rate: 0.1, weightDecay: 0.01), layout: layout)
            : SGD(rate: 0.1, momentum: 0.9, weightDecay: 0.01)
    }

    @Test(arguments: ["adam", "sgd"])
    func `an entry that no update touches keeps its bits, and then starts like new`(
        name: String
    ) throws {
        let golden = try Repository.golden(Golden.self, "networks.json").optimizers
        let set = try parameters(golden.parameters)
        let optimizer = optimizer(name, set.layout)
        let untouched = try #require(set["b"])
        let start = try #require(set["a"])
        for gradient in golden.gradients.prefix(4) {
            optimizer.update(set, gradient: buffer(gradient), touched: [0], rateFactor: 1)
            #expect(set["b"] == untouched)
        }
        #expect(set["a"] != start)
        let moved = set["a"]
        optimizer.update(set, gradient: buffer(golden.gradients[4]), touched: [1], rateFactor: 1)
        #expect(set["a"] == moved)
        let fresh = try parameters(golden.parameters)
        self.optimizer(name, fresh.layout).update(
            fresh, gradient: buffer(golden.gradients[4]), touched: [1], rateFactor: 1)
        #expect(set["b"] == fresh["b"])
        #expect(set["b"] != untouched)
    }

    @Test(arguments: ["adam", "sgd"])
    func `a pause leaves moments and step counts as they were`(name: String) throws {
        let golden = try Repository.golden(Golden.self, "networks.json").optimizers
        let (paused, steady) = try (parameters(golden.parameters), parameters(golden.parameters))
        let (first, second) = (optimizer(name, paused.layout), optimizer(name, steady.layout))
        for gradient in golden.gradients {
            second.update(steady, gradient: buffer(gradient), touched: [1], rateFactor: 1)
        }
        for (index, gradient) in golden.gradients.enumerated() {
            first.update(paused, gradient: buffer(gradient), touched: [1], rateFactor: 1)
            if index == 2 {
                for other in golden.gradients {
                    first.update(paused, gradient: buffer(other), touched: [0], rateFactor: 1)
                }
            }
        }
        #expect(paused["b"] == steady["b"])
    }

    @Test func `decoupled decay goes by the rate alone, and without decay both kinds are one`()
        throws
    {
        let golden = try Repository.golden(Golden.self, "networks.json").optimizers
        func moved(
            _ decay: Adam.Decay, _ weightDecay: Float, factor: Float, gradient: [Double]
        ) throws -> [Float] {
            let set = try parameters(golden.parameters)
            Adam(
                Adam.Options(rate: 0.1, weightDecay: weightDecay, decay: decay), layout: set.layout
            )
            .update(set, gradient: buffer(gradient), touched: [0, 1], rateFactor: factor)
            return set.values.array
        }
        let zero = [Double](repeating: 0, count: 6)
        // p (1 − rate · factor · decay), as the moments stay 0.
        expectClose(
            try moved(.decoupled, 0.2, factor: 0.5, gradient: zero),
            golden.parameters.map { $0 * 0.99 }, tolerance: 1e-7)
        let gradient = golden.gradients[0]
        #expect(
            try moved(.decoupled, 0, factor: 1, gradient: gradient)
                == moved(.coupled, 0, factor: 1, gradient: gradient))
        #expect(
            try moved(.decoupled, 0.2, factor: 1, gradient: gradient)
                != moved(.coupled, 0.2, factor: 1, gradient: gradient))
    }

    @Test func `the factor of a schedule scales the first step`() throws {
        let gradient = buffer([0.3, -0.2, 0.1, 0.5, -0.4, 0.2])
        func step(_ name: String, _ factor: Float) throws -> [Float] {
            let set = try parameters([0, 0, 0, 0, 0, 0])
            optimizer(name, set.layout).update(
                set, gradient: gradient, touched: [0, 1], rateFactor: factor)
            return set.values.array
        }
        for name in ["adam", "sgd"] {
            expectClose(try step(name, 0.5), try step(name, 1).map { 0.5 * $0 }, tolerance: 1e-7)
            #expect(try step(name, 0).allSatisfy { $0 == 0 })
        }
    }
}
