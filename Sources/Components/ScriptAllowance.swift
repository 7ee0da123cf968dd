/// What functions of a script may use, where a plan or a command says more or less than usual. It
/// changes no result: a function that would use more is ended by an error.
public struct ScriptAllowance: Sendable, Hashable {
    /// Instructions of one call.
    public var callbackInstructions: Int?
    /// Bytes by which one call may grow Lua's memory.
    public var callbackBytes: Int?
    /// Bytes that tensors of the script may hold in all.
    public var tensorBytes: Int?

    /// An allowance; what is nil is as usual.
    public init(
        callbackInstructions: Int? = nil, callbackBytes: Int? = nil, tensorBytes: Int? = nil
    ) {
        self.callbackInstructions = callbackInstructions
        self.callbackBytes = callbackBytes
        self.tensorBytes = tensorBytes
    }
}
