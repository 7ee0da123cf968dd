import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a case is a finding.
enum Harm: Equatable, CustomStringConvertible {
    case signal(Int32)
    case time
    case silence
    case memory
    case fault
    case exit(Int32)

    var description: String {
        switch self {
        case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
        case .time: "more than \(CaseLimits.seconds) s of processor time"
        case .silence: "silent for \(Int(CaseLimits.silence)) s"
        case .memory: "more than \(CaseLimits.bytes >> 20) MiB of memory"
        case .fault: "an error that is no sentence for users"
        case .exit(let code): "exit \(code)"
        }
    }
}

/// What became of a worker.
struct WorkerEnd {
    /// The last case that it began; nil if none.
    var last: Int?
    /// Cases that it began.
    var begun = 0
    /// Cases that ended with an error for users.
    var refused = 0
    /// What ended it, other than its last case.
    var harm: Harm?
    /// What it said of that.
    var detail = ""
}

/// Starts a worker and watches its time and memory.
struct Watch {
    let arguments: [String]
    /// A folder for what the worker writes to its error stream.
    let folder: String

    func run() throws -> WorkerEnd {
        let errors = folder + "/errors.txt"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Bundle.main.executablePath ?? "")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["SWIFT_BACKTRACE": "enable=no", "MALLOC_ARENA_MAX": "2"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        try? pipe.fileHandleForWriting.close()
        var end = WorkerEnd()
        let killed = follow(pipe.fileHandleForReading.fileDescriptor, process, &end)
        process.waitUntilExit()
        let status = process.terminationStatus
        if let killed {
            end.harm = killed
        } else if process.terminationReason == .uncaughtSignal {
            end.harm = status == SIGXCPU ? .time : .signal(status)
        } else if status == Worker.faultCode {
            end.harm = .fault
        } else if status != 0 {
            end.harm = .exit(status)
        }
        if end.harm != nil, end.detail.isEmpty { end.detail = Watch.tail(of: errors) }
        return end
    }

    /// Reads lines until the worker closes its output, or must be killed.
    private func follow(_ output: Int32, _ process: Process, _ end: inout WorkerEnd) -> Harm? {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        var heard = ContinuousClock.now
        while true {
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, 20) > 0 {
                let count = read(output, &buffer, buffer.count)
                if count <= 0 { return nil }
                heard = .now
                rest += buffer[..<count]
                while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    end.take(String(decoding: rest[..<newline], as: UTF8.self))
                    rest.removeSubrange(...newline)
                }
            }
            var harm: Harm?
            if Watch.residentBytes(process.processIdentifier) > CaseLimits.bytes { harm = .memory }
            if ContinuousClock.now - heard > .seconds(CaseLimits.silence) { harm = .silence }
            if let harm {
                kill(process.processIdentifier, SIGKILL)
                return harm
            }
        }
    }

    private static func residentBytes(_ process: Int32) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The last lines of what a worker complained of.
    private static func tail(of path: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(3).joined(separator: " | ")
    }
}

extension WorkerEnd {
    /// Takes a line of a worker.
    fileprivate mutating func take(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return }
        switch parts[0] {
        case "case":
            last = Int(parts[1])
            begun += 1
        case "done": refused = Int(parts[1]) ?? 0
        case "fault": detail = String(parts[1])
        default: break
        }
    }
}
