import Foundation
import TestSupport
import Testing

/// `apogee doctor --run`: whether a run's bits repeat here.
struct RepetitionTests {
    private let folder: TemporaryFolder
    private let run: String

    init() throws {
        folder = try TemporaryFolder()
        let outcome = try Program.run(
            "run", Repository.path("scripts/experiments/04_maml_sine.lua"), "--quiet",
            "--set", "budget.updates=2", "--set", "budget.test_tasks=2", "--store", folder.path)
        try #require(outcome.code == 0, "\(outcome.error)")
        run = folder.path + "/maml-on-sine-waves-10-points-0-1"
    }

    private func change(_ pattern: String, to text: String) throws {
        let file = URL(fileURLWithPath: run + "/run.json")
        let before = try String(contentsOf: file, encoding: .utf8)
        let after = before.replacingOccurrences(
            of: pattern, with: text, options: .regularExpression)
        try #require(after != before, "run.json holds no \(pattern)")
        try after.write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func `a run of this machine repeats`() throws {
        let outcome = try Program.run("doctor", "--run", run)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.output.contains("give the same bits here as in the run"))
        #expect(!outcome.output.contains("OTHER BITS"))
    }

    @Test func `what differs is named, and decides the exit code if it decides bits`() throws {
        try change(#""oneDNN" : "[^"]*""#, to: #""oneDNN" : "1.7.0""#)
        try change(#""instructionSet" : "[^"]*""#, to: #""instructionSet" : "avx2""#)
        let other = try Program.run("doctor", "--run", run)
        #expect(other.code == 1)
        #expect(
            other.complaint.hasPrefix(
                "the run's bits may not repeat here: oneDNN (1.7.0 then, "), "\(other.error)")
        #expect(
            other.complaint.contains("now), oneDNN's instruction set (avx2 then, "),
            "\(other.error)")
        #expect(
            other.complaint.hasSuffix(
                "now) differ; its results are as right, so compare them by their intervals"),
            "\(other.error)")
        #expect(other.output.contains("1.7.0"))
    }

    @Test func `another system or Lua alone changes no result`() throws {
        try change(#""lua" : "[^"]*""#, to: #""lua" : "Lua 5.4""#)
        try change(#""system" : "[^"]*""#, to: #""system" : "Debian 11""#)
        let outcome = try Program.run("doctor", "--run", run)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.output.contains("changes no result"))
    }

    @Test func `a run of before the machine was recorded cannot be told`() throws {
        try change(#""machine" : \{[^}]*\},"#, to: "")
        let outcome = try Program.run("doctor", "--run", run)
        #expect(outcome.code == 1)
        #expect(
            outcome.complaint
                == "whether the run's bits repeat here cannot be told: it did not record C library, "
                + "kernels")
    }

    @Test func `a folder without a run, and other options beside it, are refused`() throws {
        let none = try Program.run("doctor", "--run", folder.path + "/none")
        #expect(none.code == 66)
        #expect(none.complaint.hasPrefix("--run: "))
        #expect(try Program.run("doctor", "--run", run, "--kernels").code == 64)
    }
}
