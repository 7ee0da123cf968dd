import ArgumentParser
import Experiments
import Scripting

/// `apogee check`: finds the mistakes of an experiment before it runs.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks an experiment without running it.",
        discussion: """
            Every option of the plan is checked, and every function of the script is called a \
            thousand times: children must be valid, parents untouched, and the same seed must \
            give the same child.

              apogee check scripts/experiments/02_custom_operators.lua
            """)

    @OptionGroup var experiment: ExperimentOptions

    func run() throws {
        let loaded = try LoadedExperiment(experiment)
        for (number, plan) in loaded.plans.enumerated() {
            let prefix = loaded.plans.count > 1 ? "[\(number + 1)] " : ""
            Output.line("\(prefix)OK  plan: \(plan.name)")
            for finding in try ScriptCheck(plan, loaded.script).run() {
                Output.line(
                    "\(prefix)OK  \(finding.point.rawValue): \(finding.location), "
                        + "\(finding.calls) calls")
            }
        }
    }
}
