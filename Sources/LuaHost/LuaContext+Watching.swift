import CLua
import LuaBridge

/// What a function of a script can remember from call to call: its upvalues, and what is below them.
///
/// Only values that a script can change are looked at: numbers, strings, booleans, which object it is, in
/// the upvalues of the function, in tables and functions that they hold. No code runs.
public struct LuaMemory: Sendable, Hashable {
    /// Values by their path, such as `counts.total`.
    fileprivate(set) var values: [String: String] = [:]
    /// Lengths of lists by their path.
    fileprivate(set) var lengths: [String: Int] = [:]
    /// Whether everything was looked at: not where there is very much.
    fileprivate(set) var isWhole = true

    /// The first path at which this differs from a later look, in a way that a later call may notice.
    ///
    /// A table that only gained names is let pass: it may be a cache, which changes no result.
    ///
    /// - Parameter later: The same function's memory after some calls.
    /// - Returns: The path, with what was there and what is; nil where nothing changed.
    public func change(to later: LuaMemory) -> (path: String, before: String, after: String)? {
        var found: [(path: String, before: String, after: String)] = []
        for (path, before) in values {
            let after = later.values[path] ?? (later.isWhole ? "gone" : before)
            // A library or a table that is made when it is first needed.
            guard after != before, before != "nil" || later.values[path] != nil else { continue }
            found.append((path, before, after))
        }
        for (path, before) in lengths {
            guard let after = later.lengths[path], after > before else { continue }
            found.append((path, "\(before) entries", "\(after) entries"))
        }
        return found.min { $0.path < $1.path }
    }
}

extension LuaFunction {
    /// What the function remembers now.
    ///
    /// - Returns: Values by path; of very much, the first in the order of `pairs`.
    /// - Throws: `LuaError` of kind `closed`.
    public func memory() throws(LuaError) -> LuaMemory {
        let context = LuaContext(core: reference.core)
        let b = try reference.core.open()
        let base = context.count
        defer { context.pop(context.count - base) }
        try context.push(reference)
        var look = MemoryLook(b)
        look.function(at: lua_gettop(b.pointee.running), path: "", depth: 0)
        return look.memory
    }
}

/// One look under way.
private struct MemoryLook {
    let b: BridgePointer
    let L: OpaquePointer
    var memory = LuaMemory()
    private var seen: Set<UnsafeRawPointer> = []
    private var left = 20_000

    init(_ b: BridgePointer) {
        self.b = b
        L = b.pointee.running
    }

    mutating func function(at place: Int32, path: String, depth: Int) {
        guard depth < 20, lua_iscfunction(L, place) == 0, isNew(place),
            lua_checkstack(L, 8) != 0
        else { return }
        for index in Int32(1)...255 {
            guard let name = lua_getupvalue(L, place, index) else { return }
            defer { lua_settop(L, -2) }
            let word = String(cString: name)
            // Names of the sandbox; scripts cannot change them.
            guard word != "_ENV", !word.isEmpty else { continue }
            if lua_type(L, -1) == LUA_TNIL {
                memory.values[join(path, word)] = "nil"
            } else {
                value(path: join(path, word), depth: depth)
            }
        }
    }

    /// Looks at the value on top.
    private mutating func value(path: String, depth: Int) {
        left -= 1
        guard left > 0 else {
            memory.isWhole = false
            return
        }
        let top = lua_gettop(L)
        switch lua_type(L, top) {
        case LUA_TTABLE: table(at: top, path: path, depth: depth + 1)
        case LUA_TFUNCTION: function(at: top, path: path, depth: depth + 1)
        case LUA_TBOOLEAN: memory.values[path] = lua_toboolean(L, top) != 0 ? "true" : "false"
        case LUA_TNUMBER, LUA_TSTRING:
            // A copy, as asking for its text would change a number.
            lua_pushvalue(L, top)
            defer { lua_settop(L, -2) }
            var length = 0
            guard let text = lua_tolstring(L, -1, &length) else { return }
            memory.values[path] = text.withMemoryRebound(to: UInt8.self, capacity: length) {
                let bytes = UnsafeBufferPointer(start: $0, count: length)
                return length <= 64
                    ? String(decoding: bytes, as: UTF8.self)
                    : "\(length) bytes, \(MemoryLook.digest(bytes))"
            }
        case LUA_TUSERDATA:
            if let box = bridge_object(b, top) {
                memory.values[path] = "object \(box.pointee.serial)"
            }
        default: return
        }
    }

    private mutating func table(at place: Int32, path: String, depth: Int) {
        guard depth < 20, lua_checkstack(L, 8) != 0 else { return }
        // The host's own tables are views; nothing in them is the script's.
        bridge_push_target(b, place)
        let isView = lua_rawequal(L, place, -1) == 0
        lua_settop(L, -2)
        guard !isView, isNew(place) else { return }
        memory.lengths[path] = Int(clamping: lua_rawlen(L, place))
        // In the order of `pairs`, so that what several paths lead to has the same one each time.
        let keys = place + 1
        defer { lua_settop(L, place) }
        guard bridge_sorted_keys(b, place) == 0 else {
            memory.isWhole = false
            return
        }
        for number in 0..<lua_rawlen(L, keys) where left > 0 {
            lua_rawgeti(L, keys, lua_Integer(number + 1))
            lua_pushvalue(L, -1)
            lua_rawget(L, place)
            if lua_type(L, -2) == LUA_TSTRING, let name = lua_tolstring(L, -2, nil) {
                value(path: join(path, String(cString: name)), depth: depth)
            } else if lua_isinteger(L, -2) != 0 {
                value(path: "\(path)[\(lua_tointegerx(L, -2, nil))]", depth: depth)
            }
            lua_settop(L, keys)
        }
    }

    private mutating func isNew(_ place: Int32) -> Bool {
        guard let pointer = lua_topointer(L, place) else { return false }
        return seen.insert(pointer).inserted
    }

    private func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// FNV-1a: the same in every process.
    private static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
