import Components
import Foundation
import LuaHost
import Runs
import Scripting

/// Reads statements, runs them and shows what they give, until there are no more.
struct PromptLoop {
    let prompt: Prompt
    /// Whether statements are kept between sessions.
    let keepsHistory: Bool

    /// What `help` says.
    static let help = """
        An expression prints its value; a name assigned without local is kept.

          apogee            the API: apogee.tensor, apogee.nn, apogee.optim, apogee.random, …
          require "NAME"    a module: "apogee.testing" makes rngs, spaces and components
          run "FILE.lua"    runs an experiment in memory, and returns the rows of its results
          settings          what --seed, --threads and --data say
          help, exit        this text; the end (Ctrl-D ends, too)

        Tab completes a name, a field, a method or a module. The reference is
        plugins/guide/reference.md; apogee plugins lists all components.
        """

    /// A command of the prompt itself.
    private enum Command: String {
        case help, exit, quit
    }

    /// The command that a line is. A variable of that name comes first.
    private func command(_ line: String) -> Command? {
        var word = line.trimmingCharacters(in: .whitespaces)
        if word.hasSuffix("()") { word.removeLast(2) }
        guard !prompt.isOpen, let command = Command(rawValue: word), !prompt.isDefined(word) else {
            return nil
        }
        return command
    }

    private func greet() {
        Output.error(
            "Apogee \(ApogeeVersion.current), Lua \(LuaState.version). "
                + "help says what there is; exit ends.")
    }

    /// Runs to the end of standard input.
    func run() {
        // Without a terminal on both sides, or on one that cannot move its cursor, lines are read
        // as they come.
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal, Terminal.style(descriptor: STDOUT_FILENO) != .plain,
            let editor = LineEditor(complete: { prompt.completion(before: $0) })
        {
            greet()
            edit(with: editor)
        } else {
            if isTerminal { greet() }
            read(isTerminal: isTerminal)
        }
    }

    /// Runs a line; what is wrong with it is told, and the session goes on.
    ///
    /// - Returns: Whether it does.
    private func take(_ line: String, interruptibly: Bool) -> Bool {
        switch command(line) {
        case .help: Output.line(Self.help)
        case .exit, .quit: return false
        case nil: interruptibly ? takeInterruptibly(line) : take(line)
        }
        return true
    }

    private func take(_ line: String) {
        do {
            for text in try prompt.take(line) { Output.line(text) }
        } catch {
            Output.error(Failure(describing: error).message)
        }
    }

    /// Runs a line that a person gave, who may end it with Ctrl-C.
    private func takeInterruptibly(_ line: String) {
        InterruptedEvaluation.allowed(by: prompt.interruption) { take(line) }
    }

    private var sign: String { prompt.isOpen ? ">> " : "> " }

    private func read(isTerminal: Bool) {
        while true {
            if isTerminal { Output.raw(sign) }
            guard let line = readLine() else { break }
            guard take(line, interruptibly: isTerminal) else { return }
        }
        if isTerminal { Output.raw("\n") }
    }

    private func edit(with editor: LineEditor) {
        var history = history(for: editor)
        // Before it runs: what ends the program must not take the statement with it.
        prompt.onStatement = { statement in
            editor.remember(statement)
            do throws(HistoryError) {
                try history?.append(statement)
            } catch {
                Output.error("\(error)")
                history = nil
            }
        }
        defer { prompt.onStatement = { _ in } }
        while true {
            switch editor.read(prompt: sign) {
            case .end: return Output.line()
            case .dropped: prompt.drop()
            case .text(let line): guard take(line, interruptibly: true) else { return }
            }
        }
    }

    /// The file of earlier sessions, after the editor has learnt its entries; nil for none.
    private func history(for editor: LineEditor) -> HistoryFile? {
        guard keepsHistory else { return nil }
        do throws(HistoryError) {
            let file = try HistoryFile(environment: ProcessInfo.processInfo.environment)
            let (entries, damaged) = try file.load()
            if damaged > 0 {
                let lines = damaged == 1 ? "1 damaged line was" : "\(damaged) damaged lines were"
                Output.error("history: \(file.path): \(lines) left out")
            }
            for entry in entries { editor.remember(entry) }
            return file
        } catch {
            Output.error("\(error)")
            return nil
        }
    }
}
