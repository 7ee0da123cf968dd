import Components
import Experiments
import Methods
import Records
import Scripting
import Testing

/// What a stranger's script may do, and what stops it, in whole runs: each ends in one sentence with its
/// place, and the process lives.
@Suite struct StrangersScriptTests {
    /// The complaint of a search, over a table or with training, with parts of the plan written by a stranger.
    private static func complaint(
        strategy: String = "\"evolution\"", more: String = "", before: String = "",
        trained: Bool = false
    ) throws -> (text: String, sink: MemorySink) {
        let folder = try ScriptFolder()
        try folder.write(
            trained
                ? before + "\n"
                    + searchScript(
                        operations: "\"max\", \"skip\"",
                        method: "checkpoint_steps = 1, strategy = \(strategy), \(more)")
                : """
                local apogee = require "apogee"
                \(before)
                return apogee.experiment { name = "t", api = 1,
                  tasks = { "tabular", dataset = "synthetic", seeds = 2 }, space = "nas_bench_201",
                  strategy = \(strategy),
                  budget = { generations = 4, evaluations_per_generation = 8 },
                  arms = { "searched" }, \(more) }
                """)
        let sink = MemorySink()
        let text = folder.complaint {
            let script = try ExperimentScript(path: folder.path + "/test.lua")
            let plan = try #require(try script.plans().first)
            _ = try ExperimentRunner(
                plan: plan, record: RunRecord(name: "t", plan: "", seed: 1),
                registry: script.registry, scripts: script, settings: RunSettings(seed: 1),
                sink: sink
            ).run()
        }
        return (text, sink)
    }

    private static func evolution(_ body: String) -> String {
        "{ \"evolution\", population = 4, mutation = function(parent, rng, space)\n\(body)\nend }"
    }

    /// A method of the plan with training.
    private static func method(_ step: String) -> String {
        """
        method = { "custom",
          init = function(context) return { n = 0 } end,
          step = function(state, context) \(step) end,
          result = function(state, context)
            local one = context.space:sample(context:stream("r"))
            return context:evaluate { one }
          end },
        """
    }

    @Test(arguments: [
        "local t = require('apogee').tensor while true do t.eye(512) end",
        "while true do rng:uniforms(10000) end",
        "while true do rng:split('a') end",
        "while true do space:sample(rng) end",
        "while true do parent:copy() end",
        "while true do pcall(function() while true do rng:uniforms(10000) end end) end",
        "local a = require('apogee') local t = a.tensor.zeros({64, 64}) "
            + "while true do t:matmul(t):tolist() end",
        "require('apogee').grad(function(x) while true do x = x + 1 end end)"
            + "(require('apogee').tensor.zeros({1}))",
        "return setmetatable({}, { __index = function() while true do end end })",
        "return setmetatable({}, { __len = function() while true do end end })",
        "error(setmetatable({}, { __tostring = function() while true do end end }))",
        "local c <close> = setmetatable({}, { __close = function() while true do end end }) "
            + "return parent:copy()",
    ])
    func `work without end is stopped in a mutation`(body: String) throws {
        let (text, _) = try Self.complaint(strategy: Self.evolution(body))
        #expect(text != "no error")
        #expect(text.hasPrefix("test.lua:"), "\(text)")
        #expect(text.contains("mutation"), "\(text)")
    }

    @Test(arguments: [
        "local k = {} while true do k[#k + 1] = rng:split('a') end",
        "local k = {} while true do k[#k + 1] = parent:copy() end",
        "local k, a = {}, require('apogee') while true do k[#k + 1] = a.tensor.zeros({1}) + 1 end",
    ])
    func `memory that the host holds is the script's`(body: String) throws {
        let (text, _) = try Self.complaint(
            strategy: Self.evolution(body),
            more: "limits = { callback_memory = 4000000, callback_instructions = 1000000000 },")
        #expect(text.contains("memory limit of 4,000,000 bytes"), "\(text)")
    }

