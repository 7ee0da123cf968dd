import Datasets
import Evolution
import Supernets
import Scripting
import Testing

@Suite struct PluginErrorTests {
    private func complaint(manifest: String) throws -> String {
        let plugins = try PluginFolder()
        try plugins.write(manifest, to: "plugins/p/plugin.json")
        try plugins.write("return {}", to: "plugins/p/init.lua")
        return plugins.complaint()
    }

    private func manifest(_ change: String) -> String {
        let keys = [
            "name": "\"p\"", "version": "\"1.0.0\"", "api": "1", "summary": "\"A test.\"",
        ]
        let changed = change.split(separator: ":")[0]
        let kept = keys.filter { "\"\($0.key)\"" != changed }.sorted { $0.key < $1.key }
        return "{ " + (kept.map { "\"\($0.key)\": \($0.value)" } + [change]).joined(separator: ", ")
            + " }"
    }

    @Test(arguments: [
        ("\"versoin\": \"1\"", "\"versoin\": no such key; did you mean \"version\"?"),
        ("\"name\": \"q\"", "name: expected the folder's name \"p\", found \"q\""),
        ("\"name\": 3", "name: expected text, found 3"),
        (
            "\"name\": \"P q\"",
            "name: expected lower-case letters, digits and underscores, found \"P q\""
        ),
        ("\"version\": \"one\"", "version: expected a version such as \"1.2.0\", found \"one\""),
        ("\"api\": 2", "api: this Apogee reads plugins with api = 1, but this one has api = 2"),
        ("\"api\": \"1\"", "api: expected an integer, found \"1\""),
        ("\"requires\": [\"x\"]", "requires: expected an object, found a list"),
        (
            "\"requires\": { \"x\": \"newest\" }",
            "requires.x: expected a version range such as \"^1.2\" or \">=1.2 <2\", found "
                + "\"newest\""
        ),
        ("\"requires\": { \"x\": \"1\" }", "requires.x: no plugin of this name was found; "),
        (
            "\"requires\": { \"apogee\": \">=99\" }",
            "requires.apogee: expected >=99, this is Apogee"
        ),
        (
            "\"provides\": { \"mutatoin\": [] }",
            "provides.mutatoin: no such point; did you mean \"mutation\"?"
        ),
        (
            "\"provides\": { \"space\": [\"x\"] }",
            "provides.space: \"x\" is listed, but plugins/p/init.lua does not register it"
        ),
        (
            "\"provides\": { \"dataset\": [\"x\"] }",
            "provides.dataset: a data set cannot come from a plugin; plugins can provide "
        ),
        (
            "\"provides\": { \"mutation\": \"x\" }",
            "provides.mutation: expected a list of names, found \"x\""
        ),
        (
            "\"provides\": { \"mutation\": [\"x\", \"x\"] }",
            "provides.mutation: \"x\" is listed twice"
        ),
    ])
    func `a mistake in plugin.json names file and key`(
        _ change: String, _ message: String
    ) throws {
        let found = try complaint(manifest: manifest(change))
        #expect(found.hasPrefix("plugins/p/plugin.json: " + message), "\(found)")
    }

