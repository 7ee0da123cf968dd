import Foundation
import TestSupport
import Testing

/// What a run shows on terminals of several widths.
struct TerminalWidthTests {
    private static func shown(
        _ columns: Int, _ environment: [String: String] = [:], _ arguments: [String]
    ) throws -> [String] {
        let session = try TerminalSession(
            arguments, environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 },
            columns: columns)
        try session.waitForEnd()
        return session.text.replacingOccurrences(of: "\r", with: "\n")
            .split(separator: "\n").map(String.init)
    }

    /// The text without colours and cleared lines.
    private static func plain(_ line: String) -> String {
        line.replacingOccurrences(
            of: "\u{1B}\\[[0-9]*[mK]", with: "", options: .regularExpression)
    }

    private static func run(
        _ columns: Int, _ environment: [String: String] = [:]
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        return try shown(
            columns, environment,
            [
                "run", Repository.path("scripts/experiments/01_quickstart.lua"), "--store",
                folder.path, "--set", "budget.warm_up_updates=2", "--set", "budget.generations=2",
                "--set", "budget.updates_per_generation=2", "--set", "budget.final_updates=1",
                "--set", "budget.validation_tasks=2", "--set", "budget.test_tasks=4", "--set",
                "per_task_search.tasks=2",
            ])
    }

    @Test(arguments: [40, 80, 200])
    func `names of rows are whole and progress fits`(columns: Int) throws {
        let lines = try Self.run(columns)
        let text = lines.map(Self.plain)
        #expect(text.contains { $0.hasPrefix("searched_per_task") })
        #expect(text.contains { $0.hasPrefix("random_search") })
        #expect(text.contains { $0.contains("evaluations") })
        let progress = zip(lines, text).filter { $0.0.hasSuffix("\u{1B}[K") }.map(\.1)
        #expect(!progress.isEmpty)
        #expect(progress.allSatisfy { $0.count < columns && !$0.contains("…") })
        #expect(progress.contains { $0.contains("gen") && $0.contains("best") })
        #expect(progress.contains { $0.contains(" left") })
        if columns == 40 { #expect(text.contains { $0.hasPrefix("  multiply-adds ") }) }
    }

    @Test func `a terminal gets colours, and none under NO_COLOR or where it is dumb`() throws {
        let colour = "\u{1B}[1m"
        #expect(try Self.run(80).joined().contains(colour))
        #expect(try !Self.run(80, ["NO_COLOR": "1"]).joined().contains(colour))
        #expect(try !Self.run(80, ["TERM": "dumb"]).joined().contains("\u{1B}"))
        #expect(try Self.run(80, ["NO_COLOR": ""]).joined().contains(colour))
    }

    @Test func `an error is coloured on a terminal alone`() throws {
        let lines = try Self.shown(80, ["TERM": "xterm"], ["inspect", "none.lua"])
        #expect(lines.first?.hasPrefix("\u{1B}[31merror:\u{1B}[0m none.lua") == true)
        #expect(try Program.run("inspect", "none.lua").error.hasPrefix("error: none.lua"))
    }

    @Test(arguments: [40, 80, 200])
    func `lists of components stay within the terminal`(columns: Int) throws {
        let lines = try Self.shown(columns, [:], ["plugins", "strategy"])
        #expect(lines.contains { $0.hasPrefix("  regularized") })
        #expect(lines.allSatisfy { Self.plain($0).count <= columns })
    }

    @Test func `a terminal that does not say its width has that of COLUMNS`() throws {
        let lines = try Self.shown(0, ["COLUMNS": "40"], ["plugins", "strategy"])
        #expect(lines.allSatisfy { Self.plain($0).count <= 40 })
    }
}
