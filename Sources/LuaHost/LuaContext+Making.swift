import CLua
import LuaBridge

/// How a chunk of text is named in messages.
public enum ChunkName: Sendable, Hashable {
    /// A script, by its path: its lines appear in positions and stacks.
    case file(String)
    /// Lua code of the host: left out of positions and stacks.
    case embedded(String)

    var text: String {
        switch self {
        case .file(let path): "@" + path
        case .embedded(let name): "=" + name
        }
    }

    /// The path or name.
    public var name: String {
        switch self {
        case .file(let name), .embedded(let name): name
        }
    }
}

extension LuaContext {
    /// A fresh table.
    public func table(
        array: [LuaValue] = [], fields: KeyValuePairs<String, LuaValue> = [:]
    ) throws(LuaError) -> LuaTable {
        let base = count
        defer { pop(count - base) }
        try pushTable(array: array.count, fields: fields.count)
        for (place, value) in array.enumerated() {
            try push(place + 1)
            try push(value)
            try set(in: -3)
        }
        for (name, value) in fields {
            try push(name)
            try push(value)
            try set(in: -3)
        }
        return LuaTable(reference: try reference(at: -1))
    }

    /// A host function as a value.
    public func function(_ function: HostFunction) throws(LuaError) -> LuaFunction {
        try push(function)
        defer { pop() }
        return LuaFunction(reference: try reference(at: -1))
    }

    /// A Swift object as a value.
    public func userdata<Object>(
        _ object: Object, _ type: UserdataType<Object>, nativeBytes: Int = 0
    ) throws(LuaError) -> LuaUserdata {
        try push(object, type, nativeBytes: nativeBytes)
        defer { pop() }
        return LuaUserdata(reference: try reference(at: -1))
    }

    /// A view of a table that scripts cannot change.
    ///
    /// - Parameters:
    ///   - table: The table; do not hand it to scripts itself.
    ///   - name: What messages call it.
    ///   - strict: Whether reading an unknown name is an error that offers the nearest one.
    /// - Returns: The view.
    /// - Throws: `LuaError` when memory is short.
    public func readOnly(
        _ table: LuaTable, name: String, strict: Bool = true
    ) throws(LuaError) -> LuaTable {
        try push(table)
        let b = try room()
        try core.check(b, name.withCString { bridge_read_only(b, $0, strict ? 1 : 0) })
        defer { pop() }
        return LuaTable(reference: try reference(at: -1))
    }

    /// Loads text as a function whose free names are looked up in the environment.
    ///
    /// - Throws: `LuaError` of kind `syntax`, also for bytecode.
    public func load(
        _ text: String, chunk: ChunkName, environment: LuaTable
    ) throws(LuaError) -> LuaFunction {
        var text = LuaContext.withoutHeader(text)
        let b = try room()
        // As `load` does.
        try charge(8 * text.utf8.count)
        try push(environment)
        let name = chunk.text
        let status = text.withUTF8 { bytes in
            name.withCString { name in
                bytes.withMemoryRebound(to: CChar.self) {
                    bridge_load(b, $0.baseAddress ?? name, $0.count, name)
                }
            }
        }
        guard status == 0 else { throw located(core.failure(b, status), chunk) }
        defer { pop() }
        return LuaFunction(reference: try reference(at: -1))
    }

    /// The text as Lua reads files: without a mark of byte order, and with a first line such as
    /// `#!/usr/bin/env apogee` as a comment, so that lines keep their numbers.
    private static func withoutHeader(_ text: String) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = text.utf8.starts(with: mark) ? text.utf8.dropFirst(3) : text.utf8[...]
        let rest = String(Substring(bytes))
        return rest.utf8.first == UInt8(ascii: "#") ? "--" + rest : rest
    }

    /// Moves the position at the head of a syntax error's message into the error.
    private func located(_ error: LuaError, _ chunk: ChunkName) -> LuaError {
        var error = error
        error.file = chunk.name
        // Lua shortens long names to their last 56 bytes; the line follows the name.
        let tail = String(decoding: chunk.name.utf8.suffix(20), as: UTF8.self)
        guard let range = firstRange(of: tail + ":", in: error.message) else { return error }
        let rest = error.message[range.upperBound...]
        let digits = rest.prefix { $0.isNumber }
        guard let line = Int(digits), rest.dropFirst(digits.count).hasPrefix(": ") else {
            return error
        }
        error.line = line
        error.message = String(rest.dropFirst(digits.count + 2))
        return error
    }

    private func firstRange(of needle: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(needle) {
                return start..<text.index(start, offsetBy: needle.count)
            }
            start = text.index(after: start)
        }
        return nil
    }

    /// The chunk whose code called the running host function, as named when it was loaded.
    public func callingChunk() -> ChunkName? {
        guard let b = core.bridge else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let found = bridge_caller(b, buffer.baseAddress, 4096) else { return nil }
            let source = String(cString: found)
            if source.hasPrefix("@") { return .file(String(source.dropFirst())) }
            return .embedded(source.hasPrefix("=") ? String(source.dropFirst()) : source)
        }
    }

    /// The error with position and stack of the script that called the running host function,
    /// unless it has a position.
    public func positioned(_ error: LuaError) -> LuaError {
        core.positioned(error)
    }
}
