import Evaluation
import Components
import Supernets
import Evolution
import Experiments
import Foundation
import LuaHost
import Randomness
import Records
import Scripting
import SearchSpaces
import TestSupport
import Testing

/// A folder with a script and plugins beside it.
struct PluginFolder {
    let folder: ScriptFolder

    init() throws { folder = try ScriptFolder() }

    /// Writes a plugin with one mutation, unless its parts say otherwise.
    func plugin(
        _ name: String, version: String = "1.0.0", requires: String = "{}",
        provides: String? = nil, code: String? = nil, below: String = "plugins"
    ) throws {
        let manifest = """
            { "name": "\(name)", "version": "\(version)", "api": 1, "summary": "A test.",
              "requires": \(requires), "provides": \(provides ?? "{ \"mutation\": [\"\(name)_m\"] }") }
            """
        let code =
            code ?? """
                require "apogee".register { point = "mutation", name = "\(name)_m",
                  summary = "Nothing.", run = function(parent) return parent end }
                """
        try folder.write(manifest, to: "\(below)/\(name)/plugin.json")
        try folder.write(code, to: "\(below)/\(name)/init.lua")
    }

    func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }

    /// A host beside which the plugins stand.
    func host(_ places: PluginPlaces = PluginPlaces()) throws -> ExperimentScript {
        try ExperimentScript(hosting: folder.path + "/test.lua", plugins: places)
    }

    /// What keeps a host from loading, or the first plugin from being one of its plugins.
    func complaint(_ places: PluginPlaces = PluginPlaces()) -> String {
        folder.complaint {
            let host = try host(places)
            if let broken = host.broken.first { throw broken.error }
        }
    }

    /// What a plugin of this text throws.
    static func complaint(of code: String, provides: String = "{}") throws -> String {
        let plugins = try PluginFolder()
        try plugins.plugin("p", provides: provides, code: code)
        return plugins.complaint()
    }

    /// The plan of a script with this mutation.
    func script(mutation: String) throws -> ExperimentScript {
        try folder.write(
            """
            local apogee = require "apogee"
            return apogee.experiment { name = "t", api = 1, tasks = "episodes",
              space = { "cells", nodes = 2 }, strategy = { "evolution", mutation = \(mutation) } }
            """)
        return try ExperimentScript(path: folder.path + "/test.lua", plugins: PluginPlaces())
    }
}

