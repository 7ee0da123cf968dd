import Components
import Experiments
import Foundation
import Methods
import Records
import Scripting
import TestSupport
import Testing

/// A small search whose plan has these options besides, or in place of its own.
private struct SmallSearch {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan

    init(_ more: String, before: String = "", print: @escaping (String) -> Void = { _ in }) throws {
        folder = try ScriptFolder()
        try folder.write(
            before + "\n"
                + searchScript(operations: "\"max\", \"sep3\", \"skip\"", method: more))
        script = try ExperimentScript(path: folder.path + "/test.lua", print: print)
        plan = try #require(try script.plans().first)
    }

    /// What `apogee check` says: the contract tests, then the rehearsal.
    func check() -> String {
        folder.complaint {
            _ = try ScriptCheck(plan, script, calls: 40).run()
            _ = try Rehearsal(plan, script, observer: MemorySink()).run()
        }
    }

    func run() throws -> MemorySink {
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 3),
            registry: script.registry, scripts: script, settings: RunSettings(seed: 3), sink: sink
        ).run()
        return sink
    }
}

/// What can fail in the first minute of a run fails in a check.
@Suite struct RehearsalTests {
    @Test func `a plan that runs passes, and its script is called as in a run`() throws {
        let search = try SmallSearch("reporters = { function(event) end },")
        #expect(search.check() == "no error")
        let rows = try Rehearsal(search.plan, search.script, observer: MemorySink()).run()
        #expect(rows.map(\.arm) == ["searched", "searched_per_task", "random_search"])
    }

    @Test func `arms rank by as many objectives as their strategies can`() throws {
        let two = "objectives = { \"query_error\", \"parameters\" },"
        let search = try SmallSearch("strategy = { \"nsga2\", population = 4 }, " + two)
        #expect(search.check() == "no error")
        let folder = try ScriptFolder()
        try folder.write(
            """
            return require("apogee").experiment { name = "t", api = 1,
              tasks = { "tabular", dataset = "synthetic", seeds = 3 }, space = "nas_bench_201",
              strategy = "nsga2", \(two)
              budget = { generations = 2, evaluations_per_generation = 20 },
              arms = { "searched", { "regularized_evolution", population = 4 }, "random_search" } }
            """)
        let script = try folder.load()
        let plan = try #require(try script.plans().first)
        let rows = try Rehearsal(plan, script, observer: MemorySink()).run()
        #expect(rows.map(\.arm) == ["searched", "regularized_evolution", "random_search"])
    }

    private static func strategy(_ ask: String, tell: String = "return state") -> String {
        """
        strategy = { init = function() return { told = 0 } end,
          ask = function(state, count, rng, space)
            local found = {}
            for place = 1, count do found[place] = space:sample(rng:split(place)) end
            \(ask)
          end,
          tell = function(state, evaluations) \(tell) end },
        """
    }

    @Test func `a strategy in the plan is a strategy`() throws {
        let search = try SmallSearch(
            Self.strategy(
                "state.asked = (state.asked or 0) + count return found, state",
                tell: "state.told = state.told + #evaluations return state"))
        #expect(search.check() == "no error")
        let trials = try search.run().events.filter { if case .trial = $0 { true } else { false } }
        #expect(trials.count >= 6)
    }

