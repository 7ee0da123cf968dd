/// The `io` of scripts: standard streams that the host shows, and files where permissions say so.
struct StockInput {
    let context: LuaContext
    let access: FileAccess
    private let type: UserdataType<ScriptFile>

    init(
        _ context: LuaContext, _ permissions: Permissions,
        onOpen: @escaping (String, [UInt8]?) -> Void
    ) throws(LuaError) {
        self.context = context
        access = FileAccess(permissions: permissions, onOpen: onOpen)
        type = try StockInput.register(context)
    }

    /// The table, and the stream behind `print`.
    func table(_ printer: LinePrinter?) throws(LuaError) -> LuaTable {
        let table = try context.table()
        if let printer {
            let stream = LuaValue.userdata(
                try context.userdata(ScriptFile(stream: "stdout", printer), type))
            try table.set("stdout", stream)
            try table.set("stderr", stream)
            try table.set(
                "write",
                .function(
                    try context.function(
                        HostFunction("io.write") { arguments in
                            for place in 0..<arguments.count {
                                printer.write(try StockInput.text(arguments, place + 1))
                            }
                            return stream
                        })))
        }
        let (access, type) = (access, type)
        let open = HostFunction(
            "io.open",
            pushing: { arguments in
                let path = try arguments.string(1, "path")
                let text = arguments.isAbsent(2) ? "r" : try arguments.string(2, "mode")
                guard let mode = FileAccess.Mode(text) else {
                    throw LuaError(
                        kind: .conversion,
                        message: "io.open: expected mode \"r\", \"w\" or \"a\", found \"\(text)\"")
                }
                switch try access.open(path, mode, for: "io.open") {
                case .success(let file):
                    try arguments.context.push(file, type, nativeBytes: file.bytes.count)
                    return 1
                case .failure(let failure):
                    try arguments.context.pushNil()
                    try arguments.context.push(failure.message)
                    try arguments.context.push(failure.code)
                    return 3
                }
            })
        try table.set("open", .function(try context.function(open)))
        try table.set("lines", .function(try context.function(lines())))
        let kind = HostFunction("io.type") { arguments in
            guard
                let file: ScriptFile = arguments.context.object(
                    at: arguments.place(1), identity: type.identity)
            else { return .nil }
            return .string(file.isOpen ? "file" : "closed file")
        }
        try table.set("type", .function(try context.function(kind)))
        let refused = [
            ("close", "use the file's own method"),
            ("input", "open a file by name"), ("output", "open a file by name"),
            ("popen", "programs would run outside of the sandbox"),
            ("read", "a run does not read from the terminal"),
            ("tmpfile", "open a file by name"),
        ]
        for (name, why) in refused {
            try table.set(name, .function(try StockSystem.refusal("io.\(name)", why, context)))
        }
        return table
    }

    private func lines() -> HostFunction {
        let access = access
        return HostFunction("io.lines") { arguments in
            let path = try arguments.string(1, "path")
            let format = try arguments.value(2)
            switch try access.open(path, .read, for: "io.lines") {
            case .success(let file):
                return .function(try StockInput.iterator(file, format, arguments.context))
            case .failure(let failure):
                throw LuaError(kind: .runtime, message: failure.message)
            }
        }
    }

    /// A function that reads by one format on each call.
    private static func iterator(
        _ file: ScriptFile, _ format: LuaValue, _ context: LuaContext
    ) throws(LuaError) -> LuaFunction {
        try context.function(
            HostFunction(
                "lines",
                pushing: { arguments in
                    try read(file, format, arguments.context, "lines")
                    return 1
                }))
    }

    /// The text of a string or number.
    private static func text(_ arguments: LuaArguments, _ place: Int) throws -> [UInt8] {
        switch arguments.kind(place) {
        case .string, .integer, .number:
            // `tostring` of a string is the string; bytes that are no text pass too.
            let bytes =
                try arguments.context.bytes(at: arguments.place(place))
                ?? Array(arguments.text(place).utf8)
            // What is written goes to a disk or a screen.
            try arguments.context.charge(50 + bytes.count / 8)
            return bytes
        default:
            throw arguments.mismatch(place, "text", expected: "a string or a number")
        }
    }

    // MARK: Files

