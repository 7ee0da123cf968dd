import LuaHost
import Scripting
import Testing

@Suite struct PromptTests {
    @Test func `each statement is told of once, whole, before it runs or is refused`() throws {
        var events: [String] = []
        let prompt = try Prompt(plugins: .none) { events.append("printed " + $0) }
        prompt.onStatement = { events.append($0) }
        for line in ["print(1)", "for i = 1, 1 do", "  print(i)", "end", "", "  ", "1 +", ""] {
            _ = try? prompt.take(line)
        }
        #expect(
            events == [
                "print(1)", "printed 1", "for i = 1, 1 do\n  print(i)\nend", "printed 1", "1 +\n",
            ])
    }

    @Test func `a statement of several lines may come at once`() throws {
        let prompt = try Prompt(plugins: .none) { _ in }
        #expect(try prompt.take("x = 0\nfor i = 1, 4 do\n  x = x + i\nend") == [])
        #expect(try prompt.take("x") == ["10"])
    }

    @Test func `an expression may go over several lines as well`() throws {
        let prompt = try Prompt(plugins: .none) { _ in }
        for line in ["{ 1,", "2,"] { #expect(try prompt.take(line) == [] && prompt.isOpen) }
        #expect(try prompt.take("3 }") == ["{ 1, 2, 3 }"])
        for line in ["1 +", "math.max(", "  2,"] { #expect(try prompt.take(line) == []) }
        #expect(try prompt.take("5)") == ["6"])
        #expect(try prompt.take("1 +") == [])
        #expect {
            try prompt.take("")
        } throws: {
            "\($0)".hasSuffix("unexpected symbol near <eof>")
        }
        #expect(try prompt.take("[[ one") == [])
        #expect(try prompt.take("two ]]") == ["\" one\\\ntwo \""])
    }

    @Test func `a statement that is dropped leaves nothing`() throws {
        let prompt = try Prompt(plugins: .none) { _ in }
        #expect(try prompt.take("if true then") == [])
        prompt.drop()
        #expect(try prompt.take("1 + 1") == ["2"])
    }

    @Test func `a tensor shows its shape and values`() throws {
        let prompt = try Prompt(plugins: .none) { _ in }
        #expect(
            try prompt.take("apogee.tensor.ones({ 2, 3 })")
                == ["tensor [2, 3] { { 1.0, 1.0, 1.0 }, { 1.0, 1.0, 1.0 } }"])
        #expect(
            try prompt.take("{ apogee.tensor.scalar(2) }") == ["{ 2.0 }"])
    }
}
