import Foundation
import LuaHost
import Scripting
import Testing

@Suite struct CompletionTests {
    private let prompt: Prompt

    init() throws {
        prompt = try Prompt(plugins: .none) { _ in }
    }

    private func run(_ lines: String...) throws {
        for line in lines { _ = try prompt.take(line) }
    }

    private func candidates(_ text: String) -> [String] {
        prompt.completion(before: text).candidates
    }

    // MARK: Names

    @Test func `reserved words, names of the sandbox and globals are completed together`() throws {
        #expect(candidates("whi") == ["while"])
        #expect(candidates("toS") == [])
        #expect(candidates("tost") == ["tostring"])
        #expect(candidates("apo") == ["apogee"])
        try run("whisper, whistle = 1, 2")
        #expect(candidates("x = 3 + whi") == ["while", "whisper", "whistle"])
        let all = candidates("")
        #expect(all.contains("and") && all.contains("math") && all.contains("whisper"))
        #expect(all == all.sorted() && Set(all).count == all.count)
    }

    @Test func `what all candidates share can be written at once`() throws {
        try run("learning_rate, learning_steps = 1, 2")
        let completion = prompt.completion(before: "print(lea")
        #expect(completion.beginning == "lea")
        #expect(completion.candidates == ["learning_rate", "learning_steps"])
        #expect(completion.insertion == "rning_")
        #expect(prompt.completion(before: "learning_s").insertion == "teps")
        #expect(prompt.completion(before: "learning_").insertion == "")
        #expect(prompt.completion(before: "nothing_such").insertion == "")
    }

    @Test func `locals of an open statement are completed, and their fields are not guessed`()
        throws
    {
        try run("value = { field = 1 }", "local function measure(parent, rng)")
        #expect(prompt.isOpen)
        try run("for position, gene in pairs(parent) do", "  local child <const> = parent")
        #expect(candidates("par") == ["parent"])
        #expect(candidates("posi") == ["position"])
        #expect(candidates("gen") == ["gene"])
        #expect(candidates("meas") == ["measure"])
        #expect(candidates("ch") == ["child"])
        #expect(candidates("value.f") == ["field"])
        #expect(candidates("local value = 3; value.f") == [])
        prompt.drop()
        #expect(!prompt.isOpen && candidates("posi") == [])
    }

    @Test func `where a new name is made nothing is offered`() {
        for text in ["local wh", "for wh", "goto wh", "::wh", "local function pr"] {
            #expect(prompt.completion(before: text) == .none, "\(text)")
        }
    }

    // MARK: Fields and methods

    @Test func `fields are completed along a path of constant keys`() throws {
        #expect(candidates("apogee.te") == ["tensor"])
        #expect(candidates("return apogee . tensor . on") == ["ones"])
        #expect(candidates("math.fl") == ["floor"])
        try run("a = { b = { [1] = { c1 = 1, c2 = 2 }, [\"x y\"] = { deep = true } }, n = 3 }")
        #expect(candidates("f(a.b[1].c") == ["c1", "c2"])
        #expect(candidates("a[\"b\"][\"x y\"].d") == ["deep"])
        #expect(candidates("a.b[1]\n  .c") == ["c1", "c2"])
        #expect(candidates("a.missing.c") == [])
        #expect(candidates("a.n.") == [])
        #expect(candidates("_G.mat") == ["math"])
    }

    @Test func `a colon offers the methods of the value alone`() throws {
        try run("t = { count = 1, add = function() end, [3] = function() end }")
        #expect(candidates("t.") == ["add", "count"])
        #expect(candidates("t:") == ["add"])
        try run("word = 'x'")
        #expect(candidates("word:up") == ["upper"])
        #expect(candidates("('x'):up") == ["upper"])
        #expect(candidates("f('x'):up") == [])
    }

    @Test func `host objects have the methods and fields of their type`() throws {
        try run("x = apogee.tensor.ones({ 2, 3 })", "rng = require('apogee.testing').rng(7)")
        #expect(candidates("x:me") == ["mean", "mean_squared_error"])
        #expect(candidates("rng:inte") == ["integer", "integers"])
        #expect(candidates("x.sh") == ["shape"])
        #expect(candidates("x:sh") == [], "a field is no method")
        #expect(candidates("x.shape.") == [], "a getter of a host object is not run")
    }

    @Test func `what only running could tell is not offered`() throws {
        try run("function make() called = true; return { inner = 1 } end", "called = false")
        try run("t = { inner = 1 }", "i = 1")
        for text in [
            "make().in", "make{}.in", "t[i].in", "(t).in", "t:x().in", "a.b:c.in", "12", "1.5e",
            "t.1", "\"a\".in", "{}", "x[1]", "t..",
        ] {
            #expect(candidates(text).filter { $0 == "inner" } == [], "\(text)")
        }
        #expect(try prompt.take("called") == ["false"])
    }

    @Test func `strings and comments are left alone`() throws {
        for text in [
            "x = 'apo", "x = \"apo", "x = 'a\\'apo", "-- apo", "--[[ apo", "--[==[ x ]] apo",
            "x = [[ apo", "x = [=[ ]] apo",
        ] {
            #expect(prompt.completion(before: text) == .none, "\(text)")
        }
        for text in [
            "x = 'a' apo", "-- a\napo", "--[[ a ]] apo", "x = [=[ ]] ]=] apo", "'a\\\\' apo",
            "a -apo", "a[ apo", "1 ..apo", "0x1p-3 + apo",
        ] {
            #expect(candidates(text) == ["apogee"], "\(text)")
        }
    }

    // MARK: Modules

    @Test func `modules are completed in what require is given`() {
        #expect(candidates("require \"apogee.te") == ["apogee.tensor", "apogee.testing"])
        #expect(candidates("require('apogee.tens") == ["apogee.tensor"])
        #expect(candidates("local m = require \"mat") == ["math"])
        #expect(prompt.completion(before: "require 'apogee.tens").insertion == "or")
        for text in ["x.require 'mat", "x:require 'mat", "print 'mat", "require('a', 'mat"] {
            #expect(prompt.completion(before: text) == .none, "\(text)")
        }
    }

    @Test func `every module that is offered can be required`() throws {
        for name in candidates("require '") where name.hasPrefix("apogee") {
            #expect(throws: Never.self) { try prompt.take("require '\(name)'") }
        }
    }

    @Test func `plugins and their files are modules`() throws {
        let folder = try ScriptFolder()
        let manifest = """
            {"name": "colours", "version": "1.0.0", "api": 1, "summary": "x", "provides": {}}
            """
        try folder.write(manifest, to: "colours/plugin.json")
        try folder.write("return {}", to: "colours/init.lua")
        try folder.write("return {}", to: "colours/mixing.lua")
        try folder.write("return {}", to: "colours/spec/mixing_spec.lua")
        try folder.write("no Lua", to: "colours/README.md")
        var places = PluginPlaces.none
        places.commandLine = [folder.path]
        let prompt = try Prompt(plugins: places) { _ in }
        #expect(prompt.completion(before: "require 'col").candidates == ["colours"])
        #expect(prompt.completion(before: "require 'colours.m").candidates == ["colours.mixing"])
        #expect(
            prompt.completion(before: "require 'colours.spec.").candidates
                == ["colours.spec.mixing_spec"])
        #expect(prompt.completion(before: "require '../col").candidates == [])
    }
}
