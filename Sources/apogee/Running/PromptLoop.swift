import Components
import Foundation
import Runs
import Scripting

/// Reads statements, runs them and shows what they give, until there are no more.
struct PromptLoop {
    let prompt: Prompt
    /// Whether statements are kept between sessions.
    let keepsHistory: Bool

    /// Runs to the end of standard input.
    func run() {
        // Without a terminal on both sides, or on one that cannot move its cursor, lines are read
        // as they come.
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal, Terminal.style(descriptor: STDOUT_FILENO) != .plain,
            let editor = LineEditor(complete: { prompt.completion(before: $0) })
        {
            edit(with: editor)
        } else {
            read(isTerminal: isTerminal)
        }
    }

    /// Runs a line; what is wrong with it is told, and the session goes on.
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
            if isTerminal { takeInterruptibly(line) } else { take(line) }
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
            case .text(let line): takeInterruptibly(line)
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
