import Experiments
import Foundation
import LuaHost
import Records
import Scripting
import TestSupport
import Testing

/// What a script keeps of one callback, and uses in a later one or in a second run of the same host.
@Suite struct OutlivingTests {
    /// An operation that keeps something as `KEPT`, and an objective that uses it.
    private func search(keeping: String, using: String) throws -> SearchRun {
        let operation = """
            {
              name = "mine",
              parameters = function(context)
                return { { "scale", shape = { context.channels }, value = 1 } }
              end,
              forward = function(parameters, x, context)
                local y = x * parameters.scale
                if context.stride == 2 then y = y:average_pool(2, { stride = 2 }) end
                \(keeping)
                return y
              end,
            }
            """
        let objectives = """
            objectives = { "query_error", { "custom", name = "odd", evaluate = function(subnet)
              \(using)
              return 1
            end } },
            """
        return try SearchRun(
            "local KEPT = {}\n"
                + searchScript(operations: "\"max\", " + operation, method: objectives))
    }

    private static let ended =
        "this tensor was made while an operation was traced and is not valid after it has returned"

    @Test(arguments: [
        ("KEPT.x = x", "print(KEPT.x + 1)", ended),
        ("KEPT.x = x", "print(KEPT.x:sum():value())", ended),
        ("KEPT.x = y", "print(KEPT.x:tolist())", ended),
        ("KEPT.x = parameters.scale", "print(KEPT.x:square())", ended),
        ("KEPT.x = parameters", "print(KEPT.x.scale:sum():value())", ended),
        (
            "KEPT.x = x",
            "apogee.grad(function(z) return (z * KEPT.x):sum() end)(tensor.ones { 1 })", ended
        ),
        (
            "", "KEPT.x = KEPT.x or subnet.network KEPT.x:batch() KEPT.n = (KEPT.n or 0) + 1",
            "no error"
        ),
    ])
    func `what belongs to one callback is one clear error in another`(
        keeping: String, using: String, message: String
    ) throws {
        let run = try search(keeping: keeping, using: using)
        for _ in 0..<2 {
            let text = run.folder.complaint { _ = try run.run() }
            if message == "no error" {
                // The network of the first trial, asked for in the second.
                #expect(text.contains("network: this network was valid only during the callback"))
            } else {
                #expect(text.contains(message), "\(text)")
            }
            #expect(text.hasPrefix("test.lua:"), "\(text)")
            #expect(text.contains("objective: "), "\(text)")
            #expect(!text.contains("\n"))
        }
    }

    @Test func `a tensor of numbers is a value, and outlives what made it`() throws {
        let run = try search(
            keeping: "",
            using: """
                if not KEPT.x then KEPT.x = subnet.network:batch() KEPT.sum = KEPT.x:sum():value() end
                assert(KEPT.x:sum():value() == KEPT.sum)
                """)
        _ = try run.run()
        _ = try run.run()
    }

    @Test func `a host that is gone takes its tensors along in peace`() throws {
        for _ in 0..<3 {
            let folder = try ScriptFolder()
            try folder.write(
                """
                local apogee = require "apogee"
                local tensor = apogee.tensor
                local kept = { tensor.ones { 64 }, tensor.ones { 64 }:exp() }
                kept[3] = kept[1] + kept[2]
                kept.self = kept
                kept.loop = coroutine.wrap(function() local t = kept[3] coroutine.yield(t) return t end)
                kept.loop()
                return apogee.experiment { name = "t", api = 1, tasks = "episodes", space = "conv4" }
                """)
            var script: ExperimentScript? = try folder.load()
            weak let held = script
            #expect(held != nil)
            script = nil
            #expect(held == nil)
        }
    }
}
