import Naming
import Components
import ArgumentParser
import Experiments
import Foundation
import Runs
import Scripting
import SearchSpaces

/// The program: its commands, and how every one of them ends.
@main
struct Apogee: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apogee",
        abstract: "Neural architecture search by meta-learning, one Lua file per experiment.",
        discussion: """
            A first run needs no data:

              apogee run scripts/experiments/01_quickstart.lua

            Then look at its search space, check your own file, and list the available components:

              apogee inspect scripts/experiments/01_quickstart.lua
              apogee check my_experiment.lua
              apogee plugins

            \(Components.ExitCode.sentence)
            """,
        version: "apogee \(ApogeeVersion.current)", subcommands: commands)

    /// One file each in `Commands/`.
    static let commands: [any ParsableCommand.Type] = [
        RunCommand.self, InspectCommand.self, CheckCommand.self, PluginsCommand.self,
        NewCommand.self, TestCommand.self, ReplCommand.self, DoctorCommand.self, BenchCommand.self,
    ]

    static func main() {
        Output.prepare()
        var command: any ParsableCommand
        do {
            try refuseUnknownCommand(Array(CommandLine.arguments.dropFirst()))
            command = try parseAsRoot()
        } catch let failure as Failure {
            end(failure)
        } catch {
            guard exitCode(for: error) == .validationFailure else { end(parser: error) }
            end(Failure(Failure.sentence(message(for: error)), .usage))
        }
        do {
            try command.run()
        } catch let error where error is CleanExit || error is ArgumentParser.ExitCode {
            end(parser: error)
        } catch let error as ValidationError {
            end(Failure(error.message, .usage))
        } catch {
            // The parser's own outcomes, such as the help that a bare `apogee` asks for.
            if !(error is Failure), String(reflecting: type(of: error)).hasPrefix("ArgumentParser")
            {
                end(parser: error)
            }
            end(Failure(describing: error), trace: (command as? RunCommand)?.trace ?? false)
        }
        Output.finish(Components.ExitCode.done.rawValue)
    }

    /// Ends as the parser means to: with help, a version, or a code and no word.
    private static func end(parser error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if !text.isEmpty {
            if code.isSuccess { Output.line(text) } else { Output.error(text) }
        }
        Output.finish(code.rawValue)
    }

    /// Says what is wrong in one sentence, with the script functions that led to it, and ends.
    private static func end(_ failure: Failure, trace: Bool = false) -> Never {
        Output.error("error:", .red, failure.message)
        for line in failure.stack(full: trace) { Output.error(line) }
        Output.finish(failure.code.rawValue)
    }

    /// The parser would call a mistyped command an unexpected argument.
    private static func refuseUnknownCommand(_ arguments: [String]) throws(Failure) {
        let asked = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let first = asked.first, !first.hasPrefix("-") else { return }
        let names = commands.map { $0.configuration.commandName ?? "" } + ["help"]
        guard !names.contains(first) else { return }
        if let nearest = NearestName.of(first, among: names) {
            throw Failure("there is no command '\(first)'; did you mean '\(nearest)'?", .usage)
        }
        throw Failure(
            "there is no command '\(first)'; there are \(names.joined(separator: ", "))", .usage)
    }
}