@Suite struct PluginTests {
    @Test func `a plugin's component is named by a plan and called`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p",
            code: """
                require "apogee".register { point = "mutation", name = "p_m", summary = "Sets.",
                  options = { { name = "value", type = "integer", min = 0, max = 6, default = 2,
                    doc = "The value." } },
                  make = function(options, context)
                    return function(parent)
                      local child = parent:copy()
                      child[3] = options.value
                      child[4] = context.mutation_probability == 0.5 and 1 or 0
                      return child
                    end
                  end }
                """)
        let script = try plugins.script(mutation: "{ \"p_m\", value = 5 }")
        let plan = try #require(try script.plans().first)
        let selection = try #require(plan.strategy?.variation?.mutation)
        let space = try #require(try plan.space.searchSpace(ComponentBuilder(registry: Registry())))
        let builder = ComponentBuilder(registry: script.registry, scripts: script)
        let mutate = try builder.with(probability: 0.5).make(selection, at: .mutation)
        var rng = RandomStream(seed: 1)
        let child = try mutate(space.sample(&rng), space, &rng)
        #expect(child.genes[2] == 5)
        #expect(child.genes[3] == 1)
    }

    @Test func `an unknown option of a plugin's component gives the nearest`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p",
            code: """
                require "apogee".register { point = "mutation", name = "p_m", summary = "Sets.",
                  options = { { name = "strength", type = "number", default = 2, doc = "How much." } },
                  make = function() return function(parent) return parent end end }
                """)
        let script = try plugins.script(mutation: "{ \"p_m\", strenght = 5 }")
        let found = plugins.folder.complaint { _ = try script.plans() }
        #expect(
            found == "test.lua:2: strategy.mutation.strenght: no such option; did you mean "
                + "\"strength\"?")
    }

    @Test func `what a plugin requires loads first and can be required`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "a", requires: "{ \"z\": \"^1.2\" }",
            code: """
                local apogee = require "apogee"
                local z, file = require("z", ">=1.2"), require "z.lib.file"
                apogee.register { point = "mutation", name = "a_m", summary = z.word .. file,
                  run = function(parent) return parent end }
                """)
        try plugins.plugin(
            "z", version: "1.3.0", provides: "{}", code: "return { word = \"two\" }")
        try plugins.write("return \"words\"", to: "plugins/z/lib/file.lua")
        let host = try plugins.host()
        #expect(host.catalog.plugins.map(\.name) == ["z", "a"])
        #expect(host.registry.component("a_m", at: .mutation)?.summary == "twowords")
    }

    @Test func `a plugin of an earlier place hides one of a later`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("p", version: "1.0.0")
        try plugins.plugin("p", version: "2.0.0", below: "mine")
        try plugins.plugin("p", version: "3.0.0", below: "shared")
        let path = plugins.folder.path
        let places = PluginPlaces(
            commandLine: [path + "/mine"], installed: path + "/shared")
        let plugin = try #require(try plugins.host(places).catalog.plugin("p"))
        #expect(plugin.manifest.version == Version(2))
        #expect(plugin.hides == [path + "/plugins/p", path + "/shared/p"])
    }

    @Test func `a folder on the command line may be one plugin`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("p", below: "mine")
        let host = try plugins.host(
            PluginPlaces(commandLine: [plugins.folder.path + "/mine/p/"]))
        #expect(host.catalog.plugins.map(\.name) == ["p"])
    }

    @Test func `each plugin has an environment of its own`() throws {
        let found = try PluginFolder.complaint(of: "leak = 1")
        #expect(found.hasPrefix("plugins/p/init.lua:1: "))
        #expect(found.contains("leak"))
    }

    @Test func `a strategy keeps its state and nothing else`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"strategy\": [\"s\"] }",
            code: """
                require "apogee".register { point = "strategy", name = "s", summary = "Counts.",
                  run = {
                    init = function() return { asked = 0, best = nil } end,
                    ask = function(state, count, rng, space)
                      state.asked = state.asked + count
                      local found = {}
                      for place = 1, count do found[place] = space:sample(rng) end
                      return found, state
                    end,
                    tell = function(state, evaluations)
                      state.best = evaluations[1].genotype
                      return state
                    end,
                    population = function(state) return { state.best } end,
                  } }
                """)
        let host = try plugins.host()
        let plugin = try #require(host.catalog.plugin("p"))
        let findings = try PluginCheck(plugin, host, calls: 200).run()
        #expect(findings.map(\.name) == ["s"])
    }

    @Test func `a strategy's state keeps streams and tensors`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"strategy\": [\"s\"] }",
            code: """
                local tensor = require "apogee.tensor"
                require "apogee".register { point = "strategy", name = "s", summary = "Draws.",
                  run = {
                    init = function(space, rng)
                      return { rng = rng:split("own"), total = tensor.zeros { 2 } }
                    end,
                    ask = function(state, count, rng, space)
                      local found = {}
                      for place = 1, count do found[place] = space:sample(state.rng) end
                      state.total = state.total + count
                      return found, state
                    end,
                    tell = function(state, evaluations)
                      assert(state.total:sum():value() >= 2 * #evaluations)
                      return state
                    end,
                  } }
                """)
        let host = try plugins.host()
        let plugin = try #require(host.catalog.plugin("p"))
        // The check asks twice of each saved state, and wants the same proposals.
        #expect(try PluginCheck(plugin, host, calls: 200).run().map(\.name) == ["s"])
    }

    @Test func `a reporter is told every event, by the names of the files`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"reporter\": [\"r\"] }",
            code: """
                require "apogee".register { point = "reporter", name = "r", summary = "Prints.",
                  options = { { name = "word", type = "text", default = "got", doc = "First." } },
                  make = function(options)
                    return function(event)
                      if event.event == "phaseStarted" then
                        print(options.word, event.name, event.total)
                      else
                        error("cannot report " .. event.event)
                      end
                    end
                  end }
                """)
        var printed: [String] = []
        let host = try ExperimentScript(
            hosting: plugins.folder.path + "/test.lua", plugins: PluginPlaces()
        ) { printed.append($0) }
        let selection = try host.registry.selection(
            .component("r", ["word": "saw"]), at: .reporter)
        let report = try ComponentBuilder(registry: host.registry, scripts: host)
            .make(selection, at: .reporter)
        try report(.phaseStarted(Event.Phase("warm-up", total: 7)))
        #expect(printed == ["saw\twarm-up\t7"])
        let found = plugins.folder.complaint { try report(.message(Event.Message("x"))) }
        #expect(found == "plugins/p/init.lua:8: reporter: cannot report message")
    }

    @Test func `a plan names the plugins that it uses, and those that they require`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("a", requires: "{ \"library\": \"*\" }")
        try plugins.plugin("library", provides: "{}", code: "return {}")
        try plugins.plugin("unused")
        let script = try plugins.script(mutation: "\"a_m\"")
        let plan = try #require(try script.plans().first)
        let used = script.plugins(usedBy: plan)
        #expect(used.map(\.name) == ["plugin a", "plugin library"])
        #expect(used[0].version.hasPrefix("1.0.0 "))
        #expect(used[0].version.utf8.count == 22)
    }

    @Test func `a strategy that remembers outside of its state is found out`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"strategy\": [\"s\"] }",
            code: """
                local count = 0
                require "apogee".register { point = "strategy", name = "s", summary = "Remembers.",
                  run = {
                    init = function() return {} end,
                    ask = function(state, wanted, rng, space)
                      count = count + 1
                      local found = {}
                      for place = 1, wanted do found[place] = space:sample(rng:split(count)) end
                      return found, state
                    end,
                    tell = function(state) return state end,
                  } }
                """)
        let host = try plugins.host()
        let plugin = try #require(host.catalog.plugin("p"))
        let found = plugins.folder.complaint {
            _ = try PluginCheck(plugin, host, calls: 200).run()
        }
        #expect(
            found == "plugins/p/init.lua:2: strategy: the same state and seed gave two different "
                + "proposals; keep everything that must be remembered in the state")
    }

    @Test func `a mutation of a plugin that remembers is found out`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p",
            code: """
                local n = 0
                require "apogee".register { point = "mutation", name = "p_m", summary = "Counts.",
                  run = function(parent)
                    n = n + 1
                    local child = parent:copy()
                    child[3] = n % 7
                    return child
                  end }
                """)
        let host = try plugins.host()
        let plugin = try #require(host.catalog.plugin("p"))
        let found = plugins.folder.complaint {
            _ = try PluginCheck(plugin, host, calls: 20).run()
        }
        #expect(
            found.hasPrefix(
                "plugins/p/init.lua:2: mutation: the same arguments and seed gave two different"))
    }

    // MARK: Broken plugins

    @Test(arguments: [
        "error \"no\"", "return require \"nothing\"", "local", "require(\"apogee\").register {}",
        "require(\"apogee\").register { point = \"mutation\", name = \"p_m\", summary = \"x\", "
            + "run = function(p) return p end } error \"late\"",
    ])
    func `a broken plugin that nothing uses keeps nothing from running`(code: String) throws {
        let plugins = try PluginFolder()
        try plugins.plugin("good")
        try plugins.plugin("p", code: code)
        try plugins.plugin("unreadable")
        try plugins.write("{", to: "plugins/unreadable/plugin.json")
        try plugins.plugin("unmet", requires: "{ \"nobody\": \"*\" }")
        var printed: [String] = []
        let script = try plugins.script(mutation: "\"good_m\"")
        let loud = try ExperimentScript(
            path: script.path, plugins: PluginPlaces(), print: { printed.append($0) })
        #expect(try loud.plans().count == 1)
        #expect(Set(loud.broken.map(\.name)) == ["p", "unreadable", "unmet"])
        #expect(loud.registry.component("p_m", at: .mutation) == nil)
        #expect(printed.count == 3)
        #expect(printed.allSatisfy { $0.hasPrefix("warning: the plugin ") })
    }

    @Test func `a broken plugin is an error where something of it is used`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("p", code: "error \"no\"")
        let named = try plugins.script(mutation: "\"p_m\"")
        let found = plugins.folder.complaint { _ = try named.plans() }
        #expect(
            found.hasSuffix(
                "the mutation \"p_m\" is of the plugin p, which cannot be loaded: "
                    + "plugins/p/init.lua:1: no"), "\(found)")
        let required = plugins.folder.complaint {
            _ = try plugins.script(mutation: "(function() require \"p\" end)()")
        }
        #expect(required.contains("no"), "\(required)")
        let asked = plugins.complaint(
            PluginPlaces(commandLine: [plugins.folder.path + "/plugins/p/"]))
        #expect(asked == "plugins/p/init.lua:1: no", "\(asked)")
    }

    // MARK: Text as editors write it

    @Test func `a mark of byte order, a first line for the shell and CRLF are no part of a file`()
        throws
    {
        let mark = "\u{FEFF}"
        let plugins = try PluginFolder()
        try plugins.plugin("p")
        for name in ["plugin.json", "init.lua"] {
            let path = plugins.folder.path + "/plugins/p/" + name
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try plugins.write(
                mark + text.replacing("\n", with: "\r\n"), to: "plugins/p/" + name)
        }
        try plugins.write(
            "#!/usr/bin/env lua\r\nlocal t = {}\r\nt.line = debug.getinfo(1, \"l\").currentline"
                + "\r\nreturn t\r\n", to: "helper.lua")
        for head in ["", mark, "#!/usr/bin/env apogee\n", mark + "#!/usr/bin/env apogee\r\n"] {
            let script = try plugins.script(mutation: "\"p_m\"")
            try plugins.write(
                head + "assert(require(\"helper\").line == 3)\n" + script.text, to: "own.lua")
            let own = try ExperimentScript(
                path: plugins.folder.path + "/own.lua", plugins: PluginPlaces())
            #expect(try own.plans().count == 1)
            #expect(own.broken.isEmpty)
        }
        let wrong = plugins.folder.complaint {
            try plugins.write("#!/bin/sh\nreturn nothing.here\n", to: "wrong.lua")
            _ = try plugins.folder.load("wrong.lua")
        }
        #expect(wrong.hasPrefix("wrong.lua:2: "), "\(wrong)")
    }
}

