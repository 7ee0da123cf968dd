public import Records

/// What a script's Lua state has read besides the script: modules, plugins that the script required,
/// and files that it opened.
///
/// A file counts with what was in it when it was last read. What the script wrote itself does not
/// count: the script decides it.
public final class ReadFiles {
    /// The files, in the order in which they were first read.
    public private(set) var records: [FileRecord] = []
    private var known: Set<FileRecord> = []
    private var written: Set<String> = []
    private var tell: ((FileRecord) throws -> Void)?

    /// Tells of what was read so far and of all that is read from here on.
    ///
    /// - Parameters:
    ///   - known: Files that are recorded already, and are not told of again.
    ///   - tell: Takes a file when it is first read, and when it holds something else than before.
    /// - Throws: What `tell` throws for a file that was read before.
    public func tell(
        besides known: [FileRecord], to tell: @escaping (FileRecord) throws -> Void
    ) throws {
        self.known = Set(known)
        for record in records where !self.known.contains(record) { try tell(record) }
        self.tell = tell
    }

    /// Tells nobody any more.
    public func stop() { (tell, known) = (nil, []) }

    func note(_ record: FileRecord) {
        guard !records.contains(record) else { return }
        if let place = records.firstIndex(where: { $0.title == record.title }) {
            records[place] = record
        } else {
            records.append(record)
        }
        guard !known.contains(record) else { return }
        // A sink that cannot take this cannot take the run's next event either, which fails with the
        // same error.
        try? tell?(record)
    }

    /// A script opened a file: with its content if to read it, without if to write it.
    func opened(_ path: String, _ content: [UInt8]?) {
        guard let content else {
            written.insert(path)
            return
        }
        guard !written.contains(path) else { return }
        note(FileRecord(.opened, path, sha256: ContentHash.sha256(content)))
    }
}
