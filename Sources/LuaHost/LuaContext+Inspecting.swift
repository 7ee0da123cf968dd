import CLua
import LuaBridge

// A look into values that runs no code of scripts, and none of the host's objects: for completion
// at a prompt. What a key means is followed as Lua does it, from a table to the `__index` of its
// metatable, as long as that is a table; one that is a function ends the way.

/// Names that values have.
public struct LuaNames: Sendable, Hashable {
    /// The names, sorted, each once.
    public var names: [String] = []
    /// Whether these are all: not where a table is too large to be looked through.
    public var isComplete = true

    /// No names.
    public init() {}
}

extension LuaContext {
    /// Tables on the way of `__index`; Lua itself gives up after 2,000, and a cycle never ends.
    private static let mostTables = 100
    /// Entries looked at.
    private static let mostEntries = 1_000_000
    /// Names found.
    private static let mostNames = 10_000
    /// Bytes of a name that a person would type.
    private static let longestName = 100

    /// The entry of a name or place, found without running any code.
    ///
    /// - Returns: The entry; nil where there is none, or only code could tell.
    /// - Throws: `LuaError` when memory is short.
    public func inspect(_ key: LuaValue, of value: LuaValue) throws(LuaError) -> LuaValue {
        var found = LuaValue.nil
        _ = try walk(value) { (b, table) throws(LuaError) in
            try push(key)
            lua_rawget(b.pointee.running, table)
            found = try self.value(at: -1)
            return found.isNil
        }
        return found
    }

    /// The names that may follow a value and a dot or colon, found without running any code.
    ///
    /// - Parameters:
    ///   - value: A table, a string or a host object; others have no names.
    ///   - beginning: What the names begin with.
    ///   - methodsOnly: Leaves out entries that are no functions, and fields of host objects.
    /// - Returns: The names that a script can write so; no reserved words.
    /// - Throws: `LuaError` when memory is short.
    public func names(
        of value: LuaValue, beginning: String, methodsOnly: Bool
    ) throws(LuaError) -> LuaNames {
        let beginning = Array(beginning.utf8)
        var result = LuaNames()
        var names: Set<String> = []
        var left = Self.mostEntries
        let members = try walk(value) { (b, table) throws(LuaError) in
            let L = b.pointee.running
            lua_pushnil(L)
            // With a key that the table has just given, `lua_next` raises nothing.
            while lua_next(L, table) != 0 {
                let isWanted = !methodsOnly || lua_type(L, -1) == LUA_TFUNCTION
                lua_settop(L, -2)
                left -= 1
                guard left > 0, names.count < Self.mostNames else {
                    result.isComplete = false
                    return false
                }
                if isWanted, let name = word(at: -1, beginning) { names.insert(name) }
            }
            return true
        }
        if let members {
            let all = methodsOnly ? members.methods : members.names
            names.formUnion(all.filter { $0.utf8.starts(with: beginning) })
        }
        result.names = names.subtracting(LuaSyntax.keywords).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        return result
    }

    /// The string at a place, if it is a short word with this beginning.
    private func word(at place: Int32, _ beginning: [UInt8]) -> String? {
        let L = core.bridge?.pointee.running
        // Asking a number for its text would change the key.
        guard lua_type(L, place) == LUA_TSTRING else { return nil }
        var length = 0
        guard let text = lua_tolstring(L, place, &length), length <= Self.longestName else {
            return nil
        }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) { start in
            let bytes = UnsafeBufferPointer(start: start, count: length)
            guard bytes.starts(with: beginning), LuaSyntax.isWord(bytes) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Visits the tables in which Lua would look for a field, one after another, until the closure
    /// says false. What it leaves on the stack is dropped.
    ///
    /// - Returns: The members of the host object at the end of the way.
    private func walk(
        _ value: LuaValue, _ visit: (BridgePointer, Int32) throws(LuaError) -> Bool
    ) throws(LuaError) -> LuaCore.Members? {
        let base = count
        defer { pop(count - base) }
        try push(value)
        for _ in 0..<Self.mostTables {
            let b = try room()
            let L = b.pointee.running
            switch lua_type(L, -1) {
            case LUA_TTABLE:
                // The host's tables are seen by scripts through a view.
                bridge_push_target(b, -1)
                let table = lua_gettop(L)
                guard try visit(b, table) else { return nil }
                lua_settop(L, table)
            case LUA_TSTRING:
                break
            case LUA_TUSERDATA:
                guard let box = bridge_object(b, -1) else { return nil }
                return core.members.first { $0.identity == box.pointee.type }
            default:
                return nil
            }
            guard lua_getmetatable(L, -1) != 0 else { return nil }
            try push("__index")
            lua_rawget(L, -2)
        }
        return nil
    }
}
