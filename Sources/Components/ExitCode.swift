/// What a command returns to the shell.
public enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// The command did what was asked.
    case done = 0
    /// The experiment could not be finished, or a check or spec failed.
    case failed = 1
    /// The command line is wrong.
    case usage = 64
    /// The script, plan or plugin is wrong.
    case invalid = 65
    /// A file or data set is not there.
    case inputMissing = 66
    /// A bug in Apogee.
    case fault = 70
    /// Stopped from outside, with the state saved.
    case interrupted = 130

    /// The meaning in a few words.
    public var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "the run, a spec or a comparison failed"
        case .usage: "wrong command line"
        case .invalid: "invalid script, plan or plugin"
        case .inputMissing: "missing file or data"
        case .fault: "a bug in Apogee"
        case .interrupted: "interrupted, with the state saved"
        }
    }

    /// All codes with their meanings, in one sentence: the text of `apogee --help` and of the README.
    public static let sentence =
        "Exit codes: " + allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ")
        + "."
}
