import LuaHost
import Testing

@Suite struct SandboxTests {
    @Test(arguments: [
        ("x = 1", "assignment to undeclared variable 'x' (write 'local x = ...' to declare it)"),
        ("return strnig", "undeclared variable 'strnig' (did you mean 'string'?)"),
        ("return ipair", "undeclared variable 'ipair' (did you mean 'ipairs'?)"),
        ("return wholly_other", "undeclared variable 'wholly_other'"),
        ("print = 1", "'print' is read-only: it belongs to the host"),
        ("math.pi = 3", "'math' is read-only: it belongs to the host (field 'pi')"),
        ("table.insert(math, 1)", "'math' is read-only: it belongs to the host (field '1')"),
        ("rawset(math, 'pi', 3)", "rawset: a table of the host is read-only"),
        ("rawset(_ENV, 'x', 3)", "rawset: a table of the host is read-only"),
        ("setmetatable(math, {})", "cannot change a protected metatable"),
        ("setmetatable(_ENV, {})", "cannot change a protected metatable"),
        ("return math.flor(1)", "'math' has no field 'flor' (did you mean 'floor'?)"),
        ("return ('x'):uper()", "'string' has no field 'uper' (did you mean 'upper'?)"),
        (
            "getmetatable('').__index = nil",
            "attempt to index a boolean value"
        ),
        (
            "return os.time()",
            "'os.time' is not available here: a clock would make runs differ; --allow clock "
                + "allows it"
        ),
        (
            "collectgarbage()",
            "'collectgarbage' is not available here: the host paces the collector"
        ),
        ("_G.x = 1", "assignment to undeclared variable 'x' (write 'local x = ...' to declare it)"),
        (
            "return string.dump(print)",
            "'string.dump' is not available here: bytecode can reach behind the sandbox"
        ),
        (
            "return math.random()",
            "math.random would make runs differ: draw from the 'rng' argument of the function, "
                + "as in rng:integer(1, 6); a library that must draw by itself needs --allow random"
        ),
        (
            "math.randomseed(1)",
            "math.randomseed would make runs differ: draw from the 'rng' argument of the "
                + "function, as in rng:integer(1, 6); a library that must draw by itself needs "
                + "--allow random"
        ),
        ("return ('%p'):format({})", "format: '%p' is not allowed: addresses differ"),
        (
            "setmetatable({}, { __gc = print })",
            "setmetatable: '__gc' is not allowed: when the collector runs must not change a result"
        ),
        (
            "setmetatable({}, { __mode = 'k' })",
            "setmetatable: '__mode' is not allowed: when the collector runs must not change a "
                + "result"
        ),
        ("require 'nothing'", "require: module 'nothing' was not found"),
    ])
    func `what the sandbox refuses it refuses with a reason`(
        script: String, message: String
    ) throws {
        let error = try Host().failure(script)
        #expect(error.message == message)
        #expect(error.line == 1)
    }

    @Test func `bytecode is refused everywhere`() throws {
        let host = try Host()
        let error = try host.failure("\u{1B}Lua")
        #expect(error.kind.label == "syntax")
        #expect(error.message.contains("attempt to load a binary chunk"))
        let message = try host.text("return select(2, load('\\27Lua', 'x', 'b'))")
        #expect(message.contains("attempt to load a binary chunk"))
    }

    @Test func `load compiles text in the script's own environment`() throws {
        let host = try Host()
        #expect(try host.run("return load('return 1 + 1')()")[0].integer == 2)
        let script =
            "local i = 0 return load(function() i = i + 1 "
            + "return ({ 'return ', '7' })[i] end)()"
        #expect(try host.run(script)[0].integer == 7)
        #expect(try host.run("return load('return x', 'c', 't', { x = 5 })()")[0].integer == 5)
        let message = try host.text("return select(2, pcall(load('y = 1', '=c')))")
        #expect(message.hasSuffix("write 'local y = ...' to declare it)"))
    }

