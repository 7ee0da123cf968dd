#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
public import Records

/// Runs as folders of plain files, all below one folder.
///
/// | file | holds |
/// | --- | --- |
/// | `run.json` | the run's record, and its environment: request, threads, start time, command line |
/// | `plan.json` | the plan with every default filled in |
/// | `script.lua` | the script's text |
/// | `events.jsonl` | every event but `progress`, one a line |
/// | `timing.jsonl` | for each line of `events.jsonl`, the seconds since the start |
/// | `results.json` | the table of results so far |
/// | `*.safetensors` | weights |
/// | `*.state.safetensors` | state to go on from: arrays, with the rest as text in the header |
///
/// `events.jsonl`, `results.json` and the weights are the same bytes for the same script, seed and
/// machine type, whatever the thread count: times stand apart. Files are replaced as a whole, and
/// lines are added as a whole, so a run that is killed leaves a readable folder.
///
/// A run's name is its folder's, `<experiment>-<seed>-<n>`; n counts up, so no run is overwritten.
public struct DirectoryArchive: RunArchive, Sendable {
    /// The folder that holds those of the runs; empty for the present one.
    public let root: String

    /// The archive in a folder, which need not be there yet.
    public init(_ root: String) {
        self.root = root
    }

    /// The archive that a run's folder lies in, and the run's name.
    ///
    /// - Parameter path: The folder of a run, which need not be there.
    /// - Returns: Both, such that `archive.path(of: run)` is the path without slashes at its end.
    public static func locate(_ path: String) -> (archive: DirectoryArchive, run: String) {
        var path = Substring(path)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard path != "/", let slash = path.lastIndex(of: "/") else {
            return (DirectoryArchive(""), String(path))
        }
        let root = slash == path.startIndex ? "/" : String(path[..<slash])
        return (DirectoryArchive(root), String(path[path.index(after: slash)...]))
    }

    /// A run's folder.
    public func path(of run: String) -> String {
        root.isEmpty || root.hasSuffix("/") ? root + run : root + "/" + run
    }

    /// Makes the folder, and a file in it, which goes again.
    ///
    /// - Throws: ``RunStoreError`` where the folder cannot be made or written.
    public func check() throws(RunStoreError) {
        try makeRoot()
        try Files.checkWritable(root.isEmpty ? "." : root)
    }

    /// Begins a run in a folder of its own.
    ///
    /// - Throws: ``RunStoreError`` where the folder or a file in it cannot be written.
    public func begin(
        _ run: StoredRun, script: String
    ) throws(RunStoreError) -> any RunWriter {
        try makeRoot()
        let base = DirectoryArchive.slug(run.run.name) + "-\(run.run.seed)-"
        var number = 1
        while try !Files.createFolder(path(of: base + "\(number)")) { number += 1 }
        return try DirectoryRunWriter(
            beginning: run, script: script, in: path(of: base + "\(number)"))
    }

    /// Goes on in the folder of a run.
    ///
    /// - Throws: ``RunStoreError``.
    public func goOn(
        _ run: String, _ resumption: RunEnvironment.Resumption
    ) throws(RunStoreError) -> any RunWriter {
        try DirectoryRunWriter(goingOn: try folder(run), resumption)
    }

    /// The names of the folders that hold a run.
    ///
    /// - Returns: The names, sorted.
    /// - Throws: ``RunStoreError/cannotRead(path:reason:)``.
    public func list() throws(RunStoreError) -> [String] {
        try Files.names(in: root.isEmpty ? "." : root)
            .filter { access(path(of: $0) + "/run.json", F_OK) == 0 }.sorted()
    }

    /// Reads what a folder says of its run.
    ///
    /// - Throws: ``RunStoreError/notARun(path:detail:)``.
    public func read(_ run: String) throws(RunStoreError) -> any ArchivedRun {
        try folder(run)
    }

    private func folder(_ run: String) throws(RunStoreError) -> DirectoryRun {
        try DirectoryRun(name: run, path: path(of: run))
    }

    private func makeRoot() throws(RunStoreError) {
        try Files.createFolders(root.isEmpty ? "." : root)
    }

    /// The name with everything but ASCII letters and digits turned into single dashes.
    private static func slug(_ name: String) -> String {
        var slug = ""
        for scalar in name.lowercased().unicodeScalars {
            if StoredName.isPlain(scalar) {
                slug.unicodeScalars.append(scalar)
            } else if !slug.isEmpty, !slug.hasSuffix("-") {
                slug += "-"
            }
        }
        slug = String(slug.prefix(60))
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug.isEmpty ? "run" : slug
    }
}

/// The rule for names of states and weights, the same in every archive.
package enum StoredName {
    /// The name, if it can be part of a file's name.
    package static func checked(_ name: String) throws(RunStoreError) -> String {
        let scalars = name.unicodeScalars
        guard (1...80).contains(scalars.count),
            scalars.allSatisfy({ isPlain($0) || $0 == "-" || $0 == "_" })
        else { throw .invalidName(name: name) }
        return name
    }

    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}
