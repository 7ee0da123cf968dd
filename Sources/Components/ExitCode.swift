/// What a command returns to the shell.
public enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// The command did what was asked.
    case done = 0
    /// The experiment could not be finished.
    case failed = 1
    /// The command line is wrong.
    case usage = 64
    /// The script, plan or plugin is wrong.
    case invalid = 65
    /// A file or data set is not there.
    case inputMissing = 66
    /// A mistake of ours.
    case fault = 70
    /// Stopped from outside, with the state saved.
    case interrupted = 130
}
