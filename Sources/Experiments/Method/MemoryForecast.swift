internal import Evaluation
public import Components
internal import MetaLearning
internal import NeuralNetworks
public import Records
internal import Supernets
internal import Tasks
internal import Tensors

/// The most memory that a run will hold at once, known before it begins.
///
/// Everything large is counted: the arenas of all workers' plans, as the compiler laid them out; the
/// parameters of every trainer with gradients and moments; data sets and fixed tasks. The program
/// itself, its libraries and the plans' own descriptions are a fixed sum.
public struct MemoryForecast: Sendable {
    /// All parts, in a fixed order.
    public private(set) var parts: [MemoryPart] = []

    /// Bytes in all; the largest integer if they are even more.
    public var bytes: Int { Saturating.sum(parts.map(\.bytes)) }

    /// Code, libraries and the kernels of one fixed network: about what a run on sines holds.
    static let programBytes = 40 << 20

    /// Descriptions of the plans that trainers keep, and the kernels of all paths, for each node of
    /// a cell: an estimate fitted to shortened runs of two experiments, not a bound. The quickstart
    /// peaked above its plan.
    static let planBytesOfNode = 18 << 20

    private let plan: ExperimentPlan
    private let threads: Int
    private let sizes: TaskSizes
    /// Support sets that an arm holds besides the plan's fixed tasks, the most of all arms.
    private let supportCopies: Int
    /// Searches, each over weights of its own.
    private let searches: Int
    /// Trainers over the supernet's parameters that an arm holds, the most of all arms.
    private let subnetTrainers: Int
    /// Floats of one task's data.
    private let taskFloats: Int

    /// What can be known without data and without plans: the least that the run needs.
    ///
    /// - Throws: ``ExperimentError/tooLarge(problem:)``.
    init(
        _ plan: ExperimentPlan, methods: [any Method], threads: Int, builder: ComponentBuilder
    ) throws {
        self.plan = plan
        self.threads = threads
        let sizes = plan.tasks.sizes
        self.sizes = sizes
        supportCopies =
            methods.map { $0.supportCopies(in: plan, shots: plan.tasks.shots) }.max() ?? 0
        let floats = [sizes.support, sizes.query].map { shape in
            Saturating.sum([Saturating.product(shape), shape.first ?? 0])
        }
        taskFloats = Saturating.sum(floats)
        searches = try plan.searchCount(builder)
        subnetTrainers = methods.map { $0.subnetTrainers(in: plan) }.max() ?? 0
        add("program", "the program itself", MemoryForecast.programBytes, "")
        if plan.space.plannedNodes > 0 {
            add(
                "plans", "compiled plans and their kernels",
                Saturating.product([MemoryForecast.planBytesOfNode, plan.space.plannedNodes]),
                plan.space.nodesRemedy)
        }
        add(
            "tasks", "tasks in memory", taskBytes,
            "fewer " + tasksRemedy + " need less")
        add("data", "the data set", plan.tasks.drawnBytes, plan.tasks.dataRemedy)
        let layouts = try Layouts(plan, methods, builder)
        add(
            "parameters", "parameters, gradients and moments", parameterBytes(layouts),
            "a smaller learner.meta_batch and " + plan.space.widthRemedy + " need less")
    }

    /// Adds what was read from files.
    mutating func count(data bytes: Int) {
        parts = parts.map {
            $0.name == "data"
                ? MemoryPart(name: $0.name, title: $0.title, bytes: bytes, remedy: $0.remedy)
                : $0
        }
    }

    /// Adds the working memory of all workers: compiles the plans that the run will need.
    ///
    /// - Parameters:
    ///   - methods: May train networks of their own.
    ///   - factory: Makes the learner; its executor's kernels are used.
    ///   - innerSteps: Instead of the plan's, if a schedule says so from the start.
    ///   - builder: Makes custom operations.
    /// - Throws: ``ExperimentError/tooLarge(problem:)``; what the learner throws.
    mutating func count(
        workersOf methods: [any Method], _ factory: LearnerFactory, innerSteps: Int?,
        builder: ComponentBuilder
    ) throws {
        let layouts = try Layouts(plan, methods, builder)
        let learner = try factory.learner(innerSteps: innerSteps)
        var arena = 0
        for (networks, layout) in try layouts.probes(plan) {
            let statistics = try factory.statisticsLayout(layout)
            try factory.prepare(layout)
            do {
                arena = max(
                    arena,
                    try MemoryEstimate.plans(
                        of: learner, networks, layout: layout, statistics: statistics,
                        sizes: sizes, trains: true, executor: factory.executor
                    ).arenaBytes)
            } catch let error as TensorError {
                throw ExperimentError.tooLarge(problem: "\(error)")
            }
        }
        let own = Saturating.sum([
            arena, 4 * taskFloats,
            Saturating.product([4, learner.parameterCopies, layouts.largest]),
        ])
        add(
            "workers", "working memory of \(threads) \(threads == 1 ? "thread" : "threads")",
            Saturating.product([own, threads]), workersRemedy)
    }

