import LuaHost
import NeuralNetworks
import Randomness
import Tensors

/// `apogee.weights`: what is computed with whole tables of named parameters. Each call gives a new
/// table, and gradients flow through all of them.
struct WeightsModule {
    let bindings: TensorBindings

    func table() throws -> LuaTable {
        let context = bindings.context
        let table = try context.table()
        for function in [
            copy(), interpolate(), perturb(), flatten(), unflatten(), mask(), slice(),
        ] {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "weights")
    }

    private func read(_ arguments: LuaArguments) -> TensorArguments {
        TensorArguments(arguments: arguments, bindings: bindings)
    }

    /// Records one tensor for each parameter, all in one scope.
    private func each(
        _ arguments: LuaArguments, _ parameters: NamedTensors, with others: [TensorHandle] = [],
        _ body: (String, Tensor, (TensorHandle) throws -> Tensor) throws -> Tensor
    ) throws -> Int {
        let engine = bindings.engine
        let named = try bindings.explaining(arguments.function) {
            let scope = try engine.scope(of: parameters.handles + others)
            return try parameters.entries.map { name, handle in
                let tensor = try engine.tensor(handle, in: scope)
                let result = try body(name, tensor) { try engine.tensor($0, in: scope) }
                return (name: name, handle: TensorHandle(result, in: scope))
            }
        }
        return try bindings.push(named)
    }

    private func copy() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "copy",
            pushing: { arguments in
                // Tensors never change, so a table of its own is a copy.
                try bindings.push(NamedTensors(read(arguments), 1, "parameters").entries)
            })
    }

    private func interpolate() -> HostFunction {
        HostFunction(
            "interpolate",
            pushing: { arguments in
                let read = read(arguments)
                let from = try NamedTensors(read, 1, "parameters")
                let target = try NamedTensors(read, 2, "other")
                let amount = try read.operand(3, "amount")
                guard amount.shape.count == 1 else {
                    throw read.problem("amount: expected one number, found shape \(amount.shape)")
                }
                let others = try from.entries.map { name, handle in
                    guard let other = target[name], other.shape == handle.shape else {
                        throw read.problem(
                            "other[\"\(name)\"]: expected a tensor of shape \(handle.shape), found "
                                + (target[name].map { "shape \($0.shape)" } ?? "nil"))
                    }
                    return other
                }
                var next = others.makeIterator()
                return try each(arguments, from, with: others + [amount]) { _, own, tensor in
                    guard let other = next.next() else { return own }
                    let share = try tensor(amount).reshaped([Int]())
                    return try own + (tensor(other) - own) * share
                }
            })
    }

    private func perturb() -> HostFunction {
        HostFunction(
            "perturb",
            pushing: { arguments in
                let read = read(arguments)
                let parameters = try NamedTensors(read, 1, "parameters")
                let rng = try arguments.object(2, "rng", bindings.random)
                let scale = try read.operand(3, "scale")
                guard scale.shape.count == 1 else {
                    throw read.problem("scale: expected one number, found shape \(scale.shape)")
                }
                let noise = try bindings.explaining("perturb") {
                    try parameters.entries.map { name, handle in
                        var stream = try rng.split(name)
                        let values = (0..<handle.shape.count).map { _ in Float(stream.normal()) }
                        return TensorHandle(
                            try TensorStorage(values, bindings.engine.memory), handle.shape)
                    }
                }
                var next = noise.makeIterator()
                return try each(arguments, parameters, with: noise + [scale]) { _, own, tensor in
                    guard let noise = next.next() else { return own }
                    let size = try tensor(scale).reshaped([Int]())
                    return try own + tensor(noise) * size
                }
            })
    }

    private func flatten() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "flatten",
            pushing: { arguments in
                let read = read(arguments)
                let ordered = try NamedTensors(read, 1, "parameters").ordered(read, 2)
                guard !ordered.isEmpty else {
                    throw read.problem("parameters: expected at least one tensor, found none")
                }
                return try bindings.run(arguments, ordered.map(\.handle)) { tensors, _ in
                    let rows = try tensors.map { tensor throws(TensorError) in
                        try tensor.reshaped([tensor.shape.count])
                    }
                    return try Tensor.concatenate(rows, axis: 0)
                }
            })
    }

    private func unflatten() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "unflatten",
            pushing: { arguments in
                let read = read(arguments)
                let vector = try read.tensor(1, "vector")
                let ordered = try NamedTensors(read, 2, "parameters").ordered(read, 3)
                let count = ordered.reduce(0) { $0 + $1.handle.shape.count }
                guard vector.shape.dimensions == [count] else {
                    throw read.problem(
                        "vector: expected shape [\(count)], the parameters' numbers, found "
                            + "\(vector.shape)")
                }
                let named = try bindings.explaining(arguments.function) {
                    let scope = try bindings.engine.scope(of: [vector])
                    let all = try bindings.engine.tensor(vector, in: scope)
                    var start = 0
                    return try ordered.map { name, handle in
                        let size = handle.shape.count
                        defer { start += size }
                        let own = try all.sliced(starts: [start], sizes: [size])
                            .reshaped(handle.shape)
                        return (name: name, handle: TensorHandle(own, in: scope))
                    }
                }
                return try bindings.push(named)
            })
    }

    private func mask() -> HostFunction {
        HostFunction(
            "mask",
            pushing: { arguments in
                let read = read(arguments)
                let parameters = try NamedTensors(read, 1, "parameters")
                let masks = try NamedTensors(read, 2, "masks")
                if let unknown = masks.entries.first(where: { parameters[$0.name] == nil }) {
                    throw read.problem("masks: there is no parameter \"\(unknown.name)\"")
                }
                return try each(arguments, parameters, with: masks.handles) { name, own, tensor in
                    guard let mask = masks[name] else { return own }
                    let masked = try own * tensor(mask)
                    guard masked.shape == own.shape else {
                        throw read.problem(
                            "masks[\"\(name)\"]: expected a shape that fits \(own.shape), found "
                                + "\(mask.shape)")
                    }
                    return masked
                }
            })
    }

    private func slice() -> HostFunction {
        HostFunction(
            "slice",
            pushing: { arguments in
                let read = read(arguments)
                let parameters = try NamedTensors(read, 1, "parameters")
                let table = try arguments.table(2, "shapes")
                var parts: [String: ParameterPart] = [:]
                for key in try table.keys() {
                    guard let name = key.string, let handle = parameters[name] else {
                        throw read.problem(
                            "shapes: there is no parameter \(key.string.map { "\"\($0)\"" } ?? "?")"
                        )
                    }
                    guard let sizes = try table.get(key).table else {
                        throw read.problem(
                            "shapes[\"\(name)\"]: expected sizes, as in { 3, 3, 1, 8 }, found "
                                + "\(try table.get(key).kind)")
                    }
                    parts[name] = try bindings.explaining("slice: shapes[\"\(name)\"]") {
                        try ParameterPart(try Shape(try sizes.integers()), of: handle.shape)
                    }
                }
                return try each(arguments, parameters) { name, own, _ in
                    try parts[name]?.of(own) ?? own
                }
            })
    }
}
