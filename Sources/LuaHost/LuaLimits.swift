/// What one call from Swift into Lua may use.
///
/// Limits nest: a call inside a call may narrow what is left to the outer one, never widen it.
public struct LuaLimits: Sendable, Hashable {
    /// Instructions of the Lua machine, checked every 1,000; `nil`: those of the calls around.
    ///
    /// Library functions that loop in C are billed too. From the first call with such a limit on,
    /// instructions are counted, at the cost of about one more nanosecond each.
    public var instructions: Int?
    /// Bytes by which Lua's memory may grow; `nil`: up to the limit of the state.
    public var bytes: Int?

    /// Limits for a call.
    public init(instructions: Int? = nil, bytes: Int? = nil) {
        self.instructions = instructions
        self.bytes = bytes
    }

    /// No limit but those of the calls around and of the state.
    public static let none = LuaLimits()

    var instructionCount: Int64 { instructions.map { Int64(max($0, 0)) } ?? -1 }
    var byteCount: Int64 { bytes.map { Int64(max($0, 0)) } ?? -1 }
}
