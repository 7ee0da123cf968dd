import Components
import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting

/// The options by which commands find and change an experiment.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: "The experiment's Lua file.")
    var file: String

    @OptionGroup var changes: ChangeOptions
}

/// The options by which commands change an experiment and find plugins.
struct ChangeOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Changes one option of the plan; may be repeated.",
            discussion: "For example --set budget.generations=3 or --set learner.inner_steps=1.",
            valueName: "path=value"))
    var overrides: [String] = []

    @OptionGroup var plugins: PluginOptions
}

/// The option by which commands find plugins.
struct PluginOptions: ParsableArguments {
    @Option(
        name: .customLong("plugin-path"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A folder of plugins, or one plugin; may be repeated.",
            discussion: "Looked at before plugins beside the script and those of the program.",
            valueName: "dir"))
    var paths: [String] = []

    /// Where plugins are looked for.
    var places: PluginPlaces { .standard(commandLine: paths) }
}

/// An experiment's script with its checked plans.
struct LoadedExperiment {
    let script: ExperimentScript
    let plans: [ExperimentPlan]
    let registry: Registry

    /// Loads the script, lays the overrides over its plans and checks them.
    ///
    /// - Parameters:
    ///   - file: The experiment's Lua file.
    ///   - options: Its changes.
    ///   - more: Changes that other options stand for.
    ///   - permissions: What scripts may do beyond the sandbox's rules.
    ///   - print: Takes what the script prints.
    /// - Throws: What the script, the overrides or the plan get wrong.
    init(
        _ file: String, _ options: ChangeOptions, more: [PlanOverride] = [],
        permissions: Permissions = .none,
        print: @escaping (String) -> Void = { Output.error($0) }
    ) throws {
        var overrides = more
        for text in options.overrides { overrides.append(try PlanOverride(text)) }
        var limits = ScriptLimits()
        limits.permissions = permissions
        script = try ExperimentScript(
            path: file, plugins: options.plugins.places, limits: limits, print: print)
        registry = script.registry
        plans = try script.plans(overrides: overrides)
    }
}
