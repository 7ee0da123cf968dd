import Methods
import Components
import Supernets
import Evolution
import Experiments
import Foundation
import LuaHost
import Randomness
import Scripting
import SearchSpaces
import Testing

/// Random programs over what callbacks are given and the libraries, with wild arguments: each ends
/// in a value or in one error of a script's line, and never in a trap.
@Suite struct BoundaryFuzzTests {
    private static let isLong = ProcessInfo.processInfo.environment["APOGEE_SLOW_TESTS"] == "1"

    private static let values = [
        "nil", "true", "0", "1", "-1", "16", "17", "3.5", "0/0", "1/0", "-1/0", "1 << 62",
        "math.mininteger", "math.maxinteger", "''", "'x'", "'16'", "'\\0\\xff'", "('x'):rep(1000)",
        "{}", "{ 1, 2, 3 }", "{ { 1 }, a = 2 }", "print", "parent", "rng", "space", "child",
        "function(...) return ... end", "function() error({}) end", "coroutine.create(print)",
        "setmetatable({}, { __index = function(_, k) return k end })",
        "setmetatable({}, { __len = function() return 1 << 60 end })", "_ENV", "_G", "math",
        "io.stdout", "debug", "select('#')", "x", "y",
    ]
    private static let targets = [
        "parent", "child", "rng", "space", "math", "string", "table", "utf8", "coroutine", "io",
        "os", "debug", "package", "x", "y", "('x')",
    ]
    private static let members = [
        "copy", "options", "integer", "uniform", "normal", "chance", "choice", "sample", "shuffle",
        "split", "size", "parse", "text", "repair", "validate", "rep", "format", "gsub", "find",
        "gmatch", "byte", "sub", "pack", "unpack", "concat", "insert", "remove", "sort", "move",
        "char", "codepoint", "wrap", "resume", "create", "close", "open", "lines", "write", "type",
        "getinfo", "traceback", "time", "getenv", "floor", "tointeger", "random", "fmod", "huge",
    ]
    private static let functions = [
        "pairs", "ipairs", "next", "pcall", "xpcall", "select", "tostring", "tonumber", "rawget",
        "rawset", "rawlen", "setmetatable", "getmetatable", "load", "require", "error", "assert",
        "warn", "type",
    ]

    private func expression(_ rng: inout RandomStream, _ depth: Int) -> String {
        guard depth > 0, rng.chance(0.6) else { return rng.choice(Self.values) }
        func more() -> String { expression(&rng, depth - 1) }
        func list() -> String {
            (0..<rng.integer(below: 4)).map { _ in more() }.joined(separator: ", ")
        }
        switch rng.integer(below: 6) {
        case 0: return "\(rng.choice(Self.functions))(\(list()))"
        case 1: return "\(rng.choice(Self.targets)):\(rng.choice(Self.members))(\(list()))"
        case 2: return "\(rng.choice(Self.targets)).\(rng.choice(Self.members))(\(list()))"
        case 3: return "(\(more()))[\(more())]"
        case 4:
            let operation = rng.choice([
                "+", "-", "//", "%", "..", "==", "<", "<<", "^", "and", "or",
            ])
            return "((\(more())) \(operation) (\(more())))"
        default: return "coroutine.wrap(function(...) return \(more()) end)(\(list()))"
        }
    }

    private func program(_ rng: inout RandomStream) -> String {
        var lines = ["local x, y, child = nil, nil, parent:copy()"]
        for _ in 0..<rng.integer(in: 1...6) {
            let value = expression(&rng, 3)
            switch rng.integer(below: 6) {
            case 0: lines.append("child[\(expression(&rng, 1))] = \(value)")
            case 1: lines.append("x = \(value)")
            case 2: lines.append("_, y = pcall(function() return \(value) end)")
            case 3: lines.append("for k, v in pairs(\(value)) do y = v end")
            case 4: lines.append("x, y = select(2, pcall(\(value)))")
            default: lines.append("pcall(function() \(rng.choice(Self.targets)).y = \(value) end)")
            }
        }
        lines.append("return \(rng.chance(0.5) ? "child" : expression(&rng, 2))")
        return lines.joined(separator: " ")
    }

    @Test func `no random program gets past the boundary`() throws {
        let programs = Self.isLong ? Int.max : 1_500
        let end = Date.now.addingTimeInterval(Self.isLong ? 600 : 1e9)
        var rng = RandomStream(seed: 17).split("boundary")
        let folder = try ScriptFolder()
        var (returned, refused) = (0, 0)
        for number in 0..<programs {
            if number % 64 == 0, Date.now >= end { break }
            let text = program(&rng)
            try folder.write(
                """
                local _, apogee = nil, require "apogee"
                return apogee.experiment { name = "t", api = 1, tasks = "episodes",
                space = { "cells", nodes = 2 }, strategy = { "evolution", mutation =
                function(parent, rng, space) \(text) end } }
                """)
            do {
                let script = try ExperimentScript(
                    path: folder.path + "/test.lua",
                    limits: ScriptLimits(callbackInstructions: 200_000, callbackBytes: 8 << 20))
                let registry = try BuiltIns.registry()
                let plan = try #require(try script.plans(registry: registry).first)
                let searched = try plan.space.searchSpace(ComponentBuilder(registry: Registry()))
                let space = try #require(searched)
                let selection = try #require(plan.strategy?.variation?.mutation)
                let mutate = try ComponentBuilder(registry: registry, scripts: script)
                    .with(probability: 0.1).make(selection, at: .mutation)
                for _ in 0..<2 {
                    var stream = rng.split(number)
                    let parent = try space.sample(&stream)
                    do {
                        try space.validate(try mutate(parent, space, &stream))
                        returned += 1
                    } catch let error as LuaError {
                        refused += 1
                        #expect(error.file != nil, "\(error) of \(text)")
                        #expect(!error.message.isEmpty)
                    }
                }
            } catch let error as LuaError {
                // The text itself was no Lua.
                #expect(error.kind.label == "syntax", "\(error) of \(text)")
            }
        }
        #expect(returned > 10 && refused > 100)
    }
}
