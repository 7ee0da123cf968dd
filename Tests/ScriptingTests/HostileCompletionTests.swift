import LuaHost
import Scripting
import Testing

/// Values that are made to catch a completion that runs code, or that does not end.
@Suite struct HostileCompletionTests {
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

    @Test func `no metamethod is called`() throws {
        try run(
            "calls = 0",
            "trap = function() calls = calls + 1; error('called') end",
            """
            t = setmetatable({ plain = { x = 1 } }, { __index = trap, __newindex = trap, \
            __call = trap, __pairs = trap, __len = trap, __tostring = trap, __eq = trap, \
            __metatable = false, __name = 'secret', __close = trap })
            """)
        #expect(candidates("t.") == ["plain"])
        #expect(candidates("t.plain.") == ["x"])
        #expect(candidates("t.absent.x") == [])
        #expect(candidates("t:") == [])
        #expect(try prompt.take("calls") == ["0"])
    }

    @Test func `an index that is a table is walked, a function ends the way`() throws {
        try run(
            "base = { greet = function() end, size = 1 }",
            "middle = setmetatable({ own = 2 }, { __index = base })",
            "object = setmetatable({ name = 'n' }, { __index = middle })",
            "cut = setmetatable({ here = 1 }, { __index = function() return base end })")
        #expect(candidates("object.") == ["greet", "name", "own", "size"])
        #expect(candidates("object:") == ["greet"])
        #expect(candidates("cut.") == ["here"])
        try run("named = setmetatable({}, { __index = 'a string' })")
        #expect(candidates("named:up") == ["upper"], "Lua looks in the string as well")
    }

    @Test func `an index that comes back to itself ends`() throws {
        try run(
            "a = { first = 1 }", "b = setmetatable({ second = 2 }, { __index = a })",
            "setmetatable(a, { __index = b })", "own = { third = 3 }",
            "setmetatable(own, { __index = own })")
        #expect(candidates("a.") == ["first", "second"])
        #expect(candidates("a.absent.x") == [])
        #expect(candidates("own.") == ["third"])
        try run("ring = { name = 'r' }", "ring.ring = ring")
        #expect(candidates("ring.ring.ring.ring.na") == ["name"])
    }

    @Test func `a chain that is too long ends`() throws {
        try run(
            "chain = { at_the_end = 1 }",
            "for i = 1, 5000 do chain = setmetatable({}, { __index = chain }) end")
        #expect(candidates("chain.at") == [])
        #expect(candidates("chain.absent.x") == [])
    }

    @Test func `keys that are no names are left out`() throws {
        try run(
            """
            t = { ok = 1, _ok2 = 1, ["two words"] = 1, ["1st"] = 1, [""] = 1, ["end"] = 1, \
            ["dé"] = 1, ["a\\0b"] = 1, ["a\\nb"] = 1, ["\\xff\\xfe"] = 1, ["\\27[31m"] = 1, \
            [1] = 1, [2.5] = 1, [true] = 1, [print] = 1, [{}] = 1, [{}] = 2, [apogee] = 1 }
            """, "t[('x'):rep(101)] = 1", "t[('y'):rep(100)] = 1")
        #expect(candidates("t.") == ["_ok2", "ok", String(repeating: "y", count: 100)])
        #expect(try prompt.take("t[1], t[2.5]") == ["1", "1"], "keys stay what they were")
    }

    @Test func `a table that is too large says so, and nothing is written for it`() throws {
        try run(
            "large = {}", "for i = 1, 20000 do large['name_' .. i] = i end", "large.other = 1")
        let many = prompt.completion(before: "large.na")
        #expect(!many.isComplete && many.candidates.count <= 10_000 && many.insertion == "")
        let all = prompt.completion(before: "large.o")
        #expect(all.isComplete && all.candidates == ["other"])
        #expect(prompt.completion(before: "large.name_1999").isComplete)
        #expect(prompt.completion(before: "large.name_1999").candidates.count == 11)
        try run("numbers = {}", "for i = 1, 1100000 do numbers[i] = i end", "numbers.last = 1")
        #expect(!prompt.completion(before: "numbers.la").isComplete)
    }

    @Test func `the session is as it was after a completion`() throws {
        try run("t = setmetatable({}, { __index = { a = 1 } })", "for i = 1, 2 do")
        for text in ["t.", "t.zzz.q", "zzz", "_G.", "require 'x", "t[1].x", "apogee.tensor."] {
            _ = prompt.completion(before: text)
        }
        #expect(prompt.isOpen)
        try run("end")
        #expect(try prompt.take("next(t)") == ["nil"])
        #expect(try prompt.take("rawget(_G, 'zzz')") == ["nil"])
        #expect(throws: (any Error).self) { try prompt.take("zzz") }
    }

    @Test func `any text before the cursor is survived`() throws {
        try run("t = { a = 1 }")
        let pieces = [
            "t", ".", ":", "[", "]", "(", ")", "\"", "'", "\\", "[[", "]]", "[=", "--", "\n", "1",
            "0x", "e", "é", "\u{0}", "require", " ", "local", "function", "=", "..", "::", "{",
        ]
        // Every text of three pieces, after a beginning that is a value.
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let text = "t" + first + second + third
                    let completion = prompt.completion(before: text)
                    #expect(
                        completion.candidates.allSatisfy { $0.hasPrefix(completion.beginning) })
                }
            }
        }
        #expect(try prompt.take("t.a") == ["1"])
    }

    @Test func `a user's metatable of the session itself calls nothing`() throws {
        try run(
            "hits = 0",
            "setmetatable(_ENV, { __index = function(_, k) rawset(_ENV, 'hits', 1) end })")
        #expect(candidates("hit") == ["hits"])
        #expect(candidates("unknown_thing.x") == [])
        #expect(try prompt.take("hits") == ["0"])
    }
}
