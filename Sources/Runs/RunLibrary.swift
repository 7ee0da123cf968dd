import Components
import Experiments
import Foundation
import LuaHost
public import Records
public import RunStore

/// What is told of a run outside of its events.
public enum RunNote: Sendable, Hashable {
    /// The script printed a line while it was loaded.
    case printed(String)
    /// The run goes on where its last digits may come out otherwise: what differs by name.
    case otherMachine(String)
    /// Bytes that the run was planned to need, and those that it may have.
    case memory(planned: Int, limit: Int)
}

/// Starts runs and goes on with them, in one archive. It prints nothing and ends no program.
///
/// ```swift
/// let library = RunLibrary(DirectoryArchive("runs"))
/// for run in try library.start(RunRequest(file: "my.lua", seed: 7)) {
///     let status = try run.run(RunConditions(started: now), telling: MemorySink())
///     print(status, run.place ?? "")
/// }
/// ```
public struct RunLibrary {
    /// Where the runs are.
    public let archive: any RunArchive
    private let note: (RunNote) -> Void

    /// A library over an archive.
    ///
    /// - Parameters:
    ///   - archive: Where the runs are.
    ///   - note: Takes what is told of runs outside of their events.
    public init(_ archive: any RunArchive, note: @escaping (RunNote) -> Void = { _ in }) {
        self.archive = archive
        self.note = note
    }

    /// Loads what a request asks for; a script may hold several experiments.
    ///
    /// - Parameter request: What to run.
    /// - Returns: A run for each plan of the script, none of them begun.
    /// - Throws: What the script, a change, a plan or a folder of the request gets wrong;
    ///   ``Failure/init(describing:)`` turns any of it into a sentence with an exit code.
    public func start(_ request: RunRequest) throws -> [PreparedRun] {
        var request = request
        request.allowed = try Permissions(allowing: request.allowed).list
        let found = request.reachable(from: FileManager.default.currentDirectoryPath)
        let printed = PrintedLines { [note] in note(.printed($0)) }
        let loaded = try LoadedExperiment(found) { printed.take($0) }
        try RunLibrary.checkData(found.data)
        try RunLibrary.checkDifferent(loaded.plans, request)
        let hashes = FileHashes()
        return try loaded.plans.map { plan in
            let files = try Provenance(
                of: plan, loaded.script, data: found.data, hashes: hashes
            ).files
            return PreparedRun(
                record: RunRecord(plan, loaded, file: found.file, files: files), plan: plan,
                request: request,
                data: found.data, loaded: loaded, printed: printed, resumed: nil,
                archive: archive, note: note)
        }
    }

    /// Takes up a run that was interrupted, failed or was killed; it ends as if it never was.
    ///
    /// - Parameters:
    ///   - name: The run's name in the archive.
    ///   - file: Where the script is now, if it moved.
    ///   - data: Where the data are now, if they moved.
    ///   - allowed: What scripts may do: the same as when the run began.
    ///   - limits: What scripts may use from here on, where that changed.
    /// - Returns: The run, not yet begun again.
    /// - Throws: ``ResumeError``, and as ``start(_:)``.
    public func goOn(
        _ name: String, file: String? = nil, data: String? = nil, allowed: [String] = [],
        limits: [String: Int] = [:]
    ) throws -> PreparedRun {
        let permissions = try Permissions(allowing: allowed)
        let earlier = try EarlierRun(name, in: archive)
        try earlier.check(permissions)
        var found = earlier.request.reachable(from: FileManager.default.currentDirectoryPath)
        found.file = file ?? found.file
        found.data = data ?? found.data
        found.allowed = permissions.list
        found.limits = (found.limits ?? [:]).merging(limits) { $1 }
        let printed = PrintedLines { [note] in note(.printed($0)) }
        let loaded = try LoadedExperiment(found) { printed.take($0) }
        try RunLibrary.checkData(found.data)
        let (plan, resumed) = try earlier.resumed(loaded, file: found.file, data: found.data)
        let before = earlier.run.stored.run
        if let reason = Repetition(of: before).reason { note(.otherMachine(reason)) }
        return PreparedRun(
            record: before, plan: plan, request: earlier.request, data: found.data,
            loaded: loaded, printed: printed, resumed: resumed, archive: archive, note: note)
    }

    /// A list of plans that differ in what the request sets would be one run several times.
    private static func checkDifferent(
        _ plans: [ExperimentPlan], _ request: RunRequest
    ) throws(Failure) {
        let typed = (request.seed.map { ["--seed \($0)"] } ?? []) + request.changes.map(\.typed)
        guard !typed.isEmpty else { return }
        var first: [String: Int] = [:]
        for (place, plan) in plans.enumerated() {
            guard let before = first.updateValue(place, forKey: plan.json()) else { continue }
            throw Failure(
                "\(typed.joined(separator: " ")): experiments \(before + 1) and \(place + 1) of the "
                    + "script (\(plan.name)) would be the same run; leave it out, or run one of them",
                .usage)
        }
    }

    /// Refuses a place of data that is no folder.
    ///
    /// - Throws: ``Failure`` that names it.
    public static func checkData(_ data: String?) throws(Failure) {
        guard let data else { return }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: data, isDirectory: &isFolder) else {
            throw Failure(
                "--data \(data): no such folder; name the one that holds the archives",
                .inputMissing)
        }
        guard isFolder.boolValue else {
            throw Failure(
                "--data \(data): this is a file; name the folder that holds the archives",
                .inputMissing)
        }
    }
}
