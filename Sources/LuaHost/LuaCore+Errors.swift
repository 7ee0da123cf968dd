import CLua
import LuaBridge

/// A Swift error on its way through Lua frames.
package final class ErrorBox {
    let error: LuaError

    init(_ error: LuaError) {
        self.error = error
    }
}

extension LuaCore {
    /// The error that the bridge reported; pops the error value.
    @inline(never)
    func failure(
        _ b: BridgePointer, _ code: Int32, name: String? = nil
    ) -> LuaError {
        defer { lua_settop(b.pointee.running, -2) }
        let status = Int(code)
        if status == BRIDGE_HOST, let box = bridge_object(b, -1), let context = box.pointee.context
        {
            var error = Unmanaged<ErrorBox>.fromOpaque(context).takeUnretainedValue().error
            if error.callback == nil { error.callback = name }
            return error
        }
        var error = LuaError(kind: .runtime, message: "")
        locate(b, &error)
        error.callback = name
        switch status {
        case BRIDGE_SYNTAX:
            error.kind = .syntax
            error.message = message(b)
        case BRIDGE_INSTRUCTIONS, BRIDGE_MEMORY, BRIDGE_TIME, BRIDGE_INTERRUPTED:
            explain(b, status, &error)
        case BRIDGE_OVERFLOW:
            error.kind = .stackOverflow
            error.message = "stack overflow: a function calls itself without end"
        default:
            error.message = message(b)
        }
        return error
    }

    /// Says which limit was passed, and what to do.
    func explain(_ b: BridgePointer, _ status: Int, _ error: inout LuaError) {
        let raise = "raise the limit by limits in the plan, or --limit"
        switch status {
        case BRIDGE_INSTRUCTIONS:
            error.kind = .instructionLimit
            let limit = limit(b).map { "\(grouped($0)) instructions" }
            error.message =
                "stopped after \(limit ?? "the allowed number of instructions"): an endless loop?"
                + " If not, raise the instruction limit by limits in the plan, or --limit"
        case BRIDGE_MEMORY:
            error.kind = .memoryLimit
            let limit = limit(b).map { "\(grouped($0)) bytes" }
            error.message =
                "stopped at the memory limit\(limit.map { " of \($0)" } ?? ""):"
                + " keep less, or \(raise)"
        case BRIDGE_TIME:
            error.kind = .timeLimit
            let seconds = limit(b).map { " after \(Double($0) / 1e9) seconds" }
            error.message = "stopped\(seconds ?? " at the time limit"): do less, or \(raise)"
        default:
            error.kind = .interrupted
            error.message = "interrupted"
        }
    }

    private func limit(_ b: BridgePointer) -> Int? {
        let limit = bridge_error_limit(b)
        return limit >= 0 ? Int(limit) : nil
    }

    /// Takes position and stack from the bridge's report.
    func locate(_ b: BridgePointer, _ error: inout LuaError) {
        let line = Int(bridge_error_line(b))
        guard line > 0 else { return }
        error.line = line
        error.file = bridge_error_file(b).map { String(cString: $0) }
        guard let stack = bridge_error_stack(b).map({ String(cString: $0) }) else { return }
        for row in stack.split(separator: "\n") {
            let parts = row.split(separator: "\u{1F}", omittingEmptySubsequences: false)
            guard parts.count == 4, let line = Int(parts[1]) else { continue }
            error.frames.append(
                LuaError.Frame(
                    file: String(parts[0]), line: line, function: String(parts[2]),
                    isHost: parts[3] == "h"))
        }
    }

