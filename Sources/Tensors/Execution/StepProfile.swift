/// Where the time of plans goes: seconds, calls, bytes and arithmetic by kind of step.
///
/// Times are of the wall clock and never enter results.
public final class StepProfile {
    /// The steps of one kind together.
    public struct Row: Sendable {
        /// What ran, as "batch norm" or "convolution forward 3x3 depthwise".
        public var operation: String
        /// Where it ran: oneDNN's name of the implementation, or "apogee".
        public var implementation: String
        /// Number of steps.
        public var calls = 0
        /// Seconds of all of them.
        public var seconds = 0.0
        /// Bytes of the buffers that they read and wrote, each counted once a step.
        public var bytes = 0
        /// Multiply-adds of convolutions and matrix products.
        public var multiplyAdds = 0
    }

    private var rows: [String: Row] = [:]

    /// A clock in seconds: the engine has none of its own.
    let now: () -> Double

    /// A profile of nothing yet, by this clock in seconds.
    public init(now: @escaping () -> Double) { self.now = now }

    /// The kinds of steps, the slowest first.
    public var sorted: [Row] {
        rows.values.sorted { ($1.seconds, $0.operation) < ($0.seconds, $1.operation) }
    }

    /// Forgets all that was noted.
    public func reset() { rows = [:] }

    func add(_ step: Step, of plan: Plan, seconds: Double) {
        let (operation, implementation) = (step.kernel.name, step.kernel.implementation)
        let key = "\(operation) \(implementation)"
        var row = rows[key] ?? Row(operation: operation, implementation: implementation)
        row.calls += 1
        row.seconds += seconds
        for output in step.outputs { row.bytes += plan.bufferBytes[output] }
        for input in step.inputs { row.bytes += plan.bufferBytes[input] }
        row.multiplyAdds += step.kernel.multiplyAdds
        rows[key] = row
    }
}
