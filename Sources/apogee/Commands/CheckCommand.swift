import Components
import ArgumentParser
import Experiments
import Foundation
import Records
import Runs
import Scripting
import Tasks

/// `apogee check`: finds the mistakes of an experiment before it runs.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks an experiment or a plugin without running it.",
        discussion: """
            Every option of the plan is checked, and every function of the script is called a \
            thousand times: children must be valid, parents untouched, and the same seed must \
            give the same child. Then the plan is run in memory at the least budget in which \
            everything happens once, and a second time with a break.

              apogee check scripts/experiments/02_custom_operators.lua
              apogee check scripts/experiments/03_at_nas_omniglot.lua --data ../shared/data/omniglot
              apogee check plugins/genetic_operators      all components of a plugin
            """)

    @OptionGroup var experiment: ExperimentOptions

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data set's files, to rehearse a run.", valueName: "dir"))
    var data: String?

    func run() throws {
        if try checkPlugin() { return }
        let loaded = try experiment.loaded()
        for (number, plan) in loaded.plans.enumerated() {
            let prefix = loaded.plans.count > 1 ? "[\(number + 1)] " : ""
            Output.line(prefix + "OK", .green, "  plan: " + plan.name)
            for finding in try ScriptCheck(plan, loaded.script).run() {
                Output.line(prefix + "OK", .green, line(finding))
            }
            try rehearse(plan, loaded, prefix)
        }
    }

    /// Runs a plan in small; a plan whose data were not named waits for them.
    private func rehearse(
        _ plan: ExperimentPlan, _ loaded: LoadedExperiment, _ prefix: String
    ) throws {
        if data == nil {
            do {
                _ = try plan.tasks.files(in: nil)
            } catch ExperimentError.missingData(let what, _) {
                return Output.line(
                    prefix + "--", .yellow,
                    "  rehearsal: needs \(what); give --data DIR to run the plan in small")
            }
        }
        let progress = PhaseSink("rehearsal: ")
        defer { progress.finish() }
        let rows = try Rehearsal(plan, loaded.script, data: data, observer: progress).run()
        // A regression has several rows of one arm.
        var arms: [String] = []
        for row in rows where !arms.contains(row.arm) { arms.append(row.arm) }
        progress.finish()
        Output.line(prefix + "OK", .green, "  rehearsal: " + arms.joined(separator: ", "))
    }

    private func line(_ finding: ScriptCheck.Finding) -> String {
        let name = finding.name.map { " \"\($0)\"" } ?? ""
        return "  \(finding.point.rawValue)\(name): \(finding.location), \(finding.calls) calls"
    }

    /// Checks a plugin's folder; false for anything else.
    private func checkPlugin() throws -> Bool {
        var folder = experiment.file
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
            isFolder.boolValue
        else { return false }
        guard experiment.changes.overrides.isEmpty else {
            throw Failure("--set changes plans, but \(folder) is a plugin", .usage)
        }
        let plugin = try Plugin(folder: folder)
        let places = PluginPlaces.standard(commandLine: [folder] + experiment.changes.plugins.paths)
        let host = try ExperimentScript(
            hosting: folder + "/spec/none.lua", plugins: places, print: { Output.error($0) })
        Output.line("OK", .green, "  plugin: \(plugin.name) \(plugin.manifest.version)")
        for finding in try PluginCheck(plugin, host).run() {
            Output.line("OK", .green, line(finding))
        }
        return true
    }
}
