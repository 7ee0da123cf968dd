import LuaHost
import Testing

@Suite struct ErrorTests {
    @Test func `an error names file, line and callback`() throws {
        let host = try Host()
        let mutate = try host.function(
            "return function(parent)\n  local child = nil\n  return child[1]\nend")
        let error = #expect(throws: LuaError.self) { try mutate.call(name: "mutation") }
        #expect(
            error?.description
                == "test.lua:3: mutation: attempt to index a nil value (local 'child')")
    }

    @Test func `the stack lists script functions only, innermost first`() throws {
        let host = try Host()
        let error = try host.failure(
            """
            local function inner() error("broken") end
            local function outer() pcall(function() end); inner() end
            table.sort({ 1, 2 }, function() outer() end)
            """)
        #expect(error.message == "broken")
        #expect(error.stack.map(\.line) == [1, 2, 3, 3])
        #expect(error.stack[0].function == "'inner'")
        #expect(error.stack[3].function == "the script itself")
        #expect(
            error.trace.hasPrefix("test.lua:1: broken\n    test.lua:1: in 'inner'\n"))
    }

    @Test func `a syntax error has file and line`() throws {
        let host = try Host()
        let error = try host.failure("local x = 1\nlocal = 2\n")
        #expect(error.kind.label == "syntax")
        #expect(error.description == "test.lua:2: <name> expected near '='")
        let long = String(repeating: "folder/", count: 20) + "plan.lua"
        let deep = #expect(throws: LuaError.self) {
            try host.sandbox.run("\n\nx =", chunk: .file(long))
        }
        #expect(deep?.description == "\(long):3: unexpected symbol near <eof>")
    }

    @Test func `long paths are given in full`() throws {
        let host = try Host()
        let long = String(repeating: "folder/", count: 20) + "plan.lua"
        let error = #expect(throws: LuaError.self) {
            try host.sandbox.run("\nerror('no')", chunk: .file(long))
        }
        #expect(error?.description == "\(long):2: no")
    }

    @Test func `the level of error decides the position`() throws {
        let error = try Host().failure(
            "local function check() error('bad', 2) end\n\ncheck()")
        #expect(error.description == "test.lua:3: bad")
    }

    @Test func `code of the host does not appear in positions`() throws {
        let host = try Host()
        let library = try #require(
            try host.sandbox.run(
                "return function() local x = nil; x() end", chunk: .embedded("apogee")
            ).first)
        host.sandbox.define("helper", library)
        let error = try host.failure("\n\nhelper()")
        #expect(error.description == "test.lua:3: attempt to call a nil value (local 'x')")
        #expect(error.stack.count == 1)
    }

    @Test(arguments: [
        ("error()", "an error without a message (the error value is nil)"),
        ("error('')", "an error without a message (the error value is \"\")"),
        ("error({ message = 'told' })", "told"),
        ("error({ code = 2 })", "an error value: table: 1"),
        (
            "error(setmetatable({}, { __tostring = function() return 'own' end }))",
            "an error value: own"
        ),
        (
            "error(setmetatable({}, { __tostring = function() error('worse') end }))",
            "an error value without readable text"
        ),
        ("error(true)", "an error value: true"),
        ("error(print)", "an error value: function: built in"),
        ("error(coroutine.create(print))", "an error value: thread: 1"),
    ])
    func `error values of every type give a message and the position`(
        script: String, message: String
    ) throws {
        let error = try Host().failure(script)
        #expect(error.message == message)
        #expect(error.line == 1)
    }

    @Test func `a Swift error under Lua keeps its type and gains the position`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("check", pushing: { _ in throw Refusal(genes: 15) }))
        let error = try host.failure("local function f()\n  check()\nend\nf()")
        #expect(error.underlying as? Refusal == Refusal(genes: 15))
        #expect(error.description == "test.lua:2: child has 15 genes, the space has 16")
        #expect(error.stack.map(\.line) == [2, 4])
    }

    @Test func `a Swift error passes Swift, Lua, Swift and Lua with its first position`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("check", pushing: { _ in throw Refusal(genes: 3) }))
        try host.sandbox.define(
            HostFunction(
                "apply",
                pushing: { arguments in
                    _ = try arguments.function(1, "f").call(name: "objective")
                    return 0
                }))
        let error = try host.failure("apply(function()\n  check()\nend)")
        #expect(error.underlying as? Refusal == Refusal(genes: 3))
        #expect(
            error.description == "test.lua:2: objective: child has 3 genes, the space has 16")
    }

    @Test func `scripts can catch a Swift error, read it, and raise it again`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("check", pushing: { _ in throw Refusal(genes: 1) }))
        let script = """
            local ok, e = pcall(check)
            assert(not ok and e.line == 1 and e.file == "test.lua")
            assert(e.message == "child has 1 genes, the space has 16")
            assert(tostring(e) == "test.lua:1: " .. e.message)
            assert(("x " .. e):sub(1, 2) == "x ")
            error(e)
            """
        let error = try host.failure(script)
        #expect(error.underlying as? Refusal == Refusal(genes: 1))
        #expect(error.line == 1)
    }

    @Test func `wrong arguments name function, place, name and what was found`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("integer") { arguments in
                let low = try arguments.integer(1, "low")
                return .integer(try arguments.integer(2, "high") - low)
            })
        #expect(try host.run("return integer(2, 7.0)").first?.integer == 5)
        #expect(
            try host.failure("integer('x', 2)").description
                == "test.lua:1: integer: argument 1 (low): expected an integer, found a string")
        #expect(
            try host.failure("\ninteger(1)").description
                == "test.lua:2: integer: argument 2 (high): expected an integer, found nothing")
        #expect(
            try host.failure("integer(1.5, 2)").message
                == "integer: argument 1 (low): expected an integer, found a number")
    }

    @Test func `an error in a coroutine keeps its line`() throws {
        let host = try Host()
        let error = try host.failure(
            "local f = coroutine.wrap(function()\n  error('inside')\nend)\nf()")
        #expect(error.description == "test.lua:2: inside")
        let (ok, message) = (
            try host.run("return coroutine.resume(coroutine.create(function() error('x') end))")[0],
            try host.run("return coroutine.resume(coroutine.create(function() error('x') end))")[1]
        )
        #expect(ok.boolean == false)
        #expect(message.string == "test.lua:1: x")
    }

    @Test func `yielding across the host is an error`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction(
                "apply",
                pushing: { arguments in
                    _ = try arguments.function(1, "f").call()
                    return 0
                }))
        let error = try host.failure(
            "coroutine.wrap(function() apply(coroutine.yield) end)()")
        #expect(error.message == "attempt to yield across a C-call boundary")
        #expect(
            try host.failure("coroutine.yield()").message
                == "attempt to yield from outside a coroutine")
    }

    @Test func `host functions work inside coroutines`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("apply") { arguments in
                try arguments.function(1, "f").call(.integer(20)).first ?? .nil
            })
        let script = """
            local f = coroutine.wrap(function()
              local a = apply(function(x) return x + 1 end)
              coroutine.yield(a)
              return apply(function(x) return x * 2 end)
            end)
            return f(), f()
            """
        #expect(try host.run(script).map(\.integer) == [21, 40])
    }
}
