import Foundation
import LuaHost
import Testing

/// Ordinary pure-Lua libraries, as Debian packages them, unchanged in the sandbox.
@Suite struct LibraryTests {
    private static let stock = ["/usr/bin/lua5.4", "/usr/bin/lua"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static func path(_ module: String) -> String? {
        let file = module.replacingOccurrences(of: ".", with: "/")
        return ["5.4", "5.3"].lazy.flatMap { version in
            ["\(file).lua", "\(file)/init.lua"].map { "/usr/share/lua/\(version)/\($0)" }
        }.first { FileManager.default.fileExists(atPath: $0) }
    }

    private static let areThere =
        stock != nil
        && ["pl.utils", "inspect", "argparse", "dkjson", "luaunit"].allSatisfy { path($0) != nil }
    private static let absence: Comment =
        "left out: no lua5.4 with penlight, inspect, argparse, dkjson and luaunit; scripts/setup --dev"

    /// What a script prints in the sandbox, its libraries copied beside it.
    private func sandboxed(
        _ script: String, _ permissions: Permissions = .none
    ) throws -> String {
        let folder = NSTemporaryDirectory() + "apogee-libraries-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let state = try LuaState()
        var lines: [String] = []
        let sandbox = try Sandbox(
            state.context,
            resolver: { request in
                guard let source = LibraryTests.path(request.name) else { return nil }
                let copy = folder + "/" + request.name + ".lua"
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                if !FileManager.default.fileExists(atPath: copy) {
                    // Debian's are links between the versions of Lua.
                    let text = try String(contentsOfFile: source, encoding: .utf8)
                    try text.write(toFile: copy, atomically: true, encoding: .utf8)
                }
                return .module(
                    Sandbox.Module(chunk: .file(request.name + ".lua")) {
                        try String(contentsOfFile: copy, encoding: .utf8)
                    })
            }, permissions: permissions, print: { lines.append($0) })
        do {
            _ = try sandbox.run(
                script, chunk: .file("test.lua"), limits: LuaLimits(instructions: 100_000_000))
        } catch {
            lines.append("error: \(error)")
        }
        return lines.joined(separator: "\n")
    }

    /// What the same script prints under the stock interpreter.
    private func underStock(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(LibraryTests.stock))
        process.arguments = [
            "-e", "package.path = package.path .. ';/usr/share/lua/5.3/?.lua'", "-",
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(Data(script.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    @Test(
        .enabled(if: areThere, absence),
        arguments: [
            """
            local inspect = require 'inspect'
            local t = { 1, 'two', { x = 1, y = { true } }, [10] = 'ten', name = 'n', f = 1.5 }
            t.self = t
            print(inspect(t))
            print(inspect(setmetatable({ 1 }, { __index = { a = 1 } }), { depth = 2 }))
            print(inspect({ a = { b = 2 } }, { newline = '@', indent = '>>' }))
            print(inspect('a\\n"b\\0c'))
            """,
            """
            local json = require 'dkjson'
            print(json.encode({ 1, 2, { a = json.null } }))
            print(json.encode({ b = 2, a = 'x\\u{e9}"\\n' }, { indent = true, keyorder = { 'a', 'b' } }))
            local value, place, message = json.decode('{"a": [1, 2.5, "x\\\\u00e9"], "b": null}', 1, json.null)
            print(value.a[1], value.a[2], value.a[3], value.b == json.null, place, message)
            print(json.decode('[1, 2'))
            """,
            """
            local argparse = require 'argparse'
            local parser = argparse('tool', 'Does work.')
            parser:argument('input', 'A file.')
            parser:option('-n --number', 'How many.', 3):convert(tonumber)
            parser:flag('-v --verbose', 'Says more.')
            print(parser:get_usage())
            print(parser:get_help())
            local a = parser:parse { 'x.txt', '-n', '7', '-v' }
            print(a.input, a.number, a.verbose)
            print(parser:pparse { '--nope' })
            """,
            """
            local List = require 'pl.List'
            local tablex, stringx = require 'pl.tablex', require 'pl.stringx'
            local l = List { 3, 1, 2 }
            l:append(9):sort()
            print(l, l:map(function(x) return x * 2 end), l:slice(2, 3))
            print(tablex.deepcompare({ 1, { a = 2 } }, { 1, { a = 2 } }))
            print(stringx.join('-', stringx.split('a b  c')), stringx.strip('  x '))
            local OrderedMap = require 'pl.OrderedMap'
            local m = OrderedMap()
            m:set('z', 1) m:set('a', 2)
            print(m, table.concat(m:keys(), ','))
            local Set = require 'pl.Set'
            print(Set.len(Set { 1, 2 } + Set { 2, 3 }))
            local class = require 'pl.class'
            local A = class()
            function A:_init(x) self.x = x end
            function A:get() return self.x end
            local B = class(A)
            function B:get() return A.get(self) + 1 end
            print(B(4):get(), B(4):is_a(A))
            print(require('pl.pretty').write({ 1, 'x', { a = true } }))
            print((require('pl.template').substitute('$(x) and $(y)', { x = 1, y = 'z' })))
            local sip = require 'pl.sip'
            local r = {}
            print(sip.match('$v{k}=$i{n}', 'abc=12', r), r.k, r.n)
            for t, v in require('pl.lexer').scan('alpha = 2 + "x"') do print(t, v) end
            print(require('pl.seq').sum { 1, 2, 3 })
            print(#require('pl.permute').table { 1, 2, 3 })
            """,
        ])
    func `a library does the same as under the stock interpreter`(script: String) throws {
        let expected = try underStock(script)
        #expect(!expected.contains("stack traceback"), "\(expected)")
        let found = try sandboxed(script)
        #expect(found == expected)
    }

    @Test(.enabled(if: areThere, absence))
    func `luaunit says what it needs and runs when it is allowed`() throws {
        let script = """
            local unit = require 'luaunit'
            local tests = {}
            function tests.test_sum() unit.assertEquals(1 + 1, 2) end
            function tests.test_table() unit.assertEquals({ 1, { 2 } }, { 1, { 2 } }) end
            function tests.test_wrong() unit.assertEquals(1, 2) end
            local runner = unit.LuaUnit.new()
            runner:setOutputType('tap')
            runner:registerSuite()
            runner:internalRunSuiteByInstances({ { 'tests', tests } })
            print(runner.result.notSuccessCount)
            -- It forgets a `local`, which would be a variable of the whole program.
            print(select(2, pcall(runner.runSuiteByInstances, runner, {})))
            """
        let refused = try sandboxed(script)
        #expect(
            refused
                == "error: luaunit.lua:243: 'os.clock' is not available here: a clock would make "
                + "runs differ; --allow clock allows it", "\(refused)")
        let noRandom = try sandboxed(script, Permissions(clock: true))
        #expect(noRandom.contains("a library that must draw by itself needs --allow random"))
        let allowed = try sandboxed(script, Permissions(clock: true, random: true))
        #expect(allowed.contains("ok     1\ttests.test_sum"), "\(allowed)")
        #expect(allowed.contains("not ok 3\ttests.test_wrong"), "\(allowed)")
        let end =
            "\n1\nluaunit.lua:3429: assignment to undeclared variable 'testNames' (write 'local "
            + "testNames = ...' to declare it)"
        #expect(allowed.hasSuffix(end), "\(allowed)")
    }

    @Test(.enabled(if: areThere, absence))
    func `what a library may not do is refused with a reason`() throws {
        for (script, message) in [
            ("require('pl.pretty').read('{ 1 }')", "'debug.gethook' is not available here"),
            ("require('pl.utils').readfile('/etc/passwd')", "start with --allow read=DIR"),
            ("require('pl.utils').execute('ls')", "'os.execute' is not available here"),
            ("require('pl.path')", "pl.path requires LuaFileSystem"),
        ] {
            let output = try sandboxed(script)
            #expect(output.hasPrefix("error: ") && output.contains(message), "\(output)")
        }
    }
}
