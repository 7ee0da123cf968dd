import Methods
import Components
import Supernets
import MetaLearning
import Experiments
import Foundation
import LuaHost
import Randomness
import Records
import Scripting
import SearchSpaces
import Tensors
import TestSupport
import Testing

/// A search by a method of the folder `scripts/experiments/methods`, or of this text.
private struct MethodRun {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan
    let registry: Registry

    init(
        method: String?, budget: String = "", more: String = "", before: String = ""
    ) throws {
        folder = try ScriptFolder()
        let path = Repository.root + "/scripts/experiments/methods/at_nas.lua"
        try folder.write(
            Data(contentsOf: URL(fileURLWithPath: path)), to: "methods/at_nas.lua")
        let option = method.map { "method = \($0), checkpoint_steps = 1," } ?? ""
        try folder.write(
            before
                + "\n"
                + searchScript(
                    operations: "\"max\", \"sep3\", \"skip\"", budget: budget,
                    method: option + more))
        script = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        self.registry = registry
        plan = try #require(try script.plans(registry: registry).first)
    }

    func run(
        threads: Int = 2, interruptedAfter: Int = .max, resumed: MethodState? = nil
    ) throws -> MemorySink {
        let sink = MemorySink()
        let asked = Guarded(0)
        var settings = RunSettings(seed: 3, threads: threads)
        settings.resumed = resumed
        let runner = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 3), registry: registry,
            scripts: script, settings: settings, sink: sink,
            isInterrupted: {
                asked.withLock { count in
                    count += 1
                    return count > interruptedAfter
                }
            })
        _ = try runner.run()
        return sink
    }

    func complaint() -> String { folder.complaint { _ = try run() } }
}

@Suite struct MethodTests {
    @Test(arguments: ["", ", evaluations_per_generation = 5"])
    func `across-task search in Lua gives the bits of the built-in one`(budget: String) throws {
        let schedule = """
            schedule = function(progress)
              return { outer_learning_rate_factor = 1 - 0.5 * progress.fraction,
                mutation_probability = 0.2, paths = progress.generation == 0 and "uniform" or nil }
            end,
            """
        // The plan's own paths, and a schedule that looks at what the generations reached so far.
        let plateau = """
            paths = { "mixed", population_fraction = 0.9 },
            schedule = function(progress)
              local best, since = math.huge, 0
              for _, value in ipairs(progress.history) do
                if value < best then best, since = value, 0 else since = since + 1 end
              end
              return { outer_learning_rate_factor = 0.5 ^ since,
                mutation_probability = #progress.history > 0 and best or 0.1 }
            end,
            """
        let paths = """
            paths = function(progress, rng)
              if #progress.population == 0 then return progress.space:sample(rng) end
              return progress.population[1 + progress.update % #progress.population]
            end,
            """
        for more in ["", schedule, plateau, paths] {
            let builtIn = try MethodRun(method: nil, more: more).run()
            let own = try MethodRun(method: "require \"methods.at_nas\"", more: more).run()
            let lines = try builtIn.events.map { try $0.jsonLine() }
            #expect(try own.events.map { try $0.jsonLine() } == lines)
            #expect(own.weights["supernet"] == builtIn.weights["supernet"])
            #expect(lines.count > 30)
        }
    }

    @Test func `a method goes on from its saved state as if nothing had happened`() throws {
        let whole = try MethodRun(method: "require \"methods.at_nas\"")
        let finished = try whole.run()
        func results(_ sink: MemorySink) throws -> [String] {
            try sink.events.filter { if case .result = $0 { true } else { false } }
                .map { try $0.jsonLine() }
        }
        #expect(try results(finished).count == 3)
        // Between steps, and within them, where the state is that of before the step.
        for interruption in 1...12 {
            let run = try MethodRun(method: "require \"methods.at_nas\"")
            let stopped = try run.run(interruptedAfter: interruption)
            let saved = try #require(stopped.states["method"])
            #expect(try results(stopped).count < 3)
            let again = try MethodRun(method: "require \"methods.at_nas\"")
            let resumed = try again.run(
                threads: 1, resumed: MethodState(text: saved.text, arrays: saved.arrays))
            #expect(try results(resumed) == results(finished))
            #expect(resumed.weights["supernet"] == finished.weights["supernet"])
        }
    }

