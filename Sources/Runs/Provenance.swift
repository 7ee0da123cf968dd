import Components
import Experiments
import Foundation
import Records
import Scripting
import Tasks

/// The files that a run's results stand on, as they are now.
struct Provenance {
    /// What Lua has read so far, and the data.
    let files: [FileRecord]
    private let folders: [FileRecord.Kind: String]
    private let script: ExperimentScript
    private let hashes: FileHashes

    /// Hashes the files of a plan.
    ///
    /// - Parameters:
    ///   - plan: A plan of the script.
    ///   - script: The script.
    ///   - data: Where real data sets are; nil if none was named.
    ///   - folder: The folder that the run began in, from which scripts open files; nil for the
    ///     present one.
    ///   - hashes: Those of files that were read already.
    /// - Throws: What is wrong with the data's files.
    init(
        of plan: ExperimentPlan, _ script: ExperimentScript, data: String?, folder: String? = nil,
        hashes: FileHashes = FileHashes()
    ) throws {
        let paths = try plan.tasks.files(in: data)
        var files = script.read.records
        for path in paths {
            let isInside = data.map { path.hasPrefix($0 + "/") } ?? false
            let name = isInside ? String(path.dropFirst((data ?? "").count + 1)) : path
            files.append(FileRecord(.data, name, sha256: try hashes.sha256(of: path)))
        }
        self.files = files
        self.script = script
        self.hashes = hashes
        let beside = script.path.lastIndex(of: "/").map { String(script.path[..<$0]) }
        folders = [.module: beside ?? "", .data: data ?? "", .opened: folder ?? ""]
    }

    /// How the files differ from those of the run when it began: `module lib/extra.lua has changed`.
    ///
    /// - Parameter before: The recorded files: those of the run's record, and those that it read
    ///   later.
    /// - Returns: A sentence part for each; empty if all are the same.
    func changes(since before: [FileRecord]) -> [String] {
        var recorded: [String: FileRecord] = [:]
        for file in before { recorded[file.title] = file }
        var found = recorded.values.compactMap { file -> String? in
            let now =
                files.first { $0.title == file.title }?.sha256 ?? sha256(of: file)
            guard let now else { return "\(file.title) is gone" }
            return now == file.sha256 ? nil : "\(file.title) has changed"
        }
        for file in files where recorded[file.title] == nil {
            found.append("\(file.title) is new")
        }
        return found.sorted()
    }

    /// The hash of a recorded file that was not read yet; nil if it is not there.
    private func sha256(of file: FileRecord) -> String? {
        if file.kind == .plugin { return script.catalog.plugin(file.name)?.sha256 }
        let folder = folders[file.kind] ?? ""
        let path =
            folder.isEmpty || file.name.hasPrefix("/") ? file.name : folder + "/" + file.name
        return try? hashes.sha256(of: path)
    }
}

/// The hashes of files, each of which is read once: the plans of a list share their data.
final class FileHashes {
    private var known: [String: String] = [:]

    /// The SHA-256 of a file's bytes.
    ///
    /// - Throws: ``Failure`` for a file that cannot be read.
    func sha256(of path: String) throws(Failure) -> String {
        if let hash = known[path] { return hash }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            var hash = ContentHash()
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
                chunk.withUnsafeBytes { hash.add($0) }
            }
            known[path] = hash.text()
            return hash.text()
        } catch {
            throw Failure("\(path): \(error.localizedDescription)", .inputMissing)
        }
    }
}
