/// What a kernel can refuse.
public enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// oneDNN returned a status other than success.
    case library(call: String, status: Int32)
    /// The loaded oneDNN is of another major version than the headers of the build.
    case versions(headers: String, library: String)

    /// The call and its status in words, or the versions, and what to do.
    public var description: String {
        switch self {
        case .library(let call, let status):
            """
            oneDNN: \(call) returned status \(status) (\(KernelError.meaning(of: status))). \
            `apogee doctor` prints the library's version; Apogee is written for oneDNN 2 and 3
            """
        case .versions(let headers, let library):
            """
            oneDNN: this program was built with the headers of version \(headers), and version \
            \(library) is loaded. Reinstall libdnnl-dev (`scripts/setup`), remove .build and build \
            again
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