    @Test func `environments do not share names`() throws {
        let host = try Host()
        let chunk = ChunkName.file("test.lua")
        #expect(
            try host.sandbox.run("return extra", chunk: chunk, names: [("extra", .integer(1))])[0]
                .integer == 1)
        #expect(throws: LuaError.self) { try host.sandbox.run("return extra", chunk: chunk) }
    }

    @Test func `the usual library works through its read-only views`() throws {
        let host = try Host()
        let script = """
            local t = { 5, 2, 8 }
            table.sort(t)
            table.insert(t, 1, 1)
            table.insert(t, 9)
            assert(table.remove(t) == 9 and table.remove(t, 1) == 1)
            assert(table.concat(t, '-') == '2-5-8' and select('#', table.unpack(t)) == 3)
            assert(#table.move(t, 1, 3, 2, {}) == 4 or true)
            assert(('%5.2f|%s|%d|%q'):format(1, 'x', 3, 'a') == ' 1.00|x|3|"a"')
            assert(('ab'):rep(2, ',') == 'ab,ab' and (''):rep(1 << 60) == '')
            assert(utf8.char(228) == 'ä' and utf8.len('äö') == 2)
            assert(math.type(1) == 'integer' and math.floor(2.5) == 2)
            local ok, e = pcall(error, 'x', 0)
            assert(not ok and e == 'x')
            assert(select(2, xpcall(error, function(m) return m .. '!' end, 'x')) == 'x!')
            assert(rawequal(t, t) and rawlen(t) == 3 and rawget(t, 1) == 2)
            assert(getmetatable('') == false)
            local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
            assert(select(2, coroutine.resume(co, 1)) == 2)
            assert(coroutine.status(co) == 'suspended')
            assert(select(2, coroutine.resume(co, 4)) == 8)
            assert(coroutine.status(co) == 'dead' and not coroutine.resume(co))
            local closed = false
            local c2 = coroutine.create(function()
              local x <close> = setmetatable({}, { __close = function() closed = true end })
              coroutine.yield()
            end)
            coroutine.resume(c2)
            assert(coroutine.close(c2) and closed)
            local n = 0
            for _ in pairs(math) do n = n + 1 end
            assert(n > 20)
            return 'done'
            """
        #expect(try host.text(script) == "done")
    }

    @Test func `a read-only view reads, counts and walks like its table`() throws {
        let host = try Host()
        let table = try host.context.table(array: [.integer(7)], fields: ["rate": .number(0.5)])
        host.sandbox.define(
            "config", .table(try host.context.readOnly(table, name: "config")))
        let script = """
            local keys = {}
            for k in pairs(config) do keys[#keys + 1] = tostring(k) end
            for i, v in ipairs(config) do assert(i == 1 and v == 7) end
            assert(next(config) == 1 and rawlen(config) == 1)
            return #config .. config[1] .. config.rate .. table.concat(keys)
            """
        #expect(try host.text(script) == "170.51rate")
        #expect(
            try host.failure("return config.rat").message
                == "'config' has no field 'rat' (did you mean 'rate'?)")
    }

    @Test func `print goes to the host`() throws {
        let host = try Host()
        try host.run("print(1, 'x', nil, {}, 2.0)")
        #expect(host.printed == ["1\tx\tnil\ttable: 1\t2.0"])
    }

    @Test func `text of objects holds no addresses and is the same in every run`() throws {
        let script = """
            local a, b = {}, {}
            local f = function() end
            return table.concat({ tostring(a), tostring(b), tostring(a), tostring(f),
              tostring(print), tostring(coroutine.create(f)), ('%s %s'):format(b, nil),
              tostring(setmetatable({}, { __name = 'plan' })) }, ' ')
            """
        let expected =
            "table: 1 table: 2 table: 1 function: test.lua:2 function: built in "
            + "thread: 3 table: 2 nil plan: 4"
        #expect(try Host().text(script) == expected)
    }

    @Test func `require runs a module once, in its own environment`() throws {
        let host = try Host(modules: [
            "counter": "print('loading') return { n = 0 }",
            "user": "local c = require 'counter' c.n = c.n + 1 return c",
            "nothing": "",
        ])
        let script = """
            local c = require 'counter'
            require 'user'
            assert(require 'nothing' == true)
            return c.n
            """
        #expect(try host.run(script)[0].integer == 1)
        #expect(host.printed == ["loading"])
    }

    @Test func `modules that need each other are an error with their path`() throws {
        let host = try Host(modules: ["a": "require 'b'", "b": "require 'a'"])
        let error = try host.failure("require 'a'")
        #expect(
            error.description
                == "b.lua:1: require: modules need each other: a.lua -> b.lua -> a.lua")
    }

    @Test func `an error in a module names the module's file`() throws {
        let host = try Host(modules: ["broken": "\nreturn 1 + nil", "worse": "x x"])
        #expect(
            try host.failure("require 'broken'").description
                == "broken.lua:2: attempt to perform arithmetic on a nil value")
        #expect(
            try host.failure("require 'worse'").description
                == "worse.lua:1: syntax error near 'x'")
    }

    @Test func `a resolver sees who asks and which version`() throws {
        let state = try LuaState()
        var seen: [String] = []
        let sandbox = try Sandbox(state.context) { request in
            seen.append("\(request.name) \(request.version ?? "-") \(request.asker?.name ?? "-")")
            return .value(.integer(3))
        }
        let value = try sandbox.run(
            "return require('evolve', '>=1.2')", chunk: .file("plan.lua"))
        #expect(value[0].integer == 3)
        #expect(seen == ["evolve >=1.2 plan.lua"])
    }
}
