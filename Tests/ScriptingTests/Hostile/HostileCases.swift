import Testing

/// A function that a plan holds and that does harm on its first call, and what its user is told.
struct HostileCase: Sendable, CustomTestStringConvertible {
    let point: String
    /// The function's body, on line 4.
    let body: String
    /// What the message holds after `test.lua:4: point: `.
    let message: String

    var testDescription: String { "\(point): \(body)" }

    init(_ body: String, _ message: String, at point: String = "mutation") {
        self.point = point
        self.body = body
        self.message = message
    }
}

private let endless = "stopped after 5,000,000 instructions: an endless loop? If not, raise"
private let full =
    "stopped at the memory limit of 134,217,728 bytes: keep less, or raise the limit"
private let deep = "stack overflow: a function calls itself without end"
private let barrier = "attempt to yield across a C-call boundary"

extension HostileCase {
    static let names: [HostileCase] = [
        HostileCase("leak = parent", "assignment to undeclared variable 'leak'"),
        HostileCase("_G.leak = parent", "assignment to undeclared variable 'leak'"),
        HostileCase("rawset(_G, 'leak', 1)", "rawset: a table of the host is read-only"),
        HostileCase("rawset(_ENV, 'print', 1)", "rawset: a table of the host is read-only"),
        HostileCase("_ENV.math = nil", "'math' is read-only: it belongs to the host"),
        HostileCase(
            "local _ENV = {} x = 1 print(x)", "attempt to call a nil value (global 'print')"),
        HostileCase("return load('leak = 1')()", "assignment to undeclared variable 'leak'"),
        HostileCase("return unpack({})", "(global 'unpack'): in Lua 5.4 it is table.unpack"),
        HostileCase("return paernt", "undeclared variable 'paernt'"),
        HostileCase("string.rep = nil", "'string' is read-only: it belongs to the host"),
        HostileCase("table.insert(math, 1)", "'math' is read-only: it belongs to the host"),
        HostileCase("table.move({ 1 }, 1, 1, 1, table)", "'table' is read-only"),
        HostileCase("space.size = 1", "space cannot be changed (field 'size')"),
        HostileCase("rng.integer = 1", "rng cannot be changed (field 'integer')"),
    ]

    static let escapes: [HostileCase] = [
        HostileCase("load(string.dump(print))", "'string.dump' is not available here"),
        HostileCase("assert(load('\\27Lua', 'x', 'b'))", "attempt to load a binary chunk"),
        HostileCase("assert(load('\\27Lua'))", "attempt to load a binary chunk"),
        HostileCase(
            "debug.getregistry()", "'debug.getregistry' is not available here: it can reach"),
        HostileCase("debug.setmetatable(parent, {})", "'debug.setmetatable' is not available here"),
        HostileCase("debug.sethook()", "'debug.sethook' is not available here"),
        HostileCase("debug.getupvalue(print, 1)", "'debug.getupvalue' is not available here"),
        HostileCase("debug.getinfo(1).func()", "attempt to call a nil value (field 'func')"),
        HostileCase("package.loadlib('libc.so.6', 'exit')", "native code can do anything"),
        HostileCase("package.loaded.x = 1", "'package.loaded' is read-only"),
        HostileCase("dofile('/etc/passwd')", "'dofile' is not available here: use `require`"),
        HostileCase("require('../secret')", "paths are not accepted"),
        HostileCase("require('nothing')", "module 'nothing' was not found"),
        HostileCase(
            "io.open('/etc/passwd')",
            "io.open: reading '/etc/passwd' is not allowed: by default, scripts cannot read files; "
                + "start with --allow read=DIR to allow a folder"),
        HostileCase(
            "io.open('x', 'w')",
            "io.open: writing 'x' is not allowed: by default, scripts cannot write files"),
        HostileCase("io.lines('/etc/passwd')", "io.lines: reading '/etc/passwd' is not allowed"),
        HostileCase(
            "io.popen('ls')", "'io.popen' is not available here: programs would run outside"),
        HostileCase("io.read()", "'io.read' is not available here: a run does not read from"),
        HostileCase(
            "os.execute('ls')", "'os.execute' is not available here: programs would run outside"),
        HostileCase("os.exit(0)", "'os.exit' is not available here: return from the script"),
        HostileCase(
            "os.remove('x')", "'os.remove' is not available here: scripts cannot delete files"),
        HostileCase(
            "os.time()",
            "'os.time' is not available here: a clock would make runs differ; --allow clock "
                + "allows it"),
        HostileCase("math.random()", "math.random would make runs differ: draw from the 'rng'"),
        HostileCase("collectgarbage('stop')", "'collectgarbage' is not available here"),
        HostileCase("return ('%p'):format(parent)", "format: '%p' is not allowed"),
    ]