    @Test func `a stream, or a strategy, is not reached again while it works`() throws {
        let (drawn, _) = try Self.complaint(
            strategy: Self.evolution(
                """
                rng:choice(setmetatable({}, { __len = function() return 1 end,
                  __index = function() return rng:integer(1, 2) end }))
                """))
        #expect(
            drawn.contains("rng:integer cannot be called during rng:choice"), "\(drawn)")
        let (asked, _) = try Self.complaint(
            strategy: "{ \"evolution\", population = 4, mutation = function(parent, rng) "
                + "HOLD.strategy:population() return parent:copy() end }",
            more: Self.method(
                """
                HOLD.strategy = HOLD.strategy or context:strategy()
                local found = context:evaluate(HOLD.strategy:ask(4))
                HOLD.strategy:tell(found)
                return state, false
                """), before: "local HOLD = {}", trained: true)
        #expect(
            asked.contains("strategy:population cannot be called during strategy:ask"), "\(asked)")
    }

    @Test(arguments: [
        ("local count = 0", "count = count + 1", "count"),
        ("local seen = {}", "seen[#seen + 1] = rng:uniform()", "seen"),
        ("local last = { value = 1 }", "last.value = rng:uniform()", "last.value"),
        ("local best", "best = rng:integer(1, 1000000)", "best"),
        ("local inner do local n = 0 inner = function() n = n + 1 end end", "inner()", "inner.n"),
    ])
    func `a function that remembers is refused in the run`(
        before: String, body: String, name: String
    ) throws {
        for trained in [false, true] {
            let (text, sink) = try Self.complaint(
                strategy: Self.evolution(body + " return parent:copy()"), before: before,
                trained: trained)
            #expect(text.contains("the function remembers '\(name)"), "\(text)")
            #expect(text.hasPrefix("test.lua:"), "\(text)")
            // State is saved before the bad news.
            if trained { #expect(sink.states["method"] != nil) }
        }
    }

    @Test(arguments: [
        ("local cache = {}", "cache[tostring(parent)] = cache[tostring(parent)] or #parent"),
        ("local library", "library = library or { size = 5 }"),
        ("local constants = { 1, 2, 3 }", "local n = #constants"),
        (
            "local x = { n = 1 } local t = { b = x, a = x }",
            "t.c = t.c or { 1 } t[parent:copy()] = 1"
        ),
        ("local t = {} for i = 1, 30000 do t[\"k\" .. i] = i end", "t.more = t.k1"),
    ])
    func `a cache and what is made when first needed are let pass`(
        before: String, body: String
    ) throws {
        let (text, _) = try Self.complaint(
            strategy: Self.evolution(body + " return parent:copy()"), before: before)
        #expect(text == "no error")
    }

    @Test(arguments: ["__metadata__", "", "a\\0b", "a\\nb"])
    func `a name that no file of weights can hold is refused where it is given`(
        name: String
    ) throws {
        let operation = """
            { "custom", name = "mine", forward = function(p, x) return x end,
              parameters = function(c) return { { "\(name)", shape = { 2 } } } end }
            """
        let (text, _) = try Self.complaint(
            more:
                "space = { \"cells\", nodes = 2, channels = 4, operations = { \"max\", \(operation) } },",
            trained: true)
        #expect(text.contains("is no name"), "\(text)")
        #expect(text.contains("operation mine"), "\(text)")
    }

    @Test func `a reporter that fails at the end leaves the run as it ended`() throws {
        let failing = """
            reporters = { function(event) if event.event == "runEnded" then error "no" end end },
            on_reporter_failure = "stop",
            """
        let (text, sink) = try Self.complaint(more: failing)
        #expect(text.contains("the run is done and its results are kept"), "\(text)")
        let ends = sink.events.compactMap { event in
            if case .runEnded(let end) = event { end.status } else { nil }
        }
        #expect(ends == [.done])
    }

    @Test func `a method that never ends, and one that writes without end, are stopped`() throws {
        let (idle, saved) = try Self.complaint(
            more: Self.method("state.n = state.n + 1 return state, false")
                + "limits = { idle_steps = 50 },", trained: true)
        #expect(idle.contains("50 steps one after another in which nothing was trained"), "\(idle)")
        #expect(saved.states["method"] != nil)
        let (loud, _) = try Self.complaint(
            more: Self.method("context:message((\"x\"):rep(10000)) return state, false")
                + "limits = { event_bytes = 100000 },", trained: true)
        #expect(loud.contains("more than 100000 bytes of the run's events"), "\(loud)")
        #expect(loud.hasPrefix("test.lua:"), "\(loud)")
    }
}
