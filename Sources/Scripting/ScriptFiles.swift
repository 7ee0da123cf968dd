import Foundation
import LuaHost

/// The script's file and those beside it: all that a script can reach.
struct ScriptFiles {
    /// The script's path as it was given.
    let path: String
    /// The folder that the script stands in, as messages name its files; "" or with a slash.
    let prefix: String
    /// The same folder without symbolic links.
    private let root: String

    static let limit = 4 << 20

    init(path: String) {
        self.path = path
        let end = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        prefix = String(path[..<end])
        let folder = prefix.isEmpty ? "." : prefix
        root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// The file's name as records hold it: below the script's folder, whatever the path to it.
    func recorded(_ chunk: String) -> String {
        chunk.hasPrefix(prefix) ? String(chunk.dropFirst(prefix.count)) : chunk
    }

    /// The script's text.
    func script() throws(ScriptingError) -> String {
        try ScriptFiles.read(path)
    }

    /// The text of a file.
    static func read(_ path: String) throws(ScriptingError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missing(path: path)
        }
        guard !isFolder.boolValue else {
            throw .unreadable(path: path, reason: "it is a folder")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path, reason: "permission denied")
        }
        let data: Data
        do {
            // One byte more than the limit tells, also of a file without a size such as a pipe.
            data = try file.read(upToCount: limit + 1) ?? Data()
            try file.close()
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        guard data.count <= limit else {
            throw .tooLarge(path: path, bytes: data.count, limit: limit)
        }
        guard !data.isEmpty else { throw .empty(path: path) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .notText(path: path)
        }
        guard text.contains(where: { !$0.isWhitespace }) else { throw .empty(path: path) }
        return text
    }

    /// The file that `require(name)` means: `a.b` is `a/b.lua` or `a/b/init.lua` beside the script.
    ///
    /// - Returns: The path as messages name it; nil if there is no such file.
    /// - Throws: `LuaError` for a name that is no plain name, or a link that leads elsewhere.
    func module(_ name: String) throws(LuaError) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ ScriptFiles.isPlain($0) }), name.utf8.count <= 200 else {
            throw LuaError(
                kind: .runtime,
                message: "require: expected the name of a file beside the script, such as "
                    + "\"operators\" or \"lib.operators\"; paths are not accepted")
        }
        // As plain Lua does: `a/b.lua`, then `a/b/init.lua`.
        let stem = prefix + parts.joined(separator: "/")
        let found = [".lua", "/init.lua"].map { stem + $0 }.first {
            FileManager.default.fileExists(atPath: $0)
        }
        guard let path = found else { return nil }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
        guard real.hasPrefix(root == "/" ? "/" : root + "/") else {
            throw LuaError(
                kind: .runtime,
                message: "require: module '\(name)' is a link to outside of the script's folder"
            )
        }
        return path
    }

    /// Whether a part of a module's name is one: ASCII letters, digits, `_` and `-`.
    static func isPlain(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
            }
    }
}
