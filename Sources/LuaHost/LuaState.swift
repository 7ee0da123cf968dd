import CLua
import LuaBridge

/// A Lua state: its owner, for one thread at a time.
///
/// Scripts are loaded through a `Sandbox`. When the owner goes, everything in the state is freed:
/// host objects and closures are released once, and values kept in Swift throw `closed`.
/// A closure given to Lua must not hold the state itself, only `LuaContext`.
public final class LuaState {
    let core: LuaCore

    /// An empty state.
    ///
    /// - Parameter byteLimit: The most memory that Lua may hold; `nil`: no limit.
    /// - Throws: `LuaError` of kind `memoryLimit` when even the libraries do not fit.
    public init(byteLimit: Int? = 1 << 30) throws(LuaError) {
        core = try LuaCore(byteLimit: byteLimit)
        try core.makeErrorType()
    }

    deinit {
        core.close()
    }

    /// The stack, and what makes values.
    public var context: LuaContext { LuaContext(core: core) }

    /// Frees everything now. Values kept in Swift throw `closed` from here on.
    public func close() {
        core.close()
    }

    /// Runs a full collection.
    public func collect() {
        guard let b = core.bridge else { return }
        core.dropReleased(b)
        bridge_collect(b)
    }

    /// What the state holds at the moment.
    public var usage: LuaUsage {
        guard let b = core.bridge?.pointee else { return LuaUsage() }
        return LuaUsage(
            bytes: b.used, peakBytes: b.peak, nativeBytes: Int(b.native_bytes),
            objects: Int(b.objects), instructions: Int(b.count))
    }

    /// The release of the Lua library that is loaded: "5.4.7".
    public static var version: String {
        var numbers: [Int32] = [0, 0, 0]
        bridge_release_numbers(&numbers)
        return numbers.map(String.init).joined(separator: ".")
    }
}

/// What a state holds.
public struct LuaUsage: Sendable, Hashable {
    /// Bytes of Lua's own memory.
    public var bytes = 0
    /// The most of them so far.
    public var peakBytes = 0
    /// Bytes that host objects hold outside Lua.
    public var nativeBytes = 0
    /// Host objects and functions alive in Lua.
    public var objects = 0
    /// Instructions billed so far, to the nearest 1,000; only those under a limit are counted.
    public var instructions = 0
}
