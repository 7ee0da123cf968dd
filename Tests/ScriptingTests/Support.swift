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

/// A folder with scripts, gone with its owner.
final class ScriptFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "apogee-scripting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String = "test.lua") throws {
        try write(Data(text.utf8), to: name)
    }

    func write(_ bytes: Data, to name: String) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: file)
    }

    func load(_ name: String = "test.lua") throws -> ExperimentScript {
        try ExperimentScript(path: path + "/" + name)
    }

    /// What loading a script says, without the folder.
    func complaint(_ text: String) throws -> String {
        try write(text)
        return complaint { _ = try load() }
    }

    /// What a piece of work throws, without the folder.
    func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: path + "/", with: "")
        }
    }
}

/// A script whose plan holds one function, with the closures that it becomes.
struct Operators {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan
    let space: any SearchSpace

    /// - Parameters:
    ///   - option: Where the function stands: `strategy.mutation`.
    ///   - function: Its text, from line 4 on.
    ///   - before: Lua before the plan, on line 2.
    /// - Throws: What loading or decoding throws.
    init(_ option: String, _ function: String, before: String = "") throws {
        folder = try ScriptFolder()
        let parts: [String: String] = [
            "mutation": "strategy = { \"evolution\", mutation =\n",
            "crossover": "strategy = { \"evolution\", crossover =\n",
            "paths": "paths = (\n", "schedule": "schedule = (\n", "objectives": "objectives = {\n",
            "sampler": "tasks = { \"episodes\", ways = 2, shots = 1, queries = 1, sampler =\n",
        ]
        let close = option == "paths" || option == "schedule" ? ")" : "}"
        let tasks = option == "sampler" ? "" : "tasks = \"episodes\","
        try folder.write(
            """
            local apogee = require "apogee"
            \(before)
            return apogee.experiment { name = "t", api = 1, \(tasks) space = { "cells", nodes = 2 }, \
            \(parts[option] ?? "")\(function) \(close) }
            """)
        script = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        let plans = try script.plans(registry: registry)
        plan = try #require(plans.first)
        let searched = try plan.space.searchSpace(ComponentBuilder(registry: Registry()))
        space = try #require(searched)
    }

    func builder() throws -> ComponentBuilder {
        ComponentBuilder(registry: try BuiltIns.registry(), scripts: script)
    }

    /// The mutation of the plan on a sampled parent.
    func mutate(seed: UInt64 = 1) throws -> (parent: Genotype, child: Genotype) {
        let selection = try #require(plan.strategy?.variation?.mutation)
        let mutation = try builder().with(probability: 0.1).make(selection, at: .mutation)
        var rng = RandomStream(seed: seed)
        let parent = try space.sample(&rng)
        return (parent, try mutation(parent, space, &rng))
    }

    /// What the mutation throws.
    func complaint() -> String {
        folder.complaint { _ = try mutate() }
    }
}

/// What a mutation of this text throws.
func complaint(ofMutation function: String, before: String = "") throws -> String {
    try Operators("mutation", function, before: before).complaint()
}
