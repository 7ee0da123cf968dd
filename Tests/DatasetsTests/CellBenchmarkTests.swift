import Datasets
import Foundation
import Randomness
import TestSupport
import Testing

@Suite struct CellBenchmarkTests {
    private func sample() throws -> String {
        try String(
            contentsOfFile: Repository.root + "/benchmarks-data/nas_bench_201/sample.csv",
            encoding: .utf8)
    }

    @Test func `cells are written and read as the benchmark writes them`() throws {
        let text = "|nor_conv_3x3~0|+|skip_connect~0|none~1|+|avg_pool_3x3~0|none~1|nor_conv_1x1~2|"
        #expect(CellBenchmark.genes(of: text) == [3, 1, 0, 4, 0, 2])
        #expect(CellBenchmark.text(of: [3, 1, 0, 4, 0, 2]) == text)
        #expect(CellBenchmark.number(of: [4, 4, 4, 4, 4, 4]) == 15_624)
        for wrong in ["", "|none~0|", text + "+", text.replacingOccurrences(of: "~2", with: "~1")] {
            #expect(CellBenchmark.genes(of: wrong) == nil)
        }
        #expect(CellBenchmark.number(of: [5, 0, 0, 0, 0, 0]) == nil)
    }

    @Test func `the sample gives its numbers as fractions`() throws {
        let benchmark = try CellBenchmark(text: sample(), path: "sample.csv")
        let table = try #require(benchmark["cifar100"])
        let number = try #require(CellBenchmark.number(of: [3, 1, 3, 1, 3, 3]))
        #expect(table.validation[number] == 0.275 && table.test[number] == 0.285)
        #expect(table.validation.count { !$0.isNaN } == 8)
    }

    @Test func `tables are read as spreadsheets write them`() throws {
        let plain = try CellBenchmark(text: sample(), path: "sample.csv")
        let quoted = try sample().split(separator: "\n").map { row in
            row.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }
                .joined(separator: ",")
        }.joined(separator: "\r\n")
        for text in [
            try "\u{FEFF}" + sample(), try sample().replacing("\n", with: "\r\n"), quoted,
            "\u{FEFF}" + quoted + "\r\n",
        ] {
            let found = try CellBenchmark(text: text, path: "sample.csv")
            for (a, b) in zip(found.tables, plain.tables) {
                #expect(a.validation.map(\.bitPattern) == b.validation.map(\.bitPattern))
                #expect(a.test.map(\.bitPattern) == b.test.map(\.bitPattern))
            }
        }
    }

    @Test(arguments: [
        ("cifar10_test", "x", "sample.csv:1: expected columns \"cifar10_validation\" and"),
        ("architecture", "cell", "sample.csv:1: expected a column \"architecture\""),
        ("10.5,", "ten,", "sample.csv:2: cifar10_validation: expected 0 to 100 percent, found"),
        ("10.5,", "nan,", "sample.csv:2: cifar10_validation: expected 0 to 100 percent, found"),
        ("10.5,", "", "sample.csv:2: expected 7 fields, found 6"),
        ("|none~0|+|none~0", "|nome~0|+|none~0", "sample.csv:2: \"|nome~0|+|none~0|none~1|"),
    ])
    func `a table that is wrong is refused with its line`(
        old: String, new: String, message: String
    ) throws {
        let text = try sample().replacingOccurrences(of: old, with: new)
        let error = #expect(throws: DatasetError.self) {
            try CellBenchmark(text: text, path: "sample.csv")
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func `a folder without the tables, or with some cells only, is refused`() throws {
        let folder = NSTemporaryDirectory() + "apogee-cells-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: DatasetError.missingFile(path: folder + "/accuracies.csv")) {
            try CellBenchmark(path: CellBenchmark.file(in: folder))
        }
        try Data(sample().utf8).write(to: URL(fileURLWithPath: folder + "/accuracies.csv"))
        let error = #expect(throws: DatasetError.self) {
            try CellBenchmark(path: CellBenchmark.file(in: folder))
        }
        #expect(error?.description.contains("expected all 15625 cells, found no row of") == true)
    }

    @Test func `synthetic tables are the same for a seed and hold every cell`() {
        let first = CellBenchmark(synthetic: RandomStream(seed: 1))
        let again = CellBenchmark(synthetic: RandomStream(seed: 1))
        let other = CellBenchmark(synthetic: RandomStream(seed: 2))
        #expect(first.isSynthetic && first.tables.count == 3)
        for (left, right) in zip(first.tables, again.tables) {
            #expect(left.validation == right.validation && left.test == right.test)
            #expect(left.validation.count == CellBenchmark.cells)
            #expect(left.test.allSatisfy { (0...1).contains($0) })
        }
        #expect(first.tables[0].test != other.tables[0].test)
    }

    @Test(
        .enabled(
            if: TestSupport.RealData.isThere("nas_bench_201"),
            TestSupport.RealData.absence("nas_bench_201")))
    func `the real tables hold the benchmark's best cells`() throws {
        let benchmark = try CellBenchmark(
            path: CellBenchmark.file(in: #require(TestSupport.RealData.directory)))
        let table = try #require(benchmark["cifar10"])
        // Of the 12-epoch tables themselves.
        #expect(abs((table.test.max() ?? 0) - 0.8916) < 0.0001)
        #expect(table.validation.count { !$0.isNaN } == CellBenchmark.cells)
    }
}
