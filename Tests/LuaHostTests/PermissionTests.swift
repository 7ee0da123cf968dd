import Foundation
import LuaHost
import Testing

@Suite struct PermissionTests {
    /// A folder `in` with files, beside one that nobody may read.
    private final class Places {
        let root = NSTemporaryDirectory() + "apogee-permissions-\(UUID().uuidString)"

        init() throws {
            for folder in ["/in", "/out", "/secret"] {
                try FileManager.default.createDirectory(
                    atPath: root + folder, withIntermediateDirectories: true)
            }
            try Data("one\ntwo 2.5\n\nlast".utf8).write(
                to: URL(fileURLWithPath: root + "/in/a.txt"))
            try Data("hidden".utf8).write(to: URL(fileURLWithPath: root + "/secret/b.txt"))
            try FileManager.default.createSymbolicLink(
                atPath: root + "/in/link.txt", withDestinationPath: root + "/secret/b.txt")
        }

        deinit { try? FileManager.default.removeItem(atPath: root) }

        func run(
            _ script: String, _ permissions: Permissions? = nil
        ) throws -> (values: [LuaValue], complaint: String, lines: [String]) {
            let state = try LuaState()
            var lines: [String] = []
            let allowed =
                permissions ?? Permissions(read: [root + "/in"], write: [root + "/out"])
            let sandbox = try Sandbox(state.context, permissions: allowed) { lines.append($0) }
            do {
                let values = try sandbox.run(
                    script.replacingOccurrences(of: "ROOT", with: root), chunk: .file("test.lua"))
                return (values, "", lines)
            } catch {
                return ([], "\(error)".replacingOccurrences(of: root, with: "ROOT"), lines)
            }
        }
    }

