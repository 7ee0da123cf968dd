import Foundation
import Records
import RunStore
import Testing

struct DirectoryRunTests {
    private static let arrays = [
        NamedArray("a", shape: [2, 2], values: [1, 2, .infinity, -0.0]),
        NamedArray("b", shape: [0], values: []),
    ]

    private static func store(_ folder: TemporaryFolder) throws -> any RunWriter {
        try DirectoryArchive(folder.path).begin(
            StoredRun(
                run: EventTests.run,
                environment: RunEnvironment(threads: 1, started: "2025-01-01T00:00:00Z")),
            script: "")
    }

    private static func read(_ path: String) throws -> any ArchivedRun {
        let (archive, run) = DirectoryArchive.locate(path)
        return try archive.read(run)
    }

    private static func goOn(
        _ path: String, _ resumption: RunEnvironment.Resumption
    ) throws -> any RunWriter {
        let (archive, run) = DirectoryArchive.locate(path)
        return try archive.goOn(run, resumption)
    }

    private static let resumption = RunEnvironment.Resumption(
        started: "2025-01-02T00:00:00Z", threads: 2, events: 3)

    @Test func `a run that goes on keeps the events of before and replaces those after`() throws {
        let folder = try TemporaryFolder()
        var store: (any RunWriter)? = try Self.store(folder)
        for event in EventTests.events { try store?.append(event) }
        let path = try #require(store?.place)
        store = nil
        let earlier = try Self.read(path + "//")
        #expect(earlier.place == path)
        #expect(earlier.status == .failed)
        let again = try Self.goOn(path, Self.resumption)
        let below = String(path.dropFirst(folder.path.count + 1))
        func lines(_ name: String) throws -> [Substring] {
            try folder.text(below + "/" + name).split(separator: "\n")
        }
        #expect(try lines("events.jsonl").count == 3)
        #expect(try lines("timing.jsonl").count == 3)
        #expect(try Self.read(path).status == .running)
        let kept = EventTests.events.filter { if case .progress = $0 { false } else { true } }
        for event in kept.dropFirst(3) { try again.append(event) }
        #expect(try lines("events.jsonl").map { try Event(jsonLine: String($0)) } == kept)
        #expect(try lines("timing.jsonl").last?.hasPrefix("{\"event\":\(kept.count - 1),") == true)
        let table = try RecordCoding.decode(
            ResultsTable.self, from: folder.text(below + "/results.json"))
        #expect(table.arms == [EventTests.arm] && table.comparisons.count == 1)
        #expect(try Self.read(path).stored.environment.resumptions == [Self.resumption])
    }

    @Test func `a run that another process writes is left alone`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        for event in EventTests.events { try store.append(event) }
        let file = store.place + "/events.jsonl"
        #expect(throws: RunStoreError.busy(path: file)) {
            _ = try Self.goOn(store.place, Self.resumption)
        }
        #expect(
            RunStoreError.busy(path: "x").description
                == "another process writes to x; wait until it ends, or end it")
    }

    @Test func `a folder that lacks events says so`() throws {
        let folder = try TemporaryFolder()
        var store: (any RunWriter)? = try Self.store(folder)
        for event in EventTests.events.prefix(2) { try store?.append(event) }
        let path = try #require(store?.place)
        store = nil
        let error = #expect(throws: RunStoreError.self) {
            _ = try Self.goOn(path, Self.resumption)
        }
        #expect(
            error?.description
                == "the state \(path) is damaged: it was saved after 3 events, and events.jsonl holds "
                + "2; no run can go on from it, so run the experiment again from its start")
    }

    @Test func `a damaged state is one sentence wherever it is cut or changed`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try store.snapshot("{\"a\":1}", arrays: Self.arrays, named: "method")
        let run = try Self.read(store.place)
        #expect(try run.state(named: "method")?.arrays == Self.arrays)
        #expect(try run.state(named: "other") == nil)
        let path = store.place + "/method.state.safetensors"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 0x11
            for damaged in [bytes, whole.prefix(place)] {
                try damaged.write(to: URL(fileURLWithPath: path))
                let error = #expect(throws: RunStoreError.self) {
                    _ = try run.state(named: "method")
                }
                #expect(
                    error?.description.hasPrefix("the state \(path) is damaged: ") == true,
                    "\(place): \(error?.description ?? "")")
            }
        }
    }

    @Test func `an event that is damaged names its line, and those before it can be read`() throws {
        let folder = try TemporaryFolder()
        var store: (any RunWriter)? = try Self.store(folder)
        for event in EventTests.events.prefix(2) { try store?.append(event) }
        let path = try #require(store?.place)
        store = nil
        let file = path + "/events.jsonl"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes.append(contentsOf: [0x22, 0xFF, 0x0A, 0x7B, 0x7D, 0x0A, 0x7B])
        try bytes.write(to: URL(fileURLWithPath: file))
        let run = try Self.read(path)
        #expect(try run.events(from: 0, limit: 2) == Array(EventTests.events.prefix(2)))
        let error = #expect(throws: RunStoreError.self) { _ = try run.events() }
        #expect(error?.description == "line 3 of \(file) cannot be read: it is not UTF-8 text")
        // What is passed over is not looked at, and half a line is none.
        #expect(throws: RunStoreError.self) { _ = try run.events(from: 3, limit: 1) }
        #expect(try run.events(from: 4, limit: nil) == [])
        let resumed = #expect(throws: RunStoreError.self) {
            _ = try Self.goOn(path, Self.resumption)
        }
        #expect(
            resumed?.description
                == "the state \(file) is damaged: line 3: it is not UTF-8 text; no run can go on "
                + "from it, so run the experiment again from its start")
    }

    @Test func `long lines and many events are read in parts`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let events = (0..<400).map { number in
            Event.message(
                Event.Message(String(repeating: "é\(number) ", count: number % 7 == 0 ? 9000 : 3)))
        }
        for event in events { try store.append(event) }
        let run = try Self.read(store.place)
        #expect(try run.events() == events)
        for first in [0, 1, 6, 7, 8, 199, 399] {
            #expect(try run.events(from: first, limit: 5) == Array(events[first...].prefix(5)))
        }
    }

    @Test func `a folder without a run is one sentence`() throws {
        let folder = try TemporaryFolder()
        let empty = #expect(throws: RunStoreError.self) { _ = try Self.read(folder.path) }
        #expect(
            empty?.description.hasPrefix(
                "\(folder.path) is no run's folder: \(folder.path)/run.json cannot be read: ")
                == true)
        #expect(empty?.description.hasSuffix("such as runs/first-steps-0-1") == true)
        _ = try folder.write("{", "run.json")
        let broken = #expect(throws: RunStoreError.self) { _ = try Self.read(folder.path) }
        #expect(
            broken?.description.hasPrefix(
                "\(folder.path) is no run's folder: run.json: no StoredRun")
                == true)
    }
}
