import Foundation
import Records
import RunStore
import Testing

struct DirectoryArchiveTests {
    private static func store(
        _ root: String, name: String = "AT-NAS: 5-way, 1-shot!", threads: Int = 1
    ) throws -> any RunWriter {
        var run = EventTests.run
        run.name = name
        run.seed = 7
        return try DirectoryArchive(root).begin(
            StoredRun(
                run: run,
                environment: RunEnvironment(threads: threads, started: "2025-01-01T00:00:00Z")),
            script: "return {}\n")
    }

    @Test func `a run's folder holds everything that it was given, did and found`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder.path + "/deep/store")
        for event in EventTests.events { try store.append(event) }
        try store.save(
            weights: SavedWeights([NamedArray("w", shape: [2], values: [1, 2])]), named: "supernet")
        let state = "{\"generation\":3}"
        let arrays = [NamedArray("m", shape: [2], values: [3, -.infinity])]
        try store.snapshot(state, arrays: arrays, named: "search")
        let below = "deep/store/at-nas-5-way-1-shot-7-1"
        #expect(store.place == folder.path + "/" + below)
        #expect(
            try folder.names(below) == [
                "events.jsonl", "plan.json", "results.json", "run.json", "script.lua",
                "search.state.safetensors", "supernet.safetensors", "timing.jsonl",
            ])
        #expect(try folder.text(below + "/script.lua") == "return {}\n")
        #expect(try folder.text(below + "/plan.json") == "{\"a\":1}\n")
        let saved = try DirectoryArchive(folder.path + "/deep/store").read(store.name)
            .state(named: "search")
        #expect(saved?.text == state)
        #expect(saved?.arrays == arrays)
        let lines = try folder.text(below + "/events.jsonl").split(separator: "\n")
        let kept = EventTests.events.filter { if case .progress = $0 { false } else { true } }
        #expect(try lines.map { try Event(jsonLine: String($0)) } == kept)
        let times = try folder.text(below + "/timing.jsonl").split(separator: "\n")
        #expect(times.count == lines.count)
        let stored = try RecordCoding.decode(
            StoredRun.self, from: folder.text(below + "/run.json"))
        #expect(stored.environment.threads == 1)
        #expect(stored.run.seed == 7)
        let table = try RecordCoding.decode(
            ResultsTable.self, from: folder.text(below + "/results.json"))
        #expect(table.arms == [EventTests.arm])
        #expect(table.comparisons.count == 1)
        #expect(table.status == .failed)
    }

    @Test func `results and events are the same bytes whatever the threads and the time`() throws {
        let folder = try TemporaryFolder()
        for threads in 1...2 {
            let store = try Self.store(folder.path, name: "same", threads: threads)
            for event in EventTests.events { try store.append(event) }
        }
        for name in ["events.jsonl", "results.json", "plan.json"] {
            #expect(
                try folder.text("same-7-1/" + name) == folder.text("same-7-2/" + name), "\(name)")
        }
        #expect(try folder.text("same-7-1/run.json") != folder.text("same-7-2/run.json"))
    }

    @Test func `no run is overwritten, and any name makes a plain folder`() throws {
        let folder = try TemporaryFolder()
        let names = [
            "a", "a", "a", "", "../../etc/passwd", "Ünïcode", String(repeating: "x", count: 300),
        ]
        let stores = try names.map { try Self.store(folder.path, name: $0) }
        let last = stores.map { $0.place.dropFirst(folder.path.count + 1) }
        #expect(last[..<3] == ["a-7-1", "a-7-2", "a-7-3"])
        #expect(last[3] == "run-7-1")
        #expect(last[4] == "etc-passwd-7-1")
        #expect(last[5] == "n-code-7-1")
        #expect(last[6].count == 64)
        #expect(try folder.names().count == names.count)
    }

    @Test func `results are there as soon as an arm has them`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder.path, name: "partial")
        try store.append(.result(EventTests.arm))
        let table = try RecordCoding.decode(
            ResultsTable.self, from: folder.text("partial-7-1/results.json"))
        #expect(table.arms == [EventTests.arm])
        #expect(table.status == .running)
    }

    @Test func `a store that cannot be made is one sentence with the place`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("x", "file")
        #expect(throws: RunStoreError.notAFolder(path: file)) { try Self.store(file) }
        #expect(throws: RunStoreError.notAFolder(path: file)) { try Self.store(file + "/below") }
        #expect(
            RunStoreError.notAFolder(path: "/x").description
                == "/x is a file, and the store needs a folder; choose another with --store DIR")
        // No user may make folders there, root neither.
        #expect {
            try Self.store("/proc/apogee")
        } throws: { error in
            "\(error)".hasPrefix("the folder /proc/apogee cannot be made: ")
                && "\(error)".hasSuffix("choose a folder that you may write to with --store DIR")
        }
        #expect(throws: RunStoreError.self) {
            try Self.store(folder.path + "/" + String(repeating: "n", count: 300))
        }
    }

    @Test func `a run's folder leads to its archive and its name`() {
        for (path, root, run) in [
            ("runs/a-0-1", "runs", "a-0-1"), ("runs/a-0-1//", "runs", "a-0-1"),
            ("a-0-1", "", "a-0-1"), ("/a-0-1", "/", "a-0-1"), ("/x/y/", "/x", "y"),
            ("/", "", "/"), ("../a", "..", "a"),
        ] {
            let found = DirectoryArchive.locate(path)
            #expect(found.archive.root == root && found.run == run, "\(path)")
            #expect(path.hasPrefix(found.archive.path(of: found.run)), "\(path)")
        }
    }

    @Test func `folders without a run are not listed, and what cannot be begun is told before`()
        throws
    {
        let folder = try TemporaryFolder()
        let archive = DirectoryArchive(folder.path)
        try archive.check()
        #expect(try folder.names() == [])
        let name = try Self.store(folder.path).name
        try FileManager.default.createDirectory(
            atPath: folder.path + "/other", withIntermediateDirectories: true)
        #expect(try archive.list() == [name])
        let file = try folder.write("x", "file")
        #expect(throws: RunStoreError.notAFolder(path: file)) {
            try DirectoryArchive(file).check()
        }
    }

    @Test func `names of weights cannot leave the folder`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder.path)
        for name in ["", "../x", "a/b", "a.b", "ü", String(repeating: "n", count: 81), "a\0"] {
            #expect(throws: RunStoreError.invalidName(name: name)) {
                try store.save(weights: SavedWeights([]), named: name)
            }
            #expect(throws: RunStoreError.invalidName(name: name)) {
                try store.snapshot("", arrays: [], named: name)
            }
        }
    }

    @Test func `a folder that vanishes under a run is an error, not a crash`() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder.path, name: "gone")
        try FileManager.default.removeItem(atPath: store.place)
        #expect(throws: RunStoreError.self) { try store.append(.result(EventTests.arm)) }
        #expect(throws: RunStoreError.self) {
            try store.save(weights: SavedWeights([]), named: "supernet")
        }
    }
}
