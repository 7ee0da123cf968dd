public import Components
public import RunStore

/// Why a run cannot go on. `run` is where the run is.
public enum ResumeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no run, or one that cannot be read.
    case notFound(RunStoreError)
    /// The run did all that its plan says.
    case finished(run: String)
    /// The run recorded neither a request nor a command line that began it.
    case noRequest(run: String)
    /// The run may do other things than it might; `before` is what it might.
    case otherPermissions(before: [String])
    /// The script gives no plan any more.
    case noPlan(file: String)
    /// A version that results depend on is another one.
    case otherVersion(run: String, change: String)
    /// The script's text is another one.
    case otherScript(run: String, file: String)
    /// Files that decide the results are other ones: what changed, one part of a sentence each.
    case otherFiles(run: String, changes: [String])
    /// The plan is another one, though the script is the same.
    case otherPlan(change: String)
    /// The state cannot be read.
    case damagedState(RunStoreError)
    /// The run saved no state.
    case noState(run: String)

    /// What is wrong, and what to try.
    public var description: String {
        switch self {
        case .notFound(let error), .damagedState(let error): "--resume: \(error)"
        case .finished(let run):
            "--resume: the run in \(run) is finished; its results are in \(run)/results.json"
        case .noRequest(let run):
            "--resume: run.json in \(run) does not hold the command line of a run"
        case .otherPermissions(let before):
            before.isEmpty
                ? "--allow: the run began without permissions, so it goes on without"
                : "--allow: the run began with --allow \(before.joined(separator: ",")); give the "
                    + "same again to go on"
        case .noPlan(let file): "--resume: \(file) gives no plan"
        case .otherVersion(let run, let change):
            "--resume: the run in \(run) is of another version: \(change)"
        case .otherScript(let run, let file):
            "--resume: \(file) has changed since the run began; its text of then is in "
                + "\(run)/script.lua"
        case .otherFiles(let run, let changes):
            "--resume: \(changes.joined(separator: ", ")) since the run in \(run) began; put "
                + "\(changes.count == 1 ? "it" : "them") back as before, or run the experiment again"
        case .otherPlan(let change): "--resume: the plan is not the one of the run: \(change)"
        case .noState(let run):
            "--resume: the run in \(run) saved no state to go on from; only searches do, from their "
                + "first save on; run the experiment again"
        }
    }

    /// What a command that ends with this error returns to the shell.
    public var exitCode: ExitCode {
        switch self {
        case .notFound, .noRequest, .noState: .inputMissing
        case .finished, .otherPermissions: .usage
        case .noPlan, .otherVersion, .otherScript, .otherFiles, .otherPlan: .invalid
        case .damagedState: .failed
        }
    }
}
