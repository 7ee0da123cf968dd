import Methods
import Components
import Experiments
import Foundation
import LuaHost
import Records
import Scripting
import TestSupport
import Testing

/// A fixed network under a learner of the script, and runs of it.
private struct LearnerRun {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan
    let registry: Registry

    init(_ learner: String, space: String = "{ \"conv4\", filters = 4 }") throws {
        folder = try ScriptFolder()
        try folder.write(
            """
            local apogee = require "apogee"
            return apogee.experiment {
              name = "t", api = 1,
              tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
                dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
              space = \(space), budget = { updates = 3, test_tasks = 4 },
              learner = { \(learner) },
            }
            """)
        script = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        self.registry = registry
        plan = try #require(try script.plans(registry: registry).first)
    }

    func run(threads: Int = 1) throws -> MemorySink {
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: "", seed: 5), registry: registry,
            scripts: script, settings: RunSettings(seed: 5, threads: threads), sink: sink
        ).run()
        return sink
    }

    func weights(_ name: String, threads: Int = 1) throws -> [NamedArray] {
        try #require(try run(threads: threads).weights[name]?.arrays)
    }

    func complaint() -> String { folder.complaint { _ = try run() } }
}

// No Adam: it makes a step of a gradient that is rounding alone.
private let shared =
    "meta_batch = 2, inner_steps = 2, outer = { \"sgd\", learning_rate = 0.1 }"
private let descent =
    "adapt = function(value, gradient) return value - gradient * 0.1 end, \(shared)"

@Suite struct LearnerTests {
    @Test(arguments: [1, 2])
    func `gradient descent in Lua is the built-in one`(order: Int) throws {
        let builtIn = try LearnerRun(
            "\"maml\", inner_learning_rate = 0.1, order = \(order), \(shared)")
        let own = try LearnerRun("order = \(order), \(descent)")
        let expected = try builtIn.weights("maml")
        let found = try own.weights("custom")
        // Through the steps, the same terms are summed in another order.
        if order == 1 { #expect(found == expected) }
        #expect(found.map(\.name) == expected.map(\.name))
        for (mine, theirs) in zip(found, expected) {
            expectClose(mine.values, theirs.values, tolerance: 1e-4)
        }
        #expect(try own.weights("custom", threads: 2) == found)
        #expect(try own.run().events.contains { if case .result = $0 { true } else { false } })
    }

    @Test func `the value before the first step is that of the shared weights`() throws {
        // Two steps back to the beginning are no step at all.
        let still = try LearnerRun(
            "adapt = function(value) return value end, \(shared)"
        ).weights("custom")
        let back = try LearnerRun(
            """
            adapt = function(value, gradient, context)
              return context.initial + (value - value) * gradient end, \(shared)
            """
        ).weights("custom")
        #expect(still == back)
        let pulled = """
            adapt = function(value, gradient, context)
              return value - (gradient + (value - context.initial) * 0.5) * 0.1 end
            """
        let first = try LearnerRun("\(pulled), \(shared), order = 1").weights("custom")
        let second = try LearnerRun("\(pulled), \(shared), order = 2").weights("custom")
        #expect(first != second && first != still)
        let free = try LearnerRun(descent).weights("custom")
        #expect(first != free)
    }

    @Test func `a learner of the script adapts the subnets of a search`() throws {
        let search = searchScript(operations: "\"max\", \"sep3\", \"skip\"")
            .replacingOccurrences(
                of: "\"maml\", inner_steps = 1, inner_learning_rate = 0.1",
                with: "adapt = function(v, g) return v - g * 0.1 end, inner_steps = 1")
        let own = try SearchRun(search).run()
        let builtIn = try SearchRun(
            searchScript(operations: "\"max\", \"sep3\", \"skip\"")
        ).run()
        #expect(own.weights.mapValues(\.arrays) == builtIn.weights.mapValues(\.arrays))
        #expect(own.weights["supernet"] != nil)
    }

    @Test(arguments: [
        (
            "adapt = function(value) end",
            "learner: adapt: expected a tensor, found nil; return the value after the step"
        ),
        ("adapt = function(value) return 3 end", "adapt: expected a tensor, found an integer"),
        (
            "adapt = function(value, gradient) return gradient:sum() end",
            "adapt: expected a tensor of shape"
        ),
        (
            "adapt = function(value) return value * value:sum():value() end",
            "this tensor is being traced in a learner's step: it has a shape and no numbers yet"
        ),
        (
            "adapt = function(value, gradient, context) return context.nme end",
            "did you mean 'name'"
        ),
        ("adapt = function(value, gradient, context) context.name = 1 end", "read-only"),
        ("adapt = function() while true do end end", "an endless loop?"),
        ("adapt = 3", "learner.adapt: expected a function"),
        ("\"maml\", adapt = function() end", "learner.adapt: no such option"),
    ])
    func `a step that is none is one error with its line`(learner: String, message: String) throws {
        let text: String
        do {
            text = try LearnerRun(learner).complaint()
        } catch {
            text = "\(error)"
        }
        #expect(text.contains("test.lua:"), "\(text)")
        #expect(text.contains(message), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test func `a tensor that outlives its step says so wherever it is used`() throws {
        for use in ["kept + value", "value - kept", "kept:sum() * value", "kept"] {
            let run = try LearnerRun(
                """
                adapt = (function() local kept; return function(value, gradient)
                  if kept then return \(use) end kept = gradient return value - gradient end end)()
                """)
            let text = run.complaint()
            #expect(
                text.contains(
                    "this tensor was made while a learner's step was traced and is not valid after "
                        + "it has returned"), "\(use): \(text)")
            #expect(text.contains("test.lua:"), "\(text)")
            // The same host goes on.
            #expect(run.complaint().contains("is not valid after it has returned"))
        }
    }

    @Test func `a check finds a step that remembers or blows up`() throws {
        func check(_ learner: String) throws -> String {
            let run = try LearnerRun(learner)
            return run.folder.complaint {
                _ = try ScriptCheck(run.plan, run.script, calls: 10).run()
            }
        }
        #expect(try check(descent) == "no error")
        let counting = """
            adapt = (function() local n = 0; return function(value, gradient)
              n = n + 1 return value - gradient * n end end)()
            """
        #expect(
            try check(counting).hasSuffix(
                "learner: the same value and gradient gave two different steps; the step may depend "
                    + "only on its arguments"))
        #expect(
            try check("adapt = function(value) return (value - value):log() end").hasSuffix(
                "gave infinite or NaN values from finite ones"))
        #expect(
            try check("adapt = function(value) return value:sum() end").contains(
                "adapt: expected a tensor of shape [3, 3, 1, 8], that of the parameter stem.weight, "
                    + "found shape []"))
    }
}
