import Components
import Foundation
import Records
import RunStore
import Runs
import Scripting
import TestSupport
import Testing

/// Runs that start, stop and go on, in memory.
struct RunLibraryTests {
    /// All that a run computed.
    private static func content(
        _ archive: MemoryArchive, _ name: String
    ) throws -> (events: [Event], results: ResultsTable, weights: SavedWeights?, state: String?) {
        let run = try archive.read(name)
        return (
            try run.events(), run.results, try run.weights(named: "searched"),
            try run.state(named: "method")?.text
        )
    }

    private static func expectSame(
        _ one: MemoryArchive, _ two: MemoryArchive, _ name: String, _ comment: Comment
    ) throws {
        let (a, b) = (try content(one, name), try content(two, name))
        #expect(a.events == b.events, comment)
        #expect(a.results == b.results, comment)
        #expect(a.weights == b.weights && a.weights != nil, comment)
        #expect(a.state == b.state && a.state != nil, comment)
    }

    /// A run without a break.
    private static func whole(_ fixtures: RunFixtures) throws -> (MemoryArchive, name: String) {
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        let (name, status) = try RunFixtures.run(run)
        #expect(status == .done)
        return (archive, name)
    }

    @Test func `a run that was interrupted goes on to the events of one that was not`() throws {
        let fixtures = try RunFixtures()
        let (whole, name) = try Self.whole(fixtures)
        for count in [1, 2, 4, 7, 9, 12] {
            let archive = MemoryArchive()
            let library = fixtures.library(archive)
            let first = try #require(try library.start(fixtures.request).first)
            #expect(try RunFixtures.run(first, stoppedAfter: count).status == .interrupted)
            #expect(try archive.read(name).status == .interrupted)
            // Its writer is gone, though the run is still held.
            let again = try library.goOn(name)
            #expect(again.record == first.record && again.request == first.request)
            #expect(try RunFixtures.run(again).status == .done)
            try Self.expectSame(archive, whole, name, "stopped after \(count)")
            #expect(try archive.read(name).stored.environment.resumptions?.count == 1)
        }
    }

    @Test func `a run that is killed at any checkpoint goes on to the same events`() throws {
        let fixtures = try RunFixtures()
        let (whole, name) = try Self.whole(fixtures)
        let archive = MemoryArchive()
        var killed: [MemoryArchive] = []
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        let watcher = Watcher { event in
            switch event {
            case .checkpoint, .generation, .result: killed.append(archive.killed())
            default: break
            }
        }
        try RunFixtures.run(run, telling: watcher)
        var gone = 0
        for copy in killed {
            guard try copy.read(name).state(named: "method") != nil else { continue }
            gone += 1
            try RunFixtures.run(try fixtures.library(copy).goOn(name))
            try Self.expectSame(copy, whole, name, "killed after \(gone)")
        }
        #expect(gone >= 3)
    }

    @Test func `what a run was asked for is with it, and starts the same run again`() throws {
        let fixtures = try RunFixtures()
        let (whole, name) = try Self.whole(fixtures)
        let stored = try whole.read(name).stored
        #expect(stored.environment.request == fixtures.request)
        #expect(stored.environment.arguments == ["a", "b"])
        #expect(stored.environment.memory != nil)
        let text = try RecordCoding.json(stored)
        let again = try RecordCoding.decode(StoredRun.self, from: text)
        let request = try #require(again.environment.request)
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(request).first)
        try RunFixtures.run(run)
        try Self.expectSame(archive, whole, name, "from the request")
    }

    @Test func `printed lines are told while the script loads`() throws {
        let fixtures = try RunFixtures()
        _ = try Self.whole(fixtures)
        #expect(fixtures.notes.first == .printed("loaded"))
    }

    @Test func `a prepared run runs once`() throws {
        let fixtures = try RunFixtures()
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        try RunFixtures.run(run, stoppedAfter: 1)
        let failure = #expect(throws: Failure.self) { try RunFixtures.run(run) }
        #expect(failure?.code == .fault)
        #expect(try archive.list().count == 1)
    }

    @Test func `a run that cannot start leaves nothing behind`() throws {
        let fixtures = try RunFixtures()
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        var conditions = RunFixtures.conditions()
        conditions.memoryLimit = 1 << 20
        let failure = #expect(throws: Failure.self) {
            _ = try run.run(conditions, telling: Unheard())
        }
        #expect(failure?.code == .failed)
        #expect(failure?.message.contains("of memory but --memory allows 1.0 MiB") == true)
        #expect(run.place == nil)
        #expect(try archive.list() == [])
    }

    @Test func `a run that fails says so in the archive, and where it is`() throws {
        let fixtures = try RunFixtures()
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        struct Full: Error {}
        let watcher = Watcher { if case .generation = $0 { throw Full() } }
        let failure = #expect(throws: Failure.self) { try RunFixtures.run(run, telling: watcher) }
        #expect(failure?.code == .failed)
        let name = try #require(run.name)
        #expect(run.place == name)
        #expect(try archive.read(name).status == .failed)
        guard case .runEnded(let end)? = try archive.read(name).events().last else {
            Issue.record("the run has no end")
            return
        }
        #expect(end.status == .failed && end.reason == "Full()")
    }

    @Test func `a wrong request is told before anything runs`() throws {
        let fixtures = try RunFixtures()
        let library = fixtures.library(MemoryArchive())
        func problem(_ change: (inout RunRequest) -> Void) -> Failure? {
            var request = fixtures.request
            change(&request)
            let asked = request
            do {
                _ = try library.start(asked)
                return nil
            } catch {
                return Failure(describing: error)
            }
        }
        let override = problem { $0.changes.append(RunRequest.Change("budget.none", "2")) }
        #expect(override?.code == .usage)
        #expect(override?.message.contains("--set budget.none=2") == true)
        #expect(problem { $0.file = "none.lua" }?.code == .inputMissing)
        let data = problem { $0.data = "none" }
        #expect(data?.code == .inputMissing)
        #expect(data?.message.hasPrefix("--data \(fixtures.folder)/none: no such folder") == true)
        #expect(problem { $0.allowed = ["all"] }?.code == .usage)
        #expect(problem { $0.allowed = ["read=/none-such"] }?.code == .inputMissing)
    }

    @Test func `requests are of the version that scripts are of`() {
        #expect(RunRequest.api == ApogeeVersion.api)
    }

    @Test(arguments: [("a.b=2", "a.b", "2"), ("a . b = [1, \"x=y\"]", "a.b", " [1, \"x=y\"]")])
    func `a change is read as --set takes it`(text: String, path: String, value: String) throws {
        let change = try RunRequest.Change(set: text)
        #expect(change.path == path && change.value == value && change.typed == "--set " + text)
    }

    @Test func `a text that is no change is refused`() {
        let error = #expect(throws: ExperimentError.self) {
            _ = try RunRequest.Change(set: "learner.order")
        }
        #expect(error?.exitCode == .usage)
    }
}
