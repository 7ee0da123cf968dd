import Foundation
import Records
import RunStore
import Testing

struct RunFolderTests {
    private static let arrays = [
        NamedArray("a", shape: [2, 2], values: [1, 2, .infinity, -0.0]),
        NamedArray("b", shape: [0], values: []),
    ]

    private static func store(_ folder: TemporaryFolder) throws -> DirectoryStore {
        try DirectoryStore(
            root: folder.path, run: EventTests.run,
            environment: RunEnvironment(threads: 1, started: "2025-01-01T00:00:00Z"))
    }

    private static let resumption = RunEnvironment.Resumption(
        started: "2025-01-02T00:00:00Z", threads: 2, events: 3)

    @Test func `a run that goes on keeps the events of before and replaces those after`() throws {
        let folder = try TemporaryFolder()
        var store: DirectoryStore? = try Self.store(folder)
        for event in EventTests.events { try store?.record(event) }
        let path = try #require(store?.directory)
        store = nil
        let earlier = try RunFolder(path + "//")
        #expect(earlier.path == path)
        #expect(earlier.status == .failed)
        let again = try DirectoryStore(resuming: earlier, Self.resumption)
        let below = String(path.dropFirst(folder.path.count + 1))
        func lines(_ name: String) throws -> [Substring] {
            try folder.text(below + "/" + name).split(separator: "\n")
        }
        #expect(try lines("events.jsonl").count == 3)
        #expect(try lines("timing.jsonl").count == 3)
        #expect(try RunFolder(path).status == .running)
        let kept = EventTests.events.filter { if case .progress = $0 { false } else { true } }
        for event in kept.dropFirst(3) { try again.record(event) }
        #expect(try lines("events.jsonl").map { try Event(jsonLine: String($0)) } == kept)
        #expect(try lines("timing.jsonl").last?.hasPrefix("{\"event\":\(kept.count - 1),") == true)
        let table = try RecordCoding.decode(
            ResultsTable.self, from: folder.text(below + "/results.json"))
        #expect(table.arms == [EventTests.arm] && table.comparisons.count == 1)
        #expect(try RunFolder(path).stored.environment.resumptions == [Self.resumption])
    }

    @Test func `results among the events that are kept stay in the table`() throws {
        let folder = try TemporaryFolder()
        var store: DirectoryStore? = try Self.store(folder)
        for event in EventTests.events { try store?.record(event) }
        let path = try #require(store?.directory)
        store = nil
        var all = Self.resumption
        all.events = EventTests.events.count - 1
        _ = try DirectoryStore(resuming: try RunFolder(path), all)
        let name = String(path.dropFirst(folder.path.count + 1)) + "/results.json"
        let table = try RecordCoding.decode(ResultsTable.self, from: folder.text(name))
        #expect(table.arms == [EventTests.arm] && table.comparisons.count == 1)
    }

    @Test func `a run that another process writes is left alone`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        for event in EventTests.events { try store.record(event) }
        let earlier = try RunFolder(store.directory)
        let file = store.directory + "/events.jsonl"
        #expect(throws: RunStoreError.busy(path: file)) {
            _ = try DirectoryStore(resuming: earlier, Self.resumption)
        }
        #expect(
            RunStoreError.busy(path: "x").description
                == "another process writes to x; wait until it ends, or end it")
    }

    @Test func `a folder that lacks events says so`() throws {
        let folder = try TemporaryFolder()
        var store: DirectoryStore? = try Self.store(folder)
        for event in EventTests.events.prefix(2) { try store?.record(event) }
        let path = try #require(store?.directory)
        store = nil
        let error = #expect(throws: RunStoreError.self) {
            _ = try DirectoryStore(resuming: try RunFolder(path), Self.resumption)
        }
        #expect(
            error?.description
                == "the state \(path) is damaged: it was saved after 3 events, and events.jsonl holds "
                + "2; no run can go on from it, so run the experiment again from its start")
    }

    @Test func `a damaged state is one sentence wherever it is cut or changed`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try store.save(state: "{\"a\":1}", arrays: Self.arrays, named: "method")
        let run = try RunFolder(store.directory)
        #expect(try run.state(named: "method")?.arrays == Self.arrays)
        #expect(try run.state(named: "other") == nil)
        let path = store.directory + "/method.state.safetensors"
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

    @Test func `a folder without a run is one sentence`() throws {
        let folder = try TemporaryFolder()
        let empty = #expect(throws: RunStoreError.self) { _ = try RunFolder(folder.path) }
        #expect(
            empty?.description.hasPrefix(
                "\(folder.path) is no run's folder: \(folder.path)/run.json cannot be read: ")
                == true)
        #expect(empty?.description.hasSuffix("such as runs/first-steps-0-1") == true)
        _ = try folder.write("{", "run.json")
        let broken = #expect(throws: RunStoreError.self) { _ = try RunFolder(folder.path) }
        #expect(
            broken?.description.hasPrefix(
                "\(folder.path) is no run's folder: run.json: no StoredRun")
                == true)
    }
}
