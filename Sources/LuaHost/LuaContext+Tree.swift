import CLua
import LuaBridge

extension LuaContext {
    /// Copies the value at a place with all that is below it; metamethods do not run.
    ///
    /// - Parameters:
    ///   - place: Where the value is.
    ///   - name: What messages call it: "plan" gives `plan.strategy.population`.
    ///   - limits: How far the copy may go.
    /// - Returns: The copy.
    /// - Throws: `LuaError` of kind `conversion` for a cycle, a key that is neither a name nor
    ///   1 … n, a table with a metatable of the script, a coroutine, or too much.
    public func tree(
        at place: Int, name: String = "value", limits: LuaTreeLimits = LuaTreeLimits()
    ) throws(LuaError) -> LuaTree {
        let base = count
        defer { pop(count - base) }
        var copy = TreeCopy(context: self, limits: limits)
        return try copy.value(at: place < 0 ? base + place + 1 : place, path: name)
    }

    /// Copies a kept value with all that is below it.
    ///
    /// - Throws: As `tree(at:name:limits:)`.
    public func tree(
        _ value: LuaValue, name: String = "value", limits: LuaTreeLimits = LuaTreeLimits()
    ) throws(LuaError) -> LuaTree {
        try push(value)
        defer { pop() }
        return try tree(at: -1, name: name, limits: limits)
    }

    /// Pushes a tree as Lua values.
    ///
    /// - Throws: `LuaError` when memory is short.
    public func push(_ tree: LuaTree) throws(LuaError) {
        switch tree {
        case .nil: try pushNil()
        case .boolean(let value): try push(value)
        case .integer(let value): try push(value)
        case .number(let value): try push(value)
        case .string(let value): try push(value)
        case .bytes(let value): try push(bytes: value)
        case .function(let value): try push(value.reference)
        case .userdata(let value): try push(value.reference)
        case .table(let table):
            let b = try room()
            try pushTable(array: table.array.count, fields: table.fields.count)
            for (place, entry) in table.array.enumerated() {
                try push(place + 1)
                try push(entry)
                try core.check(b, bridge_raw_set(b, -3))
            }
            for field in table.fields {
                try push(field.name)
                try push(field.value)
                try core.check(b, bridge_raw_set(b, -3))
            }
        }
    }
}

/// One copy under way.
private struct TreeCopy {
    let context: LuaContext
    let limits: LuaTreeLimits
    /// The tables between the root and here.
    var above: [UnsafeRawPointer?] = []
    var values = 0

    init(context: LuaContext, limits: LuaTreeLimits) {
        self.context = context
        self.limits = limits
    }

    private func refuse(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: message)
    }

    mutating func value(at place: Int, path: String) throws(LuaError) -> LuaTree {
        values += 1
        guard values <= limits.values else {
            throw refuse("\(path): more than \(grouped(limits.values)) values; return less")
        }
        // Copying takes as long as some instructions of a script.
        try context.charge(16)
        switch try context.kind(at: place) == .table ? .nil : context.value(at: place) {
        case .nil:
            return context.kind(at: place) == .table ? try table(at: place, path: path) : .nil
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        case .function(let value): return .function(value)
        case .userdata(let value): return .userdata(value)
        case .coroutine, .table:
            throw refuse("\(path): a coroutine cannot be copied")
        }
    }

    private mutating func table(at place: Int, path: String) throws(LuaError) -> LuaTree {
        guard above.count < limits.depth else {
            throw refuse("\(path): tables within tables, more than \(limits.depth) deep")
        }
        let base = context.count
        defer { context.pop(context.count - base) }
        let b = try context.room()
        let L = b.pointee.running
        // A read-only view stands for the table it shows.
        let given = context.valid(L, place)
        bridge_push_target(b, given)
        guard lua_rawequal(L, given, -1) == 0 || lua_getmetatable(L, -1) == 0 else {
            throw refuse(
                "\(path): a table with a metatable cannot be copied, since what the metatable gives "
                    + "would be lost; copy what is needed into a plain table")
        }
        let identity = lua_topointer(L, -1)
        guard !above.contains(identity) else {
            throw refuse("\(path): a table that contains itself cannot be copied")
        }
        above.append(identity)
        defer { above.removeLast() }
        try context.core.check(b, bridge_sorted_keys(b, -1))
        let keys = Int32(base) + 2
        var result = LuaTree.Table()
        for number in 0..<Int(clamping: lua_rawlen(L, keys)) {
            _ = try context.room()
            lua_rawgeti(L, keys, lua_Integer(number + 1))
            lua_pushvalue(L, -1)
            lua_rawget(L, Int32(base) + 1)
            let entry = base + 4
            switch context.kind(at: base + 3) {
            case .integer where context.integer(at: base + 3) == result.array.count + 1:
                let path = "\(path)[\(result.array.count + 1)]"
                result.array.append(try value(at: entry, path: path))
            case .string:
                guard let name = context.string(at: base + 3) else {
                    throw refuse("\(path): a name is not UTF-8 text")
                }
                result.fields.append(
                    LuaTree.Field(name, try value(at: entry, path: "\(path).\(name)")))
            case let kind:
                let text = try context.text(at: base + 3)
                throw refuse(
                    "\(path)[\(text)]: the key is \(kind); "
                        + "only names and an array 1, 2, … without gaps can be copied")
            }
            context.pop(2)
        }
        return .table(result)
    }
}
