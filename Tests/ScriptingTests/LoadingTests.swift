import Methods
import Evaluation
import Components
import Tasks
import Experiments
import Foundation
import LuaHost
import Scripting
import Testing

@Suite struct LoadingTests {
    private let folder: ScriptFolder

    init() throws { folder = try ScriptFolder() }

    @Test func `a script's plan keeps the line that it was written on`() throws {
        try folder.write(
            """
            local apogee = require "apogee"

            return apogee.experiment {
              name = "x", api = 1, space = "cels",
            }
            """)
        let script = try folder.load()
        let registry = try BuiltIns.registry()
        let complaint = folder.complaint { _ = try script.plans(registry: registry) }
        #expect(
            complaint == "test.lua:3: tasks: missing; expected a kind of tasks: its name or "
                + "{ \"name\", option = value }")
        #expect(
            script.plan.location == .script(file: folder.path + "/test.lua", line: 3))
    }

    @Test func `a list of experiments is a list of plans`() throws {
        try folder.write(
            """
            local apogee = require "apogee"
            local list = {}
            for ways = 2, 4 do
              list[#list + 1] = apogee.experiment {
                name = "ways " .. ways, api = 1, tasks = { "episodes", ways = ways },
                space = "conv4",
              }
            end
            return list
            """)
        let plans = try folder.load().plans(registry: try BuiltIns.registry())
        #expect(plans.map(\.name) == ["ways 2", "ways 3", "ways 4"])
    }

    @Test(arguments: [
        ("", "test.lua: the file is empty; a script returns apogee.experiment { … }"),
        ("  \n", "test.lua: the file is empty; a script returns apogee.experiment { … }"),
        ("return {", "test.lua:1: unexpected symbol near <eof>"),
        (
            "local x",
            "test.lua: the script returned nothing; expected apogee.experiment { … } "
                + "or a list of them, after return"
        ),
        (
            "return 7",
            "test.lua: the script returned an integer; expected "
                + "apogee.experiment { … } or a list of them, after return"
        ),
        (
            "return { name = 'x' }",
            "test.lua: the script returned a table that was not passed to apogee.experiment; expected "
                + "apogee.experiment { … } or a list of them, after return"
        ),
        (
            "return { 1 }",
            "test.lua: the script returned a list whose entry 1 is an integer; "
                + "expected apogee.experiment { … } or a list of them, after return"
        ),
        ("local x\nreturn x.y", "test.lua:2: attempt to index a nil value (local 'x')"),
        ("error('no luck')", "test.lua:1: no luck"),
        (
            "return require('apogee').experiment(3)",
            "test.lua:1: experiment: argument 1 (plan): expected one table, as in "
                + "experiment { … }, found an integer"
        ),
        (
            "return require('apogee').experiment { name = { [2.5] = 1 } }",
            "test.lua:1: plan.name[2.5]: the key is a number; only names and an array 1, 2, … "
                + "without gaps can be copied"
        ),
        (
            "return require('apogee').experiment { schedule = require }",
            "test.lua:1: plan.schedule: a function of the host cannot be part of a plan"
        ),
        (
            "return require('apogee').experimnt {}",
            "test.lua:1: 'apogee' has no field 'experimnt' (did you mean 'experiment'?)"
        ),
        ("os.exit()", "test.lua:1: 'os.exit' is not available here: return"),
    ])
    func `a script that is none gets one sentence`(text: String, message: String) throws {
        let complaint = try folder.complaint(text)
        #expect(complaint.hasPrefix(message), "\(complaint)")
        #expect(!complaint.contains("\n"))
    }

    @Test func `an endless loop is stopped`() throws {
        try folder.write("while true do end")
        let complaint = folder.complaint {
            _ = try ExperimentScript(
                path: folder.path + "/test.lua",
                limits: ScriptLimits(loadingInstructions: 100_000))
        }
        #expect(
            complaint == "test.lua:1: stopped after 100,000 instructions: an endless loop? If "
                + "not, raise the instruction limit by limits in the plan, or --limit")
    }

    @Test func `files that are no scripts are told apart by exit code`() throws {
        #expect(
            throws: ScriptingError.missing(path: folder.path + "/none.lua"),
            performing: { _ = try folder.load("none.lua") })
        #expect(ScriptingError.missing(path: "").exitCode == .inputMissing)
        try folder.write(Data([0xFF, 0xFE, 0x00, 0x9C]), to: "bytes.lua")
        #expect(
            throws: ScriptingError.notText(path: folder.path + "/bytes.lua"),
            performing: { _ = try folder.load("bytes.lua") })
        #expect(ScriptingError.notText(path: "").exitCode == .invalid)
        #expect(
            throws: ScriptingError.unreadable(path: folder.path, reason: "it is a folder"),
            performing: { _ = try ExperimentScript(path: folder.path) })
        try folder.write(Data(repeating: 0x20, count: 5 << 20), to: "large.lua")
        #expect(
            throws: ScriptingError.tooLarge(
                path: folder.path + "/large.lua", bytes: (4 << 20) + 1, limit: 4 << 20),
            performing: { _ = try folder.load("large.lua") })
    }

    @Test func `require finds files beside the script, and only those`() throws {
        try folder.write("return { ways = 3 }", to: "parts.lua")
        try folder.write("return require('parts').ways + 1", to: "lib/more.lua")
        try folder.write(
            """
            local apogee = require "apogee"
            local ways = require "lib.more"
            return apogee.experiment {
              name = "x", api = 1, tasks = { "episodes", ways = ways }, space = "conv4",
            }
            """)
        let plan = try folder.load().plans(registry: try BuiltIns.registry())[0]
        guard let tasks = plan.tasks as? EpisodesPlan else { throw ScriptingError.empty(path: "") }
        #expect(tasks.ways == 4)
        for name in ["../parts", "/etc/passwd", "..parts", "lib/more", "", "a\\0b"] {
            #expect(
                try folder.complaint("require '\(name)'").hasPrefix(
                    "test.lua:1: require: expected the name of a file beside the script"))
        }
        #expect(
            try folder.complaint("require 'nothing'")
                == "test.lua:1: require: module 'nothing' was not found")
        let outside = try ScriptFolder()
        try outside.write("return 1", to: "secret.lua")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.lua", withDestinationPath: outside.path + "/secret.lua")
        #expect(
            try folder.complaint("require 'link'")
                == "test.lua:1: require: module 'link' is a link to outside of the script's "
                + "folder")
    }

    @Test func `the same script gives the same plan from any folder`() throws {
        let other = try ScriptFolder()
        let text = """
            return require("apogee").experiment {
              name = "x", api = 1, tasks = "episodes", space = "cells",
              schedule = function() return {} end,
            }
            """
        try folder.write(text)
        try other.write(text)
        let registry = try BuiltIns.registry()
        let plans = try [folder, other].map { try $0.load().plans(registry: registry)[0].json() }
        #expect(plans[0] == plans[1])
        #expect(plans[0].contains("function test.lua:3"))
    }

    @Test func `what a script prints goes to the host`() throws {
        try folder.write("print('a', 1)\nreturn {}")
        var lines: [String] = []
        _ = try? ExperimentScript(path: folder.path + "/test.lua") { lines.append($0) }
        #expect(lines == ["a\t1"])
    }
}
