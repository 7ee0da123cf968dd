package import Components
package import Evaluation
internal import NeuralNetworks
internal import Randomness
internal import Supernets
internal import Tasks
internal import Tensors

/// The networks that a plan's jobs can name, each built when it is first asked for.
final class PlanNetworks {
    private let plan: ExperimentPlan
    private let methods: [any Method]
    private let builder: ComponentBuilder
    private var shared: (any Supernet)?
    private var built: [NetworkReference: any Network] = [:]

    /// Networks that are kept at most, so that a long search does not fill the memory.
    private static let limit = 1024

    init(_ plan: ExperimentPlan, _ methods: [any Method], _ builder: ComponentBuilder) {
        self.plan = plan
        self.methods = methods
        self.builder = builder
    }

    /// The supernet of the plan's space.
    func supernet() throws -> any Supernet {
        if let shared { return shared }
        let made = try plan.space.supernet(plan.site, builder)
        shared = made
        return made
    }

    func network(_ reference: NetworkReference) throws -> any Network {
        if let known = built[reference] { return known }
        let made = try make(reference)
        if built.count >= Self.limit { built.removeAll() }
        built[reference] = made
        return made
    }

    private func make(_ reference: NetworkReference) throws -> any Network {
        switch reference {
        case .subnet(let genotype): return try supernet().subnet(genotype)
        case .planned: return try plan.space.network(plan.site).network
        case .own(let arm, let place):
            guard let index = plan.arms.firstIndex(where: { $0.name == arm }) else {
                throw EvaluationError.unknown("arm \(PlanText.quoted(arm))")
            }
            let own = try methods[index].ownNetworks(
                inputShape: plan.site.inputShape, outputs: plan.site.outputs)
            guard own.indices.contains(place) else {
                throw EvaluationError.unknown("network \(place) of \(PlanText.quoted(arm))")
            }
            return own[place]
        }
    }
}

extension Workbench {
    /// What a plan, a seed and data make: the same for whoever makes it.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - tasks: Its tasks.
    ///   - factory: Of its learner.
    ///   - networks: Its networks.
    ///   - seed: The root of all randomness.
    convenience init(
        _ plan: ExperimentPlan, _ tasks: any TaskSource, _ factory: LearnerFactory,
        _ networks: PlanNetworks, seed: UInt64
    ) {
        self.init(
            RunIdentity(plan: plan.hash, seed: seed), factory: factory,
            tasks: { kind in
                switch kind {
                case .validation: try tasks.validation(plan.budget.validationTasks)
                case .test: try tasks.test(plan.budget.testTasks)
                }
            }, networks: networks.network)
    }

    /// A workbench of its own, made of the plan, the seed and the data alone: what a worker of
    /// another process begins with.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - builder: Makes its components.
    ///   - settings: Seed, data, threads.
    /// - Throws: What is wrong with the plan's data.
    package convenience init(
        _ plan: ExperimentPlan, _ builder: ComponentBuilder, _ settings: RunSettings
    ) throws {
        let methods = try plan.arms.map { try builder.make($0.method, at: .method) }
        let tasks = try plan.tasks.source(
            files: try plan.tasks.files(in: settings.dataDirectory),
            stream: RandomStream(seed: settings.seed), builder)
        let factory = try LearnerFactory(
            plan: plan.learner, executor: try Executor(threads: settings.threads),
            builder: builder)
        self.init(
            plan, tasks, factory, PlanNetworks(plan, methods, builder), seed: settings.seed)
    }
}

extension MemoryForecast {
    /// The inner steps of a schedule that is a table, which are known beforehand.
    static func scheduledSteps(
        _ plan: ExperimentPlan, _ builder: ComponentBuilder
    ) throws -> Int? {
        guard case .named = plan.schedule else { return nil }
        return try builder.make(plan.schedule, at: .schedule)(
            RunProgress(
                phase: .search, update: 0, updates: 1, generation: 0,
                generations: plan.budget.generations)
        ).innerSteps
    }
}
