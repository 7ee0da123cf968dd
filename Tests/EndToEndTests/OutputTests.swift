import Foundation
import TestSupport
import Testing

/// Output that cannot be written is an error, and a reader that went away ends a command quietly.
@Suite struct OutputTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(
            """
            return require("apogee").experiment { name = "sines", api = 1, tasks = "sine",
              space = "mlp", budget = { updates = 2, test_tasks = 2 } }
            """, to: "sines.lua")
    }

    /// The exit code and standard error of a line of bash, in which `apogee` is the program.
    private func shell(_ line: String) throws -> (code: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let program = try #require(Program.path)
        process.arguments = ["-c", "apogee() { '\(program)' \"$@\"; }; \(line)"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let error = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, error)
    }

    static let commands = [
        "run sines.lua --json --quiet", "run sines.lua --quiet", "inspect sines.lua",
        "inspect sines.lua --json", "check sines.lua", "plugins", "doctor", "--help", "run --help",
        "--version", "--generate-completion-script bash", "new plugin some_ops",
    ]

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")), arguments: commands)
    func `output that cannot be written is an error`(command: String) throws {
        let (code, error) = try shell("apogee \(command) > /dev/full")
        #expect(code == 1, "\(command): \(error)")
        #expect(
            error.contains("error: standard output cannot be written (No space left on device)"),
            "\(command): \(error)")
    }

    @Test(arguments: ["run sines.lua --json --quiet", "inspect sines.lua", "run --help"])
    func `a reader that went away ends the command without a word`(command: String) throws {
        // The pipe has no reader at all, so the first line already finds it closed.
        let (code, error) = try shell(
            "set -o pipefail; (sleep 0.2; apogee \(command)) | true; exit ${PIPESTATUS[0]}")
        #expect(code == 141, "\(command): \(error)")
        #expect(error.isEmpty, "\(command): \(error)")
    }

    @Test func `standard error that is full does not keep results from being written`() throws {
        let (code, _) = try shell("apogee run sines.lua --json > results.json 2> /dev/full")
        #expect(code == 1)
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/results.json"))
        let rows = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect(rows?["status"] as? String == "done")
    }

    @Test func `a stream that is closed does not get the lines of another file`() throws {
        let (code, _) = try shell("apogee run sines.lua --store closed --quiet >&-")
        #expect(code == 1)
        let events = try String(
            contentsOfFile: folder.path + "/closed/sines-0-1/events.jsonl", encoding: .utf8)
        for line in events.split(separator: "\n") {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(event?["event"] != nil)
        }
    }
}
