import Foundation
import Records
import RunStore
import TestSupport
import Testing

/// What every archive keeps to: the suite runs against each of them.
struct ArchiveContractTests {
    enum Kind: CaseIterable, Sendable {
        case directory
        case memory
    }

    /// An archive, with the folder that it may live in.
    private struct Fixture {
        let archive: any RunArchive
        let folder: TemporaryFolder

        init(_ kind: Kind) throws {
            folder = try TemporaryFolder()
            archive =
                switch kind {
                case .directory: DirectoryArchive(folder.path + "/store")
                case .memory: MemoryArchive()
                }
        }

        func begin(name: String = "plain", seed: UInt64 = 7) throws -> any RunWriter {
            var run = EventTests.run
            (run.name, run.seed) = (name, seed)
            return try archive.begin(
                StoredRun(run: run, environment: ArchiveContractTests.environment),
                script: "return {}\n")
        }

        /// A run with all events and nobody who writes to it; its name.
        func finished() throws -> String {
            let writer = try begin()
            for event in EventTests.events { try writer.append(event) }
            return writer.name
        }
    }

    private static let environment = RunEnvironment(
        threads: 2, started: "2025-01-01T00:00:00Z",
        request: RunRequest(file: "a.lua", seed: 7, changes: [RunRequest.Change("a.b", "[1, 2]")]))
    private static let resumption = RunEnvironment.Resumption(
        started: "2025-01-02T00:00:00Z", threads: 1, events: 3)
    private static let arrays = [
        NamedArray("b", shape: [0], values: []),
        NamedArray("a", shape: [2, 2], values: [1, 2, .infinity, -0.0]),
    ]
    private static let weights = SavedWeights(
        arrays, facts: ["genotype": "a · b", "axes": "[height, \"width\"]"])
    /// What archives keep.
    private static let kept = EventTests.events.filter {
        if case .progress = $0 { false } else { true }
    }

