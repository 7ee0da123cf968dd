/// What functions of a script may use, where a plan or a command says more or less than usual. It
/// changes no result: a function that would use more is ended by an error.
public struct ScriptAllowance: Sendable, Hashable {
    /// Instructions of one call.
    public var callbackInstructions: Int?
    /// Bytes by which one call may grow Lua's memory.
    public var callbackBytes: Int?
    /// Bytes that tensors of the script may hold in all.
    public var tensorBytes: Int?
    /// Seconds of one call by the clock; usually there is no such limit, as it depends on the machine.
    public var callbackSeconds: Int?
    /// Bytes of the events that scripts may add to a run: messages, phases and generations.
    public var eventBytes: Int?
    /// Steps of a method in which nothing is trained or evaluated, one after another.
    public var idleSteps: Int?

    /// Bytes of events where nothing else is said.
    public static let usualEventBytes = 64 << 20
    /// Idle steps where nothing else is said.
    public static let usualIdleSteps = 10_000

    /// An allowance; what is nil is as usual.
    public init(
        callbackInstructions: Int? = nil, callbackBytes: Int? = nil, tensorBytes: Int? = nil,
        callbackSeconds: Int? = nil, eventBytes: Int? = nil, idleSteps: Int? = nil
    ) {
        self.callbackInstructions = callbackInstructions
        self.callbackBytes = callbackBytes
        self.tensorBytes = tensorBytes
        self.callbackSeconds = callbackSeconds
        self.eventBytes = eventBytes
        self.idleSteps = idleSteps
    }

    /// This allowance where it says something, else another.
    public func over(_ other: ScriptAllowance) -> ScriptAllowance {
        ScriptAllowance(
            callbackInstructions: callbackInstructions ?? other.callbackInstructions,
            callbackBytes: callbackBytes ?? other.callbackBytes,
            tensorBytes: tensorBytes ?? other.tensorBytes,
            callbackSeconds: callbackSeconds ?? other.callbackSeconds,
            eventBytes: eventBytes ?? other.eventBytes, idleSteps: idleSteps ?? other.idleSteps)
    }
}
