import Foundation
import Records
import RunStore
import Runs
import TestSupport
import Testing

/// A run records every file that decides its results, and goes on with no other.
struct ProvenanceTests {
    /// The search with an operator that lies in a module, and what else the body says.
    private static func script(_ body: String = "") -> String {
        RunFixtures.search
            .replacing("print(\"loaded\")", with: "local extra = require \"lib.extra\"\n\(body)")
            .replacing("rng:integer(1, #child)", with: "extra.gene(rng, child)")
    }

    private static let module = "return { gene = function(rng, c) return rng:integer(1, #c) end }"
    private static let changed = "return { gene = function(rng, c) return rng:integer(1, 3) end }"

    private static func fixtures(_ body: String = "") throws -> RunFixtures {
        let fixtures = try RunFixtures(script(body))
        for folder in ["lib", "plugins/extra_plugin"] {
            try FileManager.default.createDirectory(
                atPath: fixtures.folder + "/" + folder, withIntermediateDirectories: true)
        }
        try fixtures.write(module, to: "lib/extra.lua")
        return fixtures
    }

    /// An interrupted run, and the sentence with which it then goes on or does not.
    private static func resumed(
        _ fixtures: RunFixtures, _ request: RunRequest? = nil, allowed: [String] = [],
        after change: () throws -> Void
    ) throws -> (files: StoredFiles, problem: String?) {
        let archive = MemoryArchive()
        let request = request ?? fixtures.request
        let run = try #require(try fixtures.library(archive).start(request).first)
        let (name, status) = try RunFixtures.run(run, stoppedAfter: 7)
        try #require(status == .interrupted)
        let stored = try archive.read(name).stored
        let files = StoredFiles(
            atStart: try #require(stored.run.files), later: stored.environment.filesReadLater ?? [])
        try change()
        do {
            let again = try fixtures.library(archive).goOn(name, allowed: allowed)
            try RunFixtures.run(again)
            #expect(
                try archive.read(name).stored.environment.filesReadLater ?? [] == files.later,
                "what was noted is not noted again")
            return (files, nil)
        } catch let error as ResumeError {
            return (files, error.description)
        }
    }

    private struct StoredFiles {
        let atStart: [FileRecord]
        let later: [FileRecord]
    }

