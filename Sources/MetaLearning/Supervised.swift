import NeuralNetworks
public import Tensors

/// Ordinary training: each task is a mini-batch whose loss the parameters follow, and nothing adapts.
public struct Supervised: MetaLearner {
    private let step: MAML

    /// - Parameter keepsStatistics: Whether running statistics are kept.
    /// - Throws: Never in practice.
    public init(keepsStatistics: Bool) throws(MetaLearningError) {
        step = try MAML(innerSteps: 0, innerRate: 0, keepsStatistics: keepsStatistics)
    }

    /// `supervised`.
    public var name: String { "supervised" }

    /// Nothing is adapted, but the parameters are copied once.
    public var parameterCopies: Int { step.parameterCopies }

    /// Writes the gradient of the mini-batch's loss.
    public func train(
        _ task: MetaTask, _ context: LearningContext, gradient: FloatBuffer,
        _ workspace: Workspace
    ) throws -> TaskOutcome {
        try step.train(task, context, gradient: gradient, workspace)
    }

    /// Scores the mini-batch, once for all numbers of steps.
    public func evaluate(
        _ task: MetaTask, _ context: LearningContext, steps: [Int], _ workspace: Workspace
    ) throws -> (scores: [TaskScore], cost: ComputeCost) {
        let (scores, cost) = try step.evaluate(task, context, steps: [0], workspace)
        return (steps.flatMap { _ in scores }, cost)
    }
}