    static let bombs: [HostileCase] = [
        HostileCase("return ('x'):rep(1 << 40)", "resulting string too large"),
        HostileCase("return ('x'):rep(1 << 29)", full),
        HostileCase("return ('x'):rep(1 << 20, ('y'):rep(1000))", full),
        HostileCase("return ('x'):rep(math.maxinteger, 'xx')", "resulting string too large"),
        HostileCase("local s = 'x' while true do s = s .. s end", full),
        HostileCase("local t = {} while true do t = { t, ('x'):rep(1e6) } end", full),
        HostileCase("local t = {} for i = 1, math.huge do t[i] = ('x'):rep(1e6) end", full),
        HostileCase("local t = table.pack(table.unpack({}, 1, 1e8))", "too many results to unpack"),
        HostileCase("return (('x'):rep(1 << 20)):gsub('', ('y'):rep(1000))", endless),
        HostileCase("return ('%99999d'):format(1)", "invalid conversion"),
        HostileCase(
            "return table.concat(setmetatable({}, { __len = function() return 1 << 60 end }))",
            endless),
        HostileCase("(('a'):rep(500)):find(('a*'):rep(50) .. 'b')", endless),
        HostileCase("(('a'):rep(1e5)):gsub('.-.-.-b', '')", endless),
        HostileCase("return ('x'):find(('('):rep(40))", "too many captures"),
        HostileCase("return ('x'):find('[a')", "malformed pattern (missing ']')"),
        HostileCase("return ('x'):gsub('x', '%9')", "invalid capture index %9"),
        HostileCase("return (('('):rep(1e5)):find('%b()')", endless),
        HostileCase("assert(load(('('):rep(300) .. '1' .. (')'):rep(300)))", "overflow"),
        HostileCase(
            "assert(load('return ' .. ('{'):rep(1e4) .. ('}'):rep(1e4)))", "overflow"),
    ]

    static let loops: [HostileCase] =
        ["mutation", "crossover", "paths", "schedule", "objectives", "sampler"].map {
            HostileCase("while true do end", endless, at: $0)
        } + [
            HostileCase("while true do pcall(error, 'x') end", endless),
            HostileCase("while true do pcall(function() while true do end end) end", endless),
            HostileCase(
                "xpcall(function() while true do end end, function() while true do end end)",
                endless),
            HostileCase(
                "local t = {} for i = 1, 9999 do t['k' .. i] = i end "
                    + "while true do for k in pairs(t) do t[k] = k end end", endless),
            HostileCase(
                "for k in pairs(setmetatable({}, { __pairs = function() "
                    + "return function() return 1 end end })) do end", endless),
            HostileCase(
                "local t = {} for i = 1, 9e3 do t['k' .. i] = 1 end "
                    + "local k while true do k = next(t, k) end", endless),
            HostileCase("for _ in next, {}, nil do end repeat until false", endless),
            HostileCase("goto again ::again:: goto again", endless),
            HostileCase("local f f = function() return f() end f()", endless),
            HostileCase(
                "local t = { 3, 2, 1 } while true do table.sort(t, function() return true end) "
                    + "end", endless),
            HostileCase("table.sort({ 1, 2, 3 }, function() while true do end end)", endless),
            HostileCase("('x'):gsub('.', function() while true do end end)", endless),
            HostileCase(
                "return tostring(setmetatable({}, { __tostring = function() while true do end "
                    + "end }))", endless),
            HostileCase(
                "local x <close> = setmetatable({}, { __close = function() while true do end "
                    + "end })", endless),
            HostileCase("load(function() return ' ' end)", endless),
        ]

