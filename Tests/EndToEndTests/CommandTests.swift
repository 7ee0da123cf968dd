import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
    private static let scripts = [
        "01_quickstart", "02_custom_operators", "03_at_nas_omniglot", "04_maml_sine",
        "10_lua_operation", "11_lua_method", "12_inner_rules", "13_layer_space",
    ].map { Repository.path("scripts/experiments/\($0).lua") }

    @Test func `the version is printed`() throws {
        let outcome = try Program.run("--version")
        #expect(outcome.code == 0)
        #expect(outcome.output == "apogee 0.1.0\n")
    }

    @Test(arguments: scripts)
    func `every experiment passes its check`(script: String) throws {
        let outcome = try Program.run("check", script)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.output.contains("OK  plan: "))
    }

    @Test func `a check calls every function of the script`() throws {
        let output = try Program.run("check", Self.scripts[1]).output
        for point in ["mutation", "crossover", "schedule", "objective"] {
            #expect(output.contains("OK  \(point): 02_custom_operators.lua:"))
        }
    }

    @Test func `inspect shows the space, and JSON holds the same`() throws {
        let text = try Program.run("inspect", Self.scripts[0])
        #expect(text.code == 0)
        #expect(text.output.contains("51883209 genotypes of 16 genes"))
        let json = try Program.run("inspect", Self.scripts[0], "--json")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let space = try #require(report["space"] as? [String: Any])
        #expect(space["size"] as? Int == 51_883_209)
        #expect((space["genes"] as? [Any])?.count == 16)
        let genotype = try #require(report["genotype"] as? String)
        #expect(text.output.contains("example: " + genotype))
    }

    @Test func `a genotype that inspect wrote can be read back`() throws {
        let genotype =
            "normal: max 0, sep5 1 · sep5 0, dil3 1; "
            + "reduction: avg 0, sep5 1 · skip 0, dil3 2"
        let outcome = try Program.run("inspect", Self.scripts[0], "--genotype", genotype)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.output.contains("genotype: " + genotype + "\n"))
    }

    @Test func `inspect shows tables, and reads cells as the benchmark writes them`() throws {
        let script = Repository.path("scripts/experiments/05_tabular_policies.lua")
        let outcome = try Program.run(
            "inspect", script, "--genotype",
            "|nor_conv_3x3~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|none~1|none~2|")
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.output.contains("15625 genotypes of 6 genes"))
        #expect(outcome.output.contains("genotype: edge_0_1=nor_conv_3x3, edge_0_2=none, "))
        #expect(outcome.output.contains("its accuracies are looked up"))
        #expect(try Program.run("inspect", script, "--json").code == 0)
    }

    @Test func `doctor knows tables, and says what is wrong with them`() throws {
        let folder = try TemporaryFolder()
        let none = try Program.run("doctor", "--data", folder.path).output
        #expect(none.contains("neither Omniglot archives nor accuracies.csv of NAS-Bench-201"))
        _ = try folder.write("architecture\nx\n", to: "nas_bench_201/accuracies.csv")
        let wrong = try Program.run("doctor", "--data", folder.path).output
        #expect(wrong.contains("NAS-Bench-201: \(folder.path)/nas_bench_201/accuracies.csv:1: "))
        guard let data = RealData.path("nas_bench_201") else { return }
        let found = try Program.run("doctor", "--data", data).output
        #expect(found.contains("NAS-Bench-201, 15625 cells: cifar10, cifar100, imagenet16_120"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completion scripts name the commands`(shell: String) throws {
        let outcome = try Program.run("--generate-completion-script", shell)
        #expect(outcome.code == 0)
        for word in ["inspect", "plugins", "doctor"] { #expect(outcome.output.contains(word)) }
    }

    @Test func `a changed plan is another space`() throws {
        let outcome = try Program.run("inspect", Self.scripts[0], "--set", "space.nodes=1")
        #expect(outcome.output.contains("2401 genotypes of 8 genes"))
    }

    @Test func `doctor tells versions and processor`() throws {
        let outcome = try Program.run("doctor")
        #expect(outcome.code == 0)
        for word in [
            "apogee  ", "lua  ", "oneDNN  ", "libedit  ", "processor  ", "cores  ", "memory  ",
        ] {
            #expect(outcome.output.contains(word))
        }
    }

    @Test func `doctor tells which code serves which operation`() throws {
        let outcome = try Program.run("doctor", "--kernels")
        #expect(outcome.code == 0)
        for word in [
            "convolution forward 3×3 ", "convolution backward weights 5×5 depthwise dilation 2 ",
            "batch norm ", "matrix product ", "apogee ",
        ] {
            #expect(outcome.output.contains(word), "\(word)")
        }
        // A processor that oneDNN has no fast code for is told so, row by row.
        #expect(
            outcome.output.contains("ref:") == outcome.output.contains("SLOW: reference code"))
    }

    @Test func `plugins lists components and explains one`() throws {
        let all = try Program.run("plugins").output
        for name in ["mutation  (or a function)", "evolution", "maml", "glyphs", "query_error"] {
            #expect(all.contains(name))
        }
        let one = try Program.run("plugins", "maml").output
        #expect(one.contains("inner_steps = 5"))
        #expect(one.contains("an integer in 1…100"))
    }

    @Test func `help is there for every command`() throws {
        for command in ["run", "inspect", "check", "doctor", "plugins", "repl"] {
            let outcome = try Program.run("help", command)
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("USAGE: apogee \(command)"))
        }
    }

    // MARK: Lists of experiments

    /// Sines with these names, and more for each plan.
    private static func list(_ plans: [(name: String, more: String)]) -> String {
        "local apogee = require \"apogee\"\nreturn { "
            + plans.map {
                "apogee.experiment { name = \"\($0.name)\", api = 1, tasks = \"sine\", "
                    + "space = \"mlp\", budget = { updates = 2, test_tasks = 2 }, \($0.more) }"
            }.joined(separator: ", ") + " }"
    }

    @Test func `several runs print one list in JSON, whatever happens to the last`() throws {
        let folder = try TemporaryFolder()
        let failing =
            "reporters = { function(event) error \"no\" end }, on_reporter_failure = \"stop\""
        _ = try folder.write(
            Self.list([("a", ""), ("b", "seed = 2"), ("c", failing), ("d", "")]), to: "list.lua")
        let outcome = try Program.run("run", "list.lua", "--json", "--quiet", in: folder.path)
        #expect(outcome.code != 0)
        let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let names = (rows as? [[String: Any]])?.compactMap { $0["name"] as? String }
        #expect(names == ["a", "b"])
        #expect(outcome.error.contains("not begun: d\n"), "\(outcome.error)")
    }

    @Test func `a seed that makes the runs of a list the same is refused`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(
            Self.list([("a", "seed = 1"), ("a", "seed = 2"), ("b", "seed = 3")]), to: "list.lua")
        let outcome = try Program.run("run", "list.lua", "--seed", "5", in: folder.path)
        #expect(outcome.code == 64)
        #expect(
            outcome.complaint
                == "--seed 5: experiments 1 and 2 of the script (a) would be the same run; leave it "
                + "out, or run one of them")
        let usual = try Program.run("run", "list.lua", "--quiet", in: folder.path)
        #expect(usual.code == 0, "\(usual.error)")
    }
}
