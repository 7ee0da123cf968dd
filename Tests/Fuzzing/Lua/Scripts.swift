internal import Components
internal import Experiments
import Foundation
internal import Records
internal import Scripting

/// Runs Lua as a script, under limits that leave room for what the process itself takes.
struct ScriptHome {
    let folder: String

    static var limits: ScriptLimits {
        var limits = ScriptLimits(
            loadingInstructions: 20_000_000, callbackInstructions: 5_000_000,
            callbackBytes: 64 << 20, bytes: 128 << 20, tensorBytes: 192 << 20)
        // A plan that asks for more is right to take longer, which is no finding.
        limits.commanded = ScriptAllowance(
            callbackInstructions: limits.callbackInstructions, callbackBytes: limits.callbackBytes,
            tensorBytes: limits.tensorBytes)
        return limits
    }

    /// Loads and runs a script.
    @discardableResult
    func load(_ text: [UInt8], plugins: PluginPlaces = .none) throws -> ExperimentScript {
        let path = folder + "/case.lua"
        try Data(text).write(to: URL(fileURLWithPath: path))
        return try ExperimentScript(path: path, plugins: plugins, limits: ScriptHome.limits)
    }

    /// Loads an experiment, checks its functions and rehearses its first plan.
    func rehearse(_ text: [UInt8], plugins: PluginPlaces = .none) throws {
        let script = try load(text, plugins: plugins)
        guard let plan = try script.plans().first else { return }
        _ = try ScriptCheck(plan, script, calls: 3).run()
        // Plans that would need much are refused before anything is done.
        _ = try ExperimentRunner(
            plan: plan.rehearsal,
            record: RunRecord(
                name: plan.name, scriptText: script.text, plan: plan.json(), seed: plan.seed),
            registry: script.registry, scripts: script,
            settings: RunSettings(seed: plan.seed, memoryLimit: 256 << 20), sink: MemorySink())
        _ = try Rehearsal(plan, script, observer: MemorySink()).run()
    }
}
