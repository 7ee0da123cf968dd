internal import Components
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Tensors

/// Builds trainers from a plan's learner.
struct LearnerFactory {
    let plan: any LearnerPlan
    let executor: Executor
    /// The inner step of a script or a plugin, and what was recorded of it.
    private let scripted: (definition: LearnerDefinition, rule: RecordedRule)?

    /// - Parameters:
    ///   - plan: What to build.
    ///   - executor: Its workers run the tasks.
    ///   - builder: Makes what a script or a plugin gives.
    /// - Throws: What the builder throws.
    init(plan: any LearnerPlan, executor: Executor, builder: ComponentBuilder) throws {
        self.plan = plan
        self.executor = executor
        scripted = try plan.definition(builder).map { ($0, RecordedRule(name: plan.name)) }
    }

    /// Records what a script's learner does with these parameters, before any worker needs it.
    ///
    /// - Throws: What the script throws.
    func prepare(_ layout: ParameterLayout) throws {
        guard let scripted else { return }
        try scripted.definition.record(layout.entries, in: scripted.rule)
    }

    /// Steps on a test task's support set.
    var testSteps: Int { plan.testSteps }

    /// Settings that results must not be compared across, by name.
    var settings: [String: String] {
        [
            "learner": plan.name, "batch_norm": plan.network.batchNorm.rawValue,
            "test_steps": "\(testSteps)",
        ]
    }

    /// - Parameter innerSteps: Instead of the plan's, from a schedule.
    /// - Returns: The learner that the plan names.
    /// - Throws: `MetaLearningError.invalidOption` for an option out of range.
    func learner(innerSteps: Int? = nil) throws -> any MetaLearner {
        try plan.learner(innerSteps: innerSteps, rule: scripted?.rule)
    }

    /// A network's parameters with their first values, as the plan has them start.
    func parameters(_ layout: ParameterLayout, stream: RandomStream) -> ParameterSet {
        ParameterSet(layout, weights: plan.network.initialWeights, stream: stream)
    }

    /// A trainer of parameters that start as they are given.
    ///
    /// - Parameters:
    ///   - parameters: What it moves, in place.
    ///   - learner: Instead of the plan's.
    ///   - known: Running statistics to start from, of the same parameters.
    /// - Returns: A trainer without history.
    /// - Throws: `MetaLearningError` or `TensorError` for settings out of range.
    func trainer(
        _ parameters: ParameterSet, learner: (any MetaLearner)? = nil,
        statistics known: ParameterSet? = nil
    ) throws -> MetaTrainer {
        try prepare(parameters.layout)
        var statistics: ParameterSet?
        if let known {
            statistics = known.copy()
        } else if let layout = try statisticsLayout(parameters.layout) {
            statistics = ParameterSet(layout, stream: RandomStream(seed: 0))
        }
        return MetaTrainer(
            try learner ?? self.learner(), parameters: parameters,
            optimizer: plan.optimizer(parameters.layout), executor: executor,
            statistics: statistics, gradientClip: plan.gradientClip.map { Float($0) })
    }

    /// The running statistics of some parameters' batch norms; nil if the plan keeps none.
    func statisticsLayout(_ layout: ParameterLayout) throws -> ParameterLayout? {
        guard plan.network.keepsStatistics else { return nil }
        return ParameterLayout(
            try ParameterSpecification.runningStatistics(of: layout.entries))
    }

    /// The outer learning rate's factor at a fraction of the run.
    func rateFactor(_ fraction: Double) -> Float {
        switch plan.schedule {
        case .constant: 1
        case .linear: Float(1 - fraction)
        case .cosine: Float(Schedules.cosine(fraction))
        }
    }
}
