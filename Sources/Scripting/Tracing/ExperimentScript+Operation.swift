package import Components
internal import Experiments
import LuaHost
import NeuralNetworks
internal import SearchSpaces
package import Supernets
import Tensors

extension ExperimentScript {
    /// Two functions as a candidate operation: `parameters(context)` → list of parameters, and
    /// `forward(parameters, x, context)` → tensor.
    ///
    /// Both are called on the search thread only, before anything is trained; what `forward` records
    /// is what runs.
    ///
    /// - Throws: `ExperimentError` for a function of another script.
    package func operation(
        parameters: ScriptFunction?, forward: ScriptFunction
    ) throws -> OperationDefinition {
        let listing = try parameters.map { try callback($0, .operation) }
        let running = try callback(forward, .operation)
        return OperationDefinition(
            parameters: { [self] place in
                guard let listing else { return [] }
                return try listing.call { () throws(LuaError) in
                    try bindings.context.push(try context(place, batch: nil))
                    return 1
                } read: { (position) throws(LuaError) in
                    try specifications(at: position, listing)
                }
            },
            forward: { [self] x, parameters, forward, one in
                try trace(
                    running, x, parameters, forward, one,
                    try listing.map { listing in
                        try listing.call { () throws(LuaError) in
                            try bindings.context.push(try context(one.place, batch: nil))
                            return 1
                        } read: { (position) throws(LuaError) in
                            try specifications(at: position, listing).map(\.name)
                        }
                    } ?? [])
            },
            locate: { error, isForward in
                let callback = isForward ? running : listing ?? running
                return callback.located(
                    LuaError(kind: .conversion, message: error.description))
            })
    }

    /// What a traced function is told, as `context`.
    private func context(_ place: OperationPlace, batch: Int?) throws(LuaError) -> LuaTable {
        let context = bindings.context
        let table = try context.table(fields: [
            "channels": .integer(place.channels), "stride": .integer(place.stride),
            "height": .integer(place.height), "width": .integer(place.width),
        ])
        if let batch { try table.set("batch", .integer(batch)) }
        return try context.readOnly(table, name: "context")
    }

    func specifications(
        at position: Int, _ callback: Callback
    ) throws(LuaError) -> [ParameterSpecification] {
        let tree = try bindings.context.tree(
            at: position, name: "parameters", limits: LuaTreeLimits(depth: 8, values: 10_000))
        do {
            return try ParameterReading.specifications(tree, "parameters")
        } catch let error as LuaError {
            throw error
        } catch {
            throw callback.wrong("parameters: \(error)")
        }
    }

    private func trace(
        _ callback: Callback, _ x: Tensor, _ parameters: Parameters, _ forward: ForwardContext,
        _ one: TracedOperation.Case, _ names: [String]
    ) throws -> Tensor {
        let scope = TensorScope(tracing: "an operation", graph: x.graph)
        defer { scope.close() }
        let tensors = bindings.tensors
        let handle = ParametersHandle(parameters, names: names, forward, in: scope)
        return try callback.call { () throws(LuaError) in
            try bindings.context.push(handle, bindings.parameters)
            try tensors.push(TensorHandle(x, in: scope))
            try bindings.context.push(try context(one.place, batch: one.batch))
            return 3
        } read: { (position) throws(LuaError) in
            try tracedOutput(at: position, callback, scope)
        }
    }

    /// What a traced `forward` returned.
    func tracedOutput(
        at position: Int, _ callback: Callback, _ scope: TensorScope
    ) throws(LuaError) -> Tensor {
        let tensors = bindings.tensors
        guard let result = bindings.context.object(at: position, tensors.type) else {
            let kind = bindings.context.kind(at: position)
            throw callback.wrong(
                "forward: expected a tensor, found \(kind)"
                    + (kind == .nil ? "; return the output" : ""))
        }
        do {
            return try tensors.explaining("forward") {
                try tensors.engine.tensor(result, in: scope)
            }
        } catch let error as LuaError {
            throw error
        } catch {
            throw callback.wrong("forward: \(error)")
        }
    }
}
