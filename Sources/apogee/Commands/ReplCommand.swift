import ArgumentParser
import Experiments
import Foundation
import Scripting

/// `apogee repl`: tries Lua out, line by line.
struct ReplCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Tries Lua out, line by line, inside the host.",
        discussion: """
            Names that are assigned without local are kept. An expression prints its values. \
            A statement may go over several lines. Ctrl-D ends.

              > testing = require "apogee.testing"
              > rng, space = testing.rng(7), testing.space(2)
              > space:sample(rng)

            With a file it runs that instead; words after the file are its arguments, as `...`:

              apogee repl scripts/dev/zero_cost.lua DIR --allow read=DIR
            """)

    @Argument(help: "A Lua file to run instead of a prompt.")
    var file: String?

    @Argument(help: "What the file gets as its arguments.")
    var arguments: [String] = []

    @OptionGroup var plugins: PluginOptions

    @OptionGroup var allowing: PermissionOptions

    /// Runs a file to its end.
    private func run(_ file: String, _ prompt: Prompt) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure("\(file): no such file, or it cannot be read", .inputMissing)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Failure("\(file): it is not UTF-8 text", .invalid)
        }
        try prompt.run(text, file: file, arguments: arguments)
    }

    func run() throws {
        let prompt = try Prompt(
            plugins: plugins.places, permissions: try allowing.permissions()
        ) { Output.line($0) }
        if let file { return try run(file, prompt) }
        let isTerminal = isatty(STDIN_FILENO) == 1
        while true {
            if isTerminal { Output.raw(prompt.isOpen ? ">> " : "> ") }
            guard let line = readLine() else { break }
            do {
                for text in try prompt.take(line) { Output.line(text) }
            } catch {
                Output.error(Failure(describing: error).message)
            }
        }
        if isTerminal { Output.raw("\n") }
    }
}
