public import Datasets
public import NeuralNetworks
internal import Tensors

/// One task with the network that is to learn it.
public struct MetaTask: Sendable {
    /// The network; a subnet, when a supernet is trained.
    public let network: any Network
    /// Support and query sets.
    public let episode: Episode

    /// A task for a network.
    public init(_ network: any Network, _ episode: Episode) {
        self.network = network
        self.episode = episode
    }
}

extension MetaTask {
    /// Refuses data that no learner can use; it costs a few microseconds a task.
    ///
    /// - Throws: `MetaLearningError.notFiniteData`.
    func checkFinite(update: Int, task: Int) throws(MetaLearningError) {
        for (name, batch) in [("support", episode.support), ("query", episode.query)] {
            guard MetaTask.areFinite(batch.inputs) else {
                throw .notFiniteData(what: "the \(name) set's inputs", update: update, task: task)
            }
            guard case .values(let values, _) = batch.targets, !MetaTask.areFinite(values) else {
                continue
            }
            throw .notFiniteData(what: "the \(name) set's targets", update: update, task: task)
        }
    }

    /// By the largest magnitude's bits, as the compiler can do many at once so.
    private static func areFinite(_ values: [Float]) -> Bool {
        var largest: UInt32 = 0
        for value in values { largest = max(largest, value.magnitude.bitPattern) }
        return largest < Float.infinity.bitPattern
    }
}

/// What was spent, in units that do not depend on the machine.
public struct ComputeCost: Sendable, Hashable, Codable {
    /// Multiply-adds of convolutions and matrix products, forward and backward.
    public var multiplyAdds: Int
    /// Gradient steps of inner loops.
    public var gradientSteps: Int
    /// Tasks learned.
    public var tasks: Int

    /// Nothing, unless said otherwise.
    public init(multiplyAdds: Int = 0, gradientSteps: Int = 0, tasks: Int = 0) {
        self.multiplyAdds = multiplyAdds
        self.gradientSteps = gradientSteps
        self.tasks = tasks
    }

    /// The sum of two costs; a count that would overflow stays at the largest integer.
    public static func + (a: ComputeCost, b: ComputeCost) -> ComputeCost {
        func sum(_ x: Int, _ y: Int) -> Int {
            let (sum, overflow) = x.addingReportingOverflow(y)
            return overflow ? .max : sum
        }
        return ComputeCost(
            multiplyAdds: sum(a.multiplyAdds, b.multiplyAdds),
            gradientSteps: sum(a.gradientSteps, b.gradientSteps), tasks: sum(a.tasks, b.tasks))
    }

    /// Adds a cost.
    public static func += (a: inout ComputeCost, b: ComputeCost) { a = a + b }
}

/// How well a network did on a query set.
public struct TaskScore: Sendable, Hashable, Codable {
    /// Mean loss: cross-entropy in nats, or squared error.
    public var loss: Double
    /// Fraction of queries whose class was found; NaN for regression.
    public var accuracy: Double

    /// A score.
    public init(loss: Double, accuracy: Double) {
        self.loss = loss
        self.accuracy = accuracy
    }
}

/// A buffer that goes back to its workspace when nobody holds it any more.
final class LentBuffer {
    let buffer: FloatBuffer
    private let workspace: Workspace

    init(count: Int, from workspace: Workspace) {
        self.workspace = workspace
        buffer = workspace.borrow(count: count)
    }

    deinit { workspace.giveBack(buffer) }

    var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
}

/// A support or query set in memory that stays in place, lent by the workspace of the running task.
struct TaskData {
    let inputs: LentBuffer
    let targets: LentBuffer

    init(_ batch: Batch, _ workspace: Workspace) {
        inputs = LentBuffer(count: batch.inputs.count, from: workspace)
        inputs.buffer.overwrite(batch.inputs)
        switch batch.targets {
        case .labels(let labels):
            targets = LentBuffer(count: labels.count, from: workspace)
            for (index, label) in labels.enumerated() { targets.pointer[index] = Float(label) }
        case .values(let values, _):
            targets = LentBuffer(count: values.count, from: workspace)
            targets.buffer.overwrite(values)
        }
    }
}