    /// The forecast for the run's record.
    public func record(limit: Int?) -> RunMemory {
        RunMemory(
            planned: bytes, limit: limit,
            parts: Dictionary(parts.map { ($0.name, $0.bytes) }) { first, _ in first })
    }

    /// - Throws: ``ExperimentError/memoryExceeded(planned:isLeast:limit:largest:)``.
    func check(limit: Int?) throws(ExperimentError) {
        guard let limit, bytes > limit else { return }
        let largest = parts.reduce(parts[0]) { $1.bytes > $0.bytes ? $1 : $0 }
        let isLeast = !parts.contains { $0.name == "workers" }
        throw .memoryExceeded(
            planned: bytes, isLeast: isLeast, limit: limit, largest: largest)
    }

    // MARK: Parts

    private mutating func add(_ name: String, _ title: String, _ bytes: Int, _ remedy: String) {
        parts.append(MemoryPart(name: name, title: title, bytes: bytes, remedy: remedy))
    }

    /// Fixed tasks, the tasks of a meta-update, and what a search on a task makes of them.
    private var taskBytes: Int {
        var tasks = plan.budget.testTasks + plan.learner.metaBatch
        if plan.isSearching { tasks += plan.budget.validationTasks }
        let floats = Saturating.sum([
            Saturating.product([tasks, taskFloats]),
            Saturating.product([supportCopies] + sizes.support),
        ])
        return Saturating.product([4, floats])
    }

    /// Trainers that are alive at once: each has parameters, a gradient, one for each task of a
    /// batch, and two moments at most; besides, a copy that is being saved.
    private func parameterBytes(_ layouts: Layouts) -> Int {
        let each = Saturating.sum([plan.learner.metaBatch, 4])
        var floats = Saturating.product([3, layouts.largest])
        if let supernet = layouts.supernet {
            // The search's own, and of each chosen network that is trained further.
            let finals = (plan.budget.finalUpdates > 0 ? searches : 0) + subnetTrainers
            floats = Saturating.sum([
                floats, Saturating.product([supernet.count, each, searches + finals]),
                supernet.count,
            ])
        }
        if let fixed = layouts.fixed {
            floats = Saturating.sum([floats, Saturating.product([fixed.layout.count, each])])
        }
        return Saturating.product([4, floats])
    }

    // MARK: Remedies

    private var tasksRemedy: String {
        plan.isSearching
            ? "budget.test_tasks, budget.validation_tasks or tasks.queries"
            : "budget.test_tasks or tasks.queries"
    }

    private var workersRemedy: String {
        var levers = threads > 1 ? ["fewer --threads"] : []
        levers += ["fewer tasks.queries", plan.space.widthRemedy]
        levers += plan.learner.memoryRemedies
        return PlanText.joined(levers, last: "or") + " need less"
    }
}

/// The parameter layouts of a plan's networks.
private struct Layouts {
    var supernet: ParameterLayout?
    var fixed: (network: any Network, layout: ParameterLayout)?
    private var subnets: [any Network] = []

    init(_ plan: ExperimentPlan, _ methods: [any Method], _ builder: ComponentBuilder) throws {
        do {
            if plan.isSearching {
                let supernet = try plan.space.supernet(plan.site, builder)
                self.supernet = supernet.layout
                subnets = try supernet.largestGenotypes().map { try supernet.subnet($0) }
            } else {
                try add(plan.space.network(plan.site).network)
            }
            for method in methods {
                for own in try method.ownNetworks(
                    inputShape: plan.site.inputShape, outputs: plan.site.outputs)
                {
                    try add(own)
                }
            }
        } catch let error as TensorError {
            throw ExperimentError.tooLarge(problem: "\(error)")
        }
    }

    /// Parameters of the largest network.
    var largest: Int { max(supernet?.count ?? 0, fixed?.layout.count ?? 0) }

    /// Keeps the largest of the networks that are trained one after the other.
    private mutating func add(_ network: any Network) throws {
        let layout = ParameterLayout(try network.parameters)
        if layout.count > fixed?.layout.count ?? -1 { fixed = (network, layout) }
    }

    /// Networks whose plans stand for all that the run compiles, with the parameters they read.
    func probes(_ plan: ExperimentPlan) throws -> [([any Network], ParameterLayout)] {
        var probes: [([any Network], ParameterLayout)] = []
        if let supernet { probes.append((subnets, supernet)) }
        if let fixed { probes.append(([fixed.network], fixed.layout)) }
        return probes
    }
}
