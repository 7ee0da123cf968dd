import CLua
import LuaBridge

/// The stack of a state: the fast way to pass values, without arrays.
///
/// Values are pushed, a function is called, results are read and popped. Places count from 1 at
/// the bottom of the present frame, or from -1 at the top. The context does not own its state, so
/// host functions may keep it.
///
/// ```swift
/// try context.push(function)
/// try context.push(7)
/// try context.call(arguments: 1, results: 1, limits: limits, name: "schedule")
/// let answer = context.integer(at: -1)
/// context.pop(1)
/// ```
public struct LuaContext {
    let core: LuaCore

    /// The number of values in the present frame.
    public var count: Int {
        guard let b = core.bridge else { return 0 }
        return Int(lua_gettop(b.pointee.running))
    }

    /// Ends what the state is running.
    public var interruption: LuaInterruption { core.interruption }

    /// The types that are registered, in order, with the names of their methods and fields.
    public var registeredTypes: [(type: String, members: [String])] {
        core.members.map { ($0.type, $0.names) }
    }

    /// Drops values from the top.
    public func pop(_ count: Int = 1) {
        guard let b = core.bridge, count > 0 else { return }
        let top = lua_gettop(b.pointee.running)
        lua_settop(b.pointee.running, max(0, top - Int32(clamping: count)))
    }

    /// Calls the function that lies below its arguments, and replaces both by the results.
    ///
    /// - Parameters:
    ///   - arguments: The number of values above the function.
    ///   - results: The number of results wanted; -1 for all.
    ///   - limits: What the call may use.
    ///   - name: The extension point, for messages.
    /// - Throws: `LuaError`; the function and its arguments are popped then too.
    public func call(
        arguments: Int, results: Int, limits: LuaLimits = .none, name: String? = nil
    ) throws(LuaError) {
        let b = try core.open()
        guard Int(lua_gettop(b.pointee.running)) > arguments, arguments >= 0 else {
            throw LuaError(
                kind: .conversion, message: "call: fewer than \(arguments) arguments were pushed")
        }
        try core.call(
            b, arguments: Int32(truncatingIfNeeded: arguments), results: Int32(clamping: results),
            limits: limits, name: name)
    }

    // MARK: Pushing

    /// The C side with room for one more value.
    @inline(__always)
    func room() throws(LuaError) -> BridgePointer {
        let b = try core.open()
        guard lua_checkstack(b.pointee.running, 4) != 0 else {
            throw LuaError(kind: .stackOverflow, message: "stack overflow: too many values pushed")
        }
        return b
    }

    /// Pushes nil.
    public func pushNil() throws(LuaError) {
        lua_pushnil(try room().pointee.running)
    }

    /// Pushes a boolean.
    public func push(_ value: Bool) throws(LuaError) {
        lua_pushboolean(try room().pointee.running, value ? 1 : 0)
    }

    /// Pushes an integer.
    public func push(_ value: Int) throws(LuaError) {
        lua_pushinteger(try room().pointee.running, lua_Integer(value))
    }

    /// Pushes a float.
    public func push(_ value: Double) throws(LuaError) {
        lua_pushnumber(try room().pointee.running, value)
    }

    /// Pushes a string.
    public func push(_ value: String) throws(LuaError) {
        let b = try room()
        try core.check(b, pushRaw(value) { 0 })
    }

    /// Pushes a string, or nil.
    public func push(optional value: String?) throws(LuaError) {
        if let value { try push(value) } else { try pushNil() }
    }

    /// Pushes bytes as a Lua string.
    public func push(bytes: [UInt8]) throws(LuaError) {
        let b = try room()
        let status = bytes.withUnsafeBytes { bridge_push_string(b, $0.baseAddress, $0.count) }
        try core.check(b, status)
    }

    /// Pushes integers as an array.
    public func push(integers: [Int]) throws(LuaError) {
        let b = try room()
        try charge(integers.count)
        let status = integers.withUnsafeBytes {
            bridge_push_integers(
                b, $0.baseAddress?.assumingMemoryBound(to: Int64.self),
                Int32(clamping: $0.count / 8))
        }
        try core.check(b, status)
    }

    /// Pushes floats as an array.
    public func push(numbers: [Double]) throws(LuaError) {
        let b = try room()
        try charge(numbers.count)
        let status = numbers.withUnsafeBufferPointer {
            bridge_push_numbers(b, $0.baseAddress, Int32(clamping: $0.count))
        }
        try core.check(b, status)
    }

    /// Pushes any value.
    public func push(_ value: LuaValue) throws(LuaError) {
        switch value {
        case .nil: try pushNil()
        case .boolean(let value): try push(value)
        case .integer(let value): try push(value)
        case .number(let value): try push(value)
        case .string(let value): try push(value)
        case .bytes(let value): try push(bytes: value)
        case .table(let value): try push(value.reference)
        case .function(let value): try push(value.reference)
        case .userdata(let value): try push(value.reference)
        case .coroutine(let value): try push(value)
        }
    }

    /// Pushes a function, to be called.
    public func push(_ function: LuaFunction) throws(LuaError) {
        try push(function.reference)
    }

    /// Pushes a table.
    public func push(_ table: LuaTable) throws(LuaError) {
        try push(table.reference)
    }

    /// Pushes a kept value.
    ///
    /// - Throws: `LuaError` of kind `conversion` when it belongs to another state.
    public func push(_ reference: LuaReference) throws(LuaError) {
        let b = try room()
        guard reference.core === core else {
            throw LuaError(
                kind: .conversion, message: "a value of one Lua state cannot be used in another")
        }
        _ = lua_rawgeti(b.pointee.running, luaRegistry, lua_Integer(reference.id))
    }

    /// Pushes a fresh table.
    ///
    /// - Parameters:
    ///   - array: Array entries to make room for.
    ///   - fields: Named entries to make room for.
    /// - Throws: `LuaError` when memory is short.
    public func pushTable(array: Int = 0, fields: Int = 0) throws(LuaError) {
        let b = try room()
        try core.check(b, bridge_new_table(b, Int32(clamping: array), Int32(clamping: fields)))
    }

    /// Pushes a string, then does more; statuses are those of the bridge. The caller has made room.
    func pushRaw(_ value: String, _ then: () -> Int32) -> Int32 {
        guard let b = core.bridge else { return Int32(BRIDGE_RUNTIME) }
        var value = value
        let status = value.withUTF8 { bridge_push_string(b, $0.baseAddress, $0.count) }
        return status == 0 ? then() : status
    }
}

/// `LUA_REGISTRYINDEX`, a macro that Swift does not see.
let luaRegistry: Int32 = -1_000_000 - 1000
