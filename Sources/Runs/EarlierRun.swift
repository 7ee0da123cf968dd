import Experiments
import LuaHost
import Records
import RunStore

/// A run that goes on: its name, the state that it goes on from, and how many of its events happened
/// before that.
struct ResumedRun {
    let name: String
    let state: MethodState
    let events: Int
}

/// A run that was interrupted or killed, as it is found.
struct EarlierRun {
    let run: any ArchivedRun
    /// What it was asked for.
    let request: RunRequest

    /// Finds a run.
    ///
    /// - Throws: ``ResumeError`` for a name without a run, and for a run that is finished.
    init(_ name: String, in archive: any RunArchive) throws(ResumeError) {
        do {
            run = try archive.read(name)
        } catch {
            throw .notFound(error)
        }
        guard run.status != .done else { throw .finished(run: run.place) }
        let environment = run.stored.environment
        guard let request = environment.request ?? EarlierCommandLine.request(environment) else {
            throw .noRequest(run: run.place)
        }
        self.request = request
    }

    /// What a script may do is never taken from a file.
    ///
    /// - Throws: ``ResumeError`` where other things are allowed than were.
    func check(_ permissions: Permissions) throws(ResumeError) {
        let before = run.stored.environment.allowed
        guard permissions.list == before else { throw .otherPermissions(before: before) }
    }

    /// The plan that the run was of, and its state.
    ///
    /// - Parameters:
    ///   - loaded: The script as it is now.
    ///   - file: The script's file, as it is found now.
    ///   - data: The data folder, as it is found now.
    /// - Returns: Both.
    /// - Throws: ``ResumeError`` where script, files, plan or versions are not those of the run, and
    ///   where its state is missing or damaged; what is wrong with the data's files.
    func resumed(
        _ loaded: LoadedExperiment, file: String, data: String?
    ) throws -> (plan: ExperimentPlan, run: ResumedRun) {
        let before = run.stored.run
        guard
            let plan = loaded.plans.first(where: { $0.json() == before.plan })
                ?? loaded.plans.first
        else { throw ResumeError.noPlan(file: file) }
        let provenance = try Provenance(
            of: plan, loaded.script, data: data, folder: request.folder)
        let now = RunRecord(plan, loaded, file: file, files: provenance.files)
        if let change = EarlierRun.versionChange(before.versions, now.versions) {
            throw ResumeError.otherVersion(run: run.place, change: change)
        }
        guard now.scriptHash == before.scriptHash else {
            throw ResumeError.otherScript(run: run.place, file: file)
        }
        if let recorded = before.files {
            let changes = provenance.changes(
                since: recorded + (run.stored.environment.filesReadLater ?? []))
            guard changes.isEmpty else {
                throw ResumeError.otherFiles(run: run.place, changes: changes)
            }
        }
        guard now.plan == before.plan else {
            throw ResumeError.otherPlan(change: EarlierRun.planChange(before.plan, now.plan))
        }
        let saved: (text: String, arrays: [NamedArray])?
        do {
            saved = try run.state(named: "method")
        } catch {
            throw ResumeError.damagedState(error)
        }
        guard let saved else { throw ResumeError.noState(run: run.place) }
        let state = MethodState(text: saved.text, arrays: saved.arrays)
        return (
            plan, ResumedRun(name: run.name, state: state, events: try state.recordedEvents())
        )
    }

    // MARK: Differences

    /// The first version that differs: `apogee 0.1.0 then, 0.2.0 now`.
    static func versionChange(_ before: [String: String], _ now: [String: String]) -> String? {
        for name in Set(before.keys).union(now.keys).sorted() where before[name] != now[name] {
            // Runs of before the release was recorded say "Lua 5.4".
            if name == "lua", before[name] == "Lua 5.4", now[name]?.hasPrefix("5.4.") == true {
                continue
            }
            return "\(name) \(before[name] ?? "absent") then, \(now[name] ?? "absent") now"
        }
        return nil
    }

    /// What stands in two plans' texts where they part: `"order":1 then, "order":2 now`.
    static func planChange(_ before: String, _ now: String) -> String {
        let (a, b) = (Array(before), Array(now))
        var place = 0
        while place < min(a.count, b.count), a[place] == b[place] { place += 1 }
        // From the beginning of the option that differs.
        while place > 0, a[place - 1] != ",", a[place - 1] != "{" { place -= 1 }
        func excerpt(_ text: [Character]) -> String {
            String(text.dropFirst(place).prefix(40).prefix { $0 != "," && $0 != "}" })
        }
        return "\(excerpt(a)) then, \(excerpt(b)) now"
    }
}
