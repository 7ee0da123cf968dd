import Datasets
import MetaLearning
import NeuralNetworks
import Randomness
import Tensors
import TestSupport

/// Blocks of convolution, batch norm, ReLU and pooling under a linear layer, named as in
/// `networks.json`: with four blocks of four filters it is the Conv-4 there.
struct BlockNetwork: Network {
    var blocks = 4
    var filters = 4
    var features = 4
    var ways = 5

    var key: String { "blocks \(blocks) \(filters) \(features) \(ways)" }
    var headPrefix: String { "linear." }

    var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            var all: [ParameterSpecification] = []
            for block in 1...blocks {
                all += try Layers.convolutionParameters(
                    "block\(block).convolution", window: (3, 3), inputs: block == 1 ? 1 : filters,
                    outputs: filters, bias: true)
                all += try Layers.batchNormParameters("block\(block).norm", channels: filters)
            }
            return try all + Layers.linearParameters("linear", inputs: features, outputs: ways)
        }
    }

    func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for block in 1...blocks {
            x = try Layers.convolution(
                "block\(block).convolution", parameters, x, padding: (1, 1), bias: true)
            x = try Layers.batchNorm("block\(block).norm", parameters, x, context).relu()
            x = try x.maxPool(window: 2, stride: 2, padding: 0)
        }
        return try x.flattened()
    }

    func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("linear", parameters, features)
    }
}

/// Linear layers, named as in `networks.json`; smooth where finite differences are taken.
struct LineNetwork: Network {
    var widths = [1, 40, 40, 1]
    var isSmooth = false

    var key: String { "line \(widths) \(isSmooth)" }
    var headPrefix: String { "linear\(widths.count - 1)." }

    var parameters: [ParameterSpecification] {
        get throws(TensorError) {
            var all: [ParameterSpecification] = []
            for layer in 1..<widths.count {
                all += try Layers.linearParameters(
                    "linear\(layer)", inputs: widths[layer - 1], outputs: widths[layer])
            }
            return all
        }
    }

    func features(
        _ x: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        var x = x
        for layer in 1..<widths.count - 1 {
            let y = try Layers.linear("linear\(layer)", parameters, x)
            x = isSmooth ? y.tanh() : y.relu()
        }
        return x
    }

    func head(
        _ features: Tensor, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        try Layers.linear("linear\(widths.count - 1)", parameters, features)
    }
}

/// Tasks and single steps of learning for the tests of this folder.
enum Learning {
    /// A network of two blocks on 8×8 images of three classes.
    static let small = BlockNetwork(blocks: 2, filters: 3, features: 12, ways: 3)

    /// Noise with class-dependent means: 3 ways, 2 shots, 4 queries a class.
    static func episode(_ seed: UInt64, queries: Int = 4) -> Episode {
        var rng = RandomStream(seed: seed)
        func batch(_ each: Int) -> Batch {
            var inputs: [Float] = []
            var labels: [Int32] = []
            for label in 0..<3 {
                for _ in 0..<each {
                    labels.append(Int32(label))
                    for place in 0..<64 {
                        let mean = place % 3 == label ? 0.7 : 0
                        inputs.append(Float(mean + rng.uniform(in: -1...1)))
                    }
                }
            }
            return Batch(
                inputs: inputs, inputShape: [labels.count, 8, 8, 1], targets: .labels(labels))
        }
        return Episode(support: batch(2), query: batch(queries), ways: 3, shots: 2)
    }

    static func parameters(_ network: any Network, seed: UInt64 = 3) throws -> ParameterSet {
        ParameterSet(
            ParameterLayout(try network.parameters), stream: RandomStream(seed: seed))
    }

    /// One task's outer gradient, zero where the task touches nothing.
    static func train(
        _ learner: any MetaLearner, _ network: any Network, _ episode: Episode,
        _ parameters: ParameterSet
    ) throws -> (outcome: TaskOutcome, gradient: ParameterSet) {
        let gradient = parameters.copy()
        gradient.values.pointer.update(repeating: 0, count: gradient.values.count)
        let outcome = try learner.train(
            MetaTask(network, episode),
            LearningContext(parameters: parameters, plans: TaskPlanCache()),
            gradient: gradient.values, Engine().workspace)
        return (outcome, gradient)
    }

    /// The loss on the query set after adaptation.
    static func loss(
        _ learner: any MetaLearner, _ network: any Network, _ episode: Episode,
        _ parameters: ParameterSet, steps: Int, _ engine: Engine, _ plans: TaskPlanCache
    ) throws -> Double {
        try learner.evaluate(
            MetaTask(network, episode), LearningContext(parameters: parameters, plans: plans),
            steps: [steps], engine.workspace
        ).scores[0].loss
    }
}
