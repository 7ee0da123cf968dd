#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The little that reading archives needs from the file system.
enum FileSystem {
    enum Kind: Equatable { case file(bytes: Int), directory, other }

    /// What is at `path`.
    static func kind(of path: String) throws(DatasetError) -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw .missingFile(path: path) }
            throw .unreadableFile(path: path, reason: String(cString: strerror(code)))
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file(bytes: Int(information.st_size))
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    static func isFile(_ path: String) -> Bool {
        guard let kind = try? kind(of: path), case .file = kind else { return false }
        return true
    }

    /// The first `count` bytes of a file, or fewer if it is shorter.
    static func firstBytes(_ count: Int, of path: String) throws(DatasetError) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = fread(&bytes, 1, count, file)
        return Array(bytes.prefix(read))
    }

    /// The path of a file in a folder by its name in any case; its exact name goes first.
    static func file(_ name: String, in directory: String) throws(DatasetError) -> String? {
        let exact = join(directory, name)
        if isFile(exact) { return exact }
        guard (try? kind(of: directory)) == .directory else { return nil }
        let wanted = name.lowercased()
        return try names(in: directory, suffix: "").first { $0.lowercased() == wanted }
            .map { join(directory, $0) }.flatMap { isFile($0) ? $0 : nil }
    }

    /// The names in a folder that end in `suffix`, in any case, sorted.
    static func names(in directory: String, suffix: String) throws(DatasetError) -> [String] {
        guard let handle = opendir(directory) else {
            throw .unreadableFile(path: directory, reason: String(cString: strerror(errno)))
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    String(cString: $0)
                }
            }
            if name.lowercased().hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted()
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

/// What a file's first bytes look like, for messages: "a JPEG image", "text \"<html>…\"".
func describeContent(_ bytes: some Collection<UInt8>) -> String {
    let head = Array(bytes.prefix(24))
    let known: [(magic: [UInt8], name: String)] = [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG image"), ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ([0x47, 0x49, 0x46, 0x38], "a GIF image"), ([0x42, 0x4D], "a BMP image"),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive"), ([0x1F, 0x8B], "a gzip file"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"), ([0x52, 0x61, 0x72, 0x21], "a rar archive"),
        ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
    ]
    if head.isEmpty { return "nothing (0 bytes)" }
    for kind in known where head.starts(with: kind.magic) { return kind.name }
    if head.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
        let text = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        return "text \"\(text.first ?? "")\(bytes.count > head.count ? "…" : "")\""
    }
    let digits = Array("0123456789abcdef")
    let hexadecimal = head.prefix(4).map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
    return "bytes \(hexadecimal.joined(separator: " "))"
}