    @Test func `tensors, genotypes and streams in a state are kept`() throws {
        let method = """
            {
              init = function(context)
                local rng = context:stream("mine")
                return { total = tensor.zeros { 2, 2 }, round = 0, learner = context.learner,
                  found = { context.space:sample(rng) }, rng = rng,
                  notes = { "a", true, 0.5, 2.0, 1 / 0, "\\255", ["@tensor"] = 1 } }
              end,
              step = function(state, context)
                state.total = state.total + state.round
                state.round = state.round + 1
                local rng = context:stream("mine"):split(state.round)
                state.found[#state.found + 1] = context.space:sample(rng)
                state.found[#state.found + 1] = context.space:sample(state.rng)
                local notes = state.notes
                assert(math.type(notes[4]) == "float" and notes[5] == math.huge)
                assert(notes[6] == "\\255" and math.type(notes["@tensor"]) == "integer")
                context:message("round " .. state.round .. " of "
                  .. state.total:sum():value() .. " " .. tostring(state.notes[2]))
                context:check_interruption()
                return state, state.round == 4
              end,
              result = function(state, context)
                return context:evaluate(state.found, { generation = 0, origin = "mine" })
              end,
            }
            """
        let finished = try MethodRun(method: method).run()
        let stopped = try MethodRun(method: method).run(interruptedAfter: 4)
        let saved = try #require(stopped.states["method"])
        let state = MethodState(text: saved.text, arrays: saved.arrays)
        #expect(state.arrays.contains { $0.name == "tensor0" })
        let resumed = try MethodRun(method: method).run(resumed: state)
        func trials(_ sink: MemorySink) throws -> [String] {
            try sink.events.compactMap { if case .trial = $0 { try $0.jsonLine() } else { nil } }
        }
        #expect(try trials(finished) == trials(resumed))
        #expect(
            finished.events.count {
                if case .trial(let t) = $0 { t.origin == "mine" } else { false }
            } == 9)
        let texts = finished.events.compactMap {
            if case .message(let message) = $0 { message.text } else { nil }
        }
        #expect(
            texts == [
                "round 1 of 0.0 true", "round 2 of 4.0 true", "round 3 of 12.0 true",
                "round 4 of 24.0 true",
            ])
    }

    @Test func `evaluations count as such after a run went on`() throws {
        let method = """
            {
              init = function(context) return { rounds = 0, learner = context.learner } end,
              step = function(state, context)
                state.rounds = state.rounds + 1
                if state.rounds == 1 then
                  local rng = context:stream("mine")
                  state.found = context:evaluate { context.space:sample(rng), context.space:sample(rng) }
                end
                context:check_interruption()
                context:generation(state.rounds, 2, state.found)
                return state, state.rounds == 4
              end,
              result = function(state) return state.found end,
            }
            """
        let finished = try MethodRun(method: method).run()
        let stopped = try MethodRun(method: method).run(interruptedAfter: 5)
        let saved = try #require(stopped.states["method"])
        let resumed = try MethodRun(method: method).run(
            resumed: MethodState(text: saved.text, arrays: saved.arrays))
        let rows = { (sink: MemorySink) in
            sink.events.filter { if case .result = $0 { true } else { false } }
        }
        #expect(rows(resumed) == rows(finished) && !rows(finished).isEmpty)
    }

    /// Ten products of 100 × 100 matrices, wherever a script computes them, are on the bill.
    @Test(arguments: [
        "method = { init = function(c) HERE return { learner = c.learner } end, "
            + "step = function(s) return s, true end, "
            + "result = function(_, c) return { c.space:sample(c:stream(\"r\")) } end },",
        "method = { init = function(c) return { learner = c.learner } end, "
            + "step = function(s) HERE return s, true end, "
            + "result = function(_, c) return { c.space:sample(c:stream(\"r\")) } end },",
        "method = { init = function(c) return { learner = c.learner } end, "
            + "step = function(s) return s, true end, "
            + "result = function(_, c) HERE return { c.space:sample(c:stream(\"r\")) } end },",
        "schedule = function() HERE return {} end,",
        "paths = function(progress, rng) HERE return progress.space:sample(rng) end,",
        "objectives = { { \"custom\", name = \"odd\", evaluate = function(s) HERE "
            + "return s.query_error end } },",
        "strategy = { \"evolution\", population = 4, mutation = function(p) HERE return p:copy() "
            + "end },",
    ])
    func `what functions compute with tensors is billed`(option: String) throws {
        func run(_ work: String) throws -> (searched: Int, total: Int) {
            let run = try MethodRun(
                method: nil, more: option.replacing("HERE", with: work),
                before: """
                    local function work()
                      local t = require("apogee").tensor.zeros { 100, 100 }
                      for _ = 1, 10 do t = t:matmul(t) end
                      assert(t:sum():value() == 0)
                    end
                    """)
            let events = try run.run().events
            let searched = events.compactMap { event -> Int? in
                guard case .result(let row) = event, row.arm == "searched" else { return nil }
                return row.cost.multiplyAdds
            }
            guard case .runEnded(let end) = events.last else { return (0, 0) }
            return (try #require(searched.first), end.cost.multiplyAdds)
        }
        let (without, with) = (try run(""), try run("work()"))
        let more = with.searched - without.searched
        #expect(more > 0 && more % 10_000_000 == 0, "\(more)")
        #expect(with.total - without.total >= more)
    }

    @Test func `a context that outlives its run, or is asked in the midst, says so`() throws {
        func method(_ step: String) -> String {
            """
            (function()
              local held = {}
              return {
                init = function(context) held.one = held.one or context; return { learner = context.learner } end,
                step = function(state, context) local kept = held.one \(step) return state, true end,
                result = function(_, c) return { c.space:sample(c:stream("r")) } end,
              }
            end)()
            """
        }
        for call in [
            "kept:tasks(1, 0, {})", "kept:strategy()", "kept:settings {}", "kept:message \"x\"",
            "kept:start(\"x\", 1, \"y\")",
            "kept:evaluate { context.space:sample(context:stream(\"a\")) }",
            "held.strategy = held.strategy or context:strategy() held.strategy:ask(1)",
            "held.strategy = held.strategy or context:strategy() held.strategy:population()",
            "held.learner = held.learner or context.learner local n = held.learner.updates",
            "held.tasks = held.tasks or context:tasks(1, 0, {}) "
                + "context:update { tasks = held.tasks, "
                + "paths = context:paths(1, 0, { phase = \"search\" }) }",
        ] {
            let run = try MethodRun(method: method(call))
            _ = try run.run()
            // The same script again, whose upvalue still holds the first run's context.
            let text = run.folder.complaint { _ = try run.run() }
            let isContext = call.hasPrefix("kept") || call.contains("learner")
            #expect(
                text.hasSuffix(
                    isContext
                        ? "this context belongs to a run that is over; use the context that the "
                            + "function is given"
                        : " belongs to a run that is over; use one of the present run's context"),
                "\(call): \(text)")
            #expect(text.hasPrefix("test.lua:"))
            #expect(!text.contains("\n"))
        }
        let nested = """
            objectives = { { "custom", name = "odd", evaluate = function(subnet)
              HOLD.context:evaluate { subnet.genotype } return 1 end } },
            """
        let script = method(
            "HOLD.context = context context:evaluate { context.space:sample(context:stream(\"a\")) }"
        )
        let text = try MethodRun(
            method: script, more: nested, before: "local HOLD = {}"
        ).complaint()
        #expect(
            text.hasSuffix(
                "context:evaluate cannot be called during context:evaluate; callbacks can use only "
                    + "their arguments"),
            "\(text)")
    }

    @Test(arguments: [
        (
            "result = function(_, c) return { { genotype = c.space:sample(c:stream(\"r\")), "
                + "objectives = { 0 } } } end",
            "result: best[1]: no evaluation of this run gave this genotype these objectives; pass "
                + "on what context:evaluate returned, or evaluate it"
        ),
        (
            "step = function(state, c) local found = c:evaluate { c.space:sample(c:stream(\"r\")) } "
                + "c:generation(0, 1, { { genotype = found[1].genotype, objectives = { 0 } } }) "
                + "return state, true end",
            "method step: population[1]: no evaluation of this run gave this genotype these "
                + "objectives; pass on what context:evaluate returned, or evaluate it"
        ),
        (
            "init = function() return { f = print } end",
            "state.f: a function cannot be part of the state, which may contain numbers, strings, booleans, "
                + "tables, genotypes, tensors, rngs, strategies and the learner"
        ),
        (
            "init = function(context) return { space = context.space } end",
            "state.space: a host object of another kind cannot be part of the state, which may contain "
                + "numbers, strings, booleans, tables, genotypes, tensors, rngs, strategies and the learner"
        ),
        (
            "init = function() end",
            "state: nil cannot be part of the state, which may contain numbers, strings, booleans, tables, "
                + "genotypes, tensors, rngs, strategies and the learner"
        ),
        (
            "init = function(context) return context:tasks(1, 0, { phas = 1 }) end",
            "method init: tasks: unknown option 'phas'; it takes phase, update, updates, "
                + "generation, generations, history"
        ),
        (
            "init = function(context) context:update { tasks = {}, paths = {} } end",
            "method init: update: expected a path for each task, found 0 tasks and 0 paths"
        ),
        (
            "init = function(context) context:evaluate { 3 } end",
            "method init: evaluate: genotypes[1]: expected a genotype, found an integer"
        ),
        (
            "step = function(state) return state, 3 end",
            "step: expected the next state and true or false, found an integer as the second result"
        ),
        ("step = function(state) error(\"no\") end", "method step: no"),
        (
            "result = function() return {} end",
            "result: expected a list of genotypes or evaluations, best first, found an empty table"
        ),
        (
            "result = function() return { { genotype = 1, objectives = { 2 } } } end",
            "result: best[1]: expected a genotype, found an integer"
        ),
    ])
    func `a misuse is told with its line`(function: String, message: String) throws {
        let parts = [
            "init = function() return {} end", "step = function(state) return state, true end",
            "result = function(_, c) return { c.space:sample(c:stream(\"r\")) } end",
        ].map { function.hasPrefix($0.prefix(4)) ? function : $0 }
        let text = try MethodRun(method: "{ \(parts.joined(separator: ", ")) }").complaint()
        #expect(text.hasPrefix("test.lua:"), "\(text)")
        #expect(text.hasSuffix(message), "\(text)")
    }
}

