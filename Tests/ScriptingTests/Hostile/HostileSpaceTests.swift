import Methods
import Components
import Supernets
import Experiments
import Randomness
import Scripting
import SearchSpaces
import Testing

/// A space one of whose functions does harm on its first call and its work on the next.
private struct HostileSpace {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan

    init(_ function: String, _ body: String) throws {
        func harm(_ name: String) -> String {
            name == function
                ? "calls = calls + 1 if calls == 1 then do \(body) end return nil end" : ""
        }
        folder = try ScriptFolder()
        try folder.write(
            """
            local apogee, calls, kept = require "apogee", 0, {}
            return apogee.experiment { name = "t", api = 1, tasks = "episodes", space = {
            choices = { { name = "kind", options = { "a", "b" } }, { name = "width", options = { 1, 2 } } },
            repair = function(choice) \(harm("repair"))
              if choice.kind == "b" then choice.width = 1 end return choice end,
            parameters = function(context) \(harm("parameters"))
              return { { "scale", shape = { 1 } } } end,
            forward = function(choice, parameters, x, context) \(harm("forward"))
              return x:global_average_pool() * parameters.scale end } }
            """)
        script = try ExperimentScript(
            path: folder.path + "/test.lua",
            limits: ScriptLimits(callbackInstructions: 5_000_000, callbackBytes: 128 << 20))
        plan = try #require(try script.plans(registry: try BuiltIns.registry()).first)
    }

    /// Builds the space and records all its networks.
    func use() throws {
        guard let custom = plan.space as? CustomSpacePlan else { return }
        let builder = ComponentBuilder(registry: try BuiltIns.registry(), scripts: script)
        let definition = try custom.definition(builder)
        let all = try #require(definition.space.enumerate(limit: 10))
        #expect(all == [[0, 0], [0, 1], [1, 0]].map { Genotype($0) })
        try SpaceCheck.networks(of: definition, all)
    }
}

@Suite struct HostileSpaceTests {
    static let bodies: [(body: String, message: String)] = [
        ("while true do end", "stopped after 5,000,000 instructions: an endless loop?"),
        ("for _ in pairs({ 1 }) do while true do end end", "an endless loop?"),
        ("local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end", "memory limit"),
        ("string.find(('a'):rep(1 << 20), ('a*'):rep(200) .. 'b')", "stopped after"),
        ("local function f() return 1 + f() end f()", "stack overflow"),
        ("coroutine.yield()", "attempt to yield"),
        ("error({})", "an error value: table"),
        ("error()", "an error without a message"),
        ("error(setmetatable({}, { __tostring = error }))", "space: "),
        ("leak = 1", "assignment to undeclared variable 'leak'"),
        ("return os.time()", "'os.time' is not available here"),
        ("return math.random()", "math.random would make runs differ"),
        ("return 7", "expected"),
        ("return coroutine.create(print)", " coroutine"),
        ("return setmetatable({}, { __index = error, __pairs = error })", "space: "),
        (
            "local t = setmetatable({}, { __gc = function() error('late') end }) t = nil "
                + "error('first')", "'__gc' is not allowed"
        ),
    ]

    @Test(arguments: ["repair", "parameters", "forward"])
    func `harm in a space's function ends in one clear error, and the script goes on`(
        function: String
    ) throws {
        for (body, message) in HostileSpaceTests.bodies {
            let space = try HostileSpace(function, body)
            let complaint = space.folder.complaint { try space.use() }
            #expect(complaint.contains(message), "\(function): \(body): \(complaint)")
            #expect(complaint.contains("space: ") || complaint.hasPrefix("the space"))
            #expect(!complaint.contains("\n"))
            try space.use()
        }
    }

    @Test(arguments: [
        ("return x:value()", "this tensor is being traced in a space's network"),
        ("kept.x = x return nil", "forward: expected a tensor, found nil"),
        ("return parameters.scale", "expected features of shape [5, features]"),
        ("return parameters.scala", "lists scale"),
        ("parameters.scale = x", "cannot be changed"),
        ("choice.kind = 'b'", "'choice' is read-only"),
        ("context.batch = 1", "'context' is read-only"),
        ("return x:reshape({ -1, 10 ^ 12 // 1 | 0 })", "reshape"),
        ("return x:global_average_pool():pad({ 0, 0 }, { 0, 1 << 40 })", "pad"),
        ("local y = x for _ = 1, 1e9 do y = y + x end return y", "stopped"),
    ])
    func `harm with the tensors of a network is told with its line`(
        body: String, message: String
    ) throws {
        let space = try HostileSpace("forward", body)
        let complaint = space.folder.complaint { try space.use() }
        #expect(complaint.contains(message), "\(complaint)")
        #expect(complaint.hasPrefix("test.lua:8: space: "), "\(complaint)")
        try space.use()
    }

    @Test func `a tensor kept from one network cannot be used in the next`() throws {
        let space = try HostileSpace("forward", "kept.x = x return x:global_average_pool()")
        try space.folder.write(
            """
            local apogee, kept = require "apogee", nil
            return apogee.experiment { name = "t", api = 1, tasks = "episodes", space = {
            choices = { { name = "kind", options = { "a", "b" } } },
            parameters = function() return {} end,
            forward = function(choice, parameters, x)
              kept = kept or x
              return kept:global_average_pool() end } }
            """)
        let script = try space.folder.load()
        let plan = try #require(try script.plans(registry: try BuiltIns.registry()).first)
        let complaint = space.folder.complaint {
            guard let custom = plan.space as? CustomSpacePlan else { return }
            let builder = ComponentBuilder(registry: try BuiltIns.registry(), scripts: script)
            try SpaceCheck.networks(
                of: try custom.definition(builder), [Genotype([0]), Genotype([1])])
        }
        #expect(complaint.hasPrefix("test.lua:7: space: "), "\(complaint)")
        #expect(complaint.contains("traced"), "\(complaint)")
    }
}
