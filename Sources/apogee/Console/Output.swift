import Foundation

/// The two streams of a command: results on standard output, all else on standard error.
enum Output {
    /// A line of results.
    static func line(_ text: String = "") {
        write(text + "\n", to: FileHandle.standardOutput)
    }

    /// A line for the person at the terminal.
    static func error(_ text: String) {
        write(TextWidth.plain(text) + "\n", to: FileHandle.standardError)
    }

    /// Text for standard error as it is, control codes included.
    static func raw(_ text: String) {
        write(text, to: FileHandle.standardError)
    }

    /// A closed pipe, as after `| head`, is not worth a message.
    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
