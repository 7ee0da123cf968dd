import Datasets
import MetaLearning
import NeuralNetworks
import Tensors
import TestSupport
import Testing

/// Losses and meta-gradients against PyTorch in float64 (`networks.json`, torch 2.13.0).
struct GoldenLearnerTests {
    private func learner(_ golden: GoldenNetworks.Case) throws -> any MetaLearner {
        let steps = try golden.learner == "prototypical" ? 0 : #require(golden.innerSteps)
        switch golden.learner {
        case "reptile":
            return try Reptile(
                innerSteps: steps,
                rule: .sgd(rate: try #require(golden.innerLearningRate), momentum: 0))
        case "prototypical": return PrototypicalNetwork()
        default:
            return try MAML(
                order: try #require(golden.order), innerSteps: steps,
                innerRate: try #require(golden.innerLearningRate),
                headOnly: golden.learner == "anil")
        }
    }

    /// The worst error over all parameters.
    private func compare(
        _ found: ParameterSet, _ golden: [GoldenNetworks.Named], sign: Double, tolerance: Double,
        _ what: String
    ) throws -> Double {
        var worst = 0.0
        for named in golden {
            let values = try #require(found[named.name], "\(what): no \(named.name)")
            let expected = named.values.map { sign * $0 }
            expectClose(values, expected, tolerance: tolerance, "\(what), \(named.name)")
            worst = max(worst, Closeness.error(values, expected))
        }
        return worst
    }

    // Tolerances of the README beside networks.json.
    @Test func `every Conv-4 learner has the loss and meta-gradient of PyTorch`() throws {
        let golden = try GoldenNetworks.read().conv4
        let network = BlockNetwork(filters: golden.filters, ways: golden.ways)
        let parameters = try Learning.parameters(network)
        try #require(parameters.assign(golden.parameters) == golden.parameters.count)
        try #require(golden.cases.count == 11)
        var worst = (gradient: 0.0, loss: 0.0)
        let whole = golden
        for golden in whole.cases {
            let (support, query) =
                golden.supportSet == "query"
                ? (whole.query, whole.support) : (whole.support, whole.query)
            let episode = Episode(
                support: support.batch, query: query.batch, ways: whole.ways,
                shots: golden.shots ?? 1)
            let learner = try learner(golden)
            let (outcome, gradient) = try Learning.train(learner, network, episode, parameters)
            let expected = try #require(golden.gradient ?? golden.difference)
            #expect(
                Set(outcome.touched.map { parameters.layout.entries[$0].name })
                    == Set(expected.map(\.name)), "\(golden.name)")
            // Reptile's outer gradient leads down, so it is minus the difference.
            worst.gradient = max(
                worst.gradient,
                try compare(
                    gradient, expected, sign: golden.difference == nil ? 1 : -1, tolerance: 1e-4,
                    golden.name))
            let engine = try Engine()
            let loss = try Learning.loss(
                learner, network, episode, parameters, steps: golden.innerSteps ?? 0, engine,
                TaskPlanCache())
            #expect(abs(loss - golden.queryLoss) <= 1e-4, "\(golden.name): \(loss)")
            worst.loss = max(worst.loss, abs(loss - golden.queryLoss))
            if golden.learner != "reptile" {
                #expect(abs(outcome.score.loss - golden.queryLoss) <= 1e-4, "\(golden.name)")
            }
        }
        print("golden conv4 learners: 11 cases, worst errors \(worst)")
    }

    @Test func `MAML on a sine has the loss and meta-gradient of PyTorch`() throws {
        let golden = try GoldenNetworks.read().sine
        let network = LineNetwork()
        let parameters = try Learning.parameters(network)
        try #require(parameters.assign(golden.parameters) == 6)
        let episode = Episode(
            support: golden.support.batch, query: golden.query.batch, ways: 1, shots: 10)
        try #require(golden.cases.count == 3)
        var worst = 0.0
        for golden in golden.cases {
            let (outcome, gradient) = try Learning.train(
                try learner(golden), network, episode, parameters)
            worst = max(
                worst,
                try compare(
                    gradient, try #require(golden.gradient), sign: 1, tolerance: 1e-5,
                    golden.name))
            #expect(
                abs(outcome.score.loss - golden.queryLoss) <= 1e-5 * golden.queryLoss,
                "\(golden.name)")
        }
        print("golden sine: 3 cases, worst error \(worst)")
    }
}
