import ArgumentParser
import Components
import Experiments
import Foundation
import LuaHost
import Runs
import Scripting

/// `apogee repl`: tries Lua out, line by line.
struct ReplCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Opens an interactive Lua prompt.",
        discussion: """
            Variables assigned without local are kept. An expression prints its values, a tensor with \
            its shape. A statement may span several lines; it ends when it is complete, or with an \
            empty line.

            On a terminal the line can be edited with the keys of Emacs:

              Tab      completes a name, a field, a method, or a module in require "…"
              Up Down  go through earlier statements; Ctrl-R searches them
              Ctrl-C   clears the input, or stops the running statement; pressed twice
                       during a long computation, ends the program
              Ctrl-D   ends

            Completion runs no code, so it does not offer names that only a function call could find. \
            The last 1000 statements are kept between sessions, in \
            $XDG_STATE_HOME/apogee/repl_history or else ~/.local/state/apogee/repl_history.

            `help` lists what there is, `exit` ends. `run "FILE.lua"` runs an experiment in memory, \
            with the seed, threads, data and changes of the options below, and returns its rows.

              > testing = require "apogee.testing"
              > rng, space = testing.rng(7), testing.space(2)
              > space:sample(rng)

            With a file, it runs the file instead; words after the file are its arguments, as `...`:

              apogee repl scripts/dev/zero_cost.lua DIR --allow read=DIR
            """)

    @Argument(help: "A Lua file to run instead of a prompt.")
    var file: String?

    @Argument(help: "The file's arguments.")
    var arguments: [String] = []

    @Flag(help: "Neither reads nor saves the history.")
    var noHistory = false

    @Option(
        parsing: .unconditional,
        help: "The seed of testing.rng() without an argument, and of run; 0, or a plan's own.")
    var seed: Int?

    @Option(
        parsing: .unconditional, help: "Worker threads of run, 1 to 256. (default: all cores)")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data of run; scripts may also read it.",
            valueName: "dir"))
    var data: String?

    @OptionGroup var changes: ChangeOptions

    @OptionGroup var allowing: PermissionOptions

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads: expected 1 to 256, found \(threads)")
        }
        if let seed, seed < 0 {
            throw ValidationError("--seed: expected 0 or more, found \(seed)")
        }
    }

    private func settings() throws -> PromptSettings {
        var settings = PromptSettings()
        let allowed = allowing.allow + (data.map { ["read=\($0)"] } ?? [])
        if let data { try RunLibrary.checkData(data) }
        settings.permissions = try Permissions(allowing: allowed)
        settings.seed = seed
        settings.threads = threads ?? min(Machine.cores, 256)
        settings.data = data
        settings.changes = try changes.overrides.map { try PlanOverride($0) }
        return settings
    }

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
            plugins: changes.plugins.places, settings: settings(), observer: PhaseSink()
        ) { Output.line($0) }
        if let file { return try run(file, prompt) }
        PromptLoop(prompt: prompt, keepsHistory: !noHistory).run()
    }
}
