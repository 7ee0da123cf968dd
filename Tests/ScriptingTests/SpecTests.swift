import Scripting
import Testing

@Suite struct SpecTests {
    /// Words and failure, the latter without the folder.
    private func run(_ text: String) throws -> [(words: [String], failure: String?)] {
        let folder = try ScriptFolder()
        try folder.write(text, to: "spec/a_spec.lua")
        return try SpecRunner(folder.path + "/spec/a_spec.lua", plugins: .none).run().map {
            ($0.words, $0.failure?.replacing(folder.path + "/", with: ""))
        }
    }

    @Test func `words of describe stand before those of it`() throws {
        let results = try run(
            """
            describe("a list", function()
              describe("when empty", function()
                it("has no length", function() expect(#{}):to_equal(0) end)
              end)
            end)
            """)
        #expect(results.map(\.words) == [["a list", "when empty", "has no length"]])
        #expect(results.allSatisfy { $0.failure == nil })
    }

    @Test(arguments: [
        ("expect(2):to_equal(3)", "expected 3, found 2"),
        (
            "expect({ 1, { x = 2 } }):to_equal { 1, { x = 3 } }",
            "value[2][\"x\"]: expected 3, found 2"
        ),
        ("expect({ 1, 2 }):to_equal { 1 }", "value[2]: expected nothing, found 2"),
        ("expect(1).never:to_equal(1)", "expected never to_equal, found 1"),
        ("expect({ 1 }):to_contain(2)", "expected { 1 } to contain 2"),
        ("expect(1):to_be_near(2, 0.5)", "expected 2 ± 0.5, found 1"),
        ("expect(\"text\"):to_match(\"^%d\")", "expected text like \"^%d\", found \"text\""),
        ("expect(function() end):to_fail()", "expected an error, found none"),
        (
            "expect(function() error(\"x\") end):to_fail(\"yes\")",
            "expected an error that says \"yes\", found "
        ),
        ("expect({}):to_have_length(2)", "expected a length of 2, found 0"),
        ("expect(1.5):to_be_a(\"integer\")", "expected a value of type integer, found 1.5"),
        ("expect(1):to_eqal(1)", "expect has no check 'to_eqal'; there are "),
    ])
    func `a check that fails says what, at the spec's own line`(
        _ check: String, _ message: String
    ) throws {
        let result = try #require(
            try run("it(\"fails\", function()\n  \(check)\nend)").first)
        let failure = try #require(result.failure)
        #expect(failure.hasPrefix("spec/a_spec.lua:2: " + message), "\(failure)")
    }

    @Test func `each it is prepared and cleared anew, also after a failure`() throws {
        let results = try run(
            """
            local log = {}
            describe("x", function()
              before_each(function() log[#log + 1] = "before" end)
              after_each(function() log[#log + 1] = "after" end)
              it("fails", function() error("no") end)
              it("runs", function() log[#log + 1] = "it" end)
            end)
            it("sees", function()
              expect(log):to_equal { "before", "after", "before", "it", "after" }
            end)
            """)
        #expect(results.map { $0.failure == nil } == [false, true, true])
        #expect(results[0].failure == "spec/a_spec.lua:5: no")
    }

    @Test func `an endless test ends, and the others still run`() throws {
        let folder = try ScriptFolder()
        try folder.write(
            "it(\"a\", function() while true do end end) it(\"b\", function() end)",
            to: "spec/a_spec.lua")
        let results = try SpecRunner(
            folder.path + "/spec/a_spec.lua", plugins: .none,
            limits: ScriptLimits(callbackInstructions: 100_000)
        ).run()
        #expect(results[0].failure?.contains("an endless loop?") == true)
        #expect(results[1].failure == nil)
    }

    @Test func `a test inside a test is refused`() throws {
        let results = try run("it(\"a\", function() it(\"b\", function() end) end)")
        #expect(
            results[0].failure
                == "spec/a_spec.lua:1: it: cannot be called inside a test; call it while the file loads"
        )
    }

    @Test func `a spec may require the files beside its folder`() throws {
        let folder = try ScriptFolder()
        try folder.write("return 7", to: "tool.lua")
        try folder.write(
            "it(\"a\", function() expect(require \"tool\"):to_equal(7) end)",
            to: "spec/a_spec.lua")
        let results = try SpecRunner(folder.path + "/spec/a_spec.lua", plugins: .none).run()
        #expect(results.map(\.failure) == [nil])
    }

    @Test(arguments: [
        "\"random\"", "{ \"evolution\", population = 4 }", "\"nsga2\"",
    ])
    func `a spec begins a strategy as a plan names it`(strategy: String) throws {
        let folder = try ScriptFolder()
        try folder.write(
            """
            local testing = require "apogee.testing"
            it("asks and learns", function()
              local strategy = testing.strategy(\(strategy), testing.space(1), testing.rng(3))
              local asked = strategy:ask(4)
              expect(asked):to_have_length(4)
              local told = {}
              for place, genotype in ipairs(asked) do
                told[place] = { genotype = genotype, objectives = { place } }
              end
              strategy:tell(told)
              expect(#strategy:population()):to_be_above(0)
              local again = testing.strategy(\(strategy), testing.space(1), testing.rng(3))
              expect(again:ask(4)):to_equal(asked)
            end)
            it("names mistakes", function()
              expect(function() testing.strategy("evolutoin") end):to_fail "did you mean"
              expect(function() testing.strategy { "random", size = 1 } end):to_fail "size"
              expect(function() testing.strategy() end):to_fail "strategy"
            end)
            """, to: "spec/a_spec.lua")
        let results = try SpecRunner(folder.path + "/spec/a_spec.lua", plugins: .none).run()
        #expect(results.map(\.failure) == [nil, nil])
    }

    @Test func `a prompt keeps globals, shows values and waits for the end`() throws {
        var printed: [String] = []
        let prompt = try Prompt(plugins: .none) { printed.append($0) }
        #expect(try prompt.take("x = 20") == [])
        #expect(try prompt.take("x + 1, \"a\", { 1, y = 2 }") == ["21", "\"a\"", "{ 1, y = 2 }"])
        #expect(try prompt.take("for i = 1, 2 do") == [])
        #expect(prompt.isOpen)
        #expect(try prompt.take("print(i) end") == [])
        #expect(printed == ["1", "2"])
        #expect(throws: (any Error).self) { try prompt.take("unknown_name") }
        #expect(try prompt.take("x") == ["20"])
    }
}
