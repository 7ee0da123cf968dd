import Methods
import Evaluation
import Datasets
import Components
import Tasks
import Supernets
import Evolution
import Experiments
import LuaHost
import Randomness
import Scripting
import SearchSpaces
import Testing

/// A script whose function does harm on its first call and its work on the next.
private struct HostileScript {
    let folder = try? ScriptFolder()
    let script: ExperimentScript
    let plan: ExperimentPlan
    let space: any SearchSpace

    /// For each point: the option before the function, its parameters, and an honest body.
    private static let points: [String: (option: String, parameters: String, honest: String)] = [
        "mutation": (
            "strategy = { \"evolution\", mutation = (", "parent, rng, space",
            "return parent:copy()"
        ),
        "crossover": (
            "strategy = { \"evolution\", crossover = (", "a, b, rng, space", "return a"
        ),
        "paths": ("paths = (", "progress, rng", "return progress.space:sample(rng)"),
        "schedule": ("schedule = (", "p", "return { inner_steps = 2 }"),
        "objectives": ("objectives = { (", "s", "return s.query_error"),
        "sampler": (
            "tasks = { \"episodes\", ways = 2, shots = 1, queries = 1, sampler = (", "dataset, rng",
            "return { classes = { 1, 2 }, support = { { 1 }, { 1 } }, query = { { 2 }, { 2 } } }"
        ),
    ]

    init(_ hostile: HostileCase) throws {
        let folder = try #require(folder)
        let point = try #require(HostileScript.points[hostile.point])
        let close =
            ["mutation", "crossover", "objectives", "sampler"].contains(hostile.point) ? ") }" : ")"
        let tasks = hostile.point == "sampler" ? "" : "tasks = \"episodes\", "
        try folder.write(
            """
            local apogee, calls = require "apogee", 0
            return apogee.experiment { name = "t", api = 1, \(tasks)space = { "cells", nodes = 2 },
            \(point.option)function(\(point.parameters)) calls = calls + 1 if calls == 1 then
            do \(hostile.body) end return nil end \(point.honest) end\(close) }
            """)
        script = try ExperimentScript(
            path: folder.path + "/test.lua",
            limits: ScriptLimits(callbackInstructions: 5_000_000, callbackBytes: 128 << 20))
        plan = try #require(try script.plans(registry: try BuiltIns.registry()).first)
        space = try #require(try plan.space.searchSpace(ComponentBuilder(registry: Registry())))
    }

    /// Calls the function once as a run would.
    func call(_ point: String) throws {
        let builder = ComponentBuilder(registry: try BuiltIns.registry(), scripts: script)
        var rng = RandomStream(seed: 3)
        let (a, b) = (try space.sample(&rng), try space.sample(&rng))
        let progress = RunProgress(
            phase: .search, update: 1, updates: 9, generation: 0, generations: 2)
        switch point {
        case "mutation":
            let selection = try #require(plan.strategy?.variation?.mutation)
            let child = try builder.with(probability: 0.1).make(selection, at: .mutation)(
                a, space, &rng)
            #expect(child == a)
        case "crossover":
            let selection = try #require(plan.strategy?.variation?.crossover)
            let made = try builder.make(selection, at: .crossover)
            let crossover = try #require(made)
            #expect(try crossover(a, b, space, &rng) == a)
        case "paths":
            let sampler = try builder.make(try #require(plan.paths), at: .pathSampler)
            let context = PathContext(progress: progress, space: space, population: [a])
            try space.validate(try sampler(context, &rng))
        case "schedule":
            #expect(try builder.make(plan.schedule, at: .schedule)(progress).innerSteps == 2)
        case "objectives":
            let summary = SubnetSummary(
                genotype: a, parameters: 1, multiplyAdds: 1, queryError: 0.5, queryLoss: 1)
            #expect(try builder.make(plan.objectives[0], at: .objective).minimized(summary) == 0.5)
        default:
            guard let tasks = plan.tasks as? EpisodesPlan else { return }
            let classes = (0..<4).map {
                TaskContext.Class(
                    index: $0, name: "c\($0)", group: "a", rotation: 0, examples: 3)
            }
            let task = TaskContext(dataset: "toy", classes: classes, ways: 2, shots: 1, queries: 1)
            let sampler = try builder.make(tasks.sampler, at: .taskSampler)
            #expect(try sampler(task, &rng).classes == [0, 1])
        }
    }
}

@Suite struct HostileSuiteTests {
    @Test(arguments: HostileCase.all)
    func `harm ends in one clear error, and the script goes on`(hostile: HostileCase) throws {
        let script = try HostileScript(hostile)
        let folder = try #require(script.folder)
        let complaint = folder.complaint { try script.call(hostile.point) }
        let names = ["objectives": "objective", "paths": "path_sampler", "sampler": "task_sampler"]
        let name = names[hostile.point] ?? hostile.point
        let isAtCall = complaint.hasPrefix("test.lua:4: \(name): ")
        // What is found in the result is told at the function's own line.
        let isAtFunction = complaint.hasPrefix("test.lua:3: ")
        // Text that a script loads has no file.
        let isInText = complaint.hasPrefix("[string \"leak = 1\"]:1: \(name): ")
        #expect(isAtCall || isAtFunction || isInText, "\(complaint)")
        #expect(complaint.contains(hostile.message), "\(complaint)")
        #expect(!complaint.contains("\n"))
        try script.call(hostile.point)
    }

