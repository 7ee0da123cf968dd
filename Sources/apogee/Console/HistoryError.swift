/// Why the history of a prompt is not kept, or not whole.
package enum HistoryError: Error, Hashable, CustomStringConvertible {
    /// The environment names no folder for it.
    case noFolder
    /// The file cannot be read or written, for the reason that the system gives.
    case inaccessible(path: String, reason: String)
    /// It is no plain file.
    case notAFile(path: String)
    /// Far more than a history holds.
    case tooLarge(path: String, bytes: Int)
    /// Other programs hold its lock.
    case busy(path: String)

    /// One sentence for the person at the prompt.
    package var description: String {
        let end = "this session's lines will not be saved (--no-history turns the history off)"
        switch self {
        case .noFolder:
            return "history: neither XDG_STATE_HOME nor HOME names a folder; \(end)"
        case .inaccessible(let path, let reason):
            return "history: \(path): \(reason); \(end)"
        case .notAFile(let path):
            return "history: \(path): expected a file, found something else; \(end)"
        case .tooLarge(let path, let bytes):
            return "history: \(path): expected at most \(HistoryFile.largest) bytes, found "
                + "\(bytes); \(end)"
        case .busy(let path):
            return "history: \(path): another program keeps it locked; \(end)"
        }
    }
}
