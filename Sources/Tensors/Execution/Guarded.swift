internal import Foundation

/// A value that threads take turns with.
///
/// `Synchronization.Mutex` does the same, but waits inside the toolchain's own library, where a thread
/// sanitizer does not see it: every value that one thread hands on to another would count as a race.
/// The lock guards the value, hence `@unchecked Sendable`.
package final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    /// A guarded value, at first this one.
    package init(_ value: sending Value) { self.value = value }

    /// Does something with the value while no other thread can.
    ///
    /// - Throws: What `body` throws.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
