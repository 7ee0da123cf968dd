import Foundation
import TestSupport
import Testing

@Suite struct ResumeCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(Self.script(warmUp: 300), to: "search.lua")
    }

    private static func script(warmUp: Int) -> String {
        """
        local apogee = require "apogee"
        return apogee.experiment {
          name = "Resumed", api = 1, checkpoint_steps = 3,
          tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
            validation_fraction = 0.3,
            sampler = { "hard_classes" },
            dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
          space = { "cells", nodes = 1, channels = 4 },
          learner = { "maml", inner_steps = 1, meta_batch = 2 },
          strategy = { "evolution", population = 4,
            mutation = function(parent, rng)
              local child = parent:copy()
              local gene = rng:integer(1, #child)
              child[gene] = rng:choice(child:options(gene))
              return child
            end },
          budget = { warm_up_updates = \(warmUp), generations = 3, updates_per_generation = 20,
            evaluations_per_generation = 4, final_updates = 20, validation_tasks = 2, test_tasks = 8 },
          per_task_search = { enabled = false }, arms = { "searched", "random_search" },
        }
        """
    }

    private func data(_ run: String, _ file: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(run)/\(file)"))
    }

    @Test(arguments: [SIGKILL, SIGINT])
    func `a run that is killed or interrupted ends as if it never was`(signal: Int32) throws {
        let whole = try Program.run(
            "run", "search.lua", "--seed", "4", "--quiet", "--store", "whole", in: folder.path)
        #expect(whole.code == 0, "\(whole.error)")
        let run = "cut/resumed-4-1"
        let isCut = try Program.run(
            ["run", "search.lua", "--seed", "4", "--store", "cut", "--threads", "2"],
            in: folder.path, until: "\(folder.path)/\(run)/method.state.safetensors", signal: signal
        )
        try #require(isCut)
        // From another folder: what the command line named is found again.
        let resumed = try Program.run(
            "run", "--resume", "\(folder.path)/\(run)", "--quiet", "--threads", "1",
            in: NSTemporaryDirectory())
        #expect(resumed.code == 0, "\(resumed.error)")
        for file in [
            "results.json", "events.jsonl", "supernet.safetensors", "searched.safetensors",
            "random_search.safetensors", "method.state.safetensors", "plan.json", "script.lua",
        ] {
            #expect(try data(run, file) == data("whole/resumed-4-1", file), "\(file)")
        }
        let record = String(decoding: try data(run, "run.json"), as: UTF8.self)
        #expect(record.contains("\"resumptions\" : ["))
        let again = try Program.run("run", "--resume", "\(folder.path)/\(run)/")
        #expect(again.code == 64)
        #expect(
            again.complaint
                == "--resume: the run in \(folder.path)/\(run) is finished; its results are in "
                + "\(folder.path)/\(run)/results.json")
    }

    @Test func `what cannot go on is one sentence`() throws {
        let run = "runs/resumed-0-1"
        let isCut = try Program.run(
            ["run", "search.lua"], in: folder.path,
            until: "\(folder.path)/\(run)/method.state.safetensors", signal: SIGKILL)
        try #require(isCut)
        func expect(_ arguments: [String], _ code: Int32, _ message: String) throws {
            var all = ["run", "--resume", run, "--quiet"] + arguments
            while all.count < 8 { all.append("--quiet") }
            let outcome = try Program.run(
                all[0], all[1], all[2], all[3], all[4], all[5], in: folder.path)
            #expect(outcome.code == code, "\(outcome.error)")
            #expect(outcome.complaint.contains(message), "\(outcome.complaint)")
            #expect(!outcome.complaint.contains("\n"))
        }
        try expect(
            ["--seed", "3"], 64,
            "--seed: a run goes on as it began, so --seed has no place beside --resume")
        try expect(["--set", "budget.generations=1"], 64, "so --set has no place beside --resume")
        try expect(["--store", "x"], 64, "so --store has no place beside --resume")
        try expect(["--plugin-path", "x"], 64, "so --plugin-path has no place beside --resume")
        try expect(["--allow", "clock"], 64, "--allow: the run began without permissions")

        // Another script, then another version, then a damaged state.
        _ = try folder.write(Self.script(warmUp: 301), to: "search.lua")
        try expect(
            [], 65, "has changed since the run began; its text of then is in \(run)/script.lua")
        _ = try folder.write(Self.script(warmUp: 300), to: "search.lua")
        let record = "\(folder.path)/\(run)/run.json"
        let text = try String(contentsOfFile: record, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "\"apogee\" : \"", with: "\"apogee\" : \"9").utf8)
            .write(to: URL(fileURLWithPath: record))
        try expect([], 65, "is of another version: apogee 9")
        try Data(text.utf8).write(to: URL(fileURLWithPath: record))
        let state = URL(fileURLWithPath: "\(folder.path)/\(run)/method.state.safetensors")
        let whole = try Data(contentsOf: state)
        try whole.prefix(whole.count / 2).write(to: state)
        try expect([], 1, "--resume: the state \(run)/method.state.safetensors is damaged: ")
        try FileManager.default.removeItem(at: state)
        try expect([], 66, "saved no state to go on from; only searches do")
        let none = try Program.run("run", "--resume", "nothing", in: folder.path)
        #expect(none.code == 66)
        #expect(none.complaint.hasPrefix("--resume: nothing is no run's folder: nothing/run.json"))
    }

    @Test func `a run goes on only with the plan and the permissions that it had`() throws {
        _ = try folder.write("return 300\n", to: "size.lua")
        _ = try folder.write(
            Self.script(warmUp: 0).replacingOccurrences(
                of: "warm_up_updates = 0", with: "warm_up_updates = require \"size\""),
            to: "search.lua")
        let run = "runs/resumed-0-1"
        let isCut = try Program.run(
            ["run", "search.lua", "--allow", "clock,random"], in: folder.path,
            until: "\(folder.path)/\(run)/method.state.safetensors", signal: SIGKILL)
        try #require(isCut)
        func complaint(_ arguments: String...) throws -> String {
            let outcome = try Program.run(
                "run", "--resume", run, "--quiet", arguments[0], arguments[1], in: folder.path)
            #expect(outcome.code != 0 && outcome.code != 70, "\(outcome.error)")
            #expect(!outcome.complaint.contains("\n"))
            return outcome.complaint
        }
        let allowed =
            "--allow: the run began with --allow clock,random; give the same again to go on"
        #expect(try complaint("--threads", "1") == allowed)
        #expect(try complaint("--allow", "clock") == allowed)
        _ = try folder.write("return 299\n", to: "size.lua")
        let changed = try complaint("--allow", "clock,random")
        #expect(
            changed
                == "--resume: module size.lua has changed since the run in \(run) began; put it back "
                + "as before, or run the experiment again")
        #expect(
            try Program.run("run", "--resume", "").complaint
                == "--resume: expected the folder of a run, found nothing")
        let record = "\(folder.path)/\(run)/run.json"
        let text = try String(contentsOfFile: record, encoding: .utf8)
        func write(_ pattern: String, _ replacement: String, in text: String) throws -> String {
            let changed = text.replacingOccurrences(
                of: pattern, with: replacement, options: .regularExpression)
            try #require(changed != text, "run.json holds no \(pattern)")
            try Data(changed.utf8).write(to: URL(fileURLWithPath: record))
            return changed
        }
        _ = try write("\"api\" : 1", "\"api\" : 2", in: text)
        let newer = try complaint("--allow", "clock,random")
        #expect(newer.hasPrefix("--resume: \(run) is no run's folder: run.json: "))
        #expect(
            newer.contains(
                "this Apogee reads requests of api = 1, and this one is of api = 2 at "
                    + "environment.request.api"))
        // A run of before requests were recorded holds its command line alone.
        let old = try write("(?s)\"request\" : \\{.*?\\n    \\},", "", in: text)
        #expect(try complaint("--allow", "clock,random") == changed)
        _ = try write("\"run\",", "\"run\", \"--resume\",", in: old)
        #expect(
            try complaint("--allow", "clock,random")
                == "--resume: run.json in \(run) does not hold the command line of a run")
    }

    @Test func `a file runs in place of a prompt, with its arguments`() throws {
        _ = try folder.write("print(select('#', ...), ...)\n", to: "words.lua")
        let outcome = try Program.run("repl", "words.lua", "a", "b c", in: folder.path)
        #expect(outcome.code == 0 && outcome.output == "2\ta\tb c\n", "\(outcome.error)")
        _ = try folder.write("local x = 1\nerror('no')\n", to: "wrong.lua")
        let wrong = try Program.run("repl", "wrong.lua", in: folder.path)
        #expect(wrong.code == 65)
        #expect(wrong.complaint == "wrong.lua:2: no")
        let missing = try Program.run("repl", "nothing.lua", in: folder.path)
        #expect(missing.code == 66)
        #expect(missing.complaint == "nothing.lua: no such file, or it cannot be read")
    }

    @Test func `zero-cost scores are ranked by their correlation with accuracy`() throws {
        let root = Repository.path("benchmarks-data/nas_bench_201")
        let script = Repository.path("scripts/dev/zero_cost.lua")
        let outcome = try Program.run(
            "repl", script, root, "zero_cost_sample.csv", "--allow", "read=" + root)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(
            outcome.output == """
                cifar10
                  score        Spearman  Kendall      n
                  grad_norm       1.000    1.000      5
                  nwot           -1.000   -1.000      5
                  params          0.949    0.894      5
                  synflow        -0.500   -0.333      3
                  constant            -        -      5
                cifar100
                  score        Spearman  Kendall      n
                  nwot           -1.000   -1.000      3
                  params          1.000    1.000      3
                  grad_norm       0.500    0.333      3
                  synflow         0.500    0.333      3
                  constant            -        -      3

                """, "\(outcome.output)")
        let refused = try Program.run("repl", script, root)
        #expect(refused.code == 65)
        #expect(refused.complaint.contains("is not allowed"))
    }
}