/// What a function gives is used, or refused in one sentence.
@Suite struct SecondValueTests {
    @Test(arguments: [
        ("paths = function(p, rng) return p.space:sample(rng), 2 end,", "path_sampler", 2),
        ("schedule = function() return {}, {} end,", "schedule", 2),
        ("schedule = function() return {}, nil, true end,", "schedule", 3),
        (
            "objectives = { { \"custom\", name = \"odd\", evaluate = function() return 1, 2 end } },",
            "objective", 2
        ),
        (
            "strategy = { \"evolution\", population = 4, mutation = function(p) return p:copy(), p "
                + "end },", "mutation", 2
        ),
        (
            "learner = { adapt = function(v, g) return v - g * 0.1, v end, inner_steps = 1 },",
            "learner", 2
        ),
        (
            "method = { init = function(c) return {}, 1 end, step = function(s) return s, true end, "
                + "result = function() end },", "", 2
        ),
        (
            "method = { init = function(c) return {} end, step = function(s) return s, true, 3 end, "
                + "result = function() end },", "", 3
        ),
    ])
    func `a result too many is refused`(option: String, point: String, count: Int) throws {
        let text = try MethodRun(method: nil, more: option).complaint()
        #expect(text.hasPrefix("test.lua:"), "\(text)")
        #expect(text.contains(point + ": returned \(count) values where "), "\(text)")
    }

