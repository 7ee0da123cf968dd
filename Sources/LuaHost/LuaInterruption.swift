import LuaBridge

/// Ends what a state is running, from another thread or from a signal handler.
///
/// A request holds until it is cleared: scripts cannot catch it, and later calls end as well. It is
/// seen after each host function, and every 1,000 instructions of calls with an instruction limit.
public final class LuaInterruption: @unchecked Sendable {
    /// What the C side reads; written through `bridge_interrupt` alone.
    private let flag: UnsafeMutablePointer<Int32>

    /// The place that the bridge looks at.
    var place: UnsafePointer<Int32> { UnsafePointer(flag) }

    init() {
        flag = .allocate(capacity: 1)
        flag.initialize(to: 0)
    }

    deinit { flag.deallocate() }

    /// Asks; calls end with a `LuaError` of kind `interrupted`.
    ///
    /// - Returns: Whether it had been asked before, and not been cleared.
    @discardableResult
    public func request() -> Bool { bridge_interrupt(flag, 1) != 0 }

    /// Whether it was asked and not cleared.
    public var isRequested: Bool { flag.pointee != 0 }

    /// Lets calls run again.
    public func clear() { _ = bridge_interrupt(flag, 0) }
}
