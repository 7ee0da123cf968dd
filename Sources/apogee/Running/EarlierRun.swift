import ArgumentParser
import Components
import Experiments
import Foundation
import LuaHost
import Records
import RunStore
import Scripting

/// A run that goes on: its folder, the state that it goes on from, and how many of its events
/// happened before that.
struct ResumedRun {
    let folder: RunFolder
    let state: MethodState
    let events: Int
}

/// A run that was interrupted or killed, as `--resume` finds it.
struct EarlierRun {
    let folder: RunFolder
    /// The command line that began it.
    let command: RunCommand
    /// The script's file.
    let file: String
    /// The folder of data sets; nil if none was named.
    let data: String?

    /// Reads a run's folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - file: Where the script is now, if it moved.
    ///   - data: Where the data are now, if they moved.
    /// - Throws: `Failure` for a folder without a run, and for a run that is finished.
    init(_ path: String, file: String?, data: String?) throws {
        do {
            folder = try RunFolder(path)
        } catch {
            throw Failure("--resume: \(error)", .inputMissing)
        }
        guard folder.status != .done else {
            throw Failure(
                "--resume: the run in \(folder.path) is finished; its results are in "
                    + "\(folder.path)/results.json", .usage)
        }
        let environment = folder.stored.environment
        guard
            let command = try? RunCommand.parse(Array(environment.arguments.dropFirst(2))),
            let recorded = command.file, command.resume == nil
        else {
            throw Failure(
                "--resume: run.json in \(folder.path) does not hold the command line of a run",
                .inputMissing)
        }
        func absolute(_ path: String) -> String {
            guard let base = environment.folder, !path.hasPrefix("/") else { return path }
            return base + "/" + path
        }
        self.file = file ?? absolute(recorded)
        self.data = data ?? command.data.map(absolute)
        var changed = command
        changed.changes.plugins.paths = command.changes.plugins.paths.map(absolute)
        self.command = changed
    }

    /// What a script may do is never taken from a file.
    ///
    /// - Throws: `Failure` where other things are allowed than were.
    func check(_ permissions: Permissions) throws(Failure) {
        let before = folder.stored.environment.allowed
        guard permissions.list != before else { return }
        throw Failure(
            before.isEmpty
                ? "--allow: the run began without permissions, so it goes on without"
                : "--allow: the run began with --allow \(before.joined(separator: ",")); give the "
                    + "same again to go on", .usage)
    }

    /// The plan that the run was of, and its state.
    ///
    /// - Throws: `Failure` where script, plan or versions are not those of the run, and where its
    ///   state is missing or damaged.
    func resumed(_ loaded: LoadedExperiment) throws -> (plan: ExperimentPlan, run: ResumedRun) {
        let before = folder.stored.run
        guard
            let plan = loaded.plans.first(where: { $0.json() == before.plan })
                ?? loaded.plans.first
        else { throw Failure("--resume: \(file) gives no plan", .invalid) }
        let now = RunRecord(plan, loaded, file: file)
        if let change = EarlierRun.versionChange(before.versions, now.versions) {
            throw Failure(
                "--resume: the run in \(folder.path) is of another version: \(change)", .invalid)
        }
        guard now.scriptHash == before.scriptHash else {
            throw Failure(
                "--resume: \(file) has changed since the run began; its text of then is in "
                    + "\(folder.path)/script.lua", .invalid)
        }
        guard now.plan == before.plan else {
            throw Failure(
                "--resume: the plan is not the one of the run"
                    + EarlierRun.planChange(before.plan, now.plan), .invalid)
        }
        if now.processor != before.processor {
            Output.error(
                "note: the run began on \(before.processor); on \(now.processor) the last digits "
                    + "of its results may differ")
        }
        let saved: (text: String, arrays: [NamedArray])?
        do {
            saved = try folder.state(named: "method")
        } catch {
            throw Failure("--resume: \(error)", .failed)
        }
        guard let saved else {
            throw Failure(
                "--resume: the run in \(folder.path) saved no state to go on from; only searches "
                    + "do, so run the experiment again", .inputMissing)
        }
        let state = MethodState(text: saved.text, arrays: saved.arrays)
        return (plan, ResumedRun(folder: folder, state: state, events: try state.recordedEvents()))
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

    /// Where two plans' texts part: what stands there in both.
    static func planChange(_ before: String, _ now: String) -> String {
        let (a, b) = (Array(before), Array(now))
        var place = 0
        while place < min(a.count, b.count), a[place] == b[place] { place += 1 }
        // From the beginning of the option that differs.
        while place > 0, a[place - 1] != ",", a[place - 1] != "{" { place -= 1 }
        func excerpt(_ text: [Character]) -> String {
            String(text.dropFirst(place).prefix(40).prefix { $0 != "," && $0 != "}" })
        }
        return ": \(excerpt(a)) then, \(excerpt(b)) now"
    }
}
