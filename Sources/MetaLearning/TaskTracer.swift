import Datasets
import NeuralNetworks
import Tensors

/// Which half of an episode.
enum Role: String, Sendable, Hashable {
    case support, query
}

/// Sizes of an episode, which the graphs of its learning depend on.
struct TaskShape: Hashable, Sendable {
    let support: [Int]
    let query: [Int]
    /// Outputs of regression; nil for classification.
    let supportTargets: [Int]?
    let queryTargets: [Int]?
    let ways: Int

    init(_ episode: Episode) {
        func targets(_ batch: Batch) -> [Int]? {
            guard case .values(_, let shape) = batch.targets else { return nil }
            return shape
        }
        support = episode.support.inputShape
        query = episode.query.inputShape
        supportTargets = targets(episode.support)
        queryTargets = targets(episode.query)
        ways = episode.ways
    }

    var isClassification: Bool { supportTargets == nil }
}

/// Records the learning of one task: inputs, forward passes, losses, inner steps.
struct TaskTracer {
    let graph = Graph()
    let parameters: Parameters
    private let network: any Network
    private let shape: TaskShape

    init(_ network: any Network, _ layout: ParameterLayout, _ shape: TaskShape) {
        self.network = network
        self.shape = shape
        parameters = Parameters(graph, layout)
    }

    /// A set's inputs and targets as inputs of the graph.
    func data(_ role: Role) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
        let sizes = role == .support ? shape.support : shape.query
        let targets = role == .support ? shape.supportTargets : shape.queryTargets
        return (
            try graph.input("\(role.rawValue).inputs", try Shape(sizes)),
            try graph.input("\(role.rawValue).targets", try Shape(targets ?? [sizes[0]]))
        )
    }

    /// Cross-entropy, or squared error.
    func loss(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
        shape.isClassification
            ? try outputs.crossEntropy(labels: targets) : try outputs.meanSquaredError(targets)
    }

    /// The fraction of right classes; 0 for regression.
    func accuracy(_ outputs: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
        shape.isClassification ? try outputs.accuracy(labels: targets) : graph.fill(0)
    }

    /// One step on a loss.
    ///
    /// - Parameters:
    ///   - loss: Of the support set.
    ///   - current: The parameters before the step.
    ///   - names: Those that move.
    ///   - rule: How they move.
    ///   - initial: A parameter before the first step.
    /// - Returns: The adapted tensors by name, in the order in which the network read them.
    /// - Throws: What recording throws.
    func innerStep(
        _ loss: Tensor, _ current: Parameters, names: [String], rule: InnerRule,
        initial: (String) throws(TensorError) -> Tensor
    ) throws(TensorError) -> [(name: String, value: Tensor)] {
        let tensors = try names.map { name throws(TensorError) in try current(name) }
        let gradients = try loss.gradient(tensors)
        return try zip(names, zip(tensors, gradients)).map { name, pair throws(TensorError) in
            let moved = try rule.moved(pair.0, pair.1, name: name) { () throws(TensorError) in
                try initial(name)
            }
            return (name, moved)
        }
    }

    /// A parameter before the first step, where the plan's own parameters are those of a later one.
    func initial(_ name: String, like tensor: Tensor) throws(TensorError) -> Tensor {
        try graph.input(TaskPlan.initialPrefix + name, tensor.shape)
    }

    /// The names that an inner loop adapts: all that were read, or the head's.
    func adaptedNames(headOnly: Bool) -> [String] {
        parameters.names.filter {
            !$0.hasSuffix(".statistics") && (!headOnly || $0.hasPrefix(network.headPrefix))
        }
    }
}