    private static func register(_ context: LuaContext) throws(LuaError)
        -> UserdataType<ScriptFile>
    {
        var definition = UserdataDefinition<ScriptFile>("file")
        definition.method("write") { file, arguments in
            try check(file, "write", writing: true)
            for place in 0..<arguments.count {
                try file.write(try text(arguments, place + 1))
            }
            // The object before the colon: as in plain Lua, so that writes can follow each other.
            try arguments.context.push(try arguments.context.value(at: 1))
            return 1
        }
        definition.method("read") { file, arguments in
            try check(file, "read", writing: false)
            guard arguments.count > 0 else {
                try read(file, .nil, arguments.context, "read")
                return 1
            }
            for place in 1...arguments.count {
                try read(file, try arguments.value(place), arguments.context, "read")
            }
            return arguments.count
        }
        definition.method("lines") { file, arguments in
            try check(file, "lines", writing: false)
            let format = try arguments.value(1)
            try arguments.context.push(
                HostFunction(
                    "lines",
                    pushing: { inner in
                        try read(file, format, inner.context, "lines")
                        return 1
                    }))
            return 1
        }
        definition.method("seek") { file, arguments in
            try check(file, "seek", writing: false)
            let whence = arguments.isAbsent(1) ? "cur" : try arguments.string(1, "whence")
            let offset = arguments.isAbsent(2) ? 0 : try arguments.integer(2, "offset")
            let starts = ["set": 0, "cur": file.place, "end": file.bytes.count]
            guard let start = starts[whence] else {
                throw LuaError(
                    kind: .conversion,
                    message: "seek: expected \"set\", \"cur\" or \"end\", found \"\(whence)\"")
            }
            let (place, overflow) = start.addingReportingOverflow(offset)
            guard !overflow, place >= 0, place <= file.bytes.count else {
                throw LuaError(
                    kind: .runtime,
                    message: "seek: expected a place from 0 to \(file.bytes.count)")
            }
            file.place = place
            try arguments.context.push(place)
            return 1
        }
        definition.method("flush") { file, arguments in
            file.flush()
            try arguments.context.push(try arguments.context.value(at: 1))
            return 1
        }
        definition.method("setvbuf") { _, arguments in
            try arguments.context.push(true)
            return 1
        }
        definition.method("close") { file, arguments in
            if file.isStream { file.flush() } else { file.close() }
            try arguments.context.push(true)
            return 1
        }
        return try context.register(definition)
    }

    private static func check(
        _ file: ScriptFile, _ function: String, writing: Bool
    ) throws(LuaError) {
        guard file.isOpen else {
            throw LuaError(kind: .runtime, message: "\(function): the file is closed")
        }
        guard writing != file.isReadable else {
            let opened = file.isReadable ? "reading" : "writing"
            throw LuaError(
                kind: .runtime, message: "\(function): '\(file.path)' is open for \(opened) only")
        }
    }

    /// Pushes what one format reads; nil at the end of the file.
    private static func read(
        _ file: ScriptFile, _ format: LuaValue, _ context: LuaContext, _ function: String
    ) throws(LuaError) {
        guard file.isOpen else {
            throw LuaError(kind: .runtime, message: "\(function): the file is closed")
        }
        if let count = format.integer {
            guard let bytes = file.read(count) else { return try context.pushNil() }
            return try context.push(bytes: bytes)
        }
        let name = format.isNil ? "l" : format.string ?? ""
        switch name.hasPrefix("*") ? String(name.dropFirst()) : name {
        case "l", "L":
            guard let line = file.line(kept: name.hasSuffix("L")) else {
                return try context.pushNil()
            }
            try context.charge(line.count / 4)
            try context.push(bytes: line)
        case "a": try context.push(bytes: file.rest())
        case "n":
            guard let number = number(file) else { return try context.pushNil() }
            try context.push(number)
        default:
            throw LuaError(
                kind: .conversion,
                message: "\(function): expected \"l\", \"L\", \"a\", \"n\" or a number of bytes, "
                    + "found \(format.string.map { "\"\($0)\"" } ?? format.kind.description)")
        }
    }

    /// A decimal numeral, blanks before it skipped.
    private static func number(_ file: ScriptFile) -> LuaValue? {
        var place = file.place
        let bytes = file.bytes
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        let start = place
        let allowed = Set("+-.0123456789eE".utf8)
        while place < bytes.count, place - start < 200, allowed.contains(bytes[place]) {
            place += 1
        }
        file.place = place
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        return Int(text).map(LuaValue.integer) ?? Double(text).map(LuaValue.number)
    }
}
