public import Components
internal import Experiments

/// What can be wrong with a script as a file, or with what it returns.
///
/// What goes wrong inside a script is a `LuaError`, and what is wrong with its plan an
/// `ExperimentError`.
public enum ScriptingError: Error, Sendable, Equatable {
    /// There is no such file.
    case missing(path: String)
    /// The file is there and cannot be read.
    case unreadable(path: String, reason: String)
    /// The file holds nothing.
    case empty(path: String)
    /// The file holds bytes that are no text.
    case notText(path: String)
    /// The file is larger than any script.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// The script returned something else than experiments.
    case noExperiment(path: String, found: String)
    /// A value that no plan can hold.
    case notPlan(location: PlanLocation, problem: String)
    /// A folder of plugins that was named is not there.
    case missingPlugins(path: String)
    /// A plugin whose file says something wrong; the key, where one is to blame.
    case invalidPlugin(path: String, key: String?, problem: String)
    /// An operator that does not keep its contract.
    case brokenContract(at: PlanLocation, point: ExtensionPoint, problem: String)
}

extension ScriptingError: CustomStringConvertible {
    /// One line: what, where, expected, found, and what to try.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file; check the path of the script"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason))"
        case .empty(let path):
            "\(path): the file is empty; a script returns apogee.experiment { … }"
        case .notText(let path):
            "\(path): expected a Lua script in UTF-8, found other bytes"
        case .tooLarge(let path, let bytes, let limit):
            "\(path): \(bytes) bytes, at most \(limit) are read; is it a script?"
        case .noExperiment(let path, let found):
            "\(path): the script returned \(found); expected apogee.experiment { … } or a list of "
                + "them, after return"
        case .notPlan(let location, let problem):
            "\(location): \(problem)"
        case .missingPlugins(let path):
            "\(path): no such folder of plugins"
        case .invalidPlugin(let path, let key, let problem):
            "\(path): " + (key.map { "\($0): " } ?? "") + problem
        case .brokenContract(let location, let point, let problem):
            "\(location): \(point.rawValue): \(problem)"
        }
    }

    /// What a command that ends with this error returns to the shell.
    public var exitCode: ExitCode {
        switch self {
        case .missing, .unreadable, .missingPlugins: .inputMissing
        default: .invalid
        }
    }
}
