internal import Components
internal import Experiments
import LuaHost
import MetaLearning
import Tensors

extension ExperimentScript {
    /// A function as a learner's inner step: `(value, gradient, context)` → the value after it.
    ///
    /// It is called on the search thread only, before anything is trained, once for each parameter;
    /// what it records is what runs. `context` holds the parameter's `name`, its `shape` and its
    /// `initial` value, before the first step.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    func learner(adapt: ScriptFunction) throws -> LearnerDefinition {
        let callback = try callback(adapt, .learner)
        return LearnerDefinition(
            adapt: { [self] one, value, gradient, initial in
                try step(callback, one, value, gradient, initial)
            },
            locate: { error in
                callback.located(LuaError(kind: .conversion, message: error.description))
            })
    }

    private func step(
        _ callback: Callback, _ one: RecordedRule.Case, _ value: Tensor, _ gradient: Tensor,
        _ initial: Tensor
    ) throws -> Tensor {
        let scope = TensorScope(tracing: "a learner's step", graph: value.graph)
        defer { scope.close() }
        let tensors = bindings.tensors
        let context = bindings.context
        return try callback.call { () throws(LuaError) in
            try tensors.push(TensorHandle(value, in: scope))
            try tensors.push(TensorHandle(gradient, in: scope))
            let table = try context.table(fields: [
                "name": .string(one.name),
                "shape": .table(
                    try context.table(array: one.shape.dimensions.map { .integer($0) })),
                "initial": .userdata(
                    try context.userdata(TensorHandle(initial, in: scope), tensors.type)),
            ])
            try context.push(try context.readOnly(table, name: "context"))
            return 3
        } read: { (position) throws(LuaError) in
            guard let result = context.object(at: position, tensors.type) else {
                let kind = context.kind(at: position)
                throw callback.wrong(
                    "adapt: expected a tensor, found \(kind)"
                        + (kind == .nil ? "; return the value after the step" : ""))
            }
            do {
                return try tensors.explaining("adapt") {
                    try tensors.engine.tensor(result, in: scope)
                }
            } catch let error as LuaError {
                throw error
            } catch {
                throw callback.wrong("adapt: \(error)")
            }
        }
    }
}