    @Test func `permissions are read from their text and listed in order`() throws {
        let permissions = try Permissions(parsing: ["random,read=a", "write=b=c,clock"])
        #expect(permissions.list == ["read=a", "write=b=c", "clock", "random"])
        #expect(Permissions.none.list.isEmpty)
        let wrong = [
            ("raed=a", "expected read=DIR, write=DIR, clock or random, found 'raed'"),
            ("", "expected read=DIR, write=DIR, clock or random, found nothing"),
            ("read", "'read' needs a folder, as in read=DIR"),
            ("write=", "'write' needs a folder, as in write=DIR"),
            ("clock=1", "'clock' takes no value"),
        ]
        for (text, message) in wrong {
            let error = #expect(throws: PermissionError.self) {
                try Permissions(parsing: [text])
            }
            #expect(error?.description == message)
        }
    }

    @Test func `files of an allowed folder are read as in plain Lua`() throws {
        let script = """
            local f = assert(io.open('ROOT/in/a.txt'))
            assert(io.type(f) == 'file' and f:read() == 'one' and f:read(4) == 'two ')
            assert(f:read('n') == 2.5 and f:read('L') == '\\n' and f:read('l') == '')
            assert(f:seek() == 13 and f:read('a') == 'last' and f:read('a') == '' and not f:read())
            assert(f:seek('set', 1) == 1 and f:read('*l') == 'ne')
            assert(f:close() and io.type(f) == 'closed file' and io.type(3) == nil)
            local n = 0
            for line in io.lines('ROOT/in/a.txt') do n = n + #line end
            local none, message, code = io.open('ROOT/in/none.txt')
            assert(none == nil and message:find('No such file or directory$') and code == 2)
            assert(not io.open('ROOT/in'))
            return n
            """
        let (values, complaint, _) = try Places().run(script)
        #expect(values.first?.integer == 14, "\(complaint)")
    }

    @Test func `files are written to an allowed folder, and read again`() throws {
        let script = """
            local f = assert(io.open('ROOT/out/x.txt', 'w'))
            f:write('a', 1, '\\n'):write('\\xff')
            f:close()
            f = assert(io.open('ROOT/out/x.txt', 'ab'))
            f:write('z')
            f:close()
            return io.open('ROOT/out/x.txt', 'rb'):read('a') == 'a1\\n\\xffz'
            """
        let (values, complaint, _) = try Places().run(script)
        #expect(values.first?.boolean == true, "\(complaint)")
    }

    @Test(arguments: [
        ("io.open('ROOT/secret/b.txt')", "reading 'ROOT/secret/b.txt' is not allowed"),
        ("io.open('ROOT/in/link.txt')", "reading 'ROOT/in/link.txt' is not allowed"),
        ("io.open('ROOT/in/../secret/b.txt')", "is not allowed"),
        ("io.open('ROOT/in/..')", "is not allowed"),
        ("io.open('ROOT/in2/b.txt')", "is not allowed"),
        ("io.open('ROOT/in/a.txt', 'w')", "writing 'ROOT/in/a.txt' is not allowed"),
        ("io.open('ROOT/in/a.txt\\0')", "is not allowed"),
        ("io.open('ROOT/in/a.txt', 'r+')", "expected mode \"r\", \"w\" or \"a\", found \"r+\""),
        ("io.open('ROOT/in/a.txt'):write('x')", "'ROOT/in/a.txt' is open for reading only"),
        ("io.open('ROOT/out/y', 'w'):read()", "'ROOT/out/y' is open for writing only"),
        ("local f = io.open('ROOT/in/a.txt') f:close() f:read()", "read: the file is closed"),
        ("io.open('ROOT/in/a.txt'):read('x')", "expected \"l\", \"L\", \"a\", \"n\" or a number"),
        ("io.open('ROOT/in/a.txt'):seek('set', -1)", "seek: expected a place from 0 to 17"),
        ("io.open('ROOT/in/a.txt'):seek('end', math.maxinteger)", "seek: expected a place"),
        ("io.lines('ROOT/in/none')", "No such file or directory"),
    ])
    func `what permissions do not cover is refused with a reason`(
        script: String, message: String
    ) throws {
        let complaint = try Places().run(script).complaint
        #expect(complaint.hasPrefix("test.lua:1: "), "\(complaint)")
        #expect(complaint.contains(message), "\(complaint)")
    }

    @Test func `a refusal says how to allow it`() throws {
        let complaint = try Places().run("io.open('x')", Permissions.none).complaint
        #expect(
            complaint
                == "test.lua:1: io.open: reading 'x' is not allowed: by default, scripts "
                + "cannot read files; start with --allow read=DIR to allow a folder")
    }

    @Test func `clock and random are given by name`() throws {
        let permissions = Permissions(clock: true, random: true)
        let script = """
            assert(os.time() > 1e9 and os.clock() >= 0 and os.date('%Y', 0) == '1970')
            math.randomseed(7)
            local a = math.random(1000)
            math.randomseed(7)
            return a == math.random(1000)
            """
        let (values, complaint, _) = try Places().run(script, permissions)
        #expect(values.first?.boolean == true, "\(complaint)")
        // Unseeded, it draws the same in every run.
        let draws = try (0..<2).map { _ in
            try Places().run("return math.random()", permissions).values.first?.number
        }
        #expect(draws[0] != nil && draws[0] == draws[1])
    }

    @Test func `warnings are shown from the moment they are asked for`() throws {
        let lines = try Places().run("warn('a') warn('@on') warn('b', 'c') warn('@off') warn('d')")
            .lines
        #expect(lines == ["Lua warning: bc"])
    }

    @Test func `standard streams are shown line by line`() throws {
        let lines = try Places().run(
            "io.write('a', 1) print('b') io.stdout:write('c\\nd\\n', 'e'):flush()"
                + " io.stderr:write('f\\n')"
        ).lines
        #expect(lines == ["a1b", "c", "d", "e", "f"])
    }

    @Test func `libraries find the names of plain Lua`() throws {
        let script = """
            local os, io, debug = os, io, require 'debug'
            os.exit = function() return 'mine' end
            assert(os.exit() == 'mine' and require('os').exit ~= os.exit)
            assert(package.config:sub(1, 1) == '/' and not package.loaded.x)
            assert(_G.print == print and rawget(_G, 'arg') == nil and _G.nothing == nil)
            assert(require 'string' == string and os.getenv('HOME') == nil)
            assert(debug.traceback('x', 1):find('^x\\nstack traceback:'))
            local here = debug.getinfo(1, 'Sl')
            assert(here.short_src == 'test.lua' and here.currentline == 8 and not here.func)
            assert(debug.getmetatable('') == false and _G._G == _G)
            local n = 0
            for name in pairs(_G) do n = n + #name end
            return n > 100
            """
        let (values, complaint, _) = try Places().run(script)
        #expect(values.first?.boolean == true, "\(complaint)")
    }
}