/// Options that nothing reads are told of.
@Suite struct UnreadOptionTests {
    private static func plugin(_ body: String, declared: String = "rate") throws -> PluginFolder {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p",
            code: """
                require "apogee".register { point = "mutation", name = "p_m", summary = "Sets.",
                  options = { { name = "\(declared)", type = "integer", min = 0, max = 6, default = 2,
                    doc = "The value." } },
                  \(body) }
                """)
        return plugins
    }

    private static let unread =
        "the option rate of \"p_m\" changes nothing: no file of its plugin reads it"

    @Test(
        arguments: [
            (
                "make = function(options) return function(p) local c = p:copy() c[3] = options.rate return c "
                    + "end end", []
            ),
            (
                "make = function(o) return function(p) local k = \"rate\" return o[k] > 9 and p or p end end",
                []
            ),
            ("make = function(options) return function(p) return p end end", [unread]),
            ("run = function(p) return p end", [unread]),
        ] as [(String, [String])])
    func `an option that no file of a plugin reads is told of`(
        body: String, expected: [String]
    ) throws {
        let plugins = try Self.plugin(body)
        let script = try plugins.script(mutation: "{ \"p_m\", rate = 4 }")
        let plan = try #require(try script.plans().first)
        #expect(script.unreadOptions(of: plan) == expected)
        let host = try plugins.host()
        let found = plugins.folder.complaint {
            _ = try PluginCheck(try #require(host.catalog.plugin("p")), host, calls: 10).run()
        }
        #expect(
            found.contains("no file of the plugin reads the option rate") == !expected.isEmpty,
            "\(found)")
    }

    @Test func `a rate that a function of the script is not given is told of`() throws {
        let plugins = try PluginFolder()
        func warnings(_ more: String) throws -> [String] {
            let script = try plugins.script(mutation: "function(p) return p end \(more)")
            return script.unreadOptions(of: try #require(try script.plans().first))
        }
        #expect(try warnings("").isEmpty)
        #expect(
            try warnings(", mutation_probability = 0.3") == [
                "strategy.mutation_probability = 0.3 changes nothing: the mutation is a function of "
                    + "the script, which is given no probability"
            ])
    }

    @Test func `no plugin of the program has an option that it does not read`() throws {
        let host = try ExperimentScript(
            hosting: "none.lua",
            plugins: PluginPlaces(commandLine: [Repository.path("plugins")], besideScript: false))
        for plugin in host.catalog.plugins {
            _ = try PluginCheck(plugin, host, calls: 2).run()
        }
    }
}
