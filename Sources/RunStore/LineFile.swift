#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that grows by whole lines.
///
/// Each line reaches the system before the call returns, so a killed process loses none. Where a
/// line does not fit on the disk, the part that did is taken back: the file always ends with a
/// whole line.
package final class LineFile {
    /// Where the file stands.
    package let path: String
    private let descriptor: Int32
    private var length: Int

    /// Opens a file for appending, making it if needed.
    package init(_ path: String) throws(RunStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(path, errno) }
        var status = stat()
        self.path = path
        self.descriptor = descriptor
        self.length = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit {
        _ = close(descriptor)
    }

    /// Adds a line; the line break is added to it.
    package func append(_ line: String) throws(RunStoreError) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        do throws(RunStoreError) {
            try Files.writeAll(bytes, to: descriptor, path)
        } catch {
            _ = ftruncate(descriptor, off_t(length))
            throw error
        }
        length += bytes.count
    }

    /// Keeps other processes from writing to the file until this one ends or closes it.
    ///
    /// - Throws: ``RunStoreError/busy(path:)`` if another does so.
    package func claim() throws(RunStoreError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        throw .busy(path: path)
    }

    /// Takes back what comes after the first `length` bytes.
    package func truncate(to length: Int) throws(RunStoreError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw .writing(path, errno) }
        self.length = length
    }

    /// Brings all lines to the disk.
    package func synchronize() throws(RunStoreError) {
        try Files.synchronize(descriptor, path)
    }
}