    static let recursion: [HostileCase] = [
        HostileCase("local function f() return 1 + f() end f()", deep),
        HostileCase(
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) "
                + "return t[k] + 1 end return t.x", deep),
        HostileCase(
            "local mt = {} mt.__index = setmetatable({}, mt) "
                + "return setmetatable({}, mt).x", "'__index' chain too long; possible loop"),
        HostileCase(
            "local t = setmetatable({}, {}) getmetatable(t).__eq = function(a, b) "
                + "return a == b and 1 end return t == setmetatable({}, getmetatable(t))", deep),
        HostileCase("local function f(x) return (x:gsub('x', f)) end f('x')", deep),
        HostileCase("local function f() return coroutine.wrap(f)() end f()", deep),
        HostileCase("local function f() table.sort({ 1, 2 }, f) end f()", deep),
        HostileCase("local function f() xpcall(error, f) end f() while true do end", endless),
        HostileCase("local t = {} t[1] = t return t", "entry 1 is a table"),
    ]

    static let coroutines: [HostileCase] = [
        HostileCase("coroutine.yield(parent)", "attempt to yield from outside a coroutine"),
        HostileCase(
            "return coroutine.wrap(function() return coroutine.yield() end)()",
            "expected a genotype, found nil; return the child"),
        HostileCase("return coroutine.create(print)", "expected a genotype, found a coroutine"),
        HostileCase(
            "coroutine.wrap(function() table.sort({ 1, 2 }, coroutine.yield) end)()", barrier),
        HostileCase("coroutine.wrap(function() ('x'):gsub('x', coroutine.yield) end)()", barrier),
        HostileCase("coroutine.wrap(function() load(coroutine.yield) end)()", barrier),
        HostileCase(
            "coroutine.wrap(function() for _ in pairs(setmetatable({}, "
                + "{ __pairs = coroutine.yield })) do end end)()", barrier),
        HostileCase("coroutine.wrap(function() while true do end end)()", endless),
        HostileCase(
            "while true do coroutine.resume(coroutine.create(function() while true do end "
                + "end)) end", endless),
        HostileCase("local t = {} while true do t[#t + 1] = coroutine.create(print) end", endless),
        HostileCase(
            "local co co = coroutine.wrap(function() co() end) co()",
            "cannot resume non-suspended coroutine"),
        HostileCase(
            "coroutine.close(coroutine.running())",
            "cannot close a running or normal coroutine"),
        HostileCase(
            "local co = coroutine.wrap(error) pcall(co) co()", "cannot resume dead coroutine"),
        HostileCase(
            "local c = coroutine.create(function() local x <close> = setmetatable({}, "
                + "{ __close = function() while true do end end }) coroutine.yield() end) "
                + "coroutine.resume(c) coroutine.close(c)", endless),
    ]

    static let metatables: [HostileCase] = [
        HostileCase(
            "setmetatable({}, { __gc = function() while true do end end })",
            "setmetatable: '__gc' is not allowed"),
        HostileCase("setmetatable({}, { __mode = 'k' })", "setmetatable: '__mode' is not allowed"),
        HostileCase(
            "local m = {} local t = setmetatable({}, m) m.__mode = 'k' pairs(t)",
            "pairs: a table with '__mode' holds what the collector leaves of it"),
        HostileCase("getmetatable('').__index = nil", "attempt to index a boolean value"),
        HostileCase("getmetatable(parent).__index = nil", "attempt to index a boolean value"),
        HostileCase("setmetatable(parent, {})", "table expected, got genotype"),
        HostileCase("setmetatable(string, {})", "cannot change a protected metatable"),
        HostileCase("setmetatable(_ENV, nil)", "cannot change a protected metatable"),
        HostileCase("rawget(parent, 1)", "table expected, got genotype"),
        HostileCase(
            "return setmetatable({}, { __index = parent })",
            "child has 0 genes, the space has 16"),
        HostileCase(
            "return setmetatable({}, { __len = function() return 1 << 60 end })",
            "child has 0 genes, the space has 16"),
        HostileCase(
            "return setmetatable({}, { __name = parent, __len = error })",
            "child has 0 genes, the space has 16"),
        HostileCase("return parent + 1", "attempt to perform arithmetic on a genotype value"),
        HostileCase("return parent.copy(rng)", "copy: expected genotype before the colon, found"),
        HostileCase(
            "for k in pairs({ [{}] = 1, [{}] = 2 }) do end",
            "pairs: keys of type table have no order that is the same in every run"),
    ]

    static let errors: [HostileCase] = [
        HostileCase("error()", "an error without a message (the error value is nil)"),
        HostileCase("error({})", "an error value: table: "),
        HostileCase("error({ message = 'told' })", "told"),
        HostileCase("error(parent)", "an error value: normal: "),
        HostileCase("error(print)", "an error value: function: built in"),
        HostileCase("error(0 / 0)", "an error value: "),
        HostileCase(
            "error(setmetatable({}, { __tostring = error }))",
            "an error value without readable text"),
        HostileCase(
            "error(setmetatable({}, { __tostring = function() while true do end end }))",
            "an error value without readable text"),
        HostileCase(
            "error(setmetatable({}, { __index = function() while true do end end }))",
            "an error value: table: "),
        HostileCase("coroutine.wrap(function() error({ message = 'inner' }) end)()", "inner"),
        HostileCase("coroutine.wrap(function() error() end)()", "an error without a message"),
        HostileCase("error('a\\0b', 0)", "a\0b"),
        HostileCase("error(('x'):rep(100))", String(repeating: "x", count: 100)),
        HostileCase("error('\\xff\\xfe')", "\u{FFFD}"),
        HostileCase(
            "local x <close> = setmetatable({}, { __close = function() error('closing') end }) "
                + "error('body')", "closing"),
    ]

    static let results: [HostileCase] = [
        HostileCase("return 'paths'", "expected a genotype, found a string", at: "paths"),
        HostileCase("return { 1 }", "path has 1 genes, the space has 16", at: "paths"),
        HostileCase(
            "return nil", "expected a genotype, found nil; return the child", at: "crossover"),
        HostileCase("return a, b, {}, function() end and nil", "no error", at: "crossover"),
        HostileCase("return 1", "expected a table of settings, found an integer", at: "schedule"),
        HostileCase("return { inner_steps = 0 / 0 }", "schedule.inner_steps", at: "schedule"),
        HostileCase("return { inner_steps = print }", "schedule", at: "schedule"),
        HostileCase("local t = {} t.paths = t return t", "schedule", at: "schedule"),
        HostileCase("p.update = 0", "'progress' is read-only", at: "schedule"),
        HostileCase("return 0 / 0", "expected a finite number, found ", at: "objectives"),
        HostileCase("return -math.huge", "expected a finite number, found -inf", at: "objectives"),
        HostileCase("return {}", "expected a number, found a table", at: "objectives"),
        HostileCase("s.query_error = 0", "'subnet' is read-only", at: "objectives"),
        HostileCase("s.genotype[1] = 0", "a parent is read-only", at: "objectives"),
        HostileCase(
            "return 1", "expected { classes = …, support = …, query = … }, found an integer",
            at: "sampler"),
        HostileCase(
            "return { classes = { 1, 1 }, support = {}, query = {} }", "are both 1",
            at: "sampler"),
        HostileCase(
            "return { classes = { 0, 5 }, support = {}, query = {} }", "classes[1] is 0",
            at: "sampler"),
        HostileCase(
            "return { classes = { 1, 2 }, support = { { 9 }, { 1 } }, query = { { 1 }, { 1 } } }",
            "support[1][1] is 9", at: "sampler"),
        HostileCase("table.remove(dataset.classes)", "'classes' is read-only", at: "sampler"),
        HostileCase("dataset.classes[1].examples = 99", "'class' is read-only", at: "sampler"),
        HostileCase("return rng", "expected a genotype, found rng"),
        HostileCase("return { [1] = 0, [3] = 0 }", "child has 1 genes"),
        HostileCase("return { 0.5 }", "child: expected an array of integers, entry 1 is a number"),
        HostileCase("local c = parent:copy() c[3] = 1 << 62 return c", "genotype: gene 3"),
        HostileCase("parent[1] = 0", "genotype: a parent is read-only"),
        HostileCase("rng:sample(1 << 40, 1 << 39)", "sample: "),
        HostileCase("rng:integer(math.mininteger, math.maxinteger)", "is too wide"),
        HostileCase(
            "return rng:choice(setmetatable({}, { __len = function() return 1 << 60 end }))",
            "choice: "),
    ]

    static let all =
        names + escapes + bombs + loops + recursion + coroutines + metatables + errors
        + results.filter { $0.message != "no error" }
}
