import LuaHost
import Runs

extension Failure {
    /// The lines below the sentence: the script functions that were running, or all functions.
    func stack(full: Bool) -> [String] {
        guard let origin else { return [] }
        let text = full ? origin.fullTrace : origin.summary
        // The first lines are the message, which may have several.
        return Array(text.dropFirst(origin.description.count + 1).split(separator: "\n"))
            .map(String.init)
    }

    /// The parser's message as the end of an `error:` line: its first line.
    static func sentence(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init)
        guard var line = lines.first else { return "the command line cannot be read" }
        if line.hasPrefix("Error: ") { line = String(line.dropFirst(7)) }
        return line
    }
}
