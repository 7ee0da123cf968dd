import LuaBridge

/// What one call from Swift into Lua may use.
///
/// Limits nest: a call inside a call may narrow what is left to the outer one, never widen it.
public struct LuaLimits: Sendable, Hashable {
    /// Instructions of the Lua machine, checked every 1,000; `nil`: those of the calls around.
    ///
    /// What the host does for the script is billed too, in proportion to the work. From the first call with such a limit on,
    /// instructions are counted, at the cost of about one more nanosecond each.
    public var instructions: Int?
    /// Bytes by which Lua's memory may grow; `nil`: up to the limit of the state.
    public var bytes: Int?
    /// Seconds by the clock; `nil`: no limit. Which call it ends depends on the machine.
    public var seconds: Double?

    /// Limits for a call.
    public init(instructions: Int? = nil, bytes: Int? = nil, seconds: Double? = nil) {
        self.instructions = instructions
        self.bytes = bytes
        self.seconds = seconds
    }

    /// No limit but those of the calls around and of the state.
    public static let none = LuaLimits()

    var isNone: Bool { instructions == nil && bytes == nil && seconds == nil }

    var bridged: bridge_limits {
        let nanoseconds = seconds.map { Int64(min(max($0, 0), 1e9) * 1e9) }
        return bridge_limits(
            instructions: instructions.map { Int64(max($0, 0)) } ?? -1,
            bytes: bytes.map { Int64(max($0, 0)) } ?? -1, nanoseconds: nanoseconds ?? -1)
    }
}
