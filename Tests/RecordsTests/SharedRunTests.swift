import Records
import RunStore
import TestSupport
import Testing

struct SharedRunTests {
    @Test func `a run folder of an earlier version can be read`() throws {
        let archive = DirectoryArchive(Repository.path("Tests/Fixtures/api-1/kept"))
        #expect(try archive.list() == ["custom-operators"])
        let run = try archive.read("custom-operators")
        #expect(run.status == .done)
        #expect(run.stored.run.seed == 3 && run.stored.environment.request == nil)
        let events = try run.events()
        let results = events.compactMap { if case .result(let row) = $0 { row } else { nil } }
        #expect(results.map(\.arm) == ["searched"])
        let trials = events.compactMap { if case .trial(let trial) = $0 { trial } else { nil } }
        #expect(results.first?.cost.evaluations == 22 && trials.count == 22)
    }
}
