public import Components
import Datasets
import Experiments
public import LuaHost
import MetaLearning
import RunStore
import Scripting
import SearchSpaces
import Tensors

/// What ends a run or a command: one sentence, and the exit code that it stands for.
public struct Failure: Error, CustomStringConvertible {
    /// The sentence: where, what was expected and found, and what to try.
    public let message: String
    /// What a command that ends with it returns to the shell.
    public let code: Components.ExitCode
    /// Where a script stood, for the lines below the sentence.
    public let origin: LuaError?

    /// The sentence.
    public var description: String { message }

    /// A failure from its parts.
    public init(_ message: String, _ code: Components.ExitCode, origin: LuaError? = nil) {
        self.message = message
        self.code = code
        self.origin = origin
    }

    /// The failure that an error of any module means outside of a run.
    public init(describing error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ResumeError: self.init(error.description, error.exitCode)
        case let error as ScriptingError: self.init(error.description, error.exitCode)
        case let error as ExperimentError: self.init(error.description, error.exitCode)
        case let error as LuaError:
            // A typed error that went through Lua keeps its own code.
            if let inner = error.underlying, !(inner is LuaError) {
                self.init(error.description, Failure(describing: inner).code, origin: error)
            } else {
                self.init(error.description, .invalid, origin: error)
            }
        case let error as DatasetError: self.init(error.description, Failure.code(of: error))
        case let error as SearchSpaceError: self.init(error.description, .invalid)
        case let error as RunStoreError: self.init(error.description, .failed)
        case let error as TensorError: self.init(error.description, .failed)
        case let error as MetaLearningError: self.init(error.description, .failed)
        default:
            self.init(
                "\(error); this looks like a bug in Apogee, please report it", .fault)
        }
    }

    /// The failure that an error means during a run: what is no input's fault is the experiment's.
    public init(running error: any Error) {
        let failure = Failure(describing: error)
        switch error {
        case is LuaError: self.init(failure.message, .failed, origin: failure.origin)
        case is DatasetError, is Failure, is ResumeError, is ExperimentError, is ScriptingError:
            self = failure
        case is SearchSpaceError, is RunStoreError, is TensorError, is MetaLearningError:
            self.init(failure.message, .failed)
        default: self.init("\(error)", .failed)
        }
    }

    private static func code(of error: DatasetError) -> Components.ExitCode {
        switch error {
        case .missingFile, .unreadableFile, .noArchives, .emptyFile, .truncatedArchive,
            .notAnArchive, .damagedArchive, .wrongArchive, .encryptedEntry, .damagedEntry,
            .tooLarge, .conflictingEntries, .notPNG, .damagedPNG, .wrongImageSize,
            .malformedLabels, .malformedTable:
            .inputMissing
        default: .invalid
        }
    }
}