    @Test func `text that is no JSON is told so`() throws {
        #expect(
            try complaint(manifest: "{ name = \"p\" }")
                == "plugins/p/plugin.json: expected an object in JSON; this is not valid "
                + "JSON")
        #expect(
            try complaint(manifest: "[1]")
                == "plugins/p/plugin.json: expected an object, found a list")
    }

    @Test func `a missing key says what was expected`() throws {
        #expect(
            try complaint(manifest: "{ \"name\": \"p\", \"version\": \"1\", \"api\": 1 }")
                == "plugins/p/plugin.json: summary: missing; expected text")
    }

    @Test func `plugins that require each other are named in a ring`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("a", requires: "{ \"b\": \"*\" }")
        try plugins.plugin("b", requires: "{ \"c\": \"*\" }")
        try plugins.plugin("c", requires: "{ \"a\": \"*\" }")
        #expect(
            plugins.complaint()
                == "plugins/c/plugin.json: requires.a: plugins require each other: "
                + "a -> b -> c -> a")
    }

    @Test func `a version that does not fit is told with where it was found`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("a", requires: "{ \"b\": \"^2\" }")
        try plugins.plugin("b", version: "1.4.0")
        #expect(
            plugins.complaint()
                == "plugins/a/plugin.json: requires.b: expected ^2, found 1.4.0 in plugins/b")
    }

    @Test func `two plugins with one component are both named`() throws {
        let plugins = try PluginFolder()
        let code = """
            require "apogee".register { point = "mutation", name = "same", summary = "x",
              run = function(parent) return parent end }
            """
        try plugins.plugin("a", provides: "{ \"mutation\": [\"same\"] }", code: code)
        try plugins.plugin("b", provides: "{ \"mutation\": [\"same\"] }", code: code)
        #expect(
            plugins.complaint()
                == "mutation \"same\": registered by plugins/a/init.lua:1 and again by "
                + "plugins/b/init.lua:1; rename one")
    }

    @Test func `what is registered must be declared, and what is declared registered`() throws {
        let code = """
            require "apogee".register { point = "mutation", name = "jump", summary = "x",
              run = function(parent) return parent end }
            """
        #expect(
            try PluginFolder.complaint(of: code)
                == "plugins/p/plugin.json: provides.mutation: plugins/p/init.lua:1 registers "
                + "\"jump\", which is not listed; add it")
        #expect(
            try PluginFolder.complaint(of: code, provides: "{ \"mutation\": [\"jump\", \"jumb\"] }")
                == "plugins/p/plugin.json: provides.mutation: \"jumb\" is listed, but "
                + "plugins/p/init.lua does not register it; it registers \"jump\"")
    }

    @Test(arguments: [
        ("{ point = \"mutation\" }", "register: component.name: expected text, found nothing"),
        ("{ pont = \"mutation\" }", "register: no such key 'pont'; did you mean \"point\"?"),
        (
            "{ point = \"mutatoin\", name = \"x\" }",
            "register: component.point: no such point \"mutatoin\"; did you mean \"mutation\"?"
        ),
        (
            "{ point = \"space\", name = \"x\", summary = \"x\", run = { forward = print } }",
            "register: space 'x'.run.parameters: missing; expected a function"
        ),
        (
            "{ point = \"optimizer\", name = \"x\" }",
            "register: component.point: an optimizer cannot come from a plugin; plugins can provide mutation, "
        ),
        (
            "{ point = \"mutation\", name = \"x\", summary = \"x\" }",
            "register: mutation 'x': expected run = a function (parent, rng, space) → genotype, or "
                + "make, a function of the options that returns it"
        ),
        (
            "{ point = \"mutation\", name = \"x\", summary = \"x\", run = 3 }",
            "register: mutation 'x'.run: expected a function (parent, rng, space) → genotype, found "
                + "an integer"
        ),
        (
            "{ point = \"mutation\", name = \"x\", summary = \"x\", run = print, make = print }",
            "register: mutation 'x': give either run or make, not both"
        ),
        (
            "{ point = \"mutation\", name = \"x\", summary = \"x\", run = print, unit = \"s\" }",
            "register: mutation 'x'.unit: only an objective has one"
        ),
        (
            "{ point = \"objective\", name = \"x\", summary = \"x\", run = print, "
                + "needs = { tasks = \"exmples\" } }",
            "register: objective 'x'.needs.tasks: expected a table such as { tasks = \"examples\" }; "
                + "there are tasks = \"examples\", "
        ),
        (
            "{ point = \"objective\", name = \"x\", summary = \"x\", run = print, needs = \"tables\" }",
            "register: objective 'x'.needs: expected a table such as"
        ),
        (
            "{ point = \"mutation\", name = \"x\", summary = \"x\", run = print, "
                + "needs = { tasks = \"examples\" } }",
            "register: mutation 'x'.needs: needs are checked of "
        ),
        (
            "{ point = \"strategy\", name = \"x\", summary = \"x\", run = { init = print } }",
            "register: strategy 'x'.run.ask: missing; expected a function"
        ),
        (
            "{ point = \"strategy\", name = \"x\", summary = \"x\", run = { aks = print } }",
            "register: strategy 'x'.run: no such key 'aks'; did you mean \"ask\"?"
        ),
    ])
    func `a mistake in a registration has the line and the key`(
        _ table: String, _ message: String
    ) throws {
        let found = try PluginFolder.complaint(of: "\nrequire \"apogee\".register \(table)")
        #expect(found.hasPrefix("plugins/p/init.lua:2: "), "\(found)")
        #expect(found.contains(message), "\(found)")
    }

    @Test(arguments: [
        (
            "{ name = \"a\", type = \"numbr\", doc = \"d\" }",
            "option 'a'.type: no such type \"numbr\"; did you mean \"number\"?"
        ),
        (
            "{ name = \"a\", type = \"integer\", min = 5, max = 2, doc = \"d\" }",
            "option 'a': expected min ≤ max, found 5 and 2"
        ),
        (
            "{ name = \"a\", type = \"integer\", defualt = 2, doc = \"d\" }",
            "options[1]: no such key 'defualt'; did you mean \"default\"?"
        ),
        (
            "{ name = \"a\", type = \"integer\", default = 2 }",
            "option 'a'.doc: expected text, found nothing"
        ),
        (
            "{ name = \"a\", type = \"choice\", doc = \"d\" }",
            "option 'a'.choices: expected a list of names, found nothing"
        ),
    ])
    func `a mistake in a declared option names the option`(
        _ option: String, _ message: String
    ) throws {
        let found = try PluginFolder.complaint(
            of: """
                require "apogee".register { point = "mutation", name = "x", summary = "x",
                  options = { \(option) }, make = function() end }
                """)
        #expect(found.contains("register: " + message), "\(found)")
    }

    @Test func `a default outside of its own range is refused`() throws {
        let found = try PluginFolder.complaint(
            of: """
                require "apogee".register { point = "mutation", name = "x", summary = "x",
                  options = { { name = "a", type = "number", min = 0, max = 1, default = 2, doc = "d" } },
                  make = function() end }
                """, provides: "{ \"mutation\": [\"x\"] }")
        #expect(
            found
                == "plugins/p/init.lua:1: mutation \"x\": default of a: expected a number in 0…1, "
                + "found 2")
    }

    @Test func `registration is over when the script runs`() throws {
        let plugins = try PluginFolder()
        let found = try plugins.folder.complaint("require(\"apogee\").register {}")
        #expect(
            found == "test.lua:1: register: components can be registered only while plugins load; "
                + "call it in the init.lua of a plugin")
    }

    @Test func `a plugin gets only what it requires`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("a", code: "require \"b\"")
        try plugins.plugin("b")
        #expect(
            plugins.complaint()
                == "plugins/a/init.lua:1: require: plugin 'a' does not require 'b'; add it to "
                + "requires in plugins/a/plugin.json")
    }

    @Test(arguments: [
        (
            "require(\"b\", \">=2\")",
            "require: plugin 'b' has version 1.0.0, but >=2 is required (plugins/b)"
        ),
        (
            "require(\"b\", \"new\")",
            "require: expected a version range such as \">=1.2\" or \"^1.2\", found \"new\""
        ),
        ("require(\"c\", \">=2\")", "require: no plugin is named 'c', but files have no version; "),
        ("require \"b.nothing\"", "require: plugin 'b' has no file 'nothing' (plugins/b)"),
    ])
    func `require says what is wrong with a version or a file`(
        _ call: String, _ message: String
    ) throws {
        let plugins = try PluginFolder()
        try plugins.plugin("b")
        try plugins.folder.write(call)
        let path = plugins.folder.path
        let found = plugins.folder.complaint {
            _ = try ExperimentScript(path: path + "/test.lua", plugins: PluginPlaces())
        }
        #expect(found.hasPrefix("test.lua:1: " + message), "\(found)")
    }

    @Test func `a folder that is named and not there is an error`() throws {
        let plugins = try PluginFolder()
        #expect(
            plugins.complaint(PluginPlaces(commandLine: [plugins.folder.path + "/none"]))
                == "none: no such folder of plugins")
    }

    @Test func `make that returns something else is told so at its own line`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p",
            code: """
                require "apogee".register { point = "mutation", name = "p_m", summary = "x",
                  make = function(options)
                    return 7
                  end }
                """)
        let host = try plugins.host()
        let plugin = host.catalog.plugins[0]
        let found = plugins.folder.complaint { _ = try PluginCheck(plugin, host).run() }
        #expect(
            found
                == "plugins/p/init.lua:2: mutation: make: expected a function (parent, rng, space) "
                + "→ genotype, found an integer")
    }

    @Test func `an init.lua without end is stopped`() throws {
        let plugins = try PluginFolder()
        try plugins.plugin("p", code: "while true do end")
        let found = plugins.folder.complaint {
            let host = try ExperimentScript(
                hosting: plugins.folder.path + "/test.lua", plugins: PluginPlaces(),
                limits: ScriptLimits(loadingInstructions: 100_000))
            if let broken = host.broken.first { throw broken.error }
        }
        #expect(found.hasPrefix("plugins/p/init.lua:1: stopped after 100,000 instructions"))
    }

    @Test(arguments: [
        (
            "ask = function(state, count, rng, space)",
            "local all = {} for i = 1, count + 1 do all[i] = space:sample(rng) end return all",
            "the number of proposals of s is 11; expected at most 10, as asked for"
        ),
        (
            "ask = function(state, count, rng, space)", "return 7",
            "plugins/p/init.lua:5: strategy: ask: expected a list of genotypes, found an integer"
        ),
        (
            "ask = function(state, count, rng, space)", "return { space }",
            "plugins/p/init.lua:5: strategy: expected a genotype, found space"
        ),
        (
            "ask = function(state, count, rng, space)", "return {}, { f = print }",
            "plugins/p/init.lua:5: strategy: state.f: a function cannot be part of the state, "
                + "which may contain numbers, strings, booleans, tables, genotypes, tensors and rngs"
        ),
        (
            "tell = function(state)", "return nil",
            "plugins/p/init.lua:5: strategy: expected the state as a table, found nil; return the "
                + "state"
        ),
        ("tell = function(state)", "error(\"no\")", "plugins/p/init.lua:6: strategy: no"),
    ])
    func `a strategy that returns the wrong thing is told so`(
        _ head: String, _ body: String, _ message: String
    ) throws {
        let others = [
            "init": "init = function() return {} end,",
            "ask": "ask = function() return {} end,",
            "tell": "tell = function(state) return state end,",
        ]
        let name = String(head.prefix { $0 != " " })
        let rest = others.filter { $0.key != name }.sorted { $0.key < $1.key }.map(\.value)
        let plugins = try PluginFolder()
        try plugins.plugin(
            "p", provides: "{ \"strategy\": [\"s\"] }",
            code: """
                require "apogee".register { point = "strategy", name = "s", summary = "Wrong.",
                  run = {
                    \(rest[0])
                    \(rest[1])
                    \(head)
                      \(body)
                    end,
                  } }
                """)
        let host = try plugins.host()
        let found = plugins.folder.complaint {
            _ = try PluginCheck(host.catalog.plugins[0], host, calls: 50).run()
        }
        #expect(found == message)
    }
}