    /// What a plan gets wrong, and what is said of it.
    private static let faults: [Fault] = [
        Fault(
            strategy("table.remove(found) return found, state"),
            "strategy: asked for 1 genotypes, ask returned 0; a run would fill up with random samples"
        ),
        Fault(
            strategy("state.asked = count return found"),
            "strategy: ask changed its state and did not return it; return genotypes, state"
        ),
        Fault(
            "objectives = { \"query_error\", "
                + "{ \"custom\", name = \"b\", evaluate = function(s) return s.network and s.network.nothing or 0 end } },",
            "has no field 'nothing'"
        ),
        Fault(
            "reporters = { function(event) if event.event == \"runEnded\" then error(\"no\") end end },",
            "reporter: no"
        ),
        Fault(
            "method = { init = function() return {} end, step = function(s, c) c:evaluat {} end, "
                + "result = function() end },",
            "has no field 'evaluat' (did you mean 'evaluate'?)"
        ),
        Fault(
            "method = (function() local rounds = 0 return { "
                + "init = function(c) return { learner = c.learner } end, "
                + "step = function(s, c) c:check_interruption() rounds = rounds + 1 "
                + "return s, rounds % 3 == 0 end, "
                + "result = function(_, c) return { c.space:sample(c:stream(tostring(rounds))) } "
                + "end } end)(),",
            "the function remembers 'rounds' from call to call (it was 0, it is 1)"
        ),
        // What only gains names may be a cache, so that nothing but a break shows that it is none.
        Fault(
            "method = (function() local seen = {} local function rounds() local n = 0 "
                + "for _ in pairs(seen) do n = n + 1 end return n end return { "
                + "init = function(c) return { learner = c.learner } end, "
                + "step = function(s, c) c:check_interruption() seen[\"r\" .. rounds()] = true "
                + "return s, rounds() % 3 == 0 end, "
                + "result = function(_, c) return { c.space:sample(c:stream(tostring(rounds()))) } "
                + "end } end)(),",
            "a run that is interrupted and goes on comes to other results"
        ),
    ]

    struct Fault: Sendable {
        let option: String
        let message: String

        init(_ option: String, _ message: String) {
            self.option = option
            self.message = message
        }
    }

    @Test(arguments: faults)
    func `what fails in a run fails in the check`(fault: Fault) throws {
        let found = try SmallSearch(fault.option).check()
        #expect(found.contains(fault.message), "\(found)")
    }

    // MARK: Reporters

    private static func messages(_ sink: MemorySink) -> [Event.Message] {
        sink.events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    /// The events of a plan whose reporter prints, as the command hands printed lines to the run.
    @Test func `what a reporter prints is told to others, and not to itself`() throws {
        var send: ((String) -> Void)?
        let search = try SmallSearch(
            "reporters = { function(event) print(event.event) end, "
                + "function(event) if event.event == \"message\" then print(\"heard\") end end },"
        ) { send?($0) }
        let sink = MemorySink()
        let runner = try ExperimentRunner(
            plan: search.plan, record: RunRecord(name: "t", plan: "", seed: 3),
            registry: search.script.registry, scripts: search.script,
            settings: RunSettings(seed: 3), sink: sink)
        send = { try? runner.message($0) }
        _ = try runner.run()
        let texts = Self.messages(sink).map(\.text)
        let others = sink.events.count - texts.count
        #expect(texts.count { $0 == "heard" } == texts.count { $0 != "heard" })
        #expect(texts.count > others && texts.count < 12 * others)
        #expect(Set(texts).isSuperset(of: ["runStarted", "metaUpdate", "trial", "runEnded"]))
    }

    @Test func `a reporter that fails is told of once, and the run goes on`() throws {
        let failing = "reporters = { function(event) error(\"no \" .. event.event) end }"
        let sink = try SmallSearch(failing + ",").run()
        let warnings = Self.messages(sink).filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.text.contains("test.lua") == true)
        #expect(warnings.first?.text.contains("reporter: no runStarted") == true)
        let results = sink.events.filter { if case .result = $0 { true } else { false } }
        #expect(results.count == 3)
        let stopped = try SmallSearch(failing + ", on_reporter_failure = \"stop\",")
        #expect(
            stopped.folder.complaint { _ = try stopped.run() }.contains("reporter: no runStarted"))
    }

    @Test func `reporters change neither the plan's text nor its hash`() throws {
        let plain = try SmallSearch("").plan
        let told = try SmallSearch("reporters = { function() end },").plan
        let same = try SmallSearch("on_reporter_failure = \"stop\",").plan
        #expect(plain.hash == told.hash && plain.hash == same.hash)
        #expect(!plain.json().contains("report"))
        #expect(told.json().contains("reporters"))
    }
}
