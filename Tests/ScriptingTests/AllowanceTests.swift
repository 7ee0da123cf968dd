import Components
import Experiments
import Methods
import Records
import Scripting
import Testing

/// A plan can allow its functions more than usual, and a command more than the plan.
@Suite struct AllowanceTests {
    private static let loops = "for _ = 1, 3000000 do end"

    private static func script(
        _ option: String, _ body: String = loops, limits: ScriptLimits = ScriptLimits()
    ) throws -> (folder: ScriptFolder, script: ExperimentScript) {
        let folder = try ScriptFolder()
        try folder.write(
            """
            return require("apogee").experiment { name = "t", api = 1,
              tasks = { "tabular", dataset = "synthetic", seeds = 2 }, space = "nas_bench_201",
              budget = { generations = 1, evaluations_per_generation = 2 }, arms = { "searched" },
              objectives = { { "custom", name = "slow",
                evaluate = function(subnet) \(body) return 1 end } }, \(option) }
            """)
        return (
            folder, try ExperimentScript(path: folder.path + "/test.lua", limits: limits)
        )
    }

    private static func complaint(
        _ option: String, _ body: String = loops, limits: ScriptLimits = ScriptLimits()
    ) throws -> String {
        let (folder, script) = try script(option, body, limits: limits)
        return folder.complaint {
            let plan = try #require(try script.plans().first)
            _ = try ExperimentRunner(
                plan: plan, record: RunRecord(name: "t", plan: "", seed: 1),
                registry: script.registry, scripts: script, settings: RunSettings(seed: 1),
                sink: MemorySink()
            ).run()
        }
    }

    @Test func `a plan sets the instructions of one call`() throws {
        #expect(try Self.complaint("") == "no error")
        let found = try Self.complaint("limits = { callback_instructions = 100000 }")
        #expect(
            found.hasSuffix(
                "stopped after 100,000 instructions: an endless loop? If not, raise the instruction "
                    + "limit by limits in the plan, or --limit"), "\(found)")
        let long = "for _ = 1, 30000000 do end"
        #expect(try Self.complaint("", long).contains("stopped after 20,000,000 instructions"))
        #expect(
            try Self.complaint("limits = { callback_instructions = 1000000000 }", long)
                == "no error")
    }

    @Test func `a plan sets the memory of one call, and of all tensors`() throws {
        let texts = "local t = {} for i = 1, 30000 do t[i] = (\"x\"):rep(100) .. i end"
        #expect(try Self.complaint("", texts) == "no error")
        #expect(
            try Self.complaint("limits = { callback_memory = 1048576 }", texts)
                .contains("memory limit of 1,048,576 bytes"))
        let tensor =
            "local a = require(\"apogee\") "
            + "local t = a.random.uniform(a.random.stream(1), { 1000, 1000 }, 0, 1)"
        #expect(try Self.complaint("", tensor) == "no error")
        #expect(
            try Self.complaint("limits = { tensor_memory = 2000000 }", tensor)
                .contains("at most 2000000"))
    }

    @Test func `what a command allows goes before the plan`() throws {
        var limits = ScriptLimits()
        limits.commanded.callbackInstructions = 10_000
        let option = "limits = { callback_instructions = 1000000000 }"
        #expect(
            try Self.complaint(option, limits: limits).contains("stopped after 10,000 instructions")
        )
    }

    @Test func `limits change neither a plan's hash nor, where they are usual, its text`() throws {
        let usual = try #require(try Self.script("").script.plans().first)
        let empty = try #require(try Self.script("limits = {}").script.plans().first)
        let other = try #require(
            try Self.script("limits = { callback_memory = 2000000 }").script.plans().first)
        #expect(usual.json() == empty.json() && !usual.json().contains("limits"))
        #expect(other.json().contains("callback_memory"))
        #expect(usual.hash == other.hash)
    }
}
