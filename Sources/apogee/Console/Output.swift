import Components
import Foundation
import Synchronization

/// The two streams of a command: results on standard output, all else on standard error.
///
/// What cannot be written is an error: the command goes on, since a run is worth more than its
/// table, and ``finish(_:)`` then says so. Only a reader of the results that went away, as after
/// `| head`, ends the command at once and without a word, as it ends any other program.
enum Output {
    /// Why a stream could not be written, by its descriptor: the first error number of each.
    private static let failures = Mutex<[Int32: Int32]>([:])

    /// To be called before anything is opened or written.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // The next file to be opened would take the number of a stream that is closed, and get its
        // lines. One that cannot be written keeps the number.
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", O_RDONLY) }
    }

    /// A line of results.
    static func line(_ text: String = "") {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// A line for the person at the terminal.
    static func error(_ text: String) {
        write(TextWidth.plain(text) + "\n", to: STDERR_FILENO)
    }

    /// Text for standard error as it is, control codes included.
    static func raw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// Ends the program with this code, or with ``Components/ExitCode/failed`` in place of success
    /// if something that it wrote is lost.
    static func finish(_ code: Int32) -> Never {
        if let number = failures.withLock({ $0[STDOUT_FILENO] }) {
            error("error: standard output cannot be written (\(String(cString: strerror(number))))")
        }
        let lost = failures.withLock { $0 }
        if code == 0, lost.values.contains(EPIPE) { endByClosedPipe() }
        exit(code == 0 && !lost.isEmpty ? Components.ExitCode.failed.rawValue : code)
    }

    /// Ends the program by the signal that a closed pipe usually sends.
    private static func endByClosedPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { part in
                part.baseAddress.map { Foundation.write(descriptor, $0, part.count) } ?? part.count
            }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            let number = errno
            switch number {
            case EINTR: continue
            case EAGAIN:
                // Somebody set the terminal or pipe to return at once; wait until it has room.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            default:
                if number == EPIPE, descriptor == STDOUT_FILENO { endByClosedPipe() }
                return failures.withLock { if $0[descriptor] == nil { $0[descriptor] = number } }
            }
        }
    }
}
