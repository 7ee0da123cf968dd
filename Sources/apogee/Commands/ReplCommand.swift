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
            """)

    @OptionGroup var plugins: PluginOptions

    func run() throws {
        let prompt = try Prompt(plugins: plugins.places) { Output.line($0) }
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
