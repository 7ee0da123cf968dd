import NeuralNetworks
import Tensors

/// Steps on a support set, one compiled step run several times.
struct InnerLoop {
    let rule: InnerRule
    let headOnly: Bool

    /// The plan of one step: outputs the loss, then the adapted parameters.
    private func plan(
        _ task: MetaTask, _ context: LearningContext, _ workspace: Workspace
    ) throws -> TaskPlan {
        let shape = TaskShape(task.episode)
        let key = "step \(rule.key) \(headOnly) \(shape) \(task.network.key)"
        return try context.plans.plan(key) {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let data = try tracer.data(.support)
            let outputs = try task.network.forward(
                data.inputs, tracer.parameters, ForwardContext())
            let loss = try tracer.loss(outputs, data.targets)
            let names = tracer.adaptedNames(headOnly: headOnly)
            let adapted = try tracer.innerStep(
                loss, tracer.parameters, names: names, rule: rule
            ) { name throws(TensorError) in
                try tracer.initial(name, like: try tracer.parameters(name))
            }
            return try TaskPlan(
                [loss] + adapted.map(\.value), entries: names, layout: context.layout,
                workspace: workspace)
        }
    }

    /// Parameters of one task: the shared ones where nothing was adapted, else a copy's.
    final class Adapted {
        private let context: LearningContext
        private var current: LentBuffer
        private var next: LentBuffer
        private var isAdapted: [Bool]

        init(_ context: LearningContext, _ workspace: Workspace) {
            self.context = context
            current = LentBuffer(count: context.parameters.layout.count, from: workspace)
            next = LentBuffer(count: context.parameters.layout.count, from: workspace)
            isAdapted = [Bool](repeating: false, count: context.layout.entries.count)
        }

        func pointer(_ entry: Int) -> UnsafeMutablePointer<Float> {
            isAdapted[entry]
                ? current.pointer + context.parameters.layout.offsets[entry]
                : context.pointer(entry)
        }

        func nextPointer(_ entry: Int) -> UnsafeMutablePointer<Float> {
            next.pointer + context.parameters.layout.offsets[entry]
        }

        /// Makes what was written through `nextPointer` current.
        func advance(_ entries: [Int]) {
            swap(&current, &next)
            for entry in entries { isAdapted[entry] = true }
        }
    }

    /// Takes `steps` steps.
    ///
    /// - Returns: The support loss before the last step.
    @discardableResult
    func run(
        _ task: MetaTask, _ context: LearningContext, steps: Int, support: TaskData,
        adapted: Adapted, cost: inout ComputeCost, _ workspace: Workspace
    ) throws -> Float {
        guard steps > 0 else { return .nan }
        let plan = try plan(task, context, workspace)
        var loss: Float = .nan
        for _ in 0..<steps {
            try withUnsafeMutablePointer(to: &loss) { loss in
                try plan.run(
                    workspace, support: support, query: nil, parameter: adapted.pointer,
                    initial: context.pointer,
                    outputs: [loss] + plan.entries.map(adapted.nextPointer))
            }
            adapted.advance(plan.entries)
            cost.multiplyAdds += plan.plan.multiplyAdds
            cost.gradientSteps += 1
        }
        return loss
    }

    /// Scores a query set without a gradient.
    static func score(
        _ task: MetaTask, _ context: LearningContext, query: TaskData,
        parameter: (Int) -> UnsafeMutablePointer<Float>, cost: inout ComputeCost,
        _ workspace: Workspace
    ) throws -> TaskScore {
        let shape = TaskShape(task.episode)
        let source: BatchNormSource = context.statistics == nil ? .batch : .running
        let plan = try context.plans.plan("score \(source) \(shape) \(task.network.key)") {
            let tracer = TaskTracer(task.network, context.layout, shape)
            let data = try tracer.data(.query)
            let outputs = try task.network.forward(
                data.inputs, tracer.parameters, ForwardContext(batchNorm: source))
            return try TaskPlan(
                [tracer.loss(outputs, data.targets), tracer.accuracy(outputs, data.targets)],
                entries: [], layout: context.layout, workspace: workspace)
        }
        let results = FloatBuffer(count: 2)
        try plan.run(
            workspace, support: nil, query: query, parameter: parameter,
            outputs: [results.pointer, results.pointer + 1])
        cost.multiplyAdds += plan.plan.multiplyAdds
        return TaskScore(
            loss: Double(results.pointer[0]),
            accuracy: shape.isClassification ? Double(results.pointer[1]) : .nan)
    }
}
