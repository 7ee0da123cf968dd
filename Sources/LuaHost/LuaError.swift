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
        /// The call used up its time by the clock.
        case timeLimit
        /// The host was asked to end the call, as by Ctrl-C.
        case interrupted
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
        /// File as the chunk was named; `[host]` for a function of the host.
        public let file: String
        /// Line in that file, from 1; 0 where there is none.
        public let line: Int
        /// What is known of the function: its name in quotes, or where it begins.
        public let function: String

        /// Whether it is code of the host or a C function, left out of the short stack.
        public var isHost = false

        /// `file:line: in function`.
        public var description: String {
            line > 0 ? "\(file):\(line): in \(function)" : "\(file): in \(function)"
        }
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
    /// All functions that were running, innermost first, through coroutines and the host. Of a deep
    /// stack the middle is left out.
    public var frames: [Frame]
    /// The script functions that were running, innermost first; those of the host are left out.
    public var stack: [Frame] { Array(frames.lazy.filter { !$0.isHost }.prefix(32)) }

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
        frames = stack
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

    /// The description, then the script functions that led to it where there were several: at most
    /// five.
    public var summary: String {
        let stack = stack
        guard stack.count > 1 else { return description }
        var lines = [description] + stack.prefix(5).map { "    \($0)" }
        if stack.count > 5 { lines.append("    ...") }
        return lines.joined(separator: "\n")
    }

    /// The description, then all functions that were running, those of the host among them.
    public var fullTrace: String {
        ([description] + frames.map { "    \($0)" }).joined(separator: "\n")
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
        case .timeLimit: "time limit"
        case .interrupted: "interrupted"
        case .stackOverflow: "stack overflow"
        case .conversion: "conversion"
        case .closed: "closed"
        case .host(let error): "host \(type(of: error)): \(error)"
        }
    }
}

extension LuaError {
    static let closed = LuaError(
        kind: .closed, message: "the Lua state is closed; keep it open while its values are in use")
}
