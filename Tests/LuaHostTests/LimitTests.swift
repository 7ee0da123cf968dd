import LuaHost
import Testing

@Suite struct LimitTests {
    static let limits = LuaLimits(instructions: 200_000, bytes: 8 << 20)

    static let endless = [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() end) end",
        "repeat local ok = pcall(error) until false",
        "local function f() return f() end f()",
        "local co = coroutine.wrap(function() while true do end end) co()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "while true do coroutine.wrap(function() end)() end",
        "local co = coroutine.wrap(function() while true do coroutine.yield() end end) "
            + "while true do co() end",
        "for _ in pairs(setmetatable({}, { __pairs = function() "
            + "return function() return 1 end end })) do end",
        "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) "
            + "while true do pcall(function() return t[1] end) end",
        "local x <close> = setmetatable({}, { __close = function() while true do end end }) "
            + "while true do end",
        "(('a'):rep(100)):find(('.-'):rep(50) .. 'b')",
        "(('a'):rep(100000)):gsub('.-.-b', '')",
        "(('a'):rep(1000000)):find(('a'):rep(500000) .. 'b', 1, true)",
        "while true do (('a'):rep(10000)):match('a*b') end",
        "table.move({}, 1, 1 << 60, 2)",
        "table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, 1)",
        "table.remove(setmetatable({}, { __len = function() return 1 << 60 end }), 1)",
        "table.sort(setmetatable({}, { __len = function() return (1 << 31) - 2 end }), rawequal)",
        "table.concat({}, '', 1, 1 << 60)",
        "while true do local s = ('x'):rep(1 << 20) end",
        "load('while true do end')()",
        "setmetatable({}, { __tostring = function() while true do end end }):x()",
        "print(setmetatable({}, { __tostring = function() while true do end end }))",
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
        "('x'):gsub('x', function() while true do end end)",
        "local t = {} for i = 1, 3000 do t['k' .. i] = i end while true do next(t) end",
    ]

    @Test(arguments: endless)
    func `work without end stops at the instruction limit`(script: String) throws {
        let host = try Host()
        var script = script
        if script.contains(":x()") { script = "tostring(\(script.dropLast(4)))" }
        let error = try host.failure(script, limits: Self.limits)
        #expect(error.kind.label == "instruction limit")
        #expect(error.line == 1)
        #expect(
            error.message
                == "stopped after 200,000 instructions: an endless loop? "
                + "If not, raise the instruction limit by limits in the plan, or --limit")
        // The state works on, and a new call has a new budget.
        #expect(
            try host.run("local n = 0 for i = 1, 1000 do n = n + 1 end return n")[0].integer == 1000
        )
    }

    @Test(arguments: [
        "local t = {} for i = 1, math.huge do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1 << 30)",
        "return ('x'):rep(1 << 20, ('y'):rep(1000))",
        "local t = {} while true do t = { t } end",
        "while true do pcall(function() return ('x'):rep(1 << 30) end) end",
        "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(100000) end) end",
        "coroutine.wrap(function() return ('x'):rep(1 << 30) end)()",
        "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
        "return table.concat({ ('x'):rep(3 << 20), ('x'):rep(3 << 20), ('x'):rep(3 << 20) })",
        "return (('x'):rep(3 << 20)):gsub('x', 'yyyyyyyy')",
        "return ('%s%s%s'):format(('x'):rep(3 << 20), ('x'):rep(3 << 20), ('x'):rep(3 << 20))",
    ])
    func `work without bound stops at the memory limit`(script: String) throws {
        let host = try Host()
        let limits = LuaLimits(instructions: 100_000_000, bytes: 8 << 20)
        let error = try host.failure(script, limits: limits)
        #expect(error.kind.label == "memory limit")
        #expect(error.line == 1)
        #expect(
            error.message
                == "stopped at the memory limit of 8,388,608 bytes: keep less, or raise the limit by limits in the plan, or --limit"
        )
        #expect(host.state.usage.peakBytes < 9 << 20)
        host.state.collect()
        #expect(host.state.usage.bytes < 1 << 20)
        #expect(try host.run("return #('x'):rep(1 << 20)")[0].integer == 1 << 20)
    }

    @Test(arguments: [
        "local function f() return 1 + f() end f()",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] + 1 end "
            + "return t.x",
        "local function f() pcall(f) error('again', 0) end local function g() return 1 + g() end g()",
        "local function f(x) return (x:gsub('x', f)) end f('x')",
        "local t = setmetatable({}, { __tostring = function(t) return tostring(t) end }) tostring(t)",
        "local function f() return coroutine.wrap(f)() end f()",
    ])
    func `endless recursion is an error`(script: String) throws {
        let host = try Host()
        let error = try host.failure(script)
        #expect(error.message.contains("stack overflow"))
        #expect(error.line == 1)
        #expect(try host.run("return 1")[0].integer == 1)
    }

    @Test func `recursion through Swift is an error`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction("apply") { arguments in
                try arguments.function(1, "f").call().first ?? .nil
            })
        let error = try host.failure("local function f() return apply(f) end f()")
        #expect(error.message.contains("stack overflow"))
        #expect(try host.run("return 1")[0].integer == 1)
    }

    @Test func `a nested call may narrow its limits and never widen them`() throws {
        let host = try Host()
        let inner = LuaLimits(instructions: 20_000)
        try host.sandbox.define(
            HostFunction(
                "narrow",
                pushing: { arguments in
                    do {
                        _ = try arguments.function(1, "f").call(limits: inner)
                        return 0
                    } catch {
                        try arguments.context.push("\(error)")
                        return 1
                    }
                }))
        let narrowed = try #require(
            try host.run(
                "return narrow(function() while true do end end)",
                limits: LuaLimits(instructions: 1_000_000)
            ).first?.string)
        #expect(narrowed.hasPrefix("test.lua:1: stopped after 20,000 instructions"))
        let widened = try host.failure(
            "narrow(function() while true do end end)\nwhile true do end",
            limits: LuaLimits(instructions: 5_000))
        #expect(widened.kind.label == "instruction limit")
    }

    @Test func `a large block at the end of a nested call is billed once`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction(
                "narrow",
                pushing: { arguments in
                    _ = try? arguments.function(1, "f").call(limits: LuaLimits(instructions: 2000))
                    return 0
                }))
        // 1 MiB is billed as 4,096 instructions: beyond the inner limit, far from the outer one.
        let script = """
            local rep, s = string.rep, 'x'
            for i = 1, 20 do narrow(function() return rep(s, 1 << 20) end) end
            local n = 0
            for i = 1, 10000 do n = n + 1 end
            return n
            """
        let result = try host.run(script, limits: LuaLimits(instructions: 1_000_000))
        #expect(result[0].integer == 10000)
    }

    @Test func `a Swift function that swallows the limit does not revive the script`() throws {
        let host = try Host()
        try host.sandbox.define(
            HostFunction(
                "swallow",
                pushing: { arguments in
                    _ = try? arguments.function(1, "f").call()
                    return 0
                }))
        let error = try host.failure(
            "while true do swallow(function() while true do end end) end",
            limits: LuaLimits(instructions: 50_000))
        #expect(error.kind.label == "instruction limit")
    }

    @Test func `the limit counts the same in every run`() throws {
        func line() throws -> Int? {
            let host = try Host()
            var script = "local n = 0\n"
            for _ in 0..<500 { script += "for i = 1, 100 do n = n + i end\n" }
            return try host.failure(script, limits: LuaLimits(instructions: 60_000)).line
        }
        let first = try line()
        #expect(first != nil)
        #expect(try line() == first)
    }

    @Test func `a state that is too small is refused, and a small one works`() throws {
        #expect(throws: LuaError.self) { try LuaState(byteLimit: 1000) }
        let host = try Host(byteLimit: 200_000)
        let error = try host.failure("return ('x'):rep(1000000)")
        #expect(error.kind.label == "memory limit")
        #expect(
            error.message
                == "stopped at the memory limit: keep less, or raise the limit by limits in the plan, or --limit"
        )
    }

    @Test func `every failing allocation leaves the state usable`() throws {
        // Walk the limit upward so that each allocation of the work is refused once.
        let host = try Host()
        let work = try host.function(
            """
            return function(p)
              local t = { p, 'a' .. #p }
              for k in pairs({ x = 1, y = t }) do t[k] = tostring(k) .. '!' end
              return table.concat({ t.x, t.y, ('ab'):gsub('b', 'c') }, ',')
            end
            """)
        host.state.collect()
        var failures = 0
        var result: String?
        for bytes in stride(from: 0, to: 40_000, by: 16) {
            do {
                result = try work.call(.string("p"), limits: LuaLimits(bytes: bytes)).first?.string
            } catch {
                #expect(error.kind.label == "memory limit")
                failures += 1
            }
        }
        #expect(failures > 10)
        #expect(result == "x!,y!,ac,1")
    }
}