    @Test(arguments: Kind.allCases)
    func `files that a run reads are noted once, also after it went on`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        var writer: (any RunWriter)? = try fixture.begin()
        let name = try #require(writer?.name)
        let files = ["a.lua", "b.lua"].map { FileRecord(.module, $0, sha256: "00") }
        try writer?.note(read: files[0])
        try writer?.note(read: files[0])
        #expect(
            try fixture.archive.read(name).stored.environment.filesReadLater == [files[0]])
        writer = nil
        var resumption = Self.resumption
        resumption.events = 0
        writer = try fixture.archive.goOn(name, resumption)
        for file in files { try writer?.note(read: file) }
        let environment = try fixture.archive.read(name).stored.environment
        #expect(environment.filesReadLater == files)
        #expect(environment.resumptions?.count == 1 && environment.threads == 2)
    }

    @Test(arguments: Kind.allCases)
    func `a run that was begun is there, without events, and goes on`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        try fixture.archive.check()
        #expect(try fixture.archive.list() == [])
        let writer = try fixture.begin()
        #expect(try fixture.archive.list() == [writer.name])
        let run = try fixture.archive.read(writer.name)
        #expect(run.name == writer.name && run.place == writer.place)
        #expect(run.status == .running && run.results.arms.isEmpty)
        #expect(run.stored.environment == Self.environment && run.stored.run.seed == 7)
        #expect(try run.script() == "return {}\n")
        #expect(try run.events() == [])
    }

    @Test(arguments: Kind.allCases)
    func `events come back in their order, all or a part, and progress is left out`(
        kind: Kind
    ) throws {
        let fixture = try Fixture(kind)
        let run = try fixture.archive.read(try fixture.finished())
        #expect(try run.events() == Self.kept)
        #expect(try run.events(from: 2, limit: 3) == Array(Self.kept[2..<5]))
        #expect(try run.events(from: 0, limit: 0) == [])
        #expect(try run.events(from: Self.kept.count - 1, limit: 9) == [Self.kept.last])
        #expect(try run.events(from: 99, limit: nil) == [])
        #expect(run.results.arms == [EventTests.arm] && run.results.comparisons.count == 1)
        #expect(run.status == .failed)
    }

    @Test(arguments: Kind.allCases)
    func `a writer is seen at once by who reads, event by event`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        let writer = try fixture.begin()
        for (number, event) in Self.kept.enumerated() {
            try writer.append(event)
            #expect(
                try fixture.archive.read(writer.name).events(from: number, limit: nil) == [event])
        }
    }

    @Test(arguments: Kind.allCases)
    func `states and weights are replaced as a whole and come back by name`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        let writer = try fixture.begin()
        let run = try fixture.archive.read(writer.name)
        #expect(try run.state(named: "method") == nil)
        #expect(try run.weights(named: "supernet") == nil)
        try writer.snapshot("{\"a\":1}", arrays: [], named: "method")
        try writer.snapshot("{\"a\":2}", arrays: Self.arrays, named: "method")
        try writer.save(weights: Self.weights, named: "supernet")
        let state = try run.state(named: "method")
        #expect(state?.text == "{\"a\":2}")
        #expect(state?.arrays == Self.arrays.reversed())
        #expect(
            try run.weights(named: "supernet")
                == SavedWeights(Self.arrays.reversed(), facts: Self.weights.facts))
        for name in ["", "../x", "a/b", "a.b", "ü", String(repeating: "n", count: 81)] {
            #expect(throws: RunStoreError.invalidName(name: name)) {
                try writer.snapshot("", arrays: [], named: name)
            }
            #expect(throws: RunStoreError.invalidName(name: name)) {
                try writer.save(weights: SavedWeights([]), named: name)
            }
            #expect(throws: RunStoreError.invalidName(name: name)) {
                _ = try run.state(named: name)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `a run that goes on keeps what it is told to, and adds behind that`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        let name = try fixture.finished()
        var writer: (any RunWriter)? = try fixture.archive.goOn(name, Self.resumption)
        #expect(writer?.name == name)
        let begun = try fixture.archive.read(name)
        #expect(try begun.events() == Array(Self.kept.prefix(3)))
        #expect(begun.status == .running && begun.results.arms.isEmpty)
        for event in Self.kept.dropFirst(3) { try writer?.append(event) }
        writer = nil
        let run = try fixture.archive.read(name)
        #expect(try run.events() == Self.kept)
        #expect(run.results.arms == [EventTests.arm] && run.results.comparisons.count == 1)
        var all = Self.resumption
        all.events = Self.kept.count - 1
        _ = try fixture.archive.goOn(name, all)
        let again = try fixture.archive.read(name)
        #expect(again.stored.environment.resumptions == [Self.resumption, all])
        // Results among the events that are kept stay in the table.
        #expect(again.results.arms == [EventTests.arm] && again.results.comparisons.count == 1)
        #expect(again.status == .running)
    }

    @Test(arguments: Kind.allCases)
    func `one writer at a time, and none for a run that lacks events`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        var writer: (any RunWriter)? = try fixture.begin()
        for event in Self.kept.prefix(2) { try writer?.append(event) }
        let name = try #require(writer?.name)
        func problem() -> RunStoreError? {
            #expect(throws: RunStoreError.self) {
                _ = try fixture.archive.goOn(name, Self.resumption)
            }
        }
        guard case .busy = problem() else {
            Issue.record("two writers")
            return
        }
        writer = nil
        guard case .damagedState = problem() else {
            Issue.record("too few events")
            return
        }
        // Nothing was taken back.
        let run = try fixture.archive.read(name)
        #expect(try run.events() == Array(Self.kept.prefix(2)))
        #expect(run.stored.environment.resumptions == nil)
    }

    @Test(arguments: Kind.allCases)
    func `no run takes the place of another, and an unknown one is an error`(kind: Kind) throws {
        let fixture = try Fixture(kind)
        let names = try ["a", "b", "a"].map { try fixture.begin(name: $0).name }
        #expect(Set(names).count == 3)
        #expect(try fixture.archive.list() == names.sorted())
        for action in [
            { _ = try fixture.archive.read("none") },
            { _ = try fixture.archive.goOn("none", Self.resumption) },
        ] {
            let error = #expect(throws: RunStoreError.self) { try action() }
            guard case .notARun = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
