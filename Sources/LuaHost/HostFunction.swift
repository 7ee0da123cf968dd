import CLua
import LuaBridge

/// A Swift function that scripts may call.
///
/// It may throw any error: scripts see it as a Lua error, and when it comes out on the Swift side
/// again it has kept its type and gained the script's file and line.
public struct HostFunction {
    /// What messages call it.
    public let name: String
    let body: (LuaArguments) throws -> Int
    /// Arguments that scripts do not count: the object before a colon.
    var hidden: Int = 0
    /// The type whose method it is.
    var owner: String?

    /// A function that pushes its results on `arguments.context` and returns their number.
    public init(_ name: String, pushing body: @escaping (LuaArguments) throws -> Int) {
        self.name = name
        self.body = body
    }

    /// A function with one result, or none: `nil`.
    public init(_ name: String, _ body: @escaping (LuaArguments) throws -> LuaValue) {
        self.name = name
        self.body = { arguments in
            try arguments.context.push(try body(arguments))
            return 1
        }
    }
}

/// Keeps the Swift closure alive while Lua holds the function.
private final class FunctionBox {
    let core: LuaCore
    let function: HostFunction

    init(core: LuaCore, function: HostFunction) {
        self.core = core
        self.function = function
    }

    @inline(__always)
    func run(_ L: OpaquePointer?) -> Int32 {
        let count = Int(lua_gettop(L))
        let arguments = LuaArguments(
            context: LuaContext(core: core), count: max(0, count - function.hidden),
            function: function.name, hidden: function.hidden)
        do {
            let results = try function.body(arguments)
            // Fewer on the stack than promised would read below the frame.
            return Int32(clamping: min(max(0, results), Int(lua_gettop(L))))
        } catch {
            return core.raise(error)
        }
    }
}

private func runFunction(_ L: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let context else { return 0 }
    return Unmanaged<FunctionBox>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.run(L) }
}

func releaseObject(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<AnyObject>.fromOpaque(context).release()
}

extension LuaContext {
    /// What messages call the function of a box: `space:sample`.
    static func functionName(_ box: UnsafeMutableRawPointer) -> String {
        let function = Unmanaged<FunctionBox>.fromOpaque(box).takeUnretainedValue().function
        return (function.owner.map { $0 + ":" } ?? "") + function.name
    }

    /// Pushes a host function. Its closure lives until Lua drops the function.
    public func push(_ function: HostFunction) throws(LuaError) {
        let b = try room()
        let box = Unmanaged.passRetained(FunctionBox(core: core, function: function))
        let status = bridge_push_function(b, runFunction, box.toOpaque(), releaseObject)
        guard status == 0 else {
            box.release()
            throw core.failure(b, status)
        }
    }
}
