import LuaHost
import Testing

/// What the host does for a script is limited as what the script does itself.
@Suite struct HostWorkTests {
    /// A small object with a method that calls a function of the script.
    private final class Counter {
        var value = 0
    }

    private func host(
        shared: Bool = false, _ limits: LuaLimits = .none
    ) throws -> (Host, UserdataType<Counter>) {
        let host = try Host()
        var definition = UserdataDefinition<Counter>("counter", isShared: shared)
        definition.method("add") { counter, arguments in
            counter.value += 1
            try arguments.context.push(counter.value)
            return 1
        }
        definition.method("apply") { counter, arguments in
            _ = try arguments.function(1, "f").call()
            return 0
        }
        definition.getter("value") { counter, context in try context.push(counter.value) }
        let type = try host.state.context.register(definition)
        try host.sandbox.define(
            HostFunction(
                "counter",
                pushing: { arguments in
                    try arguments.context.push(Counter(), type, nativeBytes: 1 << 10)
                    return 1
                }))
        return (host, type)
    }

    @Test(arguments: [
        "c:add()", "return c.value", "c:apply(function() end)",
        "pcall(function() c:add() end) error('not reached')",
    ])
    func `an object is not reached again while a method works on it`(call: String) throws {
        let (host, _) = try host()
        let error = try host.failure("local c = counter()\nc:apply(function()\n\(call)\nend)")
        #expect(
            call.hasPrefix("pcall")
                ? error.message == "not reached"
                : error.message.contains("cannot be called during counter:apply"))
        #expect(error.line == 3)
        // Afterwards it is free again.
        let after = try host.run("local c = counter() pcall(c.apply, c, error) return c:add()")
        #expect(after[0].integer == 1)
    }

    @Test func `another object, and one that never changes, may be used`() throws {
        let (host, _) = try host()
        _ = try host.run("local a, b = counter(), counter() a:apply(function() b:add() end)")
        let (sharing, _) = try self.host(shared: true)
        _ = try sharing.run("local c = counter() c:apply(function() c:apply(function() end) end)")
    }

    @Test(arguments: [
        "while true do work(100) end", "while true do pcall(work, 100) end",
        "while true do pcall(pcall, work, 100) end",
        "local co = coroutine.wrap(function() while true do work(100) end end) co()",
    ])
    func `work of the host ends the call, whatever catches it`(script: String) throws {
        let (host, _) = try host()
        var done = 0
        try host.sandbox.define(
            HostFunction(
                "work",
                pushing: { arguments in
                    done += 1
                    try arguments.context.charge(try arguments.integer(1, "units"))
                    return 0
                }))
        let error = try host.failure(script, limits: LuaLimits(instructions: 50_000))
        #expect(error.kind.label == "instruction limit")
        #expect(error.line == 1)
        #expect((100...500).contains(done))
    }

    @Test func `memory of the host counts, and what is dropped is given back`() throws {
        let (host, _) = try host()
        let limits = LuaLimits(bytes: 1 << 20)
        _ = try host.run("for i = 1, 100000 do counter() end", limits: limits)
        let error = try host.failure(
            "local k = {}\nwhile true do k[#k + 1] = counter() end", limits: limits)
        #expect(error.kind.label == "memory limit")
        #expect(error.line == 2)
        host.state.collect()
        host.state.collect()
        _ = try host.run("for i = 1, 500 do counter() end", limits: limits)
    }

    @Test func `what was returned is read under the limits of the call`() throws {
        let (host, _) = try host()
        let context = host.state.context
        let table = try host.run(
            "return setmetatable({}, { __index = function() while true do end end })")[0]
        #expect(throws: LuaError.self) {
            try context.within(LuaLimits(instructions: 10_000)) { () throws(LuaError) in
                _ = try table.table?.get("x")
            }
        }
        // Limits of a stretch end with it.
        #expect(
            try host.run("local n = 0 for i = 1, 1e6 do n = n + 1 end return n")[0].number == 1e6)
    }

    @Test func `the clock ends a call, and no other`() throws {
        let (host, _) = try host()
        let error = try host.failure("while true do end", limits: LuaLimits(seconds: 0.05))
        #expect(error.kind.label == "time limit")
        #expect(error.message.contains("0.05 seconds"))
        #expect(try host.run("return 1", limits: LuaLimits(seconds: 100))[0].integer == 1)
    }

    /// Every function of the libraries over a large argument: what it does is billed, so an endless loop
    /// of it ends after few rounds.
    @Test(arguments: [
        "s:reverse()", "s:upper()", "s:lower()", "utf8.len(s)", "tonumber(s)", "s:byte(1, 5000)",
        "utf8.codepoint(s, 1, 5000)", "utf8.offset(s, 100000)", "string.unpack('z', z)",
        "s:find('y', 1, true)", "s:match('y')", "s:gsub('y', '')", "('x'):rep(100000)",
        "table.concat(t)", "table.sort(t)", "table.unpack(t, 1, 5000)",
        "table.move(t, 1, 100000, 1)",
        "table.insert(t, 1, '') table.remove(t, 1)", "next(t, 99999)",
        "select(-1, table.unpack(t, 1, 5000))",
        "for _ in pairs(m) do break end", "load(code)", "string.pack(s:rep(1):gsub('x', 'b'))",
        "string.format(s)", "math.max(table.unpack(n, 1, 5000))",
        "string.char(table.unpack(n, 1, 5000))",
    ])
    func `library work is billed by its size`(work: String) throws {
        let (host, _) = try host()
        let setup = """
            local s, z = ('x'):rep(100000), ('x'):rep(100000) .. '\\0'
            local code = ('x = 1 '):rep(10000)
            local t, m, n = {}, {}, {}
            for i = 1, 100000 do t[i] = '' end
            for i = 1, 20000 do m['k' .. i] = i end
            for i = 1, 5000 do n[i] = 65 end
            return function() local rounds = 0
            while true do rounds = rounds + 1 step(rounds) pcall(function() \(work) end) end end
            """
        var rounds = 0
        try host.sandbox.define(
            HostFunction(
                "step",
                pushing: { arguments in
                    rounds = try arguments.integer(1, "rounds")
                    return 0
                }))
        let loop = try #require(try host.run(setup)[0].function)
        #expect(throws: LuaError.self) {
            _ = try loop.call(limits: LuaLimits(instructions: 5_000_000))
        }
        // Without billing there would be more than a hundred thousand.
        #expect(rounds < 20_000, "\(work): \(rounds) rounds")
    }
}
