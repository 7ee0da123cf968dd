import LuaHost
import Tensors

/// Reads arguments of tensor functions: tensors, numbers, shapes, axes and tables of options.
struct TensorArguments {
    let arguments: LuaArguments
    let bindings: TensorBindings

    var context: LuaContext { arguments.context }

    func problem(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: "\(arguments.function): \(message)")
    }

    /// A tensor argument.
    func tensor(_ index: Int, _ name: String) throws(LuaError) -> TensorHandle {
        try arguments.object(index, name, bindings.type)
    }

    /// A tensor, or a number as a tensor.
    func operand(_ index: Int, _ name: String) throws(LuaError) -> TensorHandle {
        if let handle = context.object(at: arguments.place(index), bindings.type) {
            return handle
        }
        guard index <= arguments.count, let number = context.number(at: arguments.place(index))
        else { throw arguments.mismatch(index, name, expected: "a tensor or a number") }
        return TensorHandle(filled: Float(number), .scalar)
    }

    /// A list of tensors.
    func tensors(_ index: Int, _ name: String) throws(LuaError) -> [TensorHandle] {
        let table = try arguments.table(index, name)
        let count = try table.count()
        guard (1...100_000).contains(count) else {
            throw problem("\(name): expected a list of tensors, found \(count) values")
        }
        var handles: [TensorHandle] = []
        for place in 1...count {
            let value = try table.get(.integer(place))
            guard let handle = value.userdata?.object(bindings.type) else {
                throw problem("\(name)[\(place)]: expected a tensor, found \(value.kind)")
            }
            handles.append(handle)
        }
        return handles
    }

    /// Sizes: a list of integers, or one integer.
    func sizes(_ index: Int, _ name: String) throws(LuaError) -> [Int] {
        if arguments.kind(index) == .integer { return [try arguments.integer(index, name)] }
        guard arguments.kind(index) == .table else {
            throw arguments.mismatch(index, name, expected: "sizes, as in { 2, 3 }")
        }
        return try arguments.integers(index, name)
    }

    /// A shape: sizes that are checked.
    func shape(_ index: Int, _ name: String) throws -> Shape {
        try Shape(try sizes(index, name))
    }

    /// An axis, counted from 1, or from −1 at the end; as Swift counts it.
    func axis(_ index: Int, _ name: String, of handle: TensorHandle) throws(LuaError) -> Int {
        try checked(try arguments.integer(index, name), name, handle)
    }

    /// An axis that may be left out.
    func axis(
        _ index: Int, _ name: String, of handle: TensorHandle, default axis: Int
    ) throws(LuaError) -> Int {
        arguments.isAbsent(index)
            ? try checked(axis, name, handle) : try self.axis(index, name, of: handle)
    }

    /// Axes, or nil for all.
    func axes(
        _ index: Int, _ name: String, of handle: TensorHandle
    ) throws(LuaError) -> [Int]? {
        guard !arguments.isAbsent(index) else { return nil }
        var found: [Int] = []
        for axis in try sizes(index, name) { found.append(try checked(axis, name, handle)) }
        return found
    }

    func checked(_ axis: Int, _ name: String, _ handle: TensorHandle) throws(LuaError) -> Int {
        let rank = handle.shape.rank
        let resolved = axis < 0 ? rank + axis : axis - 1
        guard axis != 0, (0..<rank).contains(resolved) else {
            throw problem(
                rank == 0
                    ? "\(name): a single number has no axes, found \(axis)"
                    : "\(name): expected 1 to \(rank), or -\(rank) to -1 from the end, found "
                        + "\(axis)")
        }
        return resolved
    }

    /// A table of options, none of which is unknown.
    func options(_ index: Int, _ known: [String]) throws(LuaError) -> TensorOptions {
        guard !arguments.isAbsent(index) else {
            return TensorOptions(fields: [], function: arguments.function)
        }
        guard arguments.kind(index) == .table else {
            throw arguments.mismatch(
                index, "options", expected: "a table, as in { \(known[0]) = … }")
        }
        let tree = try context.tree(
            at: arguments.place(index), name: "options", limits: LuaTreeLimits(depth: 3, values: 64)
        )
        guard case .table(let table) = tree, table.array.isEmpty else {
            throw problem("options: expected names, as in { \(known[0]) = … }")
        }
        for field in table.fields where !known.contains(field.name) {
            throw problem(
                "unknown option '\(field.name)'; it takes \(known.joined(separator: ", "))")
        }
        return TensorOptions(fields: table.fields, function: arguments.function)
    }
}

/// A table of options that was read.
struct TensorOptions {
    let fields: [LuaTree.Field]
    let function: String

    private subscript(name: String) -> LuaTree? { fields.first { $0.name == name }?.value }

    private func mismatch(_ name: String, _ expected: String, _ found: LuaTree) -> LuaError {
        LuaError(
            kind: .conversion,
            message: "\(function): \(name): expected \(expected), found \(found.kind)")
    }

    func integer(_ name: String) throws(LuaError) -> Int? {
        switch self[name] {
        case nil: return nil
        case .integer(let value): return value
        case .number(let value):
            if let whole = Int(exactly: value) { return whole }
            throw LuaError(
                kind: .conversion,
                message: "\(function): \(name): expected an integer, found \(value)")
        case .some(let found): throw mismatch(name, "an integer", found)
        }
    }

    func number(_ name: String) throws(LuaError) -> Double? {
        switch self[name] {
        case nil: return nil
        case .integer(let value): return Double(value)
        case .number(let value): return value
        case .some(let found): throw mismatch(name, "a number", found)
        }
    }

    func boolean(_ name: String) throws(LuaError) -> Bool? {
        switch self[name] {
        case nil: return nil
        case .boolean(let value): return value
        case .some(let found): throw mismatch(name, "true or false", found)
        }
    }

    func string(_ name: String) throws(LuaError) -> String? {
        switch self[name] {
        case nil: return nil
        case .string(let value): return value
        case .some(let found): throw mismatch(name, "a string", found)
        }
    }

    /// One integer for both axes, or a list of two: height, width.
    func pair(_ name: String) throws(LuaError) -> (height: Int, width: Int)? {
        switch self[name] {
        case nil: return nil
        case .integer(let value): return (value, value)
        case .table(let table):
            guard table.fields.isEmpty, table.array.count == 2,
                case .integer(let height) = table.array[0],
                case .integer(let width) = table.array[1]
            else { fallthrough }
            return (height, width)
        default:
            throw LuaError(
                kind: .conversion,
                message: "\(function): \(name): expected an integer or { height, width }")
        }
    }
}
