import LuaHost
import Testing

/// The matcher is our own, so it is held against the answers of the reference manual and of the
/// stock library of Lua 5.4.4 (each expected value below was printed by `lua5.4`).
@Suite struct PatternTests {
    @Test(arguments: [
        (#"('hello world'):find('o w')"#, "5 7"),
        (#"('hello'):find('l')"#, "3 3"),
        (#"('hello'):find('')"#, "1 0"),
        (#"('hello'):find('', 6)"#, "6 5"),
        (#"('hello'):find('', 7)"#, "nil"),
        (#"('hello'):find('xyz')"#, "nil"),
        (#"('a.b'):find('.', 2, true)"#, "2 2"),
        (#"('hello'):find('l+')"#, "3 4"),
        (#"('hello'):find('(h)(e)()')"#, "1 2 h e 3"),
        (#"('hello'):find('l', -2)"#, "4 4"),
        (#"('key = value'):match('(%w+)%s*=%s*(%w+)')"#, "key value"),
        (#"('  trim  '):match('^%s*(.-)%s*$')"#, "trim"),
        (#"('2024-01-31'):match('(%d+)-(%d+)-(%d+)')"#, "2024 01 31"),
        (#"('THE (quick) fox'):find('%((%a+)%)')"#, "5 11 quick"),
        (#"('f(a(b)c)d'):match('%b()')"#, "(a(b)c)"),
        (#"('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)"#, "the (quick) fox 3"),
        (#"('hello'):match('[^aeiou]+', 3)"#, "ll"),
        (#"('x]y'):match('[]]')"#, "]"),
        (#"('x-y'):match('[a-]')"#, "-"),
        (#"('x^y'):match('[x^]+')"#, "x^"),
        (#"('abab'):match('(ab)%1')"#, "ab"),
        (#"('aaa'):match('a-')"#, ""),
        (#"('aaab'):match('a-b')"#, "aaab"),
        (#"('ab'):match('a?b?c?')"#, "ab"),
        (#"('a$'):match('a$')"#, "nil"),
        (#"('a$b'):match('a$b')"#, "a$b"),
        (#"('hello world'):gsub('o', '0')"#, "hell0 w0rld 2"),
        (#"('hello world'):gsub('o', '0', 1)"#, "hell0 world 1"),
        (#"('hello'):gsub('', '-')"#, "-h-e-l-l-o- 6"),
        (#"('abc'):gsub('%w', '%0%0')"#, "aabbcc 3"),
        (#"('abc def'):gsub('(%w+) (%w+)', '%2 %1')"#, "def abc 1"),
        (#"('$name is $age'):gsub('%$(%w+)', { name = 'A', age = 4 })"#, "A is 4 2"),
        (#"('abc'):gsub('%w', { b = false })"#, "abc 3"),
        (#"('abc'):gsub('%w', function(c) if c == 'b' then return 'X' end end)"#, "aXc 3"),
        (#"('abc'):gsub('^a', 'x')"#, "xbc 1"),
        (#"('aaa'):gsub('^a', 'x')"#, "xaa 1"),
        (#"('abc'):gsub('b*', '-')"#, "-a-c- 3"),
        (#"('a\0b'):find('%z')"#, "2 2"),
        (#"('a\0b'):find('\0')"#, "2 2"),
        (#"('a\0b'):match('[\0]b') == '\0b'"#, "true"),
        (#"('x'):rep(3):gsub('x', '%%')"#, "%%% 3"),
        (#"('äö'):gsub('[\x80-\xff]', '?')"#, "???? 4"),
        (#"('0x1F'):match('^0[xX](%x+)$')"#, "1F"),
        (#"('a,b,,c'):gsub(',', ';')"#, "a;b;;c 3"),
    ])
    func `patterns answer as in the stock library`(expression: String, expected: String) throws {
        let host = try Host()
        let results = try host.run("return \(expression)")
        let texts = try results.map { value in
            try host.context.push(value)
            defer { host.context.pop() }
            return try host.context.text(at: -1)
        }
        #expect(texts.joined(separator: " ") == expected)
    }

    @Test func `gmatch gives every match once`() throws {
        let script = """
            local r = {}
            for k, v in ('a=1, b=2, c=3'):gmatch('(%w+)=(%w+)') do r[#r + 1] = k .. v end
            for w in ('one two'):gmatch('%a+') do r[#r + 1] = w end
            for p in ('abc'):gmatch('()') do r[#r + 1] = p end
            for w in ('abc'):gmatch('%a', 2) do r[#r + 1] = w end
            for w in ('^a^a'):gmatch('^a') do r[#r + 1] = w end
            return table.concat(r, ' ')
            """
        #expect(try Host().text(script) == "a1 b2 c3 one two 1 2 3 4 b c ^a ^a")
    }

    @Test(arguments: [
        ("('x'):find('[a')", "malformed pattern (missing ']')"),
        ("('x'):find('%')", "malformed pattern (ends with '%')"),
        ("('x'):find('%b')", "malformed pattern (missing arguments to '%b')"),
        ("('x'):find('%f')", "missing '[' after '%f' in pattern"),
        ("('x'):find('(x')", "unfinished capture"),
        ("('x'):find('x)')", "invalid pattern capture"),
        ("('x'):find('%1')", "invalid capture index %1 in pattern"),
        ("('x'):gsub('x', '%2')", "invalid capture index %2 in replacement string"),
        ("('x'):gsub('x', '%')", "invalid use of '%' in replacement string"),
        ("('x'):gsub('x', function() return {} end)", "invalid replacement value (a table)"),
        ("('x'):find(('()'):rep(40))", "too many captures"),
        ("('x'):find(('x?'):rep(500))", "pattern too long (most: 400 items)"),
        ("('x'):find()", "bad argument #1 to 'find' (string expected, got no value)"),
    ])
    func `a malformed pattern says what is wrong`(script: String, message: String) throws {
        #expect(try Host().failure(script).message == message)
    }
}
