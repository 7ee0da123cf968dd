import LuaHost
import Testing

@Suite struct CallTests {
    @Test func `integers and floats stay apart`() throws {
        let host = try Host()
        let results = try host.run("return 3, 3.0, 2^53, math.maxinteger, 1 // 1, 1 / 1")
        #expect(results.map(\.kind) == [.integer, .number, .number, .integer, .integer, .number])
        #expect(results[3].integer == Int.max)
        let echo = try host.function("return function(...) return ... end")
        let back = try echo.call(.integer(.min), .number(-0.0), .number(.infinity))
        #expect(back[0].integer == .min)
        #expect(back[1].number?.sign == .minus)
        #expect(back[2].number == .infinity)
    }

    @Test func `strings of any bytes pass both ways unchanged`() throws {
        let host = try Host()
        let echo = try host.function("return function(s) return s, #s end")
        for bytes in [[], [0], [0, 255, 0], Array(UInt8.min...UInt8.max)] as [[UInt8]] {
            let results = try echo.call(.bytes(bytes))
            try host.context.push(results[0])
            #expect(host.context.bytes(at: -1) == bytes)
            host.context.pop()
            #expect(results[1].integer == bytes.count)
        }
        let text = "größer 🙂\0 ende"
        #expect(try echo.call(.string(text))[0].string == text)
    }

    @Test func `the stack passes arguments and results in order`() throws {
        let host = try Host()
        let context = host.context
        let before = context.count
        try context.push(try host.function("return function(a, b, c) return c, b, a end"))
        try context.push(1)
        try context.push(2.5)
        try context.push("x")
        try context.call(arguments: 3, results: 3)
        #expect(context.string(at: -3) == "x")
        #expect(context.number(at: -2) == 2.5)
        #expect(context.integer(at: -1) == 1)
        context.pop(3)
        #expect(context.count == before)
    }

    @Test func `arrays of integers cross in one step and name a wrong entry`() throws {
        let host = try Host()
        let context = host.context
        let reverse = try host.function(
            "return function(a) local r = {} for i = #a, 1, -1 do r[#r + 1] = a[i] end return r end"
        )
        try context.push(reverse)
        try context.push(integers: [1, 2, 3])
        try context.call(arguments: 1, results: 1)
        #expect(try context.integers(at: -1) == [3, 2, 1])
        context.pop()
        let bad = try #require(try host.run("return {1, 2.0, 'x'}").first?.table)
        let error = #expect(throws: LuaError.self) { try bad.integers() }
        #expect(error?.message == "expected an array of integers, entry 3 is a string")
        // Lua may take 2^40 for this table's length.
        let gaps = try #require(
            try host.run("local t = {} for i = 0, 40 do t[1 << i] = 1 end return t")[0].table)
        let hole = #expect(throws: LuaError.self) { try gaps.integers() }
        #expect(hole?.message == "expected an array of integers, entry 3 is nil")
        let many = try #require(
            try host.run("local t = {} for i = 1, 10000 do t[i] = i end return t")[0].table)
        #expect(try many.integers() == Array(1...10000))
    }

    @Test func `tables are read and written with metamethods`() throws {
        let host = try Host()
        let table = try #require(
            try host.run(
                """
                return setmetatable({}, {__index = function(_, k) return k .. '!' end})
                """
            ).first?.table)
        #expect(try table.get("a").string == "a!")
        try table.set("a", .integer(4))
        #expect(try table.get("a").integer == 4)
    }

    @Test func `a place without a value reads as absent and never traps`() throws {
        let context = try Host().context
        for place in [0, 1, -1, 100, -100, .max, .min] {
            #expect(context.kind(at: place) == .absent)
            #expect(context.integer(at: place) == nil)
            #expect(context.string(at: place) == nil)
            #expect(try context.value(at: place).isNil)
        }
        context.pop(10)
        #expect(throws: LuaError.self) { try context.get(from: 1) }
        #expect(throws: LuaError.self) { try context.set(in: -1) }
        #expect(throws: LuaError.self) { try context.call(arguments: 3, results: 0) }
        #expect(throws: LuaError.self) { try context.call(arguments: -1, results: 0) }
    }

    @Test func `metamethods that raise give errors for every protected operation`() throws {
        let host = try Host()
        let context = host.context
        let hostile = try #require(
            try host.run(
                """
                local function no(name) return function() error(name, 0) end end
                return setmetatable({}, {__index = no "index", __newindex = no "newindex",
                  __len = no "len", __eq = no "eq", __lt = no "lt", __concat = no "concat",
                  __tostring = no "tostring", __call = no "call"})
                """
            ).first)
        let table = try #require(hostile.table)
        let before = context.count
        func message(_ body: () throws -> Void) -> String? {
            do { try body() } catch { return (error as? LuaError)?.message }
            return nil
        }
        #expect(message { _ = try table.get("x") } == "index")
        #expect(message { try table.set("x", .integer(1)) } == "newindex")
        #expect(context.count == before)
        try context.push(table)
        try context.pushTable()
        #expect(message { _ = try context.length(at: -2) } == "len")
        #expect(message { _ = try context.areEqual(-1, -2) } == "eq")
        #expect(message { _ = try context.isLess(-1, than: -2) } == "lt")
        #expect(message { _ = try context.text(at: -2) } == "tostring")
        #expect(message { try context.concatenate(2) } == "concat")
        context.pop(context.count - before)
        try context.push(table)
        #expect(message { try context.call(arguments: 0, results: 0) } == "call")
        #expect(context.count == before)
    }

    @Test func `a function knows where it was defined`() throws {
        let host = try Host()
        let function = try host.function("\n\nreturn function()\nend")
        let definition = try #require(function.definition)
        #expect(definition.file == "test.lua")
        #expect(definition.line == 3)
        #expect(try host.function("return math.floor").definition == nil)
    }

    @Test func `values of another state are refused`() throws {
        let (first, second) = (try Host(), try Host())
        let table = try #require(try first.run("return {}").first)
        let error = #expect(throws: LuaError.self) {
            try second.function("return function() end").call(table)
        }
        #expect(error?.message == "a value of one Lua state cannot be used in another")
    }
}
