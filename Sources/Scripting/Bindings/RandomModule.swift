import LuaHost
import Randomness
import Tensors

/// `apogee.random`: tensors of random numbers from a stream that is passed in.
struct RandomModule {
    let bindings: TensorBindings

    func table() throws -> LuaTable {
        let context = bindings.context
        let table = try context.table()
        for function in [uniform(), normal(), bernoulli(), stream()] {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "random")
    }

    /// A stream of a seed, for what is no callback: prompts, specs, tables of constants.
    private func stream() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "stream",
            pushing: { arguments in
                let seed = try arguments.integer(1, "seed")
                try arguments.context.push(
                    RandomHandle(RandomStream(seed: UInt64(bitPattern: Int64(seed)))),
                    bindings.random)
                return 1
            })
    }

    private func uniform() -> HostFunction {
        drawing("uniform") { arguments in
            let low = arguments.isAbsent(3) ? 0 : try arguments.number(3, "low")
            let high = arguments.isAbsent(4) ? 1 : try arguments.number(4, "high")
            guard low <= high, (high - low).isFinite else {
                throw LuaError(
                    kind: .conversion,
                    message: "uniform: expected finite low ≤ high, found \(low) and \(high)")
            }
            return { Float(low + (high - low) * $0.uniform()) }
        }
    }

    private func normal() -> HostFunction {
        drawing("normal") { arguments in
            let mean = arguments.isAbsent(3) ? 0 : try arguments.number(3, "mean")
            let deviation = arguments.isAbsent(4) ? 1 : try arguments.number(4, "deviation")
            return { Float(mean + deviation * $0.normal()) }
        }
    }

    private func bernoulli() -> HostFunction {
        drawing("bernoulli") { arguments in
            let probability = try arguments.number(3, "probability")
            guard (0...1).contains(probability) else {
                throw LuaError(
                    kind: .conversion,
                    message: "bernoulli: expected a probability in 0…1, found \(probability)")
            }
            return { $0.chance(probability) ? 1 : 0 }
        }
    }

    private func drawing(
        _ name: String,
        _ law: @escaping (LuaArguments) throws -> (inout RandomStream) -> Float
    ) -> HostFunction {
        let bindings = bindings
        return HostFunction(
            name,
            pushing: { arguments in
                let rng = try arguments.object(1, "rng", bindings.random)
                return try bindings.explaining(name) {
                    let read = TensorArguments(arguments: arguments, bindings: bindings)
                    let shape = try read.shape(2, "shape")
                    let draw = try law(arguments)
                    guard shape.count <= 100_000_000 else {
                        throw read.problem("shape: at most 100000000 numbers, found \(shape)")
                    }
                    try arguments.context.charge(8 * shape.count)
                    return try bindings.push(try rng.values(shape.count, draw), shape)
                }
            })
    }
}
