import CLua
import LuaBridge

extension LuaContext {
    /// The kind of the value at a place; `absent` beyond the top.
    public func kind(at place: Int) -> LuaKind {
        guard let L = core.bridge?.pointee.running else { return .absent }
        let index = valid(L, place)
        guard index != 0 else { return .absent }
        switch lua_type(L, index) {
        case LUA_TNIL: return .nil
        case LUA_TBOOLEAN: return .boolean
        case LUA_TNUMBER: return lua_isinteger(L, index) != 0 ? .integer : .number
        case LUA_TSTRING: return .string
        case LUA_TTABLE: return .table
        case LUA_TFUNCTION: return .function
        case LUA_TTHREAD: return .coroutine
        case LUA_TUSERDATA, LUA_TLIGHTUSERDATA: return .userdata
        default: return .absent
        }
    }

    /// The place as Lua may be asked for it, or 0 when no value is there.
    func valid(_ L: OpaquePointer?, _ place: Int) -> Int32 {
        let top = Int(lua_gettop(L))
        return place != 0 && place <= top && place >= -top ? Int32(truncatingIfNeeded: place) : 0
    }

    /// The integer at a place, also of a float with an integral value; nil for anything else.
    public func integer(at place: Int) -> Int? {
        guard let L = core.bridge?.pointee.running else { return nil }
        let index = valid(L, place)
        guard index != 0, lua_type(L, index) == LUA_TNUMBER else { return nil }
        var exact: Int32 = 0
        let value = lua_tointegerx(L, index, &exact)
        return exact != 0 ? Int(value) : nil
    }

    /// The number at a place, of an integer or a float.
    public func number(at place: Int) -> Double? {
        guard let L = core.bridge?.pointee.running else { return nil }
        let index = valid(L, place)
        guard index != 0, lua_type(L, index) == LUA_TNUMBER else { return nil }
        return lua_tonumberx(L, index, nil)
    }

    /// The boolean at a place.
    public func boolean(at place: Int) -> Bool? {
        guard let L = core.bridge?.pointee.running else { return nil }
        let index = valid(L, place)
        guard index != 0, lua_type(L, index) == LUA_TBOOLEAN else { return nil }
        return lua_toboolean(L, index) != 0
    }

    /// The string at a place, if it is valid UTF-8.
    public func string(at place: Int) -> String? {
        withBytes(at: place) { String(validating: $0, as: UTF8.self) } ?? nil
    }

    /// The bytes of the string at a place.
    public func bytes(at place: Int) -> [UInt8]? {
        withBytes(at: place) { Array($0) }
    }

