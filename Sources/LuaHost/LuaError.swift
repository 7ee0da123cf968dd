/// What went wrong in Lua, and where in which script.
public struct LuaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public enum Kind: Sendable {
        /// The text is not Lua.
        case syntax
        /// A script or a library function raised an error.
        case runtime
        /// The call used up its instructions.
        case instructionLimit
        /// The call, or the state, used up its memory.
        case memoryLimit
        /// Recursion without end.
        case stackOverflow
        /// A value is not what the host expected.
        case conversion
        /// The state is closed.
        case closed
        /// A Swift error thrown by a host function, as it was.
        case host(any Error)
    }

    /// One function of a script that was running.
    public struct Frame: Sendable, Hashable, CustomStringConvertible {
        /// File as the chunk was named.
        public let file: String
        /// Line in that file, from 1.
        public let line: Int
        /// What is known of the function: its name in quotes, or where it begins.
        public let function: String

        /// `file:line: in function`.
        public var description: String { "\(file):\(line): in \(function)" }
    }

    /// The kind of failure.
    public var kind: Kind
    /// What happened, without position.
    public var message: String
    /// The script that was running, if any.
    public var file: String?
    /// The line in `file`, from 1.
    public var line: Int?
    /// The extension point whose function was called: "mutation".
    public var callback: String?
    /// The script functions that were running, innermost first; those of the host are left out.
    public var stack: [Frame]

    /// An error of the host, without position unless it is given.
    public init(
        kind: Kind, message: String, file: String? = nil, line: Int? = nil,
        callback: String? = nil, stack: [Frame] = []
    ) {
        self.kind = kind
        self.message = message
        self.file = file
        self.line = line
        self.callback = callback
        self.stack = stack
    }

    /// The Swift error that a host function threw, if that is what happened.
    public var underlying: (any Error)? {
        guard case .host(let error) = kind else { return nil }
        return error
    }

    /// One line: `file:line: callback: message`.
    public var description: String {
        var text = ""
        if let file {
            text += file
            if let line { text += ":\(line)" }
            text += ": "
        }
        if let callback { text += "\(callback): " }
        return text + message
    }

    /// The description, then a line for each script function that was running.
    public var trace: String {
        ([description] + stack.map { "    \($0)" }).joined(separator: "\n")
    }

    /// Equal in kind and in all that is shown; Swift errors compare by type and description.
    public static func == (left: LuaError, right: LuaError) -> Bool {
        left.kind.label == right.kind.label && left.message == right.message
            && left.file == right.file && left.line == right.line
            && left.callback == right.callback && left.stack == right.stack
    }
}

extension LuaError.Kind {
    /// A word for the kind; that of a Swift error names its type.
    public var label: String {
        switch self {
        case .syntax: "syntax"
        case .runtime: "runtime"
        case .instructionLimit: "instruction limit"
        case .memoryLimit: "memory limit"
        case .stackOverflow: "stack overflow"
        case .conversion: "conversion"
        case .closed: "closed"
        case .host(let error): "host \(type(of: error)): \(error)"
        }
    }
}

extension LuaError {
    static let closed = LuaError(
        kind: .closed, message: "the Lua state is closed; keep it as long as its values are used")
}
