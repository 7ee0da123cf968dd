import Foundation
import TestSupport
import Testing

struct RuleTests {
    private static func lineCount(_ text: String) -> Int {
        text.split(separator: "\n", omittingEmptySubsequences: false).count
            - (text.hasSuffix("\n") ? 1 : 0)
    }

    @Test func `no file is longer than 600 lines`() throws {
        let files = try ["Sources", "Tests", "plugins", "scripts"].flatMap {
            try SourceFile.all($0, endings: [".swift", ".c", ".h", ".lua", ".py"])
        }
        #expect(files.count > 20, "no files found below \(Repository.root)")
        for file in files {
            let count = Self.lineCount(file.text)
            #expect(count <= 600, "\(file.path) has \(count) lines; part it by topic")
        }
    }

    @Test func `nothing forces a try, a cast or a value`() throws {
        let files =
            try SourceFile.all("Sources", endings: [".swift"])
            + SourceFile.all("Tests", endings: [".swift"])
        for file in files {
            for (index, line) in file.codeLines.enumerated() {
                for word in ["try!", "as!", "fatalError("] where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word); throw an error instead")
                }
            }
        }
    }

    @Test func `no test is switched off`() throws {
        for file in try SourceFile.all("Tests", endings: [".swift"]) {
            for (index, line) in file.codeLines.enumerated() {
                for word in [".disabled(", "XCTSkip", "withKnownIssue"] where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word); repair it or take it out")
                }
            }
        }
    }

    @Test func `a clock, a global generator and the environment are left to the edges`() throws {
        // The core's results depend on the plan and the seed alone.
        let core = [
            "Randomness", "Statistics", "Records", "Kernels", "Tensors", "SearchSpaces",
            "NeuralNetworks", "Datasets", "Evolution", "Supernets", "MetaLearning",
        ]
        let words = [
            "SystemRandomNumberGenerator", ".random(in:", ".shuffled()", ".randomElement()",
            "arc4random", "drand48", "Date()", "ContinuousClock", "clock_gettime",
        ]
        for target in core {
            for file in try SourceFile.all("Sources/" + target, endings: [".swift"]) {
                for (index, line) in file.codeLines.enumerated() {
                    for word in words where line.contains(word) {
                        Issue.record("\(file.path):\(index + 1): \(word) makes runs differ")
                    }
                }
            }
        }
    }

    @Test func `each experiment opens with purpose, data, expected result and minutes`() throws {
        for file in try SourceFile.all("scripts/experiments", endings: [".lua"]) {
            let head = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                .prefix { $0.hasPrefix("--") }.joined(separator: "\n").lowercased()
            for word in ["purpose", "data", "expected", "minute"] {
                #expect(
                    head.contains(word),
                    "\(file.path): the comment at its top does not say “\(word)”")
            }
        }
    }

    @Test func `no file names a machine, a home folder or work left undone`() throws {
        let endings = [
            ".swift", ".c", ".h", ".lua", ".md", ".py", ".sh", ".json", ".modulemap", "LICENSE",
            "quickstart", "setup", "test", "check", "format", "lint", "run",
        ]
        let folders = ["Sources", "Tests", "scripts", "plugins", "benchmarks-data", ".ci"]
        var files = try folders.flatMap { try SourceFile.all($0, endings: endings) }
        for name in ["README.md", "CHANGELOG.md", "Package.swift"] {
            let path = Repository.path(name)
            guard FileManager.default.fileExists(atPath: path) else {
                Issue.record("\(name) is missing")
                continue
            }
            files.append(
                SourceFile(path: name, text: try String(contentsOfFile: path, encoding: .utf8)))
        }
        // Written in two halves, so that this file does not name them either.
        let words = [
            "/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/", "/wo" + "rk/", "TO" + "DO", "FIX" + "ME",
            "XX" + "X:",
        ]
        for file in files {
            for word in words where file.text.contains(word) {
                let line =
                    file.text.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains(word) } ?? 0
                Issue.record("\(file.path):\(line + 1): “\(word)” has no place in the repository")
            }
        }
    }

    @Test func `the walk through a run has at most ten hops, and names files that are there`()
        throws
    {
        let page = Repository.path("Sources/Experiments/Experiments.docc/HowARunFlows.md")
        let text = try String(contentsOfFile: page, encoding: .utf8)
        let rows = text.split(separator: "\n").filter { row in
            row.dropFirst(2).first?.isNumber == true && row.hasPrefix("| ")
        }
        #expect(rows.count > 5 && rows.count - 1 <= 10, "\(rows.count) files")
        for row in rows {
            for name in row.split(separator: "`") where name.hasSuffix(".swift") {
                #expect(
                    FileManager.default.fileExists(atPath: Repository.path("Sources/" + name)),
                    "\(name) is not there")
            }
        }
    }

    @Test func `the commands of a newcomer are there and can be run`() {
        let commands = [
            "scripts/quickstart", "scripts/setup", "scripts/test", "scripts/dev/check",
            "scripts/dev/format", "scripts/dev/lint", ".ci/run",
        ]
        for command in commands {
            #expect(
                FileManager.default.isExecutableFile(atPath: Repository.path(command)),
                "\(command) is missing or not executable")
        }
    }
}