    private func withBytes<Result>(
        at place: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result? {
        guard let L = core.bridge?.pointee.running else { return nil }
        let index = valid(L, place)
        // Asking for the text of a number would change the value on the stack.
        guard index != 0, lua_type(L, index) == LUA_TSTRING else { return nil }
        var length = 0
        guard let text = lua_tolstring(L, index, &length) else { return nil }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) {
            body(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    /// The value at a place; tables, functions and objects are kept alive by what is returned.
    public func value(at place: Int) throws(LuaError) -> LuaValue {
        switch kind(at: place) {
        case .absent, .nil: return .nil
        case .boolean: return .boolean(boolean(at: place) ?? false)
        case .integer: return .integer(integer(at: place) ?? 0)
        case .number: return .number(number(at: place) ?? 0)
        case .string:
            return string(at: place).map(LuaValue.string) ?? .bytes(bytes(at: place) ?? [])
        case .table: return .table(LuaTable(reference: try reference(at: place)))
        case .function: return .function(LuaFunction(reference: try reference(at: place)))
        case .userdata: return .userdata(LuaUserdata(reference: try reference(at: place)))
        case .coroutine: return .coroutine(try reference(at: place))
        }
    }

    /// The table at a place.
    public func table(at place: Int) throws(LuaError) -> LuaTable? {
        guard kind(at: place) == .table else { return nil }
        return LuaTable(reference: try reference(at: place))
    }

    /// The function at a place.
    public func function(at place: Int) throws(LuaError) -> LuaFunction? {
        guard kind(at: place) == .function else { return nil }
        return LuaFunction(reference: try reference(at: place))
    }

    /// The Swift object at a place, if it is of that type.
    @inline(__always)
    public func object<Object>(at place: Int, _ type: UserdataType<Object>) -> Object? {
        guard let b = core.bridge else { return nil }
        let index = valid(b.pointee.running, place)
        guard index != 0, let box = bridge_object(b, index),
            box.pointee.type == type.identity, type.core === core,
            let context = box.pointee.context
        else { return nil }
        let object = Unmanaged<AnyObject>.fromOpaque(context).takeUnretainedValue()
        // The identity is given out once, with this type.
        return unsafeDowncast(object, to: Object.self)
    }

    /// The entries 1 … n of the array at a place, read without metamethods.
    ///
    /// - Throws: `LuaError` of kind `conversion`, naming the first entry that is no integer.
    public func integers(at place: Int) throws(LuaError) -> [Int] {
        let b = try core.open()
        let L = b.pointee.running
        let index = valid(L, place)
        guard index != 0, lua_type(L, index) == LUA_TTABLE else {
            throw LuaError(
                kind: .conversion,
                message: "expected an array of integers, found \(kind(at: place))")
        }
        _ = try room()
        let count = Int(clamping: lua_rawlen(L, index))
        // In pieces: the length of a table with gaps may be far beyond its entries.
        let piece = 4096
        var values: [Int] = []
        values.reserveCapacity(min(count, 16 * piece))
        try charge(count)
        while values.count < count {
            let wanted = min(piece, count - values.count)
            let read = withUnsafeTemporaryAllocation(of: Int64.self, capacity: wanted) { buffer in
                let read = Int(
                    bridge_read_integers(
                        b, index, Int64(values.count + 1), buffer.baseAddress, Int64(wanted)))
                buffer.withMemoryRebound(to: Int.self) {
                    values.append(contentsOf: $0.prefix(read))
                }
                return read
            }
            guard read < wanted else { continue }
            lua_rawgeti(L, index, lua_Integer(values.count + 1))
            defer { lua_settop(L, -2) }
            throw LuaError(
                kind: .conversion,
                message: "expected an array of integers, entry \(values.count + 1) is "
                    + "\(kind(at: -1))")
        }
        return values
    }

    /// The text of the value at a place, as `tostring` gives it in scripts.
    public func text(at place: Int) throws(LuaError) -> String {
        let b = try room()
        let index = valid(b.pointee.running, place)
        guard index != 0 else { return "nothing" }
        try core.check(b, bridge_text(b, index))
        defer { pop() }
        return String(decoding: bytes(at: -1) ?? [], as: UTF8.self)
    }

    /// Keeps the value at a place alive.
    public func reference(at place: Int) throws(LuaError) -> LuaReference {
        let b = try room()
        let index = valid(b.pointee.running, place)
        if index == 0 {
            lua_pushnil(b.pointee.running)
        } else {
            lua_pushvalue(b.pointee.running, index)
        }
        return try core.keep(b)
    }

    /// Replaces the key on top by its entry in the table at a place; metamethods run.
    public func get(from place: Int) throws(LuaError) {
        let b = try room()
        let index = valid(b.pointee.running, place)
        guard index != 0 else { throw missing(place) }
        try core.check(b, bridge_get(b, index))
    }

    /// Stores the value on top under the key below it in the table at a place, and pops both.
    public func set(in place: Int) throws(LuaError) {
        let b = try room()
        let index = valid(b.pointee.running, place)
        guard index != 0, count >= 2 else { throw missing(place) }
        try core.check(b, bridge_set(b, index))
    }

    private func missing(_ place: Int) -> LuaError {
        LuaError(kind: .conversion, message: "the stack has \(count) values, none at \(place)")
    }

    /// The length of the value at a place, as `#` gives it; metamethods run.
    public func length(at place: Int) throws(LuaError) -> Int {
        let b = try room()
        var length: Int64 = 0
        let index = valid(b.pointee.running, place)
        guard index != 0 else { return 0 }
        try core.check(b, bridge_length(b, index, &length))
        return Int(length)
    }

    /// Whether two values are equal, as `==` gives it; metamethods run.
    public func areEqual(_ left: Int, _ right: Int) throws(LuaError) -> Bool {
        try compare(left, right, LUA_OPEQ)
    }

    /// Whether one value is less than another, as `<` gives it; metamethods run.
    public func isLess(_ left: Int, than right: Int) throws(LuaError) -> Bool {
        try compare(left, right, LUA_OPLT)
    }

    private func compare(
        _ left: Int, _ right: Int, _ operation: Int32
    ) throws(LuaError) -> Bool {
        let b = try room()
        let L = b.pointee.running
        let (first, second) = (valid(L, left), valid(L, right))
        guard first != 0, second != 0 else { return false }
        var result: Int32 = 0
        try core.check(b, bridge_compare(b, first, second, operation, &result))
        return result != 0
    }

    /// Replaces the values on top by their concatenation, as `..` gives it; metamethods run.
    public func concatenate(_ values: Int) throws(LuaError) {
        let b = try room()
        guard values >= 0, values <= count else { return }
        try core.check(b, bridge_concatenate(b, Int32(clamping: values)))
    }
}
