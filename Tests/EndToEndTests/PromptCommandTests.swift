import Foundation
import TestSupport
import Testing

@Suite struct PromptCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var history: String { folder.path + "/apogee/repl_history" }

    private func session(
        _ arguments: String..., terminal: String = "xterm"
    ) throws -> TerminalSession {
        // A person's own `.editrc` must not decide.
        try TerminalSession(
            ["repl"] + arguments,
            environment: [
                "XDG_STATE_HOME": folder.path, "HOME": folder.path, "TERM": terminal,
            ])
    }

    // MARK: Without a terminal

    @Test func `lines from a pipe are run, with nothing else on either stream`() throws {
        let input = """
            1 + 1
            for i = 1, 2 do

            x = apogee.tensor.ones({ 2 })
            x
            for i = 1, 2 do
              print("i", i)\u{9}
            end
            -- a remark
            nothing_such
            require "apogee.testing"
            """
        let outcome = try Program.run(
            "repl", in: folder.path, input: input, environment: ["XDG_STATE_HOME": folder.path])
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.prefix(4) == ["2", "tensor [2] { 1.0, 1.0 }", "i\t1", "i\t2"])
        #expect(lines[4].hasPrefix("{ component = ") && lines.count == 6)
        for text in [outcome.output, outcome.error] {
            #expect(!text.contains("> ") && !text.contains("\u{1B}"))
        }
        #expect(outcome.error.split(separator: "\n").count == 2, "\(outcome.error)")
        #expect(outcome.error.contains("near <eof>") && outcome.error.contains("'nothing_such'"))
        #expect(!FileManager.default.fileExists(atPath: history))
    }

    @Test func `help, exit and quit are commands unless they are variables`() throws {
        let input = """
            help
            x = 1
            help = 7
            help
            exit()
            x
            """
        let outcome = try Program.run(
            "repl", in: folder.path, input: input, environment: ["XDG_STATE_HOME": folder.path])
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(
            lines.first == "An expression prints its value; a name assigned without local is kept.")
        #expect(lines.contains { $0.hasPrefix("  help, exit ") })
        #expect(lines.last == "7")
    }

    @Test func `run takes the seed, the data, the threads and the changes of the command`() throws {
        let script = Repository.path("scripts/experiments/04_maml_sine.lua")
        let input = """
            settings.seed, settings.threads, settings.data
            tostring(require "apogee.testing".rng():integer(1, 1000000))
            tostring(require "apogee.testing".rng(5):integer(1, 1000000))
            rows = run "\(script)"
            #rows[1].scores, rows[1].arm, rows[1].mean
            run "none.lua"
            """
        func lines(_ seed: String) throws -> (lines: [String], error: String) {
            let outcome = try Program.run(
                [
                    "repl", "--seed", seed, "--threads", "1", "--data", folder.path, "--set",
                    "budget.updates=2", "--set", "budget.test_tasks=3",
                ], in: folder.path, input: input, environment: ["XDG_STATE_HOME": folder.path])
            #expect(outcome.code == 0)
            return (outcome.output.split(separator: "\n").map(String.init), outcome.error)
        }
        let (first, error) = try lines("5")
        try #require(first.count == 8, "\(first) \(error)")
        #expect(first.prefix(3) == ["5", "1", "\"\(folder.path)\""])
        #expect(first[3] == first[4])
        #expect(first[5] == "3" && first[6] == "\"maml\"")
        #expect(error.contains("none.lua"))
        #expect(try lines("6").lines.last != first.last)
    }

    @Test func `options of the prompt are checked`() throws {
        #expect(try Program.run("repl", "--threads", "0", input: "").code == 64)
        #expect(try Program.run("repl", "--seed", "-1", input: "").code == 64)
        #expect(try Program.run("repl", "--set", "nothing", input: "").code == 64)
        let outcome = try Program.run("repl", "--data", folder.path + "/none", input: "")
        #expect(outcome.code == 66 && outcome.complaint.contains("no such folder"))
    }

    @Test func `a terminal is told how to get help`() throws {
        let session = try session()
        try session.wait(for: "help says what there is; exit ends.")
        try session.press("exit\r")
        try session.waitForEnd()
    }

    @Test func `the help teaches the keys and where statements are kept`() throws {
        let help = try Program.run("repl", "--help").output
        for text in ["Tab ", "Up Down ", "Ctrl-R", "Ctrl-C ", "Ctrl-D ", "--no-history"] {
            #expect(help.contains(text), "\(text)")
        }
        let words = help.split(whereSeparator: \.isWhitespace)
        #expect(words.contains("$XDG_STATE_HOME/apogee/repl_history"))
    }

    // MARK: On a terminal

    @Test func `a terminal has completion, history and a way out of a line`() throws {
        let session = try session()
        try session.wait(for: "> ")
        try session.press("1 + 1\r", until: "\n2\r\n", "> ")
        try session.press("count = 40\r", until: "> ")
        try session.press("count = count + 1\r", until: "> ")
        // Up recalls the statement before; Enter runs it again.
        try session.press("\u{1B}[A\r", until: "> ")
        try session.press("cou\t * 10\r", until: "\n420\r\n", "> ")
        // Where there are several, Tab shows them.
        try session.press("apogee.tensor.\t", until: "zeros", "stack", "> ")
        try session.press("\u{3}", until: "^C", "> ")
        try session.press("count = 99\u{3}", until: "^C", "> ")
        try session.press("while true do\r", until: ">> ")
        try session.press("\u{3}", until: "^C", "> ")
        try session.press("count\r", until: "\n42\r\n", "> ")
        try session.press("'é片' .. 'x'\r", until: "\n\"é片x\"\r\n", "> ")
        #expect(try session.end() == 0)
        let kept = try String(contentsOfFile: history, encoding: .utf8)
        #expect(
            kept.split(separator: "\n") == [
                "1 + 1", "count = 40", "count = count + 1", "count * 10", "count", "'é片' .. 'x'",
            ])
    }

    @Test(arguments: ["xterm", "dumb"])
    func `an interrupt ends the statement that runs, and the prompt goes on`(
        terminal: String
    ) throws {
        let session = try session(terminal: terminal)
        try session.wait(for: "> ")
        let enter = terminal == "dumb" ? "\n" : "\r"
        try session.press("kept = 41\(enter)", until: "> ")
        // Of instructions, and of host functions that take long.
        for body in ["pcall(error)", "pcall(t.matmul, t, t)"] {
            try session.press(
                "t = apogee.tensor.zeros({ 512, 512 }) print('began') while true do \(body) end"
                    + enter, until: "\nbegan\r\n")
            session.interrupt()
            try session.wait(for: "prompt:1: interrupted")
            try session.wait(for: "> ")
        }
        try session.press("kept + 1\(enter)", until: "\n42\r\n", "> ")
        #expect(try session.end() == 0)
    }

    @Test func `a statement of several lines comes back whole in the next session`() throws {
        let first = try session()
        try first.wait(for: "> ")
        try first.press("for i = 7, 8 do\r", until: ">> ")
        try first.press("\tprint(i, 'round')\r", until: ">> ")
        try first.press("end\r", until: "\n7\tround\r\n8\tround\r\n", "> ")
        #expect(try first.end() == 0)
        #expect(
            try String(contentsOfFile: history, encoding: .utf8)
                == "for i = 7, 8 do\\n  print(i, 'round')\\nend\n")
        let second = try session()
        try second.wait(for: "> ")
        try second.press("\u{1B}[A\r", until: "\n7\tround\r\n8\tround\r\n", "> ")
        #expect(try second.end() == 0)
    }

    @Test func `without a history the file is neither read nor made`() throws {
        let session = try session("--no-history")
        try session.wait(for: "> ")
        try session.press("1 + 1\r", until: "\n2\r\n", "> ")
        try session.press("\u{1B}[A\r", until: "\n2\r\n", "> ")
        #expect(try session.end() == 0)
        #expect(!FileManager.default.fileExists(atPath: history))
    }

    @Test func `a history that cannot be kept is told of once, and the prompt goes on`() throws {
        try FileManager.default.createDirectory(
            atPath: history, withIntermediateDirectories: true)
        let session = try session()
        try session.wait(for: "expected a file, found something else")
        try session.wait(for: "> ")
        try session.press("6 * 7\r", until: "\n42\r\n", "> ")
        #expect(try session.end() == 0)
        #expect(session.text.components(separatedBy: "expected a file").count == 2)
    }

    @Test func `a terminal that cannot move its cursor has a plain prompt`() throws {
        let session = try session(terminal: "dumb")
        try session.wait(for: "> ")
        try session.press("6 * 7\n", until: "\n42\r\n", "> ")
        try session.press("for i = 1, 1 do\n", until: ">> ")
        try session.press("end\n", until: "> ")
        #expect(try session.end() == 0)
        #expect(!session.text.contains("\u{1B}"))
    }
}
