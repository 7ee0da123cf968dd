import Foundation
import TestSupport
import Testing

/// The README quotes results of experiments from `benchmarks-data/experiments.json` only.
///
/// A table of results follows the comment `<!-- results: FILE -->`, and the first cell of its rows
/// begins with the arm's name. Every other `X ± Y` is a difference between arms of the same file.
struct FigureTests {
    private static func percent(_ mean: Double, _ halfWidth: Double) -> String {
        String(format: "%.1f ± %.1f", 100 * mean, 100 * halfWidth)
    }

    private static func cells(_ arm: ExperimentResults.Arm) -> [String] {
        let evaluations = String(arm.evaluations).reversed().enumerated()
            .map { ($0.offset > 0 && $0.offset % 3 == 0 ? "," : "") + String($0.element) }
            .reversed().map { String($0.reversed()) }.joined()
        return [
            percent(arm.mean, arm.halfWidth) + " %",
            String(format: "%.2f T", Double(arm.multiplyAdds) / 1e12),
            arm.evaluations == 0 ? "–" : evaluations,
        ]
    }

    @Test func `figures of the README are those that were recorded`() throws {
        let recorded = try ExperimentResults.read().experiments
        let page = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        var run: ExperimentResults.Run?
        var rows = 0
        for line in page.split(separator: "\n") {
            if line.hasPrefix("<!-- results: ") {
                let file = line.dropFirst("<!-- results: ".count).dropLast(" -->".count)
                let found = try #require(
                    recorded.first { $0.experiment == file && $0.settings.isEmpty },
                    "benchmarks-data/experiments.json has no \(file)")
                run = found
                #expect(run?.seed == 0)
            }
            guard line.contains("±") else { continue }
            let run = try #require(run, "no comment names the experiment of: \(line)")
            if line.hasPrefix("|") {
                let parts = line.split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                let name = try #require(parts[0].split(separator: "`").first)
                let arm = try #require(
                    run.arms.first { $0.arm == name }, "\(run.experiment) has no arm \(name)")
                #expect(Array(parts.dropFirst()) == Self.cells(arm), "\(name)")
                rows += 1
            } else {
                let known = run.comparisons.map {
                    Self.percent(abs($0.difference), $0.halfWidth)
                }
                for figure in line.matches(of: /\d+\.\d+ ± \d+\.\d+/) {
                    #expect(known.contains(String(figure.output)), "\(figure.output)")
                }
            }
        }
        #expect(rows == run?.arms.count, "a row of the results is missing")
    }

    @Test func `every experiment is recorded, and its file quotes no result`() throws {
        let recorded = try ExperimentResults.read().experiments
        for file in try SourceFile.all("scripts/experiments", endings: [".lua"]) {
            let name = file.path.dropFirst("scripts/experiments/".count)
            if !name.contains("/") {
                #expect(
                    recorded.contains { $0.experiment == name },
                    "\(name) is not recorded; scripts/dev/record-experiments --only \(name)")
            }
            for line in file.text.split(separator: "\n") where line.hasPrefix("--") {
                #expect(
                    line.firstMatch(of: /\d\.\d+ ?%|\d ± \d/) == nil,
                    "\(name) quotes a result, which benchmarks-data/experiments.json holds")
            }
        }
    }
}
