import Components
import Datasets
import Experiments
import LuaHost
import MetaLearning
import RunStore
import Scripting
import SearchSpaces
import Tensors

/// What ends a command: one sentence for standard error, and the exit code.
struct Failure: Error {
    let message: String
    let code: Components.ExitCode
    /// Where a script stood, for the lines below the sentence.
    let origin: LuaError?

    init(_ message: String, _ code: Components.ExitCode, origin: LuaError? = nil) {
        self.message = message
        self.code = code
        self.origin = origin
    }

    /// The lines below the sentence: the script functions that were running, or all functions.
    func stack(full: Bool) -> [String] {
        guard let origin else { return [] }
        let text = full ? origin.fullTrace : origin.summary
        // The first lines are the message, which may have several.
        return Array(text.dropFirst(origin.description.count + 1).split(separator: "\n"))
            .map(String.init)
    }

    /// The failure that an error of any module means outside of a run.
    init(describing error: any Error) {
        switch error {
        case let failure as Failure: self = failure
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
    init(running error: any Error) {
        let failure = Failure(describing: error)
        switch error {
        case is LuaError: self.init(failure.message, .failed, origin: failure.origin)
        case is DatasetError, is Failure, is ExperimentError, is ScriptingError: self = failure
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

    /// The parser's message as the end of an `error:` line: its first line.
    static func sentence(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init)
        guard var line = lines.first else { return "the command line cannot be read" }
        if line.hasPrefix("Error: ") { line = String(line.dropFirst(7)) }
        return line
    }
}
