import CLua
import LuaBridge

extension LuaContext {
    /// Makes a type known to the state.
    ///
    /// - Throws: `LuaError` when memory is short.
    public func register<Object>(
        _ definition: UserdataDefinition<Object>
    ) throws(LuaError) -> UserdataType<Object> {
        try register(definition, identity: core.newType())
    }

    func register<Object>(
        _ definition: UserdataDefinition<Object>, identity: Int32
    ) throws(LuaError) -> UserdataType<Object> {
        let base = count
        defer { pop(count - base) }
        try pushTable(fields: 24)
        core.members.append(
            LuaCore.Members(
                type: definition.name, identity: identity,
                methods: definition.methods.map(\.name).sorted(), names: definition.memberNames))
        let type = UserdataType<Object>(
            name: definition.name, identity: identity, isShared: definition.isShared,
            countsBytes: definition.countsBytes, metatable: try reference(at: -1), core: core)
        let b = try room()
        try setField("__name") { () throws(LuaError) in try push(definition.name) }
        try setField("__metatable") { () throws(LuaError) in try push(false) }
        for (event, body) in definition.operations {
            try setField(event.rawValue) { () throws(LuaError) in
                try push(HostFunction("\(definition.name) \(event.rawValue)", pushing: body))
            }
        }
        let name = definition.name
        try setField("__index") { () throws(LuaError) in
            try pushMembers(definition.methods, type)
            try pushMembers(definition.getters, type)
            try pushMember("index", definition.index, type)
            try core.check(b, name.withCString { bridge_push_index(b, $0) })
        }
        try setField("__newindex") { () throws(LuaError) in
            try pushMembers(definition.setters, type)
            try pushMember("index", definition.newIndex, type)
            try core.check(b, name.withCString { bridge_push_new_index(b, $0) })
        }
        return type
    }

    /// Stores what the closure pushes as a field of the table on top.
    func setField(_ name: String, _ value: () throws(LuaError) -> Void) throws(LuaError) {
        try push(name)
        try value()
        let b = try room()
        try core.check(b, bridge_raw_set(b, -3))
    }

    private func pushMembers<Object>(
        _ members: [(name: String, body: UserdataDefinition<Object>.Method)],
        _ type: UserdataType<Object>
    ) throws(LuaError) {
        try pushTable(fields: members.count)
        for (name, body) in members {
            try setField(name) { () throws(LuaError) in try pushMember(name, body, type) }
        }
    }

    private func pushMember<Object>(
        _ name: String, _ body: UserdataDefinition<Object>.Method?, _ type: UserdataType<Object>
    ) throws(LuaError) {
        guard let body else { return try pushNil() }
        let (identity, typeName, isShared) = (type.identity, type.name, type.isShared)
        var function =
            HostFunction(name) { arguments in
                let context = arguments.context
                guard let object: Object = context.object(at: 1, identity: identity) else {
                    throw LuaError(
                        kind: .conversion,
                        message: "\(name): expected \(typeName) before the colon, found "
                            + "\(arguments.context.kind(at: 1)); call it as value:\(name)(…)")
                }
                if !isShared, let b = context.core.bridge {
                    try context.hold(Unmanaged.passUnretained(object).toOpaque(), b)
                }
                return try body(object, arguments)
            } as HostFunction
        function.hidden = 1
        function.owner = type.name
        try push(function)
    }

    /// Pushes a Swift object. It lives until the script and Swift have dropped it.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - type: Its registered type.
    ///   - nativeBytes: Bytes it holds outside Lua. They pace the collector, which otherwise sees
    ///     only the few bytes of the handle, and count as the script's memory unless its type says
    ///     that they do not.
    /// - Throws: `LuaError` when memory is short. Past the script's limit, its call ends when the
    ///   host function returns.
    public func push<Object>(
        _ object: Object, _ type: UserdataType<Object>, nativeBytes: Int = 0
    ) throws(LuaError) {
        let b = try room()
        guard type.core === core else {
            throw LuaError(
                kind: .conversion,
                message: "the type \(type.name) is registered with another Lua state")
        }
        let box = Unmanaged<AnyObject>.passRetained(object)
        let bytes = Int64(max(0, nativeBytes))
        let counted = LuaContext.handleBytes + (type.countsBytes ? bytes : 0)
        let status = bridge_push_object(
            b, type.identity, box.toOpaque(), releaseObject, bytes, counted, type.metatable.id)
        guard status == 0 else {
            box.release()
            throw core.failure(b, status)
        }
    }

    /// What a small Swift object takes.
    private static let handleBytes: Int64 = 96

    /// Tells the collector that the object at a place now holds this many bytes outside Lua.
    public func setNativeBytes(_ bytes: Int, at place: Int) {
        guard let b = core.bridge else { return }
        let index = valid(b.pointee.running, place)
        guard index != 0, let box = bridge_object(b, index) else { return }
        bridge_account(b, box, Int64(max(0, bytes)))
    }

    @inline(__always)
    func object<Object: AnyObject>(at place: Int, identity: Int32) -> Object? {
        guard let b = core.bridge else { return nil }
        let index = valid(b.pointee.running, place)
        guard index != 0, let box = bridge_object(b, index), box.pointee.type == identity,
            let context = box.pointee.context
        else { return nil }
        // The identity is given out once, with this type.
        return unsafeDowncast(
            Unmanaged<AnyObject>.fromOpaque(context).takeUnretainedValue(), to: Object.self)
    }

    /// What the type of the host object at a place is called.
    public func typeName(at place: Int) -> String? {
        guard let b = core.bridge else { return nil }
        let L = b.pointee.running
        let index = valid(L, place)
        guard index != 0, lua_checkstack(L, 3) != 0, bridge_object(b, index) != nil,
            lua_getmetatable(L, index) != 0
        else { return nil }
        let top = count
        defer { pop(count - top + 1) }
        guard pushRaw("__name", { 0 }) == 0 else { return nil }
        lua_rawget(L, -2)
        return string(at: -1)
    }
}