    /// What the error value on top says; values other than strings are described.
    private func message(_ b: BridgePointer) -> String {
        let L = b.pointee.running
        let context = LuaContext(core: self)
        switch lua_type(L, -1) {
        case LUA_TSTRING:
            let skip = bridge_error_skip(b)
            let text = String(
                decoding: (context.bytes(at: -1) ?? []).dropFirst(skip), as: UTF8.self)
            return text.isEmpty
                ? "an error without a message (the error value is \"\")" : explained(text)
        case LUA_TNIL:
            return "an error without a message (the error value is nil)"
        default:
            break
        }
        guard lua_checkstack(L, 4) != 0 else { return "an error value of another type" }
        if lua_type(L, -1) == LUA_TTABLE {
            // Many libraries raise { message = "…" }.
            // Without metamethods: the failed call and its limits are over.
            let status = context.pushRaw("message") {
                lua_rawget(L, -2)
                return 0
            }
            defer { lua_settop(L, -2) }
            if status == 0, let message = context.string(at: -1) { return message }
        }
        let status = bridge_error_text(b, -1)
        defer { lua_settop(L, -2) }
        guard status == 0, let message = context.string(at: -1) else {
            return "an error value without readable text"
        }
        return "an error value: \(message)"
    }

    /// Says of a name of another Lua version what it is called here.
    private func explained(_ message: String) -> String {
        let names = [
            ("unpack", "table.unpack"), ("loadstring", "load"), ("getn", "the operator #"),
            ("maxn", "the operator #"), ("gfind", "string.gmatch"), ("bit32", "the bit operators"),
            ("bit", "the bit operators"), ("setfenv", "the fourth argument of load"),
        ]
        for (old, new) in names
        where message.hasSuffix("(global '\(old)')") || message.hasSuffix("(field '\(old)')") {
            return message + ": in Lua 5.4 it is \(new)"
        }
        return message
    }

    /// The error with the position of the script that is running, unless it has one.
    func positioned(_ error: LuaError) -> LuaError {
        guard error.file == nil, let b = bridge else { return error }
        var error = error
        bridge_where(b)
        locate(b, &error)
        return error
    }

    /// Leaves a Swift error as error value on the stack, with the position of the script that
    /// called the host function; returns the status that makes the trampoline raise it.
    @inline(never)
    func raise(_ thrown: any Error) -> Int32 {
        guard let b = bridge, let type = errorType else { return Int32(BRIDGE_RAISE) }
        var error: LuaError
        if let known = thrown as? LuaError {
            error = known
        } else {
            error = LuaError(kind: .host(thrown), message: String(describing: thrown))
        }
        error = positioned(error)
        let context = LuaContext(core: self)
        guard lua_checkstack(b.pointee.running, 4) != 0 else { return Int32(BRIDGE_RAISE) }
        do {
            try context.push(ErrorBox(error), type)
        } catch {
            // There may be no memory left even for the error.
            if case .memoryLimit = error.kind { bridge_end(b, Int32(BRIDGE_MEMORY)) }
            lua_pushnil(b.pointee.running)
        }
        return Int32(BRIDGE_RAISE)
    }

    /// Gives scripts that catch a Swift error its text and position.
    func makeErrorType() throws(LuaError) {
        var definition = UserdataDefinition<ErrorBox>("error", isShared: true)
        definition.getter("message") { box, context in try context.push(box.error.message) }
        definition.getter("file") { box, context in try context.push(optional: box.error.file) }
        definition.getter("line") { box, context in
            if let line = box.error.line { try context.push(line) } else { try context.pushNil() }
        }
        definition.operation(.text) { arguments in
            guard let type = arguments.context.core.errorType else { return 0 }
            try arguments.context.push(arguments.object(1, "error", type).error.description)
            return 1
        }
        definition.operation(.concatenate) { arguments in
            try arguments.context.push(arguments.text(1) + arguments.text(2))
            return 1
        }
        errorType = try LuaContext(core: self).register(
            definition, identity: Int32(BRIDGE_TYPE_ERROR))
    }
}

/// 1,000,000 rather than 1000000.
func grouped(_ value: Int) -> String {
    var text = ""
    let digits = String(value.magnitude)
    for (index, digit) in digits.enumerated() {
        if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return value < 0 ? "-" + text : text
}