    @Test func `a module that changed keeps a run from going on`() throws {
        let fixtures = try Self.fixtures()
        let (files, problem) = try Self.resumed(fixtures) {
            try fixtures.write(Self.changed, to: "lib/extra.lua")
        }
        #expect(
            files.atStart == [
                FileRecord(.module, "lib/extra.lua", sha256: ContentHash.sha256(Self.module))
            ])
        #expect(files.later.isEmpty)
        #expect(problem?.hasPrefix("--resume: module lib/extra.lua has changed since ") == true)
    }

    @Test func `a run whose files are the same goes on`() throws {
        let fixtures = try Self.fixtures()
        #expect(try Self.resumed(fixtures) {}.problem == nil)
    }

    @Test func `a module that is first read while the run goes counts as well`() throws {
        let fixtures = try Self.fixtures()
        try fixtures.write(
            Self.script().replacing(
                "per_task_search =",
                with: "schedule = function(p) return require(\"late\")(p) end, per_task_search ="))
        try fixtures.write("return function(progress) return {} end", to: "late.lua")
        let (files, problem) = try Self.resumed(fixtures) {
            try fixtures.write("return function() return {} end", to: "late.lua")
        }
        #expect(files.later.map(\.title) == ["module late.lua"])
        #expect(problem?.contains("module late.lua has changed") == true)
        #expect(try Self.resumed(fixtures) {}.problem == nil)
        let gone = try Self.resumed(fixtures) {
            try FileManager.default.removeItem(atPath: fixtures.folder + "/late.lua")
        }
        #expect(gone.problem?.contains("module late.lua is gone") == true)
    }

    @Test func `a file that a script opened counts, and one that it wrote does not`() throws {
        let fixtures = try Self.fixtures()
        try fixtures.write(
            Self.script(
                """
                local notes = assert(io.open("\(fixtures.folder)/notes.txt", "w"))
                notes:write(assert(io.open("\(fixtures.folder)/rates.txt")):read "a")
                notes:close()
                local back = assert(io.open("\(fixtures.folder)/notes.txt")):read "a"
                """))
        try fixtures.write("0.1", to: "rates.txt")
        var request = fixtures.request
        request.allowed = ["read=\(fixtures.folder)", "write=\(fixtures.folder)"]
        let (files, problem) = try Self.resumed(fixtures, request, allowed: request.allowed) {
            try fixtures.write("0.2", to: "rates.txt")
        }
        #expect(files.atStart.map(\.kind) == [.module, .opened])
        #expect(files.atStart.last?.sha256 == ContentHash.sha256("0.1"))
        #expect(problem?.contains("opened \(fixtures.folder)/rates.txt has changed") == true)
    }

    @Test func `a plugin that a script requires counts as a whole`() throws {
        let fixtures = try Self.fixtures("local helper = require \"extra_plugin.helper\"")
        let plugin = "plugins/extra_plugin/"
        try fixtures.write(
            #"{ "name": "extra_plugin", "api": 1, "version": "1.0.0", "summary": "Helps." }"#,
            to: plugin + "plugin.json")
        try fixtures.write("return require \"extra_plugin.more\"", to: plugin + "helper.lua")
        try fixtures.write("return {}", to: plugin + "more.lua")
        try fixtures.write("local nothing", to: plugin + "init.lua")
        let (files, problem) = try Self.resumed(fixtures) {
            try fixtures.write("return { 1 }", to: plugin + "more.lua")
        }
        #expect(files.atStart.map(\.title) == ["module lib/extra.lua", "plugin extra_plugin"])
        #expect(problem?.contains("plugin extra_plugin has changed") == true)
    }

    @Test(.enabled(if: RealData.isThere("omniglot"), RealData.absence("omniglot")))
    func `archives that changed, came or went keep a run from going on`() throws {
        let fixtures = try RunFixtures(
            RunFixtures.search.replacing(
                "dataset = { \"glyphs\", alphabets = 5, characters = 4, drawers = 4, side = 16 }",
                with: "dataset = { \"omniglot\", side = 16 }"))
        let (real, data) = (try #require(RealData.path("omniglot")), fixtures.folder + "/data")
        let names = ["images_background_small1.zip", "images_background_small2.zip"]
        func put(_ name: String, as copy: String) throws {
            try? FileManager.default.removeItem(atPath: data + "/" + copy)
            try FileManager.default.copyItem(
                atPath: real + "/" + name, toPath: data + "/" + copy)
        }
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: false)
        try put(names[0], as: names[0])
        var request = fixtures.request
        request.data = "data"
        let same = try Self.resumed(fixtures, request) {}
        #expect(same.files.atStart.map(\.title) == ["data \(names[0])"] && same.problem == nil)
        let came = try Self.resumed(fixtures, request) { try put(names[1], as: names[1]) }
        #expect(came.problem?.contains("data \(names[1]) is new since") == true)
        let changed = try Self.resumed(fixtures, request) { try put(names[0], as: names[1]) }
        #expect(changed.problem?.contains("data \(names[1]) has changed since") == true)
        let went = try Self.resumed(fixtures, request) {
            try FileManager.default.removeItem(atPath: data + "/" + names[1])
        }
        #expect(went.problem?.contains("data \(names[1]) is gone since") == true)
    }

    @Test func `every run says by its identity what it was asked for`() throws {
        func identity(_ fixtures: RunFixtures) throws -> RunRecord {
            try #require(try fixtures.library(MemoryArchive()).start(fixtures.request).first).record
        }
        let (one, two) = (try Self.fixtures(), try Self.fixtures())
        #expect(try identity(one).identity == identity(two).identity)
        try two.write(Self.changed, to: "lib/extra.lua")
        #expect(try identity(one).identity != identity(two).identity)
        #expect(try identity(one).planHash == identity(two).planHash)
    }
}
