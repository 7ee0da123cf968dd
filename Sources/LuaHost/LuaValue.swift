/// A Lua value in Swift.
///
/// Strings are bytes in Lua: those that are UTF-8 arrive as `string`, all others as `bytes`, and
/// both go back as they came. Integers and floats stay apart.
public enum LuaValue {
    /// Absence.
    case `nil`
    /// `true` or `false`.
    case boolean(Bool)
    /// A 64-bit integer.
    case integer(Int)
    /// A float.
    case number(Double)
    /// A string that is valid UTF-8.
    case string(String)
    /// A string that is not.
    case bytes([UInt8])
    /// A table.
    case table(LuaTable)
    /// A function, of a script or of the host.
    case function(LuaFunction)
    /// A host object.
    case userdata(LuaUserdata)
    /// A coroutine.
    case coroutine(LuaReference)
}

extension LuaValue {
    /// The kind of the value as scripts call it, with integers told from floats.
    public var kind: LuaKind {
        switch self {
        case .nil: .nil
        case .boolean: .boolean
        case .integer: .integer
        case .number: .number
        case .string, .bytes: .string
        case .table: .table
        case .function: .function
        case .userdata: .userdata
        case .coroutine: .coroutine
        }
    }

    /// Whether the value is nil.
    public var isNil: Bool { kind == .nil }

    /// The integer, also of a float with an integral value such as `3.0`.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The number, of an integer or a float.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The string, if it is valid UTF-8.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The boolean.
    public var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    /// The table.
    public var table: LuaTable? {
        guard case .table(let value) = self else { return nil }
        return value
    }

    /// The function.
    public var function: LuaFunction? {
        guard case .function(let value) = self else { return nil }
        return value
    }

    /// The host object.
    public var userdata: LuaUserdata? {
        guard case .userdata(let value) = self else { return nil }
        return value
    }
}

/// The kind of a Lua value, with integers told from floats.
public enum LuaKind: String, Sendable, Hashable, CustomStringConvertible {
    /// Nothing at all: beyond the last argument, for instance.
    case absent
    /// Absence.
    case `nil`
    /// `true` or `false`.
    case boolean
    /// A 64-bit integer.
    case integer
    /// A float.
    case number
    /// A string of bytes.
    case string
    /// A table.
    case table
    /// A function.
    case function
    /// A host object.
    case userdata
    /// A coroutine.
    case coroutine

    /// With its article, as messages need it: "an integer", "a table".
    public var description: String {
        switch self {
        case .absent: "nothing"
        case .nil: "nil"
        case .integer: "an integer"
        case .userdata: "a host object"
        default: "a \(rawValue)"
        }
    }
}

/// Keeps a Lua value alive as long as Swift holds it.
///
/// It does not keep the state alive: after the state is closed, its use throws `closed`.
public final class LuaReference {
    let core: LuaCore
    let id: Int32

    init(core: LuaCore, id: Int32) {
        self.core = core
        self.id = id
    }

    deinit {
        core.release(id)
    }
}
