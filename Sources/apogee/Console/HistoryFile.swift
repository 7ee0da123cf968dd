import Components
import Foundation

/// What was entered at prompts, kept between sessions.
///
/// One entry a line, in UTF-8, oldest first. A statement of several lines is one entry and comes
/// back whole: its line breaks are written `\n`, and backslashes `\\`. Entries are appended one by
/// one as they are made, under a lock; where the file has too many lines, or damaged ones, it is
/// written anew beside itself and renamed. So sessions that run at the same time keep what the
/// others wrote, and a session that is killed loses nothing.
package struct HistoryFile: Sendable {
    /// The most lines that the file has.
    package static let limit = 1000
    /// Bytes beyond which a file is taken for something else.
    static let largest = 8 << 20
    /// Bytes of the longest entry that is kept.
    private static let longestEntry = 8000

    /// Where the file stands.
    package let path: String

    /// A file at a path; a link is followed.
    package init(path: String) {
        self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    /// The program's own: `$XDG_STATE_HOME/apogee/repl_history`, or the same below
    /// `~/.local/state`.
    ///
    /// - Parameter environment: The variables of the process.
    /// - Throws: `noFolder`. A folder that is not absolute counts as none, as the XDG Base
    ///   Directory Specification (0.8) has it.
    package init(environment: [String: String]) throws(HistoryError) {
        let folders = [
            environment["XDG_STATE_HOME"], environment["HOME"].map { $0 + "/.local/state" },
        ]
        guard let folder = folders.compactMap(\.self).first(where: { $0.hasPrefix("/") }) else {
            throw .noFolder
        }
        self.init(path: folder + "/apogee/repl_history")
    }

    /// The entries, oldest first, and the number of lines that are damaged; none where the file is
    /// not there.
    ///
    /// - Throws: ``HistoryError``.
    package func load() throws(HistoryError) -> (entries: [String], damaged: Int) {
        guard let file = try open(O_RDONLY) else { return ([], 0) }
        defer { close(file) }
        let lines = Self.lines(try read(file))
        let entries = lines.compactMap(Self.entry)
        return (Array(entries.suffix(Self.limit)), lines.count - entries.count)
    }

    /// Adds an entry, and makes the file and its folder where they are missing.
    ///
    /// Entries that are blank, longer than 8,000 bytes, equal to the last one, or hold control
    /// characters are left out.
    ///
    /// - Throws: ``HistoryError``.
    package func append(_ entry: String) throws(HistoryError) {
        guard entry.contains(where: { !$0.isWhitespace }), let line = Self.line(entry) else {
            return
        }
        let file = try openLocked()
        defer { close(file) }
        let bytes = try read(file)
        let lines = Self.lines(bytes)
        let sound = lines.filter { Self.entry($0) != nil }
        guard lines.last != Array(line.utf8) else { return }
        guard lines.count < Self.limit, sound.count == lines.count else {
            return try replace(sound.suffix(Self.limit - 1) + [Array(line.utf8)])
        }
        // A line that was cut off by a crash is ended first.
        let isEnded = bytes.last.map { $0 == UInt8(ascii: "\n") } ?? true
        try write(Array(((isEnded ? "" : "\n") + line + "\n").utf8), to: file)
    }

    // MARK: Lines

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    /// The line of an entry; nil for one that cannot be kept.
    private static func line(_ entry: String) -> String? {
        var line = ""
        for scalar in entry.unicodeScalars {
            switch scalar {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case _ where isControl(scalar): return nil
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line.utf8.count <= longestEntry ? line : nil
    }

    /// The entry of a line; nil for a damaged one.
    private static func entry(_ line: [UInt8]) -> String? {
        guard line.count <= longestEntry, let text = String(validating: line, as: UTF8.self) else {
            return nil
        }
        var entry = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            guard isEscaped else {
                if isControl(scalar) { return nil }
                isEscaped = scalar == "\\"
                if !isEscaped { entry.unicodeScalars.append(scalar) }
                continue
            }
            switch scalar {
            case "\\": entry += "\\"
            case "n": entry += "\n"
            default: return nil
            }
            isEscaped = false
        }
        return isEscaped ? nil : entry
    }

    /// Whether a scalar could steer a terminal; a tab cannot.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }

    // MARK: Files

    private func failure(_ code: Int32 = errno) -> HistoryError {
        .inaccessible(path: path, reason: String(cString: strerror(code)))
    }

    /// Opens the file; nil where it is not there and is not to be made.
    private func open(_ flags: Int32) throws(HistoryError) -> Int32? {
        // A pipe in its place must not stop the program.
        let file = Foundation.open(path, flags | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == ENOENT, flags & O_CREAT == 0 { return nil }
            throw failure()
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .notAFile(path: path)
        }
        guard status.st_size <= Self.largest else {
            close(file)
            throw .tooLarge(path: path, bytes: Int(status.st_size))
        }
        return file
    }

    /// Opens the file for reading and appending, alone among those that do so.
    private func openLocked() throws(HistoryError) -> Int32 {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw .inaccessible(path: folder, reason: "the folder cannot be made")
            }
        }
        // Another session may hold the lock for a moment, or put a new file in the place.
        for _ in 0..<200 {
            guard let file = try open(O_RDWR | O_APPEND | O_CREAT) else { throw failure(ENOENT) }
            // Some file systems know no locks; the line is then appended without one.
            let isHeld = flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            if !isHeld, isCurrent(file) {
                fchmod(file, 0o600)
                return file
            }
            close(file)
            if isHeld { usleep(5_000) }
        }
        throw .busy(path: path)
    }

    /// Whether the open file is the one that the path names.
    private func isCurrent(_ file: Int32) -> Bool {
        var own = stat()
        var named = stat()
        guard fstat(file, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    private func read(_ file: Int32) throws(HistoryError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.largest {
            let count = Foundation.read(file, &piece, piece.count)
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += piece.prefix(count)
        }
        throw .tooLarge(path: path, bytes: bytes.count)
    }

    private func write(_ bytes: [UInt8], to file: Int32) throws(HistoryError) {
        let count = Foundation.write(file, bytes, bytes.count)
        guard count == bytes.count else { throw failure(count < 0 ? errno : ENOSPC) }
    }

    /// Puts a file with these lines in the place of the present one.
    private func replace(_ lines: [[UInt8]]) throws(HistoryError) {
        let beside = path + ".\(getpid()).new"
        let file = Foundation.open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        do throws(HistoryError) {
            try write(lines.flatMap { $0 + [UInt8(ascii: "\n")] }, to: file)
            guard rename(beside, path) == 0 else { throw failure() }
        } catch {
            unlink(beside)
            throw error
        }
    }
}
