import Foundation
import Testing

/// The built `apogee` on a terminal of its own, as a person would have it before them.
final class TerminalSession {
    /// Seconds after which a program that says nothing is given up; it is no measure of speed.
    private static let patience = 60.0

    private let process = Process()
    private let terminal: Int32
    private var output: [UInt8] = []
    private var mark = 0

    /// Starts the program, with a terminal for all three streams; one of 0 columns does not say its
    /// width.
    init(_ arguments: [String], environment: [String: String], columns: Int = 0) throws {
        // As `openpty` does it on Linux, which Swift's Glibc does not show.
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var lock: Int32 = 0
        var number: UInt32 = 0
        let setLock: UInt = 0x4004_5431
        let getNumber: UInt = 0x8004_5430
        try #require(
            terminal >= 0 && ioctl(terminal, setLock, &lock) == 0
                && ioctl(terminal, getNumber, &number) == 0)
        var size = winsize()
        (size.ws_row, size.ws_col) = (columns > 0 ? 50 : 0, UInt16(columns))
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        let name = "/dev/pts/\(number)"
        let other = open(name, O_RDWR | O_NOCTTY)
        try #require(other >= 0)
        let handle = FileHandle(fileDescriptor: other, closeOnDealloc: true)
        process.executableURL = URL(
            fileURLWithPath: try #require(Program.path, "apogee is not built beside the tests"))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        try handle.close()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        close(terminal)
    }

    /// What the program has written so far.
    var text: String { String(decoding: output, as: UTF8.self) }

    /// Presses keys.
    func press(_ keys: String) throws {
        mark = output.count
        let bytes = Array(keys.utf8)
        try #require(write(terminal, bytes, bytes.count) == bytes.count)
    }

    /// Presses keys, and waits until the program has answered with these texts, in this order.
    func press(_ keys: String, until answers: String...) throws {
        try press(keys)
        for answer in answers { try wait(for: answer) }
    }

    /// What Ctrl-C does outside the editor; the terminal is not the program's controlling one.
    func interrupt() {
        mark = output.count
        kill(process.processIdentifier, SIGINT)
    }

    /// Waits for a text among what was written since the last key.
    func wait(for text: String) throws {
        let wanted = Array(text.utf8)
        let start = Date()
        while true {
            if let end = find(wanted) {
                mark = end
                return
            }
            let isOpen = read(seconds: 1)
            guard isOpen, Date().timeIntervalSince(start) < Self.patience else {
                Issue.record("no “\(text)” came; the terminal holds: \(self.text.debugDescription)")
                throw Missing()
            }
        }
    }

    struct Missing: Error {}

    /// The program's exit code, after the end of its input; -1 where it does not end.
    func end() throws -> Int32 {
        try press("\u{4}")
        let start = Date()
        while read(seconds: 1) {
            guard Date().timeIntervalSince(start) < Self.patience else { return -1 }
        }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Waits until the program ends by itself.
    func waitForEnd() throws {
        let start = Date()
        while read(seconds: 1) {
            try #require(Date().timeIntervalSince(start) < Self.patience, "it does not end")
        }
        process.waitUntilExit()
    }

    /// Reads what there is; false when the program has closed the terminal.
    private func read(seconds: Int32) -> Bool {
        var request = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, seconds * 1000) > 0 else { return process.isRunning }
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(terminal, &piece, piece.count)
        guard count > 0 else { return false }
        output += piece.prefix(count)
        return true
    }

    private func find(_ wanted: [UInt8]) -> Int? {
        guard output.count - mark >= wanted.count else { return nil }
        for place in mark...(output.count - wanted.count)
        where output[place...].starts(with: wanted) {
            return place + wanted.count
        }
        return nil
    }
}
