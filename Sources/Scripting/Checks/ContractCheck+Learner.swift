import Components
import Experiments
import MetaLearning
import Randomness
import Tensors

extension ContractCheck {
    /// Sizes of parameters as networks have them.
    static let parameterShapes: [(name: String, shape: [Int])] = [
        ("stem.weight", [3, 3, 1, 8]), ("cells.0.norm.gamma", [8]),
        ("cells.0.weight", [1, 1, 8, 8]),
        ("classifier.weight", [8, 5]), ("classifier.bias", [5]),
    ]

    /// Records the inner step of each shape twice, and runs both on the same numbers: they must give
    /// the same, all finite, of the parameter's shape.
    func learner(_ selection: ComponentSelection, at location: PlanLocation) throws {
        guard let definition = try builder.make(selection, at: .learner).definition(builder) else {
            return
        }
        let workspace = try Workspace(kernels: Executor(threads: 1).kernels)
        var rng = RandomStream(seed: 0).split("check").split("learner")
        for (name, dimensions) in ContractCheck.parameterShapes {
            let one = RecordedRule.Case(name: name, shape: try Shape(dimensions))
            let inputs = (0..<3).map { _ in
                FloatBuffer((0..<one.shape.count).map { _ in Float(rng.normal()) })
            }
            let first = try moved(definition, one, inputs, workspace)
            let second = try moved(definition, one, inputs, workspace)
            guard first.allSatisfy(\.isFinite) else {
                throw ScriptingError.brokenContract(
                    at: location, point: .learner,
                    problem:
                        "the step of a parameter of shape \(one.shape) gave infinite or NaN "
                        + "values from finite ones")
            }
            guard first.map(\.bitPattern) == second.map(\.bitPattern) else {
                throw ScriptingError.brokenContract(
                    at: location, point: .learner,
                    problem: "the same value and gradient gave two different steps; the step may "
                        + "depend only on its arguments")
            }
        }
    }

    private func moved(
        _ definition: LearnerDefinition, _ one: RecordedRule.Case, _ inputs: [FloatBuffer],
        _ workspace: Workspace
    ) throws -> [Float] {
        let names = ["value", "gradient", "initial"]
        let graph = Graph()
        let tensors = try names.map { name throws(TensorError) in
            try graph.input(name, one.shape)
        }
        let result = try definition.adapt(one, tensors[0], tensors[1], tensors[2])
        guard result.shape == one.shape else {
            throw definition.locate(RuleError(rule: "check", one: one, found: result.shape))
        }
        let plan = try Plan([result], kernels: workspace.kernels)
        let output = FloatBuffer(count: one.shape.count)
        try workspace.run(
            plan,
            inputs: plan.inputs.compactMap { port in
                names.firstIndex(of: port.name).map { UnsafePointer(inputs[$0].pointer) }
            }, outputs: [output.pointer])
        return output.array
    }
}
