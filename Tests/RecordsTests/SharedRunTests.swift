import Foundation
import Records
import RunStore
import TestSupport
import Testing

struct SharedRunTests {
    @Test func `a run folder of an earlier version can be read`() throws {
        let folder = try RunFolder(Repository.path("Tests/Fixtures/api-1/kept/custom-operators"))
        #expect(folder.status == .done)
        #expect(folder.stored.run.seed == 3)
        let text = try String(contentsOfFile: folder.path + "/events.jsonl", encoding: .utf8)
        let events = try text.split(separator: "\n").map { try Event(jsonLine: String($0)) }
        let results = events.compactMap { if case .result(let row) = $0 { row } else { nil } }
        #expect(results.map(\.arm) == ["searched"])
        let trials = events.compactMap { if case .trial(let trial) = $0 { trial } else { nil } }
        #expect(results.first?.cost.evaluations == 22 && trials.count == 22)
    }
}
