import LuaHost
import Tensors

/// `apogee.grad(f)`: a function of the same arguments that gives the derivatives of `f` by its first
/// argument, and the value of `f`.
///
/// The first argument is a tensor, or a table of tensors such as a network's parameters; the
/// derivatives come in the same form. The function that is made can be differentiated again, to any
/// order.
struct GradientFunction {
    let bindings: TensorBindings

    /// Tensors in tables, as parameters are held.
    private indirect enum Structure {
        case tensor(TensorHandle)
        case table([(key: LuaValue, value: Structure)])

        var handles: [TensorHandle] {
            switch self {
            case .tensor(let handle): [handle]
            case .table(let entries): entries.flatMap(\.value.handles)
            }
        }
    }

    /// The function `grad` of scripts.
    func maker() -> HostFunction {
        let context = bindings.context
        return HostFunction("grad") { arguments in
            let function = try arguments.function(1, "f")
            return .function(
                try context.function(
                    HostFunction("gradient", pushing: { try call(function, $0) })))
        }
    }

    private func call(_ function: LuaFunction, _ arguments: LuaArguments) throws -> Int {
        let context = arguments.context
        let given = try structure(try arguments.value(1), "argument 1", depth: 0)
        guard !given.handles.isEmpty else {
            throw LuaError(
                kind: .conversion,
                message: "gradient: argument 1: expected a tensor or a table of tensors, found an "
                    + "empty table")
        }
        var rest: [LuaValue] = []
        for index in 1..<max(arguments.count, 1) { rest.append(try arguments.value(index + 1)) }
        let engine = bindings.engine
        let results = try bindings.explaining("gradient") {
            try engine.differentiate {
                // Where the argument is, unless what it is combined with is being traced.
                let scope = try engine.scope(of: given.handles)
                let variables = try given.handles.map { try engine.variable($0, in: scope) }
                let base = context.count
                try context.push(function)
                var left = variables[...]
                try push(given, &left, context)
                for value in rest { try context.push(value) }
                try context.call(arguments: rest.count + 1, results: -1)
                defer { context.pop(context.count - base) }
                let extra = context.count - base
                guard extra <= 1 || context.kind(at: context.count) == .nil else {
                    throw LuaError(
                        kind: .conversion,
                        message: "gradient: the function returned \(extra) values; return the one "
                            + "that is differentiated")
                }
                guard extra > 0, let y = context.object(at: base + 1, bindings.type) else {
                    throw LuaError(
                        kind: .conversion,
                        message: "gradient: expected the function to return a tensor, found "
                            + (extra > 0 ? context.kind(at: base + 1) : .nil).description)
                }
                let output = try engine.tensor(y, in: scope)
                let derivatives = try output.gradient(
                    variables.map { try engine.tensor($0, in: scope) })
                return [TensorHandle(output, in: scope)]
                    + derivatives.map { TensorHandle($0, in: scope) }
            }
        }
        var left = results.dropFirst()
        try push(given, &left, context)
        try bindings.push(results[0])
        return 2
    }

    private func structure(
        _ value: LuaValue, _ path: String, depth: Int
    ) throws(LuaError) -> Structure {
        if let handle = value.userdata?.object(bindings.type) { return .tensor(handle) }
        guard case .table(let table) = value, depth < 8 else {
            throw LuaError(
                kind: .conversion,
                message: "gradient: \(path): expected a tensor or a table of tensors, found "
                    + value.kind.description)
        }
        var entries: [(key: LuaValue, value: Structure)] = []
        for key in try table.keys() {
            let name = key.string ?? key.integer.map(String.init) ?? "?"
            entries.append(
                (key, try structure(try table.get(key), "\(path)[\(name)]", depth: depth + 1)))
        }
        return .table(entries)
    }

    /// Pushes tensors in the form of a structure.
    private func push(
        _ structure: Structure, _ handles: inout ArraySlice<TensorHandle>, _ context: LuaContext
    ) throws {
        switch structure {
        case .tensor:
            guard let handle = handles.popFirst() else { throw TensorUse.mixed }
            try bindings.push(handle)
        case .table(let entries):
            try context.pushTable(fields: entries.count)
            for (key, value) in entries {
                try context.push(key)
                try push(value, &handles, context)
                try context.set(in: -3)
            }
        }
    }
}
