import Components
import Experiments
import Foundation
import Methods
import Records
import TestSupport
import Testing

import Scripting

/// What is documented for a genotype and for an evaluation works in every place where a script holds
/// one.
struct TypePlaceTests {
    /// A script whose callbacks each use a genotype as its page says, and note where they did.
    private static let script = """
        local apogee = require "apogee"
        local seen = {}
        local function use(place, genotype)
          assert(#genotype:text() > 0, place)
          assert(#genotype:options(1) > 0, place)
          assert(#genotype:repair() == #genotype, place)
          assert(#genotype:copy() == #genotype, place)
          if not seen[place] then
            seen[place] = true
            print(place)
          end
        end
        local function hold(place, evaluation)
          use(place, evaluation.genotype)
          assert(#evaluation.objectives == 2, place)
          local ok, message = pcall(function() return evaluation.objectve end)
          assert(not ok and message:find("did you mean 'objectives'", 1, true), place)
        end
        return apogee.experiment {
          name = "t", api = 1,
          tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
            validation_fraction = 0.3,
            dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
          space = { "cells", nodes = 1, channels = 4, operations = { "max", "sep3", "skip" } },
          learner = { "maml", inner_steps = 1, meta_batch = 2 },
          strategy = { "nsga2", population = 4,
            mutation = function(parent, rng, space)
              use("mutation", parent)
              local child = space:sample(rng)
              use("sample", child)
              return child
            end,
            crossover = function(a, b)
              use("crossover first", a)
              use("crossover second", b)
              return a:copy()
            end },
          objectives = { "query_error",
            { "custom", name = "own", evaluate = function(subnet)
              use("objective", subnet.genotype)
              return 1
            end } },
          paths = function(progress, rng)
            for _, genotype in ipairs(progress.population) do use("paths", genotype) end
            return progress.space:sample(rng)
          end,
          method = {
            init = function(context) return { round = 0, strategy = context:strategy() } end,
            step = function(state, context)
              local asked = state.strategy:ask(4)
              for _, genotype in ipairs(asked) do use("ask", genotype) end
              local found = context:evaluate(asked, { generation = state.round })
              for _, evaluation in ipairs(found) do hold("evaluate", evaluation) end
              state.strategy:tell(found)
              for _, evaluation in ipairs(state.strategy:population()) do
                hold("population", evaluation)
              end
              for _, path in ipairs(context:paths(2, state.round, { phase = "search",
                update = state.round, updates = 3 }, { population = asked })) do
                use("context paths", path)
              end
              if state.kept then use("state", state.kept) end
              state.kept, state.found = asked[1], found
              state.round = state.round + 1
              return state, state.round == 3
            end,
            result = function(state) return state.found end,
          },
          budget = { warm_up_updates = 0, generations = 3, updates_per_generation = 1,
            evaluations_per_generation = 4, final_updates = 1, validation_tasks = 2,
            test_tasks = 2 },
          arms = { "searched" },
        }
        """

    @Test func `what is documented for a type works wherever a script holds one`() throws {
        let folder = try ScriptFolder()
        try folder.write(Self.script)
        var printed: [String] = []
        let script = try ExperimentScript(path: folder.path + "/test.lua") { printed.append($0) }
        let plan = try #require(try script.plans().first)
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 3), registry: script.registry,
            scripts: script, settings: RunSettings(seed: 3), sink: sink
        ).run()
        #expect(
            Set(printed) == [
                "mutation", "sample", "crossover first", "crossover second", "objective", "paths",
                "ask", "evaluate", "population", "context paths", "state",
            ])
    }

    @Test func `a strategy's evaluations have the same fields and no others`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"strategy\": [\"s\"] }",
            code: """
                require "apogee".register { point = "strategy", name = "s", summary = "Looks.",
                  run = {
                    init = function() return {} end,
                    ask = function(state, count, rng, space)
                      local found = {}
                      for place = 1, count do found[place] = space:sample(rng) end
                      return found, state
                    end,
                    tell = function(state, evaluations)
                      for _, evaluation in ipairs(evaluations) do
                        assert(#evaluation.genotype:text() > 0 and evaluation.failed ~= nil)
                        assert(not pcall(function() return evaluation.failure end))
                        assert(#evaluation.genotype:options(1) > 0)
                      end
                      return { evaluations[1] }
                    end,
                  } }
                """)
        let host = try plugins.host()
        let plugin = try #require(host.catalog.plugin("p"))
        #expect(try PluginCheck(plugin, host, calls: 50).run().map(\.name) == ["s"])
    }

    private static func run(_ more: String) throws -> MemorySink {
        let folder = try ScriptFolder()
        try folder.write(searchScript(operations: "\"max\", \"sep3\"", method: more))
        let script = try folder.load()
        let plan = try #require(try script.plans().first)
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 3), registry: script.registry,
            scripts: script, settings: RunSettings(seed: 3), sink: sink
        ).run()
        return sink
    }

    @Test func `an objective without a number fails its trial, if the plan says so`() throws {
        let objectives = """
            objectives = { { "custom", name = "odd", direction = "maximize", evaluate = function(subnet)
              if subnet.parameters % 3 ~= 0 then return 0 / 0 end
              return 1
            end } },
            """
        let sink = try Self.run(objectives + "on_non_finite = \"fail_trial\",")
        let failed = sink.events.compactMap {
            if case .trial(let trial) = $0 { trial.failure } else { nil }
        }
        let all = sink.events.count { if case .trial = $0 { true } else { false } }
        #expect(!failed.isEmpty && failed.count < all)
        #expect(
            failed.allSatisfy {
                $0 == "expected a finite number, found nan"
                    || $0 == "expected a finite number, found -nan"
            }, "\(failed)")
        #expect {
            _ = try Self.run(objectives)
        } throws: {
            "\($0)".contains("objective: expected a finite number, found")
        }
    }

    /// What keeps a plan with this objective from running on tables, before it began.
    private static func refusal(_ objective: String) throws -> String {
        let folder = try ScriptFolder()
        try folder.write(
            """
            return require("apogee").experiment { name = "t", api = 1,
              tasks = { "tabular", dataset = "synthetic" }, space = "nas_bench_201",
              budget = { generations = 2 }, arms = { "searched" }, objectives = { \(objective) } }
            """)
        let script = try ExperimentScript(
            path: folder.path + "/test.lua",
            plugins: PluginPlaces(commandLine: [Repository.path("plugins/zero_cost")]))
        let sink = MemorySink()
        let found = folder.complaint {
            let plan = try #require(try script.plans().first)
            _ = try ExperimentRunner(
                plan: plan, record: RunRecord(name: "t", plan: "", seed: 3),
                registry: script.registry, scripts: script, settings: RunSettings(seed: 3),
                sink: sink)
        }
        #expect(sink.events.isEmpty)
        return found
    }

    @Test(arguments: ["network", "query_loss"])
    func `an objective that reads what tables lack is refused before the run`(field: String) throws
    {
        let found = try Self.refusal(
            """
            { "custom", name = "size", evaluate = function(subnet)
              return subnet.\(field) and 1 or 0
            end }
            """)
        #expect(found.hasSuffix("'subnet of a table' has no field '\(field)'"), "\(found)")
    }

    @Test(arguments: ["synaptic_flow", "gradient_norm", "jacobian_codes", "query_loss"])
    func `an objective says what it needs of the tasks`(name: String) throws {
        let found = try Self.refusal("\"\(name)\"")
        #expect(
            found.contains(
                "\"\(name)\" needs tasks with examples to learn from, which \"tabular\" lacks"),
            "\(found)")
    }
}
