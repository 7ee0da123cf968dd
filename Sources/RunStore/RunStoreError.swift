#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why something could not be stored or read back.
public enum RunStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A folder cannot be made.
    case cannotCreate(path: String, reason: String)
    /// A file stands where a folder is needed.
    case notAFolder(path: String)
    /// The disk, or the user's share of it, is full.
    case diskFull(path: String)
    /// A file cannot be written.
    case cannotWrite(path: String, reason: String)
    /// A file cannot be read.
    case cannotRead(path: String, reason: String)
    /// A file is larger than what was asked to be read at most.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// A name cannot be part of a file name.
    case invalidName(name: String)
    /// Arrays that cannot be stored: a name twice, or a shape without its values.
    case invalidArray(name: String, detail: String)
    /// A file is not what its name says.
    case malformed(path: String, detail: String)
    /// A record has no JSON form.
    case unencodable(path: String, detail: String)
    /// A folder that holds no run.
    case notARun(path: String, detail: String)
    /// A state that was cut short, edited or mixed with that of another run.
    case damagedState(path: String, detail: String)
    /// An event that cannot be read, by its line from 1.
    case damagedEvent(path: String, line: Int, detail: String)
    /// Another process writes to the run's folder.
    case busy(path: String)

    /// What is wrong, where, and what to try.
    public var description: String {
        switch self {
        case .cannotCreate(let path, let reason):
            return "the folder \(path) cannot be made: \(reason); "
                + "choose a folder that you may write to with --store DIR"
        case .notAFolder(let path):
            return "\(path) is a file, and the store needs a folder; "
                + "choose another with --store DIR"
        case .diskFull(let path):
            return "no space is left to write \(path); what was written before is kept; "
                + "free some space, or choose a folder on another disk with --store DIR"
        case .cannotWrite(let path, let reason):
            return "\(path) cannot be written: \(reason); "
                + "choose a folder that you may write to with --store DIR"
        case .cannotRead(let path, let reason):
            return "\(path) cannot be read: \(reason)"
        case .tooLarge(let path, let bytes, let limit):
            return "\(path) has \(bytes) bytes, at most \(limit) are read"
        case .invalidName(let name):
            return "“\(name)” cannot name a stored file; "
                + "use 1 to 80 letters, digits, “-” and “_”"
        case .invalidArray(let name, let detail):
            return "the array “\(name)” cannot be stored: \(detail)"
        case .malformed(let path, let detail):
            return "\(path) is no valid safetensors file: \(detail); "
                + "it may be cut short or damaged, write it again"
        case .unencodable(let path, let detail):
            return "\(path) cannot be written: \(detail)"
        case .notARun(let path, let detail):
            return "\(path) is no run's folder: \(detail); name one below the store, such as "
                + "runs/first-steps-0-1"
        case .damagedState(let path, let detail):
            return "the state \(path) is damaged: \(detail); no run can go on from it, so run the "
                + "experiment again from its start"
        case .damagedEvent(let path, let line, let detail):
            return "line \(line) of \(path) cannot be read: \(detail)"
        case .busy(let path):
            return "another process writes to \(path); wait until it ends, or end it"
        }
    }

    /// The error for an errno of a failed write.
    static func writing(_ path: String, _ code: Int32) -> RunStoreError {
        switch code {
        case ENOSPC, EDQUOT: return .diskFull(path: path)
        default: return .cannotWrite(path: path, reason: reason(code))
        }
    }

    /// What the system says about an errno.
    static func reason(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