    @Test func `results that are nil are no results`() throws {
        let option = "schedule = function() return {}, nil end,"
        #expect(try MethodRun(method: nil, more: option).complaint() == "no error")
    }

    @Test(arguments: [
        "setmetatable({ rounds = 1 }, { __index = { more = 2 } })",
        "{ inner = setmetatable({}, {}) }",
    ])
    func `a metatable in a state is refused`(state: String) throws {
        let text = try MethodRun(
            method:
                "{ init = function() return \(state) end, step = function(s) return s, true end, "
                + "result = function() end }"
        ).complaint()
        #expect(
            text.contains(
                ": a table with a metatable cannot be copied, since what the metatable gives would be "
                    + "lost; copy what is needed into a plain table"), "\(text)")
    }

    @Test func `a metatable in a plan is refused`() throws {
        let error = #expect(throws: (any Error).self) {
            try MethodRun(
                method: nil, more: "budget = setmetatable({}, { __index = { generations = 2 } }),")
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("plan.budget: a table with a metatable cannot be copied"), "\(text)")
    }

    @Test func `a method gets all objectives of the plan, and its strategy those that it ranks by`()
        throws
    {
        let method = """
            {
              init = function(context)
                return { learner = context.learner, strategy = context:strategy() }
              end,
              step = function(state, context)
                local found = context:evaluate(state.strategy:ask(3))
                for _, one in ipairs(found) do
                  assert(#one.objectives == 2)
                  assert(one.objectives[2] > 100, "parameters")
                end
                state.strategy:tell(found)
                assert(#state.strategy:population()[1].objectives == 1)
                context:generation(0, 3, state.strategy:population())
                state.found = found
                return state, true
              end,
              result = function(state) return state.found end,
            }
            """
        let run = try MethodRun(
            method: method, more: "objectives = { \"query_error\", \"parameters\" },")
        #expect(run.complaint() == "no error")
    }
}
