import LuaHost
import Tensors

/// The numbers of a tensor, its shape and its text.
struct TensorNumbers {
    /// The most numbers that one call may bring to Lua.
    private static let limit = 1_000_000

    func add(to definition: inout TensorMethods.Definition, _ box: TensorMethods.Box) {
        definition.getter("shape") { handle, context in
            try context.push(integers: handle.shape.dimensions)
        }
        definition.getter("rank") { handle, context in try context.push(handle.shape.rank) }
        definition.getter("size") { handle, context in try context.push(handle.shape.count) }
        definition.getter("traced") { handle, context in try context.push(handle.isTraced) }
        definition.method("value") { handle, arguments in
            guard handle.shape.count == 1 || handle.isTraced else {
                throw LuaError(
                    kind: .conversion,
                    message: "value: expected a single number, found shape \(handle.shape); use "
                        + "tolist, or reduce it first, as with sum or mean")
            }
            let bindings = try box.get()
            let storage = try bindings.explaining("value") { try bindings.engine.storage(handle) }
            try arguments.context.push(Double(storage.buffer.pointer[0]))
            return 1
        }
        definition.method("tolist") { handle, arguments in
            let bindings = try box.get()
            guard handle.shape.count <= TensorNumbers.limit else {
                throw LuaError(
                    kind: .conversion,
                    message: "tolist: at most \(TensorNumbers.limit) numbers at once, found shape "
                        + "\(handle.shape)")
            }
            let storage = try bindings.explaining("tolist") {
                try bindings.engine.storage(handle)
            }
            try pushList(
                storage.buffer.pointer, handle.shape.dimensions[...], arguments.context)
            return 1
        }
        definition.operation(.text) { arguments in
            let bindings = try box.get()
            let handle = try arguments.object(1, "tensor", bindings.type)
            guard !handle.isTraced else {
                try arguments.context.push("tensor \(handle.shape), being traced")
                return 1
            }
            let storage = try bindings.explaining("tostring") {
                try bindings.engine.storage(handle)
            }
            let text = TensorText(values: storage.buffer.pointer).text(handle.shape.dimensions[...])
            try arguments.context.push(
                handle.shape.rank == 0 ? text : "tensor \(handle.shape) \(text)")
            return 1
        }
        definition.subscriptGetter { handle, arguments in
            let rank = handle.shape.rank
            guard arguments.kind(1) == .integer else {
                let name = try arguments.text(1)
                throw LuaError(
                    kind: .conversion,
                    message: "tensor has no field '\(name)'; it has shape, rank, size, traced, its "
                        + "methods, and rows by number")
            }
            let row = try arguments.integer(1, "row")
            guard rank > 0, row >= 1, row <= handle.shape[0] + 1 else {
                throw LuaError(
                    kind: .conversion,
                    message: rank == 0
                        ? "tensor: a single number has no rows"
                        : "tensor: there is no row \(row); rows are counted from 1 to "
                            + "\(handle.shape[0])")
            }
            // One past the end is nil, which is where ipairs stops.
            guard row <= handle.shape[0] else {
                try arguments.context.pushNil()
                return 1
            }
            var starts = [Int](repeating: 0, count: rank)
            var sizes = handle.shape.dimensions
            (starts[0], sizes[0]) = (row - 1, 1)
            let rest = Array(sizes.dropFirst())
            return try box.get().run(arguments, [handle]) { t, _ in
                try t[0].sliced(starts: starts, sizes: sizes).reshaped(try Shape(rest))
            }
        }
    }

    /// Pushes nested lists, row-major.
    private func pushList(
        _ values: UnsafeMutablePointer<Float>, _ sizes: ArraySlice<Int>, _ context: LuaContext
    ) throws(LuaError) {
        guard let size = sizes.first else { return try context.push(Double(values[0])) }
        guard sizes.count > 1 else {
            var numbers: [Double] = []
            for place in 0..<size { numbers.append(Double(values[place])) }
            return try context.push(numbers: numbers)
        }
        let rest = sizes.dropFirst()
        let step = rest.reduce(1, *)
        try context.pushTable(array: size)
        for row in 0..<size {
            try context.push(row + 1)
            try pushList(values + row * step, rest, context)
            try context.set(in: -3)
        }
    }
}

/// A tensor's numbers as text, with dots for what is too long.
private struct TensorText {
    let values: UnsafeMutablePointer<Float>

    func text(_ sizes: ArraySlice<Int>, _ offset: Int = 0) -> String {
        guard let size = sizes.first else { return "\(values[offset])" }
        let rest = sizes.dropFirst()
        let step = rest.reduce(1, *)
        let shown = size > 8 ? Array(0..<3) + Array(size - 3..<size) : Array(0..<size)
        var parts = shown.map { text(rest, offset + $0 * step) }
        if size > 8 { parts.insert("…", at: 3) }
        return "{ " + parts.joined(separator: ", ") + " }"
    }
}
