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

    @Option(
        name: .customLong("limit"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Changes what scripts may use; may be repeated.",
            discussion:
                "For example --limit callback_instructions=1e9 or --limit memory=2G. Names: "
                + RunRequest.limitNames.joined(separator: ", ") + ".",
            valueName: "name=value"))
    var limitTexts: [String] = []

    @OptionGroup var plugins: PluginOptions

    /// The limits by name.
    ///
    /// - Throws: ``Failure`` for a text that is none.
    func limits() throws(Failure) -> [String: Int] {
        var limits: [String: Int] = [:]
        for text in limitTexts {
            let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = halves.first ?? ""
            guard RunRequest.limitNames.contains(name) else {
                throw Failure(
                    "--limit \(text): no limit is named '\(name)'; "
                        + Hint.text(for: name, among: RunRequest.limitNames), .usage)
            }
            let value = halves.count > 1 ? halves[1] : ""
            let number = MemorySize(value)?.bytes ?? Double(value).flatMap { Int(exactly: $0) }
            let least = RunRequest.least(name)
            guard let number, number >= least else {
                throw Failure(
                    "--limit \(text): expected a whole number of at least \(least)"
                        + (least > 1 ? ", such as 1e9 or 2G" : ""), .usage)
            }
            limits[name] = number
        }
        return limits
    }

    /// A request for an experiment with these changes.
    ///
    /// - Throws: `ExperimentError` for a change that is none; ``Failure`` for a limit that is none.
    func request(_ file: String) throws -> RunRequest {
        var request = RunRequest(
            file: file, plugins: plugins.paths,
            folder: FileManager.default.currentDirectoryPath)
        let limits = try limits()
        if !limits.isEmpty { request.limits = limits }
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
