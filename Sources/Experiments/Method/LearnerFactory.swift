internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Tensors

/// Builds learners, optimizers and trainers from a plan.
struct LearnerFactory {
    let plan: LearnerPlan
    let executor: Executor
    /// The inner step of a script or a plugin, and what was recorded of it.
    private let scripted: (definition: LearnerDefinition, rule: RecordedRule)?

    /// - Parameters:
    ///   - plan: What to build.
    ///   - executor: Its workers run the tasks.
    ///   - builder: Makes what a script or a plugin gives.
    /// - Throws: What the builder throws.
    init(plan: LearnerPlan, executor: Executor, builder: ComponentBuilder) throws {
        self.plan = plan
        self.executor = executor
        if case .scripted(let own) = plan {
            scripted = (try builder.learner(own.selection), RecordedRule(name: plan.name))
        } else {
            scripted = nil
        }
    }

    /// Records what a script's learner does with these parameters, before any worker needs it.
    ///
    /// - Throws: What the script throws.
    func prepare(_ layout: ParameterLayout) throws {
        guard let scripted else { return }
        try scripted.definition.record(layout.entries, in: scripted.rule)
    }

    /// Steps on a test task's support set.
    var testSteps: Int {
        switch plan {
        case .maml(let maml), .anil(let maml): maml.testSteps
        case .reptile(let reptile): reptile.testSteps
        case .prototypical: 0
        case .scripted(let own): own.testSteps
        }
    }

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
        let keeps = plan.network.batchNorm == .running
        switch plan {
        case .maml(let maml):
            return try MAML(
                order: maml.order, innerSteps: innerSteps ?? maml.innerSteps,
                innerRate: Float(maml.innerLearningRate), keepsStatistics: keeps)
        case .anil(let anil):
            return try MAML(
                order: anil.order, innerSteps: innerSteps ?? anil.innerSteps,
                innerRate: Float(anil.innerLearningRate), headOnly: true, keepsStatistics: keeps)
        case .reptile(let reptile):
            let rule: Reptile.InnerRule =
                switch reptile.inner {
                case .sgd(let rate, let momentum, let decay):
                    .sgd(
                        rate: Float(rate), momentum: Float(momentum), weightDecay: Float(decay))
                case .adam: .adam(LearnerFactory.adam(reptile.inner))
                }
            return try Reptile(
                innerSteps: innerSteps ?? reptile.innerSteps, rule: rule, keepsStatistics: keeps)
        case .prototypical(let prototypical):
            return PrototypicalNetwork(
                distance: prototypical.distance == .cosine ? .cosine : .euclidean,
                keepsStatistics: keeps)
        case .scripted(let own):
            return try MAML(
                order: own.order, innerSteps: innerSteps ?? own.innerSteps, innerRate: 0,
                keepsStatistics: keeps,
                rule: .recorded(scripted?.rule ?? RecordedRule(name: plan.name)))
        }
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
        let optimizer: any Optimizer
        var clip: Double?
        switch plan {
        case .maml(let maml), .anil(let maml):
            optimizer = LearnerFactory.optimizer(maml.outer.optimizer, parameters.layout)
            clip = maml.outer.gradientClip
        case .prototypical(let prototypical):
            optimizer = LearnerFactory.optimizer(
                prototypical.outer.optimizer, parameters.layout)
            clip = prototypical.outer.gradientClip
        case .scripted(let own):
            try prepare(parameters.layout)
            optimizer = LearnerFactory.optimizer(own.outer.optimizer, parameters.layout)
            clip = own.outer.gradientClip
        case .reptile(let reptile): optimizer = SGD(rate: Float(reptile.outerStep))
        }
        var statistics: ParameterSet?
        if let known {
            statistics = known.copy()
        } else if let layout = try statisticsLayout(parameters.layout) {
            statistics = ParameterSet(layout, stream: RandomStream(seed: 0))
        }
        return MetaTrainer(
            try learner ?? self.learner(), parameters: parameters, optimizer: optimizer,
            executor: executor, statistics: statistics, gradientClip: clip.map { Float($0) })
    }

    /// The running statistics of some parameters' batch norms; nil if the plan keeps none.
    func statisticsLayout(_ layout: ParameterLayout) throws -> ParameterLayout? {
        guard plan.network.batchNorm == .running else { return nil }
        return ParameterLayout(
            try ParameterSpecification.runningStatistics(of: layout.entries))
    }

    /// The outer learning rate's factor at a fraction of the run.
    func rateFactor(_ fraction: Double) -> Float {
        let schedule: RateSchedule =
            switch plan {
            case .maml(let maml), .anil(let maml): maml.outer.schedule
            case .reptile(let reptile): reptile.schedule
            case .prototypical(let prototypical): prototypical.outer.schedule
            case .scripted(let own): own.outer.schedule
            }
        return switch schedule {
        case .constant: 1
        case .linear: Float(1 - fraction)
        case .cosine: Float(Schedules.cosine(fraction))
        }
    }

    private static func adam(_ plan: OptimizerPlan) -> Adam.Options {
        guard case .adam(let rate, let beta1, let beta2, let epsilon, let decay) = plan else {
            return Adam.Options()
        }
        return Adam.Options(
            rate: Float(rate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
            weightDecay: Float(decay))
    }

    private static func optimizer(
        _ plan: OptimizerPlan, _ layout: ParameterLayout
    ) -> any Optimizer {
        switch plan {
        case .sgd(let rate, let momentum, let decay):
            SGD(rate: Float(rate), momentum: Float(momentum), weightDecay: Float(decay))
        case .adam: Adam(adam(plan), layout: layout)
        }
    }
}
