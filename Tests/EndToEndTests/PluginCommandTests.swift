import Foundation
import Records
import RunStore
import TestSupport
import Testing

@Suite struct PluginCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a new plugin passes its own check and specs, and is found by an experiment`() throws
    {
        let made = try Program.run("new", "plugin", "my_ops", in: folder.path)
        #expect(made.code == 0, "\(made.error)")
        let checked = try Program.run("check", "plugins/my_ops", in: folder.path)
        #expect(checked.code == 0, "\(checked.error)")
        #expect(checked.output.contains("OK  mutation \"my_ops_shift\""))
        let tested = try Program.run("test", "plugins", in: folder.path)
        #expect(tested.code == 0, "\(tested.output)")
        #expect(tested.output == "2 passed, 0 failed, 1 files\n")
        let settings = folder.path + "/plugins/my_ops/.luarc.json"
        let editor = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: settings)))
                as? [String: Any])
        let library = try #require((editor["workspace.library"] as? [String])?.first)
        #expect(FileManager.default.fileExists(atPath: library + "/apogee.lua"), "\(library)")
        let again = try Program.run("new", "plugin", "my_ops", in: folder.path)
        #expect(again.code == 64)
        #expect(again.complaint == "plugins/my_ops already exists; nothing was written")
        let listed = try Program.run("plugins", "my_ops_shift", in: folder.path)
        #expect(listed.output.contains("genes = 1\n"), "\(listed.output)\(listed.error)")
    }

    @Test func `the guide's plugin of an operation passes its check and its spec`() throws {
        #expect(try Program.run("new", "plugin", "pairs", in: folder.path).code == 0)
        for file in ["shift.lua", "spec/shift_spec.lua"] {
            try FileManager.default.removeItem(atPath: folder.path + "/plugins/pairs/" + file)
        }
        let page = try String(
            contentsOf: URL(fileURLWithPath: Repository.path("plugins/guide/operation.md")),
            encoding: .utf8)
        // Each block stands below the sentence that names its file.
        let section = try #require(page.components(separatedBy: "## As a plugin").last)
        var file: String?
        var lines: [String]?
        var written: [String] = []
        for line in section.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                if let text = lines, let name = file {
                    _ = try folder.write(text.joined(separator: "\n") + "\n", to: name)
                    written.append(name)
                }
                lines = lines == nil ? [] : nil
            } else if lines != nil {
                lines?.append(line)
            } else if let name = line.split(separator: "`").last(where: {
                $0.hasPrefix("plugins/pairs/") && $0.contains(".")
            }) {
                file = String(name)
            }
        }
        #expect(
            written.map { $0.dropFirst("plugins/pairs/".count) } == [
                "plugin.json", "init.lua", "paired.lua", "spec/paired_spec.lua",
            ])
        let checked = try Program.run("check", "plugins/pairs", in: folder.path)
        #expect(checked.code == 0, "\(checked.error)")
        #expect(checked.output.contains("OK  operation \"paired\""), "\(checked.output)")
        let tested = try Program.run("test", "plugins/pairs", in: folder.path)
        #expect(tested.output == "2 passed, 0 failed, 1 files\n", "\(tested.output)\(tested.error)")
    }

    @Test func `a new experiment passes its check and specs, and runs`() throws {
        #expect(try Program.run("new", "experiment", "mine", in: folder.path).code == 0)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/mine/.luarc.json"))
        let checked = try Program.run("check", "mine/experiment.lua", in: folder.path)
        #expect(checked.code == 0, "\(checked.error)")
        #expect(try Program.run("test", "mine", in: folder.path).code == 0)
        let run = try Program.run(
            "run", "mine/experiment.lua", "--quiet", "--set", "budget.warm_up_updates=2", "--set",
            "budget.generations=1", "--set", "budget.updates_per_generation=1", "--set",
            "budget.test_tasks=4", in: folder.path)
        #expect(run.code == 0, "\(run.error)")
    }

    @Test func `a spec that fails ends with 1 and its line`() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/spec", withIntermediateDirectories: true)
        _ = try folder.write(
            "it(\"adds\", function()\n  expect(1 + 1):to_equal(3)\nend)\n",
            to: "spec/sum_spec.lua")
        let outcome = try Program.run("test", in: folder.path)
        #expect(outcome.code == 1)
        #expect(
            outcome.output == """
                FAIL  adds
                      spec/sum_spec.lua:2: expected 3, found 2
                0 passed, 1 failed, 1 files

                """)
    }

    @Test(arguments: [
        "operator", "sampler", "objective", "operation", "space", "learner", "method", "strategy",
        "schedule", "reporter",
    ])
    func `the guide's files pass their check and run`(_ name: String) throws {
        let path = Repository.path("plugins/guide/\(name).lua")
        let checked = try Program.run("check", path, in: folder.path)
        #expect(checked.code == 0, "\(checked.error)")
        let run = try Program.run(
            "run", path, "--quiet", "--threads", "2", "--set", "budget.warm_up_updates=2", "--set",
            "budget.test_tasks=4", in: folder.path)
        #expect(run.code == 0, "\(run.error)")
    }

    @Test(arguments: [
        "06_genetic_operators", "07_islands", "08_task_samplers", "09_schedules",
        "13_layer_space",
    ])
    func `an experiment with a plugin gives the same bytes at one and at two threads`(
        _ name: String
    ) throws {
        var texts: [String] = []
        for threads in ["1", "2"] {
            let outcome = try Program.run(
                "run", Repository.path("scripts/experiments/\(name).lua"), "--quiet", "--json",
                "--threads", threads, "--set", "budget.warm_up_updates=2", "--set",
                "budget.generations=2", "--set", "budget.updates_per_generation=2", "--set",
                "budget.final_updates=2", "--set", "budget.test_tasks=8", in: folder.path)
            #expect(outcome.code == 0, "\(outcome.error)")
            texts.append(outcome.output)
        }
        #expect(texts[0] == texts[1])
    }

    @Test func `a plugin's learner and the same one in the script give the same weights`() throws {
        let outcome = try Program.run(
            "run", Repository.path("scripts/experiments/12_inner_rules.lua"), "--quiet", "--set",
            "budget.updates=4", "--set", "budget.test_tasks=8", "--store", "store", in: folder.path)
        #expect(outcome.code == 0, "\(outcome.error)")
        func weights(_ run: String, _ name: String) throws -> [NamedArray] {
            try Safetensors.read("\(folder.path)/store/\(run)/\(name).safetensors").arrays
        }
        let plugin = try weights("the-proximal-inner-step-of-a-plugin-0-1", "proximal_descent")
        #expect(try weights("the-same-inner-step-in-this-file-0-1", "custom") == plugin)
    }

    @Test(arguments: [
        ("string", "a module that require finds without plugins"),
        ("table", "a module that require finds without plugins"),
        ("apogee", "a module that require finds without plugins"), ("end", "a word of Lua"),
        ("evolution", "the name of a strategy (Apogee)"),
        ("maml", "the name of a learner (Apogee)"),
        ("populations", "a plugin in "), ("one_point", "the name of a crossover (Apogee)"),
    ])
    func `a new plugin does not take a name that something has`(
        name: String, what: String
    ) throws {
        let outcome = try Program.run("new", "plugin", name, in: folder.path)
        #expect(outcome.code == 64)
        #expect(outcome.complaint.hasPrefix("'\(name)' is \(what)"), "\(outcome.error)")
        #expect(outcome.complaint.hasSuffix("; choose another name, such as my_\(name)"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/plugins/\(name)"))
    }

    @Test func `a folder of plugins that is not there is an input that is missing`() throws {
        let outcome = try Program.run("plugins", "--plugin-path", "nothing", in: folder.path)
        #expect(outcome.code == 66)
        #expect(outcome.complaint == "nothing: no such folder of plugins")
    }
}
