import CLua
import LuaBridge

/// Describes to scripts a type of Swift objects: its methods, fields and operators.
///
/// ```swift
/// var definition = UserdataDefinition<Genome>("genotype")
/// definition.method("copy") { genome, arguments in
///     try arguments.context.push(genome.copy(), type)
///     return 1
/// }
/// let type = try state.context.register(definition)
/// ```
public struct UserdataDefinition<Object: AnyObject> {
    /// What scripts and messages call the type.
    public let name: String
    typealias Body = (LuaArguments) throws -> Int
    typealias Method = (Object, LuaArguments) throws -> Int
    var methods: [(name: String, body: Method)] = []
    var getters: [(name: String, body: Method)] = []
    var setters: [(name: String, body: Method)] = []
    var index: Method?
    var newIndex: Method?
    var operations: [(event: LuaOperation, body: Body)] = []

    /// The methods and fields by name.
    var memberNames: [String] {
        (methods.map(\.name) + getters.map(\.name) + setters.map(\.name)).sorted()
    }

    /// Whether several host functions may work on one object at a time. For types whose objects
    /// never change; of others, a script that a method calls is refused what that method works on.
    public let isShared: Bool
    /// Whether the bytes of objects count as the script's memory; not where they are limited by
    /// other means.
    public let countsBytes: Bool

    /// A type without members.
    public init(_ name: String, isShared: Bool = false, countsBytes: Bool = true) {
        self.name = name
        self.isShared = isShared
        self.countsBytes = countsBytes
    }

    /// Adds a method, called as `object:name(…)`; it pushes its results and returns their number.
    public mutating func method(
        _ name: String, _ body: @escaping (Object, LuaArguments) throws -> Int
    ) {
        methods.append((name, body))
    }

    /// Adds a field that can be read; the closure pushes its one value.
    public mutating func getter(
        _ name: String, _ body: @escaping (Object, LuaContext) throws -> Void
    ) {
        getters.append(
            (
                name,
                { object, arguments in
                    try body(object, arguments.context)
                    return 1
                }
            ))
    }

    /// Adds a field that can be written; the value is argument 1.
    public mutating func setter(
        _ name: String, _ body: @escaping (Object, LuaArguments) throws -> Void
    ) {
        setters.append(
            (
                name,
                { object, arguments in
                    try body(object, arguments)
                    return 0
                }
            ))
    }

    /// Answers `object[key]` where no method or field has that name; the key is argument 1.
    public mutating func subscriptGetter(
        _ body: @escaping (Object, LuaArguments) throws -> Int
    ) {
        index = body
    }

    /// Answers `object[key] = value` for other keys than fields: arguments 1 and 2.
    public mutating func subscriptSetter(
        _ body: @escaping (Object, LuaArguments) throws -> Void
    ) {
        newIndex = { object, arguments in
            try body(object, arguments)
            return 0
        }
    }

    /// Adds an operator. Both operands are arguments, and either may be the object.
    public mutating func operation(
        _ event: LuaOperation, _ body: @escaping (LuaArguments) throws -> Int
    ) {
        operations.append((event, body))
    }
}

/// The operators that a type may answer.
public enum LuaOperation: String, Sendable, CaseIterable {
    /// `a + b`
    case add = "__add"
    /// `a - b`
    case subtract = "__sub"
    /// `a * b`
    case multiply = "__mul"
    /// `a / b`
    case divide = "__div"
    /// `a // b`
    case floorDivide = "__idiv"
    /// `a % b`
    case modulo = "__mod"
    /// `a ^ b`
    case power = "__pow"
    /// `-a`
    case negate = "__unm"
    /// `a .. b`
    case concatenate = "__concat"
    /// `#a`
    case length = "__len"
    /// `a == b`
    case equal = "__eq"
    /// `a < b`
    case less = "__lt"
    /// `a <= b`
    case lessOrEqual = "__le"
    /// `a(…)`
    case call = "__call"
    /// `tostring(a)`
    case text = "__tostring"
    /// `pairs(a)`
    case pairs = "__pairs"
}

/// A type of host objects, registered with one state.
public struct UserdataType<Object: AnyObject> {
    /// What scripts and messages call the type.
    public let name: String
    let identity: Int32
    let isShared: Bool
    let countsBytes: Bool
    let metatable: LuaReference
    let core: LuaCore
}
