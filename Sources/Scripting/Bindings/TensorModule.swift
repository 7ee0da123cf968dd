import LuaHost
import Tensors

/// `apogee.tensor`: tensors from numbers, and functions of several tensors.
struct TensorModule {
    let bindings: TensorBindings

    func table() throws -> LuaTable {
        let context = bindings.context
        let functions = makers() + [list(), arange(), eye(), concatenate(), stack()]
        let table = try context.table()
        for function in functions {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "tensor")
    }

    private func read(_ arguments: LuaArguments) -> TensorArguments {
        TensorArguments(arguments: arguments, bindings: bindings)
    }

    private func makers() -> [HostFunction] {
        let bindings = bindings
        func constant(_ name: String, _ value: Float) -> HostFunction {
            HostFunction(
                name,
                pushing: { arguments in
                    let shape = try bindings.explaining(name) {
                        try read(arguments).shape(1, "shape")
                    }
                    try bindings.push(TensorHandle(filled: value, shape))
                    return 1
                })
        }
        return [
            constant("zeros", 0), constant("ones", 1),
            HostFunction(
                "full",
                pushing: { arguments in
                    let shape = try bindings.explaining("full") {
                        try read(arguments).shape(1, "shape")
                    }
                    let value = try arguments.number(2, "value")
                    try bindings.push(TensorHandle(filled: Float(value), shape))
                    return 1
                }),
            HostFunction(
                "scalar",
                pushing: { arguments in
                    let value = try arguments.number(1, "value")
                    try bindings.push(TensorHandle(filled: Float(value), .scalar))
                    return 1
                }),
        ]
    }

    /// `tensor.from(nested lists)`, or `tensor.from(list, shape)`.
    private func list() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "from",
            pushing: { arguments in
                guard arguments.kind(1) == .table else {
                    throw arguments.mismatch(1, "numbers", expected: "a list, or lists of lists")
                }
                let tree = try arguments.context.tree(
                    at: arguments.place(1), name: "numbers",
                    limits: LuaTreeLimits(depth: 9, values: 4_000_000))
                var values: [Float] = []
                let sizes = try NestedList.read(tree, into: &values)
                return try bindings.explaining("from") {
                    let own = try Shape(sizes)
                    guard !arguments.isAbsent(2) else { return try bindings.push(values, own) }
                    let shape = try read(arguments).shape(2, "shape")
                    guard shape.count == values.count else {
                        throw TensorError.shapeMismatch(
                            operation: "from", expected: "\(shape.count) numbers for \(shape)",
                            found: "\(values.count)")
                    }
                    return try bindings.push(values, shape)
                }
            })
    }

    private func arange() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "arange",
            pushing: { arguments in
                let first = try arguments.number(1, "first")
                let last = try arguments.number(2, "last")
                let step = arguments.isAbsent(3) ? 1 : try arguments.number(3, "step")
                let count = ((last - first) / step).rounded(.down) + 1
                guard step != 0, count >= 1, count <= 10_000_000 else {
                    throw read(arguments).problem(
                        "expected 1 to 10000000 numbers, found first \(first), last \(last), step "
                            + "\(step)")
                }
                let values = (0..<Int(count)).map { Float(first + Double($0) * step) }
                return try bindings.explaining("arange") {
                    try bindings.push(values, try Shape([values.count]))
                }
            })
    }

    private func eye() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "eye",
            pushing: { arguments in
                let size = try arguments.integer(1, "size")
                guard (1...4_096).contains(size) else {
                    throw read(arguments).problem("size: expected 1 to 4096, found \(size)")
                }
                var values = [Float](repeating: 0, count: size * size)
                for row in 0..<size { values[row * (size + 1)] = 1 }
                return try bindings.explaining("eye") {
                    try bindings.push(values, try Shape([size, size]))
                }
            })
    }

    private func concatenate() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "concatenate",
            pushing: { arguments in
                let read = read(arguments)
                let handles = try read.tensors(1, "tensors")
                let axis = try read.axis(2, "axis", of: handles[0], default: 1)
                return try bindings.run(arguments, handles) { t, _ in
                    try Tensor.concatenate(t, axis: axis)
                }
            })
    }

    private func stack() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "stack",
            pushing: { arguments in
                let handles = try read(arguments).tensors(1, "tensors")
                return try bindings.run(arguments, handles) { t, _ in
                    let rows = try t.map { tensor throws(TensorError) in
                        try tensor.reshaped([1] + tensor.shape.dimensions)
                    }
                    return try Tensor.concatenate(rows, axis: 0)
                }
            })
    }
}

/// Nested lists of numbers, row-major.
enum NestedList {
    /// Appends all numbers.
    ///
    /// - Returns: The sizes.
    /// - Throws: `LuaError` of kind `conversion` for lists that differ in length, and for what is
    ///   no number.
    static func read(_ tree: LuaTree, into values: inout [Float]) throws(LuaError) -> [Int] {
        try read(tree, "numbers", into: &values)
    }

    private static func read(
        _ tree: LuaTree, _ path: String, into values: inout [Float]
    ) throws(LuaError) -> [Int] {
        switch tree {
        case .integer(let value):
            values.append(Float(value))
            return []
        case .number(let value):
            values.append(Float(value))
            return []
        case .table(let table):
            guard table.fields.isEmpty, !table.array.isEmpty else {
                throw LuaError(
                    kind: .conversion,
                    message: "from: \(path): expected a list of numbers or of lists, found "
                        + (table.fields.isEmpty
                            ? "an empty list" : "the key '\(table.fields[0].name)'"))
            }
            var inner: [Int] = []
            for (index, entry) in table.array.enumerated() {
                let place = "\(path)[\(index + 1)]"
                let sizes = try read(entry, place, into: &values)
                if index == 0 { inner = sizes }
                guard sizes == inner else {
                    throw LuaError(
                        kind: .conversion,
                        message: "from: \(place) has the sizes \(sizes), the entries before it "
                            + "\(inner)")
                }
            }
            return [table.array.count] + inner
        default:
            throw LuaError(
                kind: .conversion,
                message: "from: \(path): expected a number or a list, found \(tree.kind)")
        }
    }
}
