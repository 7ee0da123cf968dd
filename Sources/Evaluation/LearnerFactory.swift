package import Components
package import MetaLearning
package import NeuralNetworks
package import Randomness
package import Tensors

/// Builds trainers from a plan's learner.
package struct LearnerFactory {
    package let plan: any LearnerPlan
    package let executor: Executor
    /// The inner step of a script or a plugin, and what was recorded of it.
    private let scripted: (definition: LearnerDefinition, rule: RecordedRule)?

    /// - Parameters:
    ///   - plan: What to build.
    ///   - executor: Its workers run the tasks.
    ///   - builder: Makes what a script or a plugin gives.
    /// - Throws: What the builder throws.
    package init(plan: any LearnerPlan, executor: Executor, builder: ComponentBuilder) throws {
        self.plan = plan
        self.executor = executor
        scripted = try plan.definition(builder).map { ($0, RecordedRule(name: plan.name)) }
    }

    /// Records what a script's learner does with these parameters, before any worker needs it.
    ///
    /// - Throws: What the script throws.
    package func prepare(_ layout: ParameterLayout) throws {
        guard let scripted else { return }
        try scripted.definition.record(layout.entries, in: scripted.rule)
    }

    /// Steps on a test task's support set.
    package var testSteps: Int { plan.testSteps }

    /// Settings that results must not be compared across, by name.
    package var settings: [String: String] {
        [
            "learner": plan.name, "batch_norm": plan.network.batchNorm.rawValue,
            "test_steps": "\(testSteps)",
        ]
    }

    /// - Parameter innerSteps: Instead of the plan's, from a schedule.
    /// - Returns: The learner that the plan names.
    /// - Throws: `MetaLearningError.invalidOption` for an option out of range.
    package func learner(innerSteps: Int? = nil) throws -> any MetaLearner {
        try plan.learner(innerSteps: innerSteps, rule: scripted?.rule)
    }

    /// A network's parameters with their first values, as the plan has them start.
    package func parameters(_ layout: ParameterLayout, stream: RandomStream) -> ParameterSet {
        ParameterSet(layout, weights: plan.network.initialWeights, stream: stream)
    }

    /// A trainer of parameters that start as they are given.
    ///
    /// - Parameters:
    ///   - parameters: What it moves, in place.
    ///   - name: Whose weights they are.
    ///   - innerSteps: Instead of the plan's.
    ///   - known: Running statistics to start from, of the same parameters.
    ///   - changes: How often the parameters changed before.
    /// - Returns: A trainer without history.
    /// - Throws: `MetaLearningError` or `TensorError` for settings out of range.
    package func trainer(
        _ parameters: ParameterSet, named name: String, innerSteps: Int? = nil,
        statistics known: ParameterSet? = nil, changes: Int = 0
    ) throws -> MetaTrainer {
        try prepare(parameters.layout)
        var statistics: ParameterSet?
        if let known {
            statistics = known.copy()
        } else if let layout = try statisticsLayout(parameters.layout) {
            statistics = ParameterSet(layout, stream: RandomStream(seed: 0))
        }
        return MetaTrainer(
            try learner(innerSteps: innerSteps), parameters: parameters,
            optimizer: plan.optimizer(parameters.layout), executor: executor,
            statistics: statistics, gradientClip: plan.gradientClip.map { Float($0) },
            name: name, innerSteps: innerSteps, changes: changes)
    }

    /// The running statistics of some parameters' batch norms; nil if the plan keeps none.
    package func statisticsLayout(_ layout: ParameterLayout) throws -> ParameterLayout? {
        guard plan.network.keepsStatistics else { return nil }
        return ParameterLayout(
            try ParameterSpecification.runningStatistics(of: layout.entries))
    }

    /// The outer learning rate's factor at a fraction of the run.
    package func rateFactor(_ fraction: Double) -> Float {
        switch plan.schedule {
        case .constant: 1
        case .linear: Float(1 - fraction)
        case .cosine: Float(Schedules.cosine(fraction))
        }
    }
}
