import Foundation
internal import Scripting

/// Runs Lua as a script, under limits that leave room for what the process itself takes.
struct ScriptHome {
    let folder: String

    static var limits: ScriptLimits {
        ScriptLimits(
            loadingInstructions: 20_000_000, callbackInstructions: 5_000_000,
            callbackBytes: 64 << 20, bytes: 128 << 20, tensorBytes: 192 << 20)
    }

    /// Loads and runs a script.
    @discardableResult
    func load(_ text: [UInt8], plugins: PluginPlaces = .none) throws -> ExperimentScript {
        let path = folder + "/case.lua"
        try Data(text).write(to: URL(fileURLWithPath: path))
        return try ExperimentScript(path: path, plugins: plugins, limits: ScriptHome.limits)
    }
}
