import Foundation
import Testing
import apogee

final class HistoryFileTests {
    private let folder: String
    private let file: HistoryFile

    init() throws {
        folder = NSTemporaryDirectory() + "apogee-history-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        file = HistoryFile(path: folder + "/state/apogee/repl_history")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func text() throws -> String {
        try String(contentsOfFile: file.path, encoding: .utf8)
    }

    private func put(_ bytes: [UInt8]) throws {
        let parent = URL(fileURLWithPath: file.path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file.path))
    }

    private func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: folder, with: "FOLDER")
        }
    }

    @Test func `entries come back as they were, those of several lines too`() throws {
        let entries = [
            "1 + 1", "for i = 1, 2 do\n\tprint(i)\nend", #"s = "a\n\\b""#, "\\", "x = 'é片🚀'",
            "trailing  ", "\n", "'\\n'",
        ]
        for entry in entries { try file.append(entry) }
        let loaded = try file.load()
        #expect(loaded.entries == entries.filter { $0 != "\n" })
        #expect(loaded.damaged == 0)
        #expect(try text().split(separator: "\n").count == 7)
    }

    @Test func `a file that is not there is an empty history`() throws {
        let loaded = try file.load()
        #expect(loaded.entries == [] && loaded.damaged == 0)
        #expect(!FileManager.default.fileExists(atPath: folder + "/state"))
    }

    @Test func `the file is for its user alone`() throws {
        try file.append("x")
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(file.path) == 0o600)
        #expect(try mode(folder + "/state/apogee") == 0o700)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: file.path)
        try file.append("y")
        #expect(try mode(file.path) == 0o600)
    }

    @Test func `at most a thousand lines are kept, the last ones`() throws {
        try put(Array((1...1500).map { "x = \($0)\n" }.joined().utf8))
        #expect(try file.load().entries.first == "x = 501")
        try file.append("x = 1501")
        var lines = try text().split(separator: "\n")
        #expect(lines.count == 1000 && lines.first == "x = 502" && lines.last == "x = 1501")
        try file.append("x = 1502")
        lines = try text().split(separator: "\n")
        #expect(lines.count == 1000 && lines.first == "x = 503" && lines.last == "x = 1502")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(mode[.posixPermissions] as? Int == 0o600)
        let beside = try FileManager.default.contentsOfDirectory(atPath: folder + "/state/apogee")
        #expect(beside == ["repl_history"])
    }

    @Test func `what cannot be an entry is left out`() throws {
        for entry in ["", "  \n ", "a\u{1B}[31m", "a\u{0}", String(repeating: "x", count: 8001)] {
            try file.append(entry)
        }
        #expect(try file.load().entries == [])
        try file.append("same")
        try file.append("same")
        try file.append("other")
        try file.append("same")
        #expect(try file.load().entries == ["same", "other", "same"])
    }

    @Test func `damaged lines are left out and counted, and go when the next is kept`() throws {
        try put(
            Array("good\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("a\u{0}b\n\\q\nend\\\n".utf8)
                + [UInt8](repeating: 0x78, count: 9000) + Array("\n\nalso good".utf8))
        let loaded = try file.load()
        #expect(loaded.entries == ["good", "also good"])
        #expect(loaded.damaged == 5)
        try file.append("next")
        #expect(try text() == "good\nalso good\nnext\n")
        #expect(try file.load().damaged == 0)
    }

    @Test func `a line that was cut off is ended before the next`() throws {
        try put(Array("one\ntw".utf8))
        try file.append("three")
        #expect(try text() == "one\ntw\nthree\n")
    }

    @Test func `what stands in its place is never written to`() throws {
        let end = "; this session's lines will not be saved (--no-history turns the history off)"
        try FileManager.default.createDirectory(
            atPath: file.path, withIntermediateDirectories: true)
        #expect(
            complaint { _ = try file.load() }
                == "history: FOLDER/state/apogee/repl_history: expected a file, found something "
                + "else" + end)
        #expect(
            complaint { try file.append("x") }
                == "history: FOLDER/state/apogee/repl_history: Is a directory" + end)
        try FileManager.default.removeItem(atPath: file.path)
        try put([UInt8](repeating: 0x0A, count: 8 << 20 + 1))
        #expect(
            complaint { try file.append("x") }.contains(
                "expected at most 8388608 bytes, found 8388609"))
        let below = HistoryFile(path: file.path + "/deeper/repl_history")
        #expect(
            complaint { try below.append("x") }
                == "history: FOLDER/state/apogee/repl_history/deeper: the folder cannot be made"
                + end)
    }

    @Test func `a pipe in its place stops nothing`() throws {
        let pipe = folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(
            complaint { _ = try HistoryFile(path: pipe).load() }.contains(
                "expected a file, found something else"))
    }

    @Test func `sessions at the same time keep each other's entries`() throws {
        let file = file
        DispatchQueue.concurrentPerform(iterations: 4) { session in
            for place in 0..<100 { try? file.append("s\(session) = \(place)") }
        }
        let entries = try file.load().entries
        #expect(entries.count == 400)
        for session in 0..<4 {
            let own = entries.filter { $0.hasPrefix("s\(session) ") }
            #expect(own == (0..<100).map { "s\(session) = \($0)" })
        }
    }

    @Test func `sessions that trim the file leave it whole`() throws {
        try put(Array((1...995).map { "x = \($0)\n" }.joined().utf8))
        let file = file
        DispatchQueue.concurrentPerform(iterations: 4) { session in
            for place in 0..<25 { try? file.append("s\(session) = \(place)") }
        }
        let loaded = try file.load()
        #expect(loaded.entries.count == 1000 && loaded.damaged == 0)
        #expect(loaded.entries.filter { $0.hasPrefix("s") }.count == 100)
        #expect(loaded.entries.first == "x = 96")
    }

    @Test func `the folder is the one that XDG names, else below the home folder`() throws {
        #expect(
            try HistoryFile(environment: ["XDG_STATE_HOME": "/none/a", "HOME": "/none/b"]).path
                == "/none/a/apogee/repl_history")
        for state in ["", "relative"] {
            #expect(
                try HistoryFile(environment: ["XDG_STATE_HOME": state, "HOME": "/none/b"]).path
                    == "/none/b/.local/state/apogee/repl_history")
        }
        #expect(
            complaint { _ = try HistoryFile(environment: [:]) }
                == "history: neither XDG_STATE_HOME nor HOME names a folder; this session's "
                + "lines will not be saved (--no-history turns the history off)")
    }
}
