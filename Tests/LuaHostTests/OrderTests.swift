import LuaHost
import Testing

@Suite struct OrderTests {
    @Test func `pairs walks the array part, then keys by type and value`() throws {
        let script = """
            local t = { 'a', 'b', 'c', z = 1, b = 1, B = 1, [''] = 1, [10] = 1, [-1] = 1, [2.5] = 1,
              [true] = 1, [false] = 1, [1 << 62] = 1, [1e300] = 1, [5] = 1 }
            local keys = {}
            for k in pairs(t) do keys[#keys + 1] = tostring(k) end
            return table.concat(keys, ' ')
            """
        let expected = "1 2 3 false true -1 2.5 5 10 4611686018427387904 1e+300  B b z"
        #expect(try Host().text(script) == expected)
    }

    @Test func `next walks in the order of pairs`() throws {
        let script = """
            local t = { 1, 2, 3, x = 1, y = 2, [7] = 1, [true] = 1, [0] = 2 }
            local one, two = {}, {}
            for k in pairs(t) do one[#one + 1] = tostring(k) end
            for k in next, t do two[#two + 1] = tostring(k) end
            assert(next({}) == nil)
            return table.concat(one, ' ') .. ' | ' .. table.concat(two, ' ')
            """
        #expect(try Host().text(script) == "1 2 3 true 0 7 x y | 1 2 3 true 0 7 x y")
    }

    @Test func `the order does not depend on how a table was filled`() throws {
        let script = """
            local names = {}
            for i = 1, 200 do names[i] = 'key' .. (i * 7919 % 1000) end
            local function keys(from, to, step)
              local t, r = {}, {}
              for i = from, to, step do t[names[i]] = i end
              for k in pairs(t) do r[#r + 1] = k end
              return table.concat(r, ' ')
            end
            local a, b = keys(1, 200, 1), keys(200, 1, -1)
            assert(a == b)
            return a:sub(1, 13)
            """
        #expect(try Host().text(script) == "key109 key112")
    }

    @Test func `entries may be removed while walking`() throws {
        let script = """
            local t = { 1, 2, 3, a = 1, b = 2, c = 3 }
            local seen = {}
            for k in pairs(t) do
              seen[#seen + 1] = tostring(k)
              t[k] = nil
              t.c = nil
            end
            for k in next, { 1, 2, x = 3 } do seen[#seen + 1] = tostring(k) end
            local u = { 1, 2, 3, x = 1 }
            for k in next, u do u[k] = nil seen[#seen + 1] = tostring(k) end
            assert(next(t) == nil and next(u) == nil)
            return table.concat(seen, ' ')
            """
        #expect(try Host().text(script) == "1 2 3 a b 1 2 x 1 2 3 x")
    }

    @Test func `keys without order are an error, one of them comes last`() throws {
        let host = try Host()
        #expect(
            try host.text(
                "local r = {} for k in pairs { [{}] = 1, a = 2 } do r[#r + 1] = type(k) end "
                    + "return table.concat(r, ' ')") == "string table")
        let message =
            "pairs: keys of type table have no order that is the same in every run; "
            + "use names, numbers or an array"
        #expect(try host.failure("for k in pairs { [{}] = 1, [{}] = 2 } do end").message == message)
        #expect(try host.failure("return next { [{}] = 1, [{}] = 2 }").message == message)
    }

    @Test func `__pairs is honoured`() throws {
        let script = """
            local t = setmetatable({}, { __pairs = function(t)
              return function(_, k) if not k then return 1, 'own' end end, t, nil
            end })
            local r
            for _, v in pairs(t) do r = v end
            return r
            """
        #expect(try Host().text(script) == "own")
    }

    @Test func `keys in Swift have the same order`() throws {
        let host = try Host()
        let table = try #require(try host.run("return { 'a', x = 1, [9] = 1, c = 2 }")[0].table)
        let keys = try table.keys()
        #expect(keys.map(\.kind) == [.integer, .integer, .string, .string])
        #expect(keys[1].integer == 9)
        #expect(keys.dropFirst(2).map(\.string) == ["c", "x"])
    }
}
