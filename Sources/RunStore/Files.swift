#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Folders and whole files: either the old content stands or the new one, never half of it.
package enum Files {
    /// Makes a folder and those above it; one that is there already is fine.
    package static func createFolders(_ path: String) throws(RunStoreError) {
        guard !path.isEmpty, !isFolder(path) else { return }
        let parent = folder(of: path)
        if parent != path { try createFolders(parent) }
        guard mkdir(path, 0o777) != 0 else { return }
        let code = errno
        // Another process may have made it meanwhile.
        guard !isFolder(path) else { return }
        throw creating(path, code)
    }

    /// Makes a folder that was not there.
    ///
    /// - Returns: False if something of this name is there.
    package static func createFolder(_ path: String) throws(RunStoreError) -> Bool {
        guard mkdir(path, 0o777) != 0 else { return true }
        let code = errno
        guard code != EEXIST else { return false }
        throw creating(path, code)
    }

    /// Writes a file into a folder, and takes it away again.
    package static func checkWritable(_ folder: String) throws(RunStoreError) {
        let path = folder + "/.probe-\(getpid())"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(folder, errno) }
        defer {
            _ = close(descriptor)
            _ = unlink(path)
        }
        try writeAll([0], to: descriptor, folder)
    }

    /// The names in a folder, in any order; none where it is not there.
    package static func names(in folder: String) throws(RunStoreError) -> [String] {
        guard let stream = opendir(folder) else {
            let code = errno
            guard code != ENOENT else { return [] }
            throw .cannotRead(path: folder, reason: RunStoreError.reason(code))
        }
        defer { _ = closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Replaces a file: writes a neighbour, brings it to the disk, renames it.
    package static func write(_ bytes: [UInt8], to path: String) throws(RunStoreError) {
        let partial = path + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(path, errno) }
        do throws(RunStoreError) {
            try writeAll(bytes, to: descriptor, path)
            try synchronize(descriptor, path)
        } catch {
            _ = close(descriptor)
            _ = unlink(partial)
            throw error
        }
        // Some file systems report a full disk only here.
        guard close(descriptor) == 0 else {
            let code = errno
            _ = unlink(partial)
            throw .writing(path, code)
        }
        guard rename(partial, path) == 0 else {
            let code = errno
            _ = unlink(partial)
            throw .writing(path, code)
        }
        synchronizeFolder(of: path)
    }

    /// The bytes of a file.
    package static func read(_ path: String, limit: Int) throws(RunStoreError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotRead(path: path, reason: RunStoreError.reason(errno))
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cannotRead(path: path, reason: RunStoreError.reason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotRead(path: path, reason: "it is no regular file")
        }
        let size = Int(status.st_size)
        guard size <= limit else { throw .tooLarge(path: path, bytes: size, limit: limit) }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress.map { $0 + done }, size - done)
                #else
                    Darwin.read(descriptor, buffer.baseAddress.map { $0 + done }, size - done)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .cannotRead(path: path, reason: RunStoreError.reason(errno))
            }
            guard count > 0 else {
                throw .cannotRead(path: path, reason: "it became shorter while it was read")
            }
            done += count
        }
        return bytes
    }

    /// Writes all bytes, however many calls that takes.
    static func writeAll(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(RunStoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(
                        descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
                #else
                    Darwin.write(
                        descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .writing(path, count < 0 ? errno : ENOSPC) }
            done += count
        }
    }

    /// Brings a file's bytes to the disk; devices that cannot are left alone.
    static func synchronize(_ descriptor: Int32, _ path: String) throws(RunStoreError) {
        guard fsync(descriptor) != 0 else { return }
        let code = errno
        guard code == EINVAL || code == EROFS || code == ENOTSUP else {
            throw .writing(path, code)
        }
    }

    private static func synchronizeFolder(of path: String) {
        // The rename is atomic without it; a power cut may then show the old file, which is whole.
        let descriptor = open(folder(of: path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    private static func creating(_ path: String, _ code: Int32) -> RunStoreError {
        switch code {
        case ENOSPC, EDQUOT: return .diskFull(path: path)
        case EEXIST, ENOTDIR: return .notAFolder(path: code == EEXIST ? path : folder(of: path))
        default: return .cannotCreate(path: path, reason: RunStoreError.reason(code))
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func folder(of path: String) -> String {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
