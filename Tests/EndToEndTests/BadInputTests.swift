import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
    private let folder: TemporaryFolder
    private let quickstart = Repository.path("scripts/experiments/01_quickstart.lua")

    init() throws { folder = try TemporaryFolder() }

    /// The call fails with this code and one sentence that begins so.
    private func expect(
        _ outcome: Program.Outcome, _ code: Int32, _ message: String, output: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.code == code, "\(outcome.error)", sourceLocation: sourceLocation)
        #expect(outcome.output == output, sourceLocation: sourceLocation)
        #expect(outcome.error.hasPrefix("error: "), sourceLocation: sourceLocation)
        #expect(
            outcome.complaint.hasPrefix(message), "\(outcome.complaint)",
            sourceLocation: sourceLocation)
        #expect(!outcome.complaint.contains("\n"), sourceLocation: sourceLocation)
    }

    @Test func `a missing file`() throws {
        expect(
            try Program.run("run", "nothing.lua", in: folder.path), 66,
            "nothing.lua: no such file; check the path of the script")
    }

    @Test func `an empty file`() throws {
        _ = try folder.write("", to: "empty.lua")
        expect(
            try Program.run("run", "empty.lua", in: folder.path), 65,
            "empty.lua: the file is empty; a script returns apogee.experiment { … }")
    }

    @Test func `a syntax error`() throws {
        _ = try folder.write("local x = = 3\n", to: "wrong.lua")
        expect(
            try Program.run("check", "wrong.lua", in: folder.path), 65,
            "wrong.lua:1: unexpected symbol near '='")
    }

    @Test func `an endless loop`() throws {
        _ = try folder.write("while true do end\n", to: "loop.lua")
        expect(
            try Program.run("check", "loop.lua", in: folder.path), 65,
            "loop.lua:1: stopped after 100,000,000 instructions: an endless loop?")
    }

    @Test func `a callback that fails, and one that returns the wrong thing`() throws {
        func script(_ body: String) -> String {
            """
            return require("apogee").experiment {
              name = "x", api = 1, tasks = "episodes", space = { "cells", nodes = 2 },
              strategy = { "evolution", mutation = function(parent) \(body) end },
            }
            """
        }
        _ = try folder.write(script("return parent.x.y"), to: "fails.lua")
        expect(
            try Program.run("check", "fails.lua", in: folder.path), 65,
            "fails.lua:3: mutation: genotype has no field 'x'", output: "OK  plan: x\n")
        _ = try folder.write(
            script("local c = {} for i = 1, 15 do c[i] = parent[i] end return c"),
            to: "short.lua")
        expect(
            try Program.run("check", "short.lua", in: folder.path), 65,
            "short.lua:3: mutation: child has 15 genes, the space has 16 (gene 16 missing)",
            output: "OK  plan: x\n")
    }

    @Test func `an unknown command and an unknown option`() throws {
        expect(try Program.run("rnu"), 64, "there is no command 'rnu'; did you mean 'run'?")
        expect(
            try Program.run("run", quickstart, "--sed", "4"), 64,
            "Unknown option '--sed'. Did you mean '--set'?")
        expect(
            try Program.run("run", quickstart, "--thread", "4"), 64,
            "Unknown option '--thread'. Did you mean '--threads'?")
        expect(
            try Program.run("run"), 64,
            "expected the experiment's Lua file, or --resume with the folder of a run")
    }

    @Test func `a value out of range or of the wrong type`() throws {
        expect(
            try Program.run("run", quickstart, "--threads", "0"), 64,
            "--threads: expected 1 to 256, found 0")
        expect(
            try Program.run("run", quickstart, "--threads", "two"), 64,
            "The value 'two' is invalid for '--threads <threads>'")
        expect(
            try Program.run("run", quickstart, "--seed", "-1"), 64,
            "--seed: expected 0 or more, found -1")
        expect(
            try Program.run("run", quickstart, "--set", "learner.inner_steps=300"), 64,
            "--set learner.inner_steps=300: learner.inner_steps: expected an integer in 1…100, "
                + "found 300")
        expect(
            try Program.run("run", quickstart, "--set", "learner.inner_steps=few"), 64,
            "--set learner.inner_steps=few: learner.inner_steps: expected an integer in 1…100, "
                + "found \"few\"")
    }

    @Test func `memory that is too little, malformed or more than there is`() throws {
        let store = folder.path + "/runs"
        expect(
            try Program.run("run", quickstart, "--memory", "1K", "--store", store), 1,
            "the run needs at least ")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: store)) ?? [] == [])
        for text in ["lots", "0", "-5M", "1e9", "", "5.", ".5G", "1Z", "nan", "99999999999999T"] {
            expect(
                try Program.run("run", quickstart, "--memory", text), 64,
                "--memory: expected ")
        }
    }

    @Test func `a disk that is full`() throws {
        let disk = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        func system(_ program: String, _ arguments: String...) -> Bool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
        // Room for the events, and none for the weights.
        guard system("/bin/mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", disk) else {
            print("left out: a full disk needs the right to mount a small one")
            return
        }
        defer { _ = system("/bin/umount", disk) }
        let outcome = try Program.run(
            "run", quickstart, "--quiet", "--store", disk, "--set", "budget.warm_up_updates=1",
            "--set", "budget.generations=1", "--set", "budget.updates_per_generation=0",
            "--set", "budget.evaluations_per_generation=2", "--set", "budget.test_tasks=2",
            "--set", "budget.validation_tasks=1", "--set", "per_task_search.tasks=2")
        #expect(outcome.code == 1, "\(outcome.error)")
        let lines = outcome.error.split(separator: "\n")
        #expect(lines.count == 2, "\(outcome.error)")
        #expect(lines.first?.hasPrefix("what was done until then is in ") == true)
        #expect(lines.last?.hasPrefix("error: ") == true)
        #expect(lines.last?.contains("no space is left") == true, "\(outcome.error)")
    }

    @Test func `an unknown path of an override`() throws {
        expect(
            try Program.run("run", quickstart, "--set", "learner.inner_stps=3"), 64,
            "--set learner.inner_stps=3: learner.inner_stps: no such option; did you mean "
                + "\"inner_steps\"?")
        expect(
            try Program.run("run", quickstart, "--set", "learner"), 64,
            "--set learner: expected path=value, as in learner.inner_steps=3")
    }

    @Test func `a store that cannot be written`() throws {
        let file = try folder.write("x", to: "file")
        expect(
            try Program.run("run", quickstart, "--store", file), 1,
            "\(file) is a file, and the store needs a folder; choose another with --store DIR")
        expect(
            try Program.run("run", quickstart, "--store", file + "/below"), 1,
            "\(file) is a file, and the store needs a folder; choose another with --store DIR")
    }

    @Test func `a data folder that is not there`() throws {
        let omniglot = Repository.path("scripts/experiments/03_at_nas_omniglot.lua")
        expect(
            try Program.run("run", omniglot, "--data", "nowhere", in: folder.path), 66,
            "--data nowhere: no such folder; name the one that holds the archives")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/runs"))
    }

    @Test func `a genotype out of bounds`() throws {
        expect(
            try Program.run(
                "inspect", quickstart, "--genotype",
                "normal: avg 0, avg 1 · max 0, max 7; reduction: avg 0, avg 1 · max 0, max 1"),
            64, "--genotype: genotype text, normal cell, node 1: expected an input from 0 to 2")
        expect(
            try Program.run("inspect", quickstart, "--genotype", "normal: avg 0, avg 1"), 64,
            "--genotype: genotype text, normal cell: expected 2 nodes")
    }

    @Test func `an unknown component`() throws {
        expect(
            try Program.run("plugins", "mamll"), 64,
            "no component or plugin is named 'mamll'; did you mean 'maml'?")
    }
}
