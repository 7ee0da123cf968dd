import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and a polite kill into a question that the run asks between updates.
///
/// The second signal ends the process at once.
final class Interruption: Sendable {
    private let count = Atomic<Int>(0)
    // Only kept alive: nothing touches them after `init`.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Whether the run should save its state and end.
    var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

    /// Starts to listen.
    ///
    /// - Parameter notify: Called at the first signal, on another thread.
    init(_ notify: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [self] in
                if count.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
                notify()
            }
            source.resume()
        }
    }
}
