import CLua
import LuaBridge

/// A table, kept alive while Swift holds it.
public struct LuaTable {
    /// What keeps the table alive.
    public let reference: LuaReference

    private var context: LuaContext { LuaContext(core: reference.core) }

    /// The entry of a name; metamethods run.
    public func get(_ name: String) throws(LuaError) -> LuaValue {
        try get(.string(name))
    }

    /// The entry of a key; metamethods run.
    public func get(_ key: LuaValue) throws(LuaError) -> LuaValue {
        let context = context
        let base = context.count
        defer { context.pop(context.count - base) }
        try context.push(reference)
        try context.push(key)
        try context.get(from: -2)
        return try context.value(at: -1)
    }

    /// Stores an entry under a name; metamethods run.
    public func set(_ name: String, _ value: LuaValue) throws(LuaError) {
        try set(.string(name), value)
    }

    /// Stores an entry; metamethods run.
    public func set(_ key: LuaValue, _ value: LuaValue) throws(LuaError) {
        let context = context
        let base = context.count
        defer { context.pop(context.count - base) }
        try context.push(reference)
        try context.push(key)
        try context.push(value)
        try context.set(in: -3)
    }

    /// The length of the array part; metamethods do not run.
    ///
    /// - Throws: `LuaError` of kind `closed`.
    public func count() throws(LuaError) -> Int {
        let context = context
        let b = try reference.core.open()
        try context.push(reference)
        defer { context.pop() }
        return Int(clamping: lua_rawlen(b.pointee.running, -1))
    }

    /// The entries 1 … n as integers, in one crossing.
    ///
    /// - Throws: `LuaError` of kind `conversion`, naming the first entry that is no integer.
    public func integers() throws(LuaError) -> [Int] {
        let context = context
        try context.push(reference)
        defer { context.pop() }
        return try context.integers(at: -1)
    }

    /// The keys in the order in which `pairs` walks; metamethods do not run.
    ///
    /// - Throws: `LuaError` when two keys are tables or functions, which have no order.
    public func keys() throws(LuaError) -> [LuaValue] {
        let context = context
        let base = context.count
        defer { context.pop(context.count - base) }
        try context.push(reference)
        let b = try context.room()
        try reference.core.check(b, bridge_sorted_keys(b, -1))
        var keys: [LuaValue] = []
        for place in 0..<Int(clamping: lua_rawlen(b.pointee.running, -1)) {
            lua_rawgeti(b.pointee.running, -1, lua_Integer(place + 1))
            keys.append(try context.value(at: -1))
            context.pop()
        }
        return keys
    }
}

/// A host object, seen from Swift.
public struct LuaUserdata {
    /// What keeps the object's Lua side alive.
    public let reference: LuaReference

    /// The Swift object, if it is of that type.
    public func object<Object>(_ type: UserdataType<Object>) -> Object? {
        let context = LuaContext(core: reference.core)
        guard (try? context.push(reference)) != nil else { return nil }
        defer { context.pop() }
        return context.object(at: -1, type)
    }
}
