import CImages

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What may be unpacked from one archive, so that a small file cannot fill the memory.
package struct ArchiveLimits: Sendable {
    /// Entries in the archive.
    package var entries = 200_000
    /// Bytes of one unpacked entry.
    package var entryBytes = 1 << 20
    /// Bytes of all entries that are read, together.
    package var totalBytes = 1 << 30

    package init() {}
}

/// One file in an archive.
package struct ArchiveEntry: Sendable, Hashable {
    package let name: String
    package let index: UInt64
    package let bytes: Int
    package let checksum: UInt32
    package let isEncrypted: Bool
}

extension ArchiveEntry {
    /// Whether it is an image by its name's end, in any case.
    package var isPNG: Bool { name.lowercased().hasSuffix(".png") && !isOfMacOS }

    /// Whether it is what macOS adds to archives: a folder beside the files, or `._` before a name.
    package var isOfMacOS: Bool {
        name.hasPrefix("__MACOSX/") || name.split(separator: "/").last?.hasPrefix("._") == true
    }
}

/// A zip archive open for reading, through libzip.
///
/// The names, sizes and checksums are read when it is opened; an entry is unpacked when it is
/// asked for, and its checksum is verified then. Use it from one thread at a time.
package final class ZipArchive {
    package let path: String
    /// The files, in the archive's own order, folders left out.
    package let entries: [ArchiveEntry]
    private let handle: OpaquePointer
    private let limits: ArchiveLimits
    private var unpacked = 0

    /// Opens the archive and reads its table of contents.
    package init(path: String, limits: ArchiveLimits = ArchiveLimits()) throws(DatasetError) {
        let size: Int
        switch try FileSystem.kind(of: path) {
        case .file(let bytes): size = bytes
        case .directory: throw .notAnArchive(path: path, found: "a folder")
        case .other: throw .notAnArchive(path: path, found: "something that is not a file")
        }
        if size == 0 { throw .emptyFile(path: path) }
        let head = try FileSystem.firstBytes(32, of: path)

        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            throw ZipArchive.openingError(code, path: path, size: size, head: head)
        }
        do throws(DatasetError) {
            entries = try ZipArchive.contents(of: handle, path: path, limits: limits)
        } catch {
            zip_discard(handle)
            throw error
        }
        self.path = path
        self.handle = handle
        self.limits = limits
    }

    deinit {
        zip_discard(handle)
    }

    /// The bytes of one entry.
    package func read(_ entry: ArchiveEntry) throws(DatasetError) -> [UInt8] {
        if entry.isEncrypted { throw .encryptedEntry(archive: path, entry: entry.name) }
        try check(entry.bytes, of: entry.name, limit: limits.entryBytes)
        let (total, overflow) = unpacked.addingReportingOverflow(entry.bytes)
        try check(overflow ? .max : total, of: "the unpacked data", limit: limits.totalBytes)
        unpacked = total

        guard let file = zip_fopen_index(handle, entry.index, 0) else {
            throw damaged(entry, zip_get_error(handle))
        }
        defer { zip_fclose(file) }
        // One byte more than promised: its presence would show that the promise was wrong.
        var bytes = [UInt8](repeating: 0, count: entry.bytes + 1)
        var filled = 0
        while filled < bytes.count {
            let room = bytes.count - filled
            let read = bytes.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return Int(zip_fread(file, start + filled, zip_uint64_t(room)))
            }
            if read < 0 { throw damaged(entry, zip_file_get_error(file)) }
            if read == 0 { break }
            filled += read
        }
        guard filled == entry.bytes else {
            let more = filled > entry.bytes ? "more" : "only \(filled)"
            throw .damagedEntry(
                archive: path, entry: entry.name,
                reason: "\(entry.bytes) bytes were declared, \(more) are there")
        }
        bytes.removeLast()
        return bytes
    }

    // MARK: Opening

    private static func contents(
        of handle: OpaquePointer, path: String, limits: ArchiveLimits
    ) throws(DatasetError) -> [ArchiveEntry] {
        let count = Int(zip_get_num_entries(handle, 0))
        guard count <= limits.entries else {
            throw .tooLarge(
                archive: path, what: "the table of contents", found: count, limit: limits.entries,
                unit: "entries")
        }
        var entries: [ArchiveEntry] = []
        entries.reserveCapacity(max(count, 0))
        for index in 0..<UInt64(max(count, 0)) {
            var status = zip_stat()
            zip_stat_init(&status)
            guard zip_stat_index(handle, index, 0, &status) == 0, let name = status.name else {
                let reason = Self.text(zip_get_error(handle))
                throw .damagedArchive(path: path, reason: reason ?? "entry \(index) has no name")
            }
            let entryName = String(cString: name)
            if entryName.hasSuffix("/") { continue }
            entries.append(
                ArchiveEntry(
                    name: entryName, index: index, bytes: Int(clamping: status.size),
                    checksum: status.crc,
                    isEncrypted: status.encryption_method != UInt16(ZIP_EM_NONE)))
        }
        return entries
    }

    /// `ZIP_ER_TRUNCATED_ZIP`, which libzip has had since 1.11 and says in place of `ZIP_ER_NOZIP`.
    private static let maybeCut: Int32 = 35

    private static func openingError(
        _ code: Int32, path: String, size: Int, head: [UInt8]
    ) -> DatasetError {
        var error = zip_error_t()
        zip_error_init_with_code(&error, code)
        defer { zip_error_fini(&error) }
        let reason = String(cString: zip_error_strerror(&error))
        switch code {
        case ZIP_ER_NOENT: return .missingFile(path: path)
        case ZIP_ER_NOZIP, maybeCut:
            if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
                return .truncatedArchive(path: path, bytes: size)
            }
            return .notAnArchive(path: path, found: describeContent(head))
        case ZIP_ER_OPEN: return .unreadableFile(path: path, reason: reason)
        default: return .damagedArchive(path: path, reason: reason)
        }
    }

    private func check(_ bytes: Int, of what: String, limit: Int) throws(DatasetError) {
        guard bytes <= limit else {
            throw .tooLarge(archive: path, what: what, found: bytes, limit: limit, unit: "bytes")
        }
    }

    /// What libzip says of an error; nil if there is none. Releases of libzip differ in which of its
    /// pointers are optional, so this takes both.
    private static func text(_ error: UnsafeMutablePointer<zip_error_t>?) -> String? {
        guard let error, zip_error_code_zip(error) != ZIP_ER_OK else { return nil }
        return String(cString: zip_error_strerror(error))
    }

    private func damaged(
        _ entry: ArchiveEntry, _ error: UnsafeMutablePointer<zip_error_t>?
    ) -> DatasetError {
        let reason = Self.text(error) ?? "unknown error"
        return .damagedEntry(archive: path, entry: entry.name, reason: reason)
    }
}
