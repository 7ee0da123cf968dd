import LuaHost
import Testing

@Suite struct PlaceTests {
    @Test(arguments: [
        ("error({ message = 'told' })", "told"), ("error()", "an error without a message"),
        ("error('told')", "told"), ("local x = nil + 1", "attempt to perform arithmetic on a nil"),
        ("error('told', 0)", "told"), ("check()", "child has 4 genes"),
        ("local t = setmetatable({}, { __add = function() error('told') end }) t = t + 1", "told"),
    ])
    func `an error in a coroutine keeps line and stack through its resumers`(
        body: String, message: String
    ) throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("check", pushing: { _ in throw Refusal(genes: 4) }))
        let error = try host.failure(
            """
            local inner = coroutine.wrap(function()
              \(body)
            end)
            local outer = coroutine.wrap(function()
              inner()
            end)
            outer()
            """)
        #expect(error.line == 2)
        #expect(error.message.hasPrefix(message))
        #expect(error.stack.map(\.line).suffix(3) == [2, 5, 7])
    }

    @Test func `an error raised again after pcall keeps its own place`() throws {
        let error = try Host().failure(
            """
            local co = coroutine.create(function()
              error({ message = 'told' })
            end)
            local ok, value = coroutine.resume(co)
            local again = pcall(error, 'another')
            error(value)
            """)
        #expect(error.description == "test.lua:2: told")
    }

    @Test func `another error after that of a coroutine has its own place`() throws {
        let error = try Host().failure(
            "coroutine.resume(coroutine.create(error))\n\nerror({ message = 'new' })")
        #expect(error.description == "test.lua:3: new")
    }

    @Test func `the full trace lists the host's functions, the summary the script's`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("apply") { arguments in
                try arguments.function(1, "f").call().first ?? .nil
            })
        let error = try host.failure(
            """
            local function inner() error('no') end
            local function outer() apply(inner) end
            outer()
            """)
        #expect(
            error.summary
                == """
                test.lua:1: no
                    test.lua:1: in the function of line 1
                    test.lua:2: in 'outer'
                    test.lua:3: in the script itself
                """)
        #expect(error.fullTrace.contains("[host]: in 'error'"))
        #expect(error.fullTrace.contains("[host]: in 'apply'"))
        #expect(try host.failure("error('alone')").summary == "test.lua:1: alone")
    }

    @Test func `of a deep stack both ends are kept`() throws {
        let error = try Host().failure(
            "local function f(n) if n == 0 then error('deep') end return 1 + f(n - 1) end\nf(5000)")
        #expect(error.stack.first?.line == 1)
        #expect(error.frames.last?.line == 2)
        #expect(error.frames.contains { $0.function.hasSuffix("frames left out)") })
        #expect(error.frames.count < 200)
    }

    @Test func `names of other Lua versions are explained where they are called`() throws {
        let host = try Host()
        #expect(
            try host.failure("return unpack({ 1 })").message
                == "attempt to call a nil value (global 'unpack'): in Lua 5.4 it is table.unpack")
        #expect(
            try host.failure("return table.getn({ 1 })").message
                == "attempt to call a nil value (field 'getn'): in Lua 5.4 it is the operator #")
        #expect(try host.run("return (unpack or table.unpack)({ 7 })")[0].integer == 7)
    }
}
