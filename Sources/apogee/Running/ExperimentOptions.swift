import ArgumentParser
import Components
import Foundation
import Records
import Runs
import Scripting

/// The options by which commands find and change an experiment.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: "The experiment's Lua file.")
    var file: String

    @OptionGroup var changes: ChangeOptions

    /// The experiment that the options name.
    ///
    /// - Throws: What the script, the overrides or the plan get wrong.
    func loaded() throws -> LoadedExperiment {
        try LoadedExperiment(changes.request(file)) { Output.error($0) }
    }
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

    /// A request for an experiment with these changes.
    ///
    /// - Throws: `ExperimentError` for a change that is none.
    func request(_ file: String) throws(ExperimentError) -> RunRequest {
        var request = RunRequest(
            file: file, plugins: plugins.paths,
            folder: FileManager.default.currentDirectoryPath)
        for text in overrides { request.changes.append(try RunRequest.Change(set: text)) }
        return request
    }
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
