import Foundation

/// Opens the files that permissions name, and no others.
struct FileAccess {
    let permissions: Permissions
    /// Takes the path of each file that is opened, with its content if it is read.
    var onOpen: (String, [UInt8]?) -> Void = { _, _ in }

    /// The most bytes of one file that are read; the whole file is held in memory.
    static let limit = 256 << 20

    /// How a file may be opened.
    enum Mode {
        case read, write, append

        /// From the second argument of `io.open`.
        init?(_ text: String) {
            switch text {
            case "r", "rb": self = .read
            case "w", "wb": self = .write
            case "a", "ab": self = .append
            default: return nil
            }
        }
    }

    /// Opens a file.
    ///
    /// - Returns: The file, or what the system says against it.
    /// - Throws: `LuaError` when no permission covers the path.
    func open(_ path: String, _ mode: Mode, for function: String) throws(LuaError)
        -> Result<ScriptFile, SystemFailure>
    {
        let isReading = mode == .read
        let folders = isReading ? permissions.read + permissions.write : permissions.write
        guard folders.contains(where: { covers($0, path) }) else {
            throw refusal(path, isReading ? "read" : "write", folders, function)
        }
        if isReading { return read(path) }
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | (mode == .append ? O_APPEND : O_TRUNC)
        let descriptor = Foundation.open(path, flags, 0o666)
        guard descriptor >= 0 else { return .failure(SystemFailure(path)) }
        onOpen(path, nil)
        return .success(
            ScriptFile(
                path: path,
                writingTo: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)))
    }

    private func read(_ path: String) -> Result<ScriptFile, SystemFailure> {
        // Of a pipe or device the size says nothing, so only files and at most the limit are read.
        let descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(SystemFailure(path)) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(SystemFailure(path)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .failure(SystemFailure(path, reason: "Not a file", code: Int(EISDIR)))
        }
        do {
            let data = try handle.read(upToCount: FileAccess.limit + 1) ?? Data()
            guard data.count <= FileAccess.limit else {
                return .failure(
                    SystemFailure(
                        path, reason: "larger than \(grouped(FileAccess.limit)) bytes",
                        code: Int(EFBIG)))
            }
            let bytes = [UInt8](data)
            onOpen(path, bytes)
            return .success(ScriptFile(path: path, bytes: bytes))
        } catch {
            return .failure(SystemFailure(path))
        }
    }

    private func refusal(
        _ path: String, _ verb: String, _ folders: [String], _ function: String
    ) -> LuaError {
        let doing = verb == "read" ? "reading" : "writing"
        let how =
            permissions.option.isEmpty
            ? "" : "; start with \(permissions.option) \(verb)=DIR to allow a folder"
        let allowed =
            folders.isEmpty
            ? "by default, scripts cannot \(verb) files"
            : "allowed is \(folders.joined(separator: ", "))"
        return LuaError(
            kind: .runtime,
            message: "\(function): \(doing) '\(path)' is not allowed: \(allowed)\(how)")
    }

    /// Whether the path, links resolved, lies in the folder.
    private func covers(_ folder: String, _ path: String) -> Bool {
        guard let root = FileAccess.resolved(folder), !path.utf8.contains(0) else { return false }
        // A file that is not there yet has a folder that is.
        let real: String
        if let found = FileAccess.resolved(path) {
            real = found
        } else {
            let cut = path.lastIndex(of: "/")
            let parent = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            let name = cut.map { path[path.index(after: $0)...] } ?? path[...]
            guard name != "..", let found = FileAccess.resolved(parent) else { return false }
            real = found + "/" + name
        }
        return root == "/" || real == root || real.hasPrefix(root + "/")
    }

    private static func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}

/// What the system says against a file: scripts see it as `nil, message, code`.
struct SystemFailure: Error {
    let message: String
    let code: Int

    init(_ path: String, reason: String? = nil, code: Int? = nil) {
        let number = errno
        message = "\(path): \(reason ?? String(cString: strerror(number)))"
        self.code = code ?? Int(number)
    }
}

/// A file as scripts hold it: bytes to read, or a handle to write to.
final class ScriptFile {
    let path: String
    private(set) var bytes: [UInt8]
    var place = 0
    private(set) var isOpen = true
    private let handle: FileHandle?
    private let lines: LinePrinter?

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        handle = nil
        lines = nil
    }

    init(path: String, writingTo handle: FileHandle) {
        self.path = path
        self.handle = handle
        bytes = []
        lines = nil
    }

    /// A standard stream: what is written is shown by the host, line by line.
    init(stream: String, _ lines: LinePrinter) {
        path = stream
        bytes = []
        handle = nil
        self.lines = lines
    }

    var isStream: Bool { lines != nil }
    var isReadable: Bool { handle == nil && lines == nil }

    func write(_ more: [UInt8]) throws {
        if let lines { return lines.write(more) }
        try handle?.write(contentsOf: Data(more))
    }

    func flush() { lines?.flush() }

    func close() {
        isOpen = false
        bytes = []
        try? handle?.close()
    }

    /// The bytes up to the next line break, without it unless `kept`; nil at the end.
    func line(kept: Bool) -> [UInt8]? {
        guard place < bytes.count else { return nil }
        let end = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
        defer { place = min(end + 1, bytes.count) }
        return Array(bytes[place..<(kept ? min(end + 1, bytes.count) : end)])
    }

    /// At most so many bytes; nil at the end.
    func read(_ count: Int) -> [UInt8]? {
        guard place < bytes.count || (count == 0 && place < bytes.count) else { return nil }
        let end = place + min(max(0, count), bytes.count - place)
        defer { place = end }
        return Array(bytes[place..<end])
    }

    /// What is left.
    func rest() -> [UInt8] {
        defer { place = bytes.count }
        return place < bytes.count ? Array(bytes[place...]) : []
    }
}

/// Gathers what is written into lines for the host.
final class LinePrinter {
    private var pending: [UInt8] = []
    private let print: (String) -> Void

    init(_ print: @escaping (String) -> Void) {
        self.print = print
    }

    func write(_ bytes: [UInt8]) {
        pending += bytes
        guard let last = pending.lastIndex(of: 0x0A) else {
            if pending.count > 1 << 20 { flush() }
            return
        }
        let text = String(decoding: pending[..<last], as: UTF8.self)
        pending.removeSubrange(...last)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            print(String(line))
        }
    }

    func flush() {
        guard !pending.isEmpty else { return }
        print(String(decoding: pending, as: UTF8.self))
        pending = []
    }
}
