import NeuralNetworks
import Tensors

/// A compiled piece of a task's learning, with its inputs resolved to places of the layout.
final class TaskPlan: Sendable {
    enum Source: Sendable {
        case parameter(Int)
        /// A parameter before the first inner step.
        case initial(Int)
        case inputs(Role)
        case targets(Role)
    }

    /// Before a parameter's name in inputs that stand for its value before the first inner step; no
    /// parameter's name holds a space.
    static let initialPrefix = "initial "

    let plan: Plan
    let sources: [Source]
    /// The entries of the layout that the outputs after the first `scalars` belong to, in order.
    let entries: [Int]
    /// Names of running statistics that the last outputs belong to, in order.
    let statistics: [String]
    /// Whether a run does nothing, because only the plan's sizes are asked for.
    private let isIdle: Bool

    init(
        _ outputs: [Tensor], entries: [String], statistics: [String] = [],
        layout: ParameterLayout, workspace: Workspace
    ) throws {
        plan = try Plan(outputs, kernels: workspace.kernels)
        sources = try plan.inputs.map { port in
            switch port.name {
            case "support.inputs": return .inputs(.support)
            case "support.targets": return .targets(.support)
            case "query.inputs": return .inputs(.query)
            case "query.targets": return .targets(.query)
            case let name where name.hasPrefix(TaskPlan.initialPrefix):
                let parameter = String(name.dropFirst(TaskPlan.initialPrefix.count))
                guard let index = layout.index(of: parameter) else {
                    throw TensorError.inputMismatch(
                        name: port.name, expected: "a parameter", found: "none of this name")
                }
                return .initial(index)
            default:
                guard let index = layout.index(of: port.name) else {
                    throw TensorError.inputMismatch(
                        name: port.name, expected: "a parameter", found: "none of this name")
                }
                return .parameter(index)
            }
        }
        self.entries = entries.compactMap { layout.index(of: $0) }
        self.statistics = statistics
        isIdle = false
    }

    /// The same plan, whose runs do nothing.
    init(idling other: TaskPlan) {
        plan = other.plan
        sources = other.sources
        entries = other.entries
        statistics = other.statistics
        isIdle = true
    }

    /// A place for each of the statistics that the plan gives.
    func statisticsBuffers(_ layout: ParameterLayout) -> [(name: String, values: FloatBuffer)] {
        statistics.map { name in
            let gamma = String(name.dropLast("statistics".count)) + "gamma"
            let channels = layout.index(of: gamma).map { layout.entries[$0].shape.count } ?? 0
            return (name, FloatBuffer(count: 2 * channels))
        }
    }

    /// Runs the plan.
    ///
    /// - Parameters:
    ///   - workspace: Of the running thread.
    ///   - support: The support set; nil if the plan does not read it.
    ///   - query: The query set; nil if the plan does not read it.
    ///   - parameter: Where an entry's values are.
    ///   - initial: Where an entry's values before the first inner step are; as `parameter` if nil.
    ///   - outputs: One place per output.
    /// - Throws: `TensorError.inputMismatch` for a set that the plan reads and that is nil; what a
    ///   run in the workspace throws.
    func run(
        _ workspace: Workspace, support: TaskData?, query: TaskData?,
        parameter: (Int) -> UnsafeMutablePointer<Float>,
        initial: ((Int) -> UnsafeMutablePointer<Float>)? = nil,
        outputs: [UnsafeMutablePointer<Float>]
    ) throws(TensorError) {
        guard !isIdle else { return }
        var inputs: [UnsafePointer<Float>] = []
        inputs.reserveCapacity(sources.count)
        for (source, port) in zip(sources, plan.inputs) {
            let pointer: UnsafeMutablePointer<Float>?
            switch source {
            case .parameter(let entry): pointer = parameter(entry)
            case .initial(let entry): pointer = initial?(entry) ?? parameter(entry)
            case .inputs(let role):
                pointer = (role == .support ? support : query)?.inputs.pointer
            case .targets(let role):
                pointer = (role == .support ? support : query)?.targets.pointer
            }
            guard let pointer else {
                throw .inputMismatch(name: port.name, expected: "data", found: "none")
            }
            inputs.append(UnsafePointer(pointer))
        }
        try workspace.run(plan, inputs: inputs, outputs: outputs)
    }
}

/// Compiled plans by the structure that they were traced from; the oldest make room for new ones.
public final class TaskPlanCache: Sendable {
    private struct State {
        var plans: [String: TaskPlan] = [:]
        var order: [String] = []
    }

    private let capacity: Int
    private let isMeasuring: Bool
    private let state = Guarded(State())

    /// - Parameter capacity: Plans kept at most.
    public init(capacity: Int = 256) {
        self.capacity = capacity
        isMeasuring = false
    }

    /// A cache whose plans are compiled and never run, to learn what they need.
    init(measuring: ()) {
        capacity = .max
        isMeasuring = true
    }

    /// All plans, in the order in which they were compiled.
    var plans: [TaskPlan] {
        state.withLock { state in state.order.compactMap { state.plans[$0] } }
    }

    func plan(_ key: String, make: () throws -> TaskPlan) throws -> TaskPlan {
        if let plan = state.withLock({ $0.plans[key] }) { return plan }
        let made = try make()
        let plan = isMeasuring ? TaskPlan(idling: made) : made
        state.withLock { state in
            guard state.plans[key] == nil else { return }
            state.plans[key] = plan
            state.order.append(key)
            if state.order.count > capacity { state.plans[state.order.removeFirst()] = nil }
        }
        return plan
    }
}
