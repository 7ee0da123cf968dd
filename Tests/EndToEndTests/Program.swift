import Foundation
import Testing

/// The built `apogee`, found beside the test bundle.
enum Program {
    /// How a call ended.
    struct Outcome {
        let code: Int32
        let output: String
        let error: String

        /// What follows `error: ` on the one line of standard error.
        var complaint: String {
            error.hasPrefix("error: ")
                ? String(error.dropFirst(7)).trimmingCharacters(in: .newlines) : error
        }
    }

    /// The program's path; the tests' own executable lies in the same folder.
    static let path: String? = {
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = own.deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("apogee").path
            if FileManager.default.isExecutableFile(atPath: candidate),
                !isFolder(candidate)
            {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// Starts the program, and ends it by a signal as soon as a file is there.
    ///
    /// - Returns: Whether the signal ended it.
    static func run(
        _ arguments: [String], in folder: String, until file: String, signal: Int32
    ) throws -> Bool {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try #require(path, "apogee is not built beside the tests"))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning, !FileManager.default.fileExists(atPath: file) {
            usleep(2_000)
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal || process.terminationStatus == 130
    }

    /// Runs the program to its end, and collects what it writes.
    static func run(
        _ arguments: String..., in folder: String? = nil, input: String? = nil,
        environment: [String: String]? = nil
    ) throws -> Outcome {
        try run(arguments, in: folder, input: input, environment: environment)
    }

    /// Runs a program to its end, the built one unless another is named, and collects what it writes.
    static func run(
        _ arguments: [String], in folder: String? = nil, input: String? = nil,
        environment: [String: String]? = nil, program: String? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try #require(program ?? path, "apogee is not built beside the tests"))
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files rather than pipes: a full pipe would stop the program.
        let base = NSTemporaryDirectory() + "apogee-\(UUID().uuidString)"
        let files = [base + ".out", base + ".err", base + ".in"]
        for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        process.standardInput = FileHandle.nullDevice
        if let input {
            try Data(input.utf8).write(to: URL(fileURLWithPath: files[2]))
            process.standardInput = FileHandle(forReadingAtPath: files[2])
        }
        if let environment {
            process.environment = ProcessInfo.processInfo.environment
                .merging(environment) { $1 }
        }
        try process.run()
        process.waitUntilExit()
        let texts = try files.prefix(2).map { try String(contentsOfFile: $0, encoding: .utf8) }
        return Outcome(code: process.terminationStatus, output: texts[0], error: texts[1])
    }
}

/// A folder for one test, gone with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "apogee-end-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, and makes the folders that it lies in.
    func write(_ text: String, to name: String) throws -> String {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
