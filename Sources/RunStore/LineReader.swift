#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads some lines of a long file, and no more of the file than they take.
enum LineReader {
    private static let chunk = 1 << 16
    /// Longest line that is read: 256 MiB.
    private static let limit = 1 << 28

    /// Whole lines of a file, without their breaks. What comes after the last break is no line.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - first: How many lines are passed over.
    ///   - limit: How many are given at most; nil for all.
    /// - Returns: The lines; fewer where there are no more.
    /// - Throws: ``RunStoreError``.
    static func lines(
        of path: String, from first: Int = 0, limit: Int? = nil
    ) throws(RunStoreError) -> [[UInt8]] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotRead(path: path, reason: RunStoreError.reason(errno))
        }
        defer { _ = close(descriptor) }
        let wanted = limit ?? .max
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var passed = 0
        var buffer = [UInt8](repeating: 0, count: chunk)
        while lines.count < wanted {
            let count = read(descriptor, &buffer, chunk)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .cannotRead(path: path, reason: RunStoreError.reason(errno))
            }
            guard count > 0 else { break }
            var start = 0
            while lines.count < wanted,
                let end = buffer[start..<count].firstIndex(of: UInt8(ascii: "\n"))
            {
                if passed < first {
                    passed += 1
                } else {
                    line += buffer[start..<end]
                    lines.append(line)
                    line.removeAll()
                }
                start = end + 1
            }
            if passed == first, lines.count < wanted { line += buffer[start..<count] }
            guard line.count <= self.limit else {
                throw .tooLarge(path: path, bytes: line.count, limit: self.limit)
            }
        }
        return lines
    }
}
