/// What a kernel can refuse.
public enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// oneDNN returned a status other than success.
    case library(call: String, status: Int32)

    /// The call, its status in words, and which oneDNN Apogee is written for.
    public var description: String {
        switch self {
        case .library(let call, let status):
            """
            oneDNN: \(call) returned status \(status) (\(KernelError.meaning(of: status))). \
            `apogee doctor` prints the library's version; Apogee is written for oneDNN 2.x
            """
        }
    }

    private static func meaning(of status: Int32) -> String {
        switch status {
        case 1: "out of memory"
        case 2: "invalid arguments"
        case 3: "not implemented"
        case 4: "iterator end"
        case 5: "runtime error"
        case 6: "operation not required"
        default: "unknown"
        }
    }
}
