import ArgumentParser
import Components
import Experiments
import Foundation
import Runs
import Scripting

/// `apogee repl`: tries Lua out, line by line.
struct ReplCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Tries Lua out, line by line, inside the host.",
        discussion: """
            Names that are assigned without local are kept. An expression prints its values, a \
            tensor with its shape. A statement may go over several lines; it ends where Lua says \
            so, or with an empty line.

            On a terminal the line can be edited with the keys of Emacs:

              Tab      completes a name, a field, a method, or a module in require "…"
              Up Down  go through earlier statements; Ctrl-R searches them
              Ctrl-C   drops what is being written, or ends the statement that runs;
                       twice, before a long computation has ended, the program
              Ctrl-D   ends

            Completing runs nothing: what only a function could tell is not offered. Statements \
            are kept between sessions, those of several lines whole: the last 1000, in \
            $XDG_STATE_HOME/apogee/repl_history or else ~/.local/state/apogee/repl_history.

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

    @Flag(help: "Neither reads nor keeps the statements of other sessions.")
    var noHistory = false

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
        PromptLoop(prompt: prompt, keepsHistory: !noHistory).run()
    }
}