    @Test func `there are at least sixty cases`() {
        #expect(HostileCase.all.count >= 60)
        #expect(Set(HostileCase.all.map(\.testDescription)).count == HostileCase.all.count)
    }

    @Test(arguments: [
        ("while true do end", "test.lua:1: stopped after 5,000,000 instructions: an endless loop?"),
        ("return ('x'):rep(1 << 28)", "test.lua:1: stopped at the memory limit"),
        ("local function f() return 1 + f() end f()", "test.lua:1: stack overflow"),
        ("coroutine.yield()", "test.lua:1: attempt to yield from outside a coroutine"),
        ("error({})", "test.lua:1: an error value: table: 1"),
        ("error()", "test.lua:1: an error without a message"),
        ("return", "the script returned nothing; expected apogee.experiment { … }"),
        ("\u{1B}Lua", "test.lua: attempt to load a binary chunk"),
        (
            "return setmetatable({}, { __len = function() while true do end end })",
            "was not passed to"
        ),
        ("return { 1, 2 }", "a list whose entry 1 is an integer"),
        ("local t = {} t[1] = t return require('apogee').experiment(t)", "plan"),
        (
            "return require('apogee').experiment(setmetatable({}, { __index = error }))",
            "test.lua:1: plan: a table with a metatable cannot be copied"
        ),
        ("return require('apogee').experiment({ [{}] = 1 })", "plan"),
        ("return require('apogee').experiment({ name = coroutine.create(print) })", "plan"),
        ("require('apogee').experiment = nil", "'apogee' is read-only"),
        ("return require('apogee').experimnt {}", "did you mean 'experiment'?"),
    ])
    func `harm while loading ends in one clear error`(text: String, message: String) throws {
        let folder = try ScriptFolder()
        try folder.write(text)
        let complaint = folder.complaint {
            let script = try ExperimentScript(
                path: folder.path + "/test.lua",
                limits: ScriptLimits(loadingInstructions: 5_000_000, bytes: 256 << 20))
            _ = try script.plans(registry: try BuiltIns.registry())
        }
        #expect(complaint.contains(message), "\(complaint)")
        #expect(!complaint.contains("\n"))
    }

    @Test func `an error deep in coroutines and host calls keeps its place and its stack`() throws {
        let operators = try Operators(
            "mutation",
            """
            function(parent, rng, space)
              local inner = coroutine.wrap(function()
                local child = parent:copy()
                child[99] = 0
              end)
              return coroutine.wrap(function() inner() end)()
            end
            """)
        let error = try #require(throws: LuaError.self) { _ = try operators.mutate() }
        #expect(error.line == 7 && error.callback == "mutation")
        #expect(error.message.hasPrefix("genotype: there is no gene 99"))
        #expect(error.stack.map(\.line) == [7, 9, 9])
        #expect(error.frames.count > error.stack.count)
        #expect(error.summary.split(separator: "\n").count == 4)
    }
}
