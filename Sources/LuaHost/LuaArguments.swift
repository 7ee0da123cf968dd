import LuaBridge

/// The arguments of a host function, counted from 1; the object before a colon is not counted.
///
/// The readers throw messages that a script's author can act on:
/// `integer: argument 1 (low): expected an integer, found a string`.
/// Valid only until the host function returns.
public struct LuaArguments {
    /// The stack, on which results are pushed.
    public let context: LuaContext
    /// The number of arguments given.
    public let count: Int
    /// The function's name.
    public let function: String
    let hidden: Int

    /// The stack place of an argument.
    public func place(_ index: Int) -> Int { index + hidden }

    /// The kind of an argument.
    public func kind(_ index: Int) -> LuaKind {
        index > count ? .absent : context.kind(at: index + hidden)
    }

    /// Whether an argument was left out or is nil.
    public func isAbsent(_ index: Int) -> Bool {
        let kind = kind(index)
        return kind == .absent || kind == .nil
    }

    /// An integer argument.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func integer(_ index: Int, _ name: String) throws(LuaError) -> Int {
        guard index <= count, let value = context.integer(at: index + hidden) else {
            throw mismatch(index, name, expected: "an integer")
        }
        return value
    }

    /// A number argument, integer or float.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func number(_ index: Int, _ name: String) throws(LuaError) -> Double {
        guard index <= count, let value = context.number(at: index + hidden) else {
            throw mismatch(index, name, expected: "a number")
        }
        return value
    }

    /// A boolean argument.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func boolean(_ index: Int, _ name: String) throws(LuaError) -> Bool {
        guard index <= count, let value = context.boolean(at: index + hidden) else {
            throw mismatch(index, name, expected: "a boolean")
        }
        return value
    }

    /// A string argument.
    ///
    /// - Throws: `LuaError` of kind `conversion`, also for bytes that are not UTF-8.
    public func string(_ index: Int, _ name: String) throws(LuaError) -> String {
        guard index <= count, let value = context.string(at: index + hidden) else {
            throw mismatch(index, name, expected: "a string of UTF-8 text")
        }
        return value
    }

    /// A table argument.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func table(_ index: Int, _ name: String) throws(LuaError) -> LuaTable {
        guard index <= count, let value = try context.table(at: index + hidden) else {
            throw mismatch(index, name, expected: "a table")
        }
        return value
    }

    /// A function argument.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func function(_ index: Int, _ name: String) throws(LuaError) -> LuaFunction {
        guard index <= count, let value = try context.function(at: index + hidden) else {
            throw mismatch(index, name, expected: "a function")
        }
        return value
    }

    /// An array of integers.
    ///
    /// - Throws: `LuaError` of kind `conversion`, naming the entry.
    public func integers(_ index: Int, _ name: String) throws(LuaError) -> [Int] {
        do throws(LuaError) {
            guard index <= count else {
                throw mismatch(index, name, expected: "an array of integers")
            }
            return try context.integers(at: index + hidden)
        } catch {
            throw LuaError(
                kind: .conversion,
                message: "\(function): argument \(index) (\(name)): \(error.message)")
        }
    }

    /// A host object of a type.
    ///
    /// - Throws: `LuaError` of kind `conversion`.
    public func object<Object>(
        _ index: Int, _ name: String, _ type: UserdataType<Object>
    ) throws(LuaError) -> Object {
        guard index <= count, let value = context.object(at: index + hidden, type) else {
            throw mismatch(index, name, expected: "\(type.name)")
        }
        if !type.isShared, let b = context.core.bridge {
            try context.hold(Unmanaged.passUnretained(value).toOpaque(), b)
        }
        return value
    }

    /// An argument of any kind; nil when it was left out.
    ///
    /// - Throws: `LuaError` when there is no memory to keep it.
    public func value(_ index: Int) throws(LuaError) -> LuaValue {
        index > count ? .nil : try context.value(at: index + hidden)
    }

    /// The text of an argument, as `tostring` gives it.
    ///
    /// - Throws: `LuaError` from a `__tostring` metamethod.
    public func text(_ index: Int) throws(LuaError) -> String {
        index > count ? "nil" : try context.text(at: index + hidden)
    }

    /// An error that names the function, the argument, what was expected and what was found.
    public func mismatch(_ index: Int, _ name: String, expected: String) -> LuaError {
        var found = kind(index).description
        if kind(index) == .userdata, let type = context.typeName(at: index + hidden) {
            found = type
        }
        return LuaError(
            kind: .conversion,
            message:
                "\(function): argument \(index) (\(name)): expected \(expected), found \(found)")
    }
}
