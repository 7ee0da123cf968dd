import Components
import Foundation
import TestSupport
import Testing

struct ExitCodeTests {
    /// The codes and meanings in the sentence that begins with “Exit codes:”.
    private func codes(in text: String) throws -> [Int32: String] {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let list = try #require(words.firstMatch(of: /Exit codes: ([^.]+)\./)).output.1
        var found: [Int32: String] = [:]
        for entry in list.split(separator: "; ") {
            let parts = entry.split(separator: " ", maxSplits: 1)
            found[try #require(Int32(parts[0]), "\(entry)")] = String(try #require(parts.last))
        }
        return found
    }

    @Test func `the help and the README explain every exit code alike`() throws {
        let all = Dictionary(
            uniqueKeysWithValues: Components.ExitCode.allCases.map { ($0.rawValue, $0.meaning) })
        #expect(try codes(in: Program.run("--help").output) == all)
        let page = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        #expect(try codes(in: page) == all)
    }
}
