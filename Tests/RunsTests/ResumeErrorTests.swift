import Components
import Foundation
import Records
import RunStore
import Runs
import TestSupport
import Testing

/// What keeps a run from going on, and runs of before requests were recorded.
struct ResumeErrorTests {
    private static let environment = RunEnvironment(
        threads: 1, started: "2025-01-01T00:00:00Z",
        arguments: [
            "apogee", "run", "--quiet", "search.lua", "--seed", "4", "--set",
            "budget.generations=2", "--store=runs", "--plugin-path=more", "--data", "omniglot",
            "--threads", "2", "--memory", "2G", "--allow", "clock", "--set=a.b=-1", "--json",
        ], allowed: ["clock"], folder: "/here")

    @Test func `a command line of before requests were recorded is a request`() {
        let request = EarlierCommandLine.request(Self.environment)
        #expect(
            request
                == RunRequest(
                    file: "search.lua", seed: 4,
                    changes: [
                        RunRequest.Change("budget.generations", "2"),
                        RunRequest.Change("a.b", "-1"),
                    ], plugins: ["more"], data: "omniglot", allowed: ["clock"], folder: "/here"))
    }

    @Test func `the command line of the run that is kept is a request`() throws {
        let kept = DirectoryArchive(Repository.path("Tests/Fixtures/api-1/kept"))
        let stored = try kept.read("custom-operators").stored
        let request = try #require(EarlierCommandLine.request(stored.environment))
        #expect(request.file == "scripts/experiments/02_custom_operators.lua")
        #expect(request.seed == 3 && request.changes.count == 6)
        #expect(request.changes.last == RunRequest.Change("budget.test_tasks", "4"))
    }

    @Test(arguments: [
        [], ["apogee"], ["apogee", "inspect", "a.lua"], ["apogee", "run"],
        ["apogee", "run", "--resume", "runs/a-0-1"], ["apogee", "run", "a.lua", "b.lua"],
        ["apogee", "run", "a.lua", "--seed"], ["apogee", "run", "a.lua", "--seed", "-1"],
        ["apogee", "run", "a.lua", "--set", "x"], ["apogee", "run", "a.lua", "--more", "x"],
    ])
    func `a command line that began no run is none`(arguments: [String]) {
        var environment = Self.environment
        environment.arguments = arguments
        #expect(EarlierCommandLine.request(environment) == nil)
    }

    /// An interrupted run, changed by `change`, in an archive without writers.
    private static func interrupted(
        _ fixtures: RunFixtures, _ change: (inout StoredRun) -> Void = { _ in }
    ) throws -> (archive: MemoryArchive, name: String) {
        let archive = MemoryArchive()
        let run = try #require(try fixtures.library(archive).start(fixtures.request).first)
        let name = try RunFixtures.run(run, stoppedAfter: 4).name
        let earlier = try archive.read(name)
        var stored = earlier.stored
        change(&stored)
        let copy = MemoryArchive()
        let writer = try copy.begin(stored, script: try earlier.script())
        for event in try earlier.events() { try writer.append(event) }
        if let state = try earlier.state(named: "method") {
            try writer.snapshot(state.text, arrays: state.arrays, named: "method")
        }
        return (copy.killed(), name)
    }

    @Test func `a run that holds only its command line goes on`() throws {
        let fixtures = try RunFixtures()
        let (archive, name) = try Self.interrupted(fixtures) { stored in
            stored.environment.request = nil
            stored.environment.arguments = [
                "apogee", "run", "search.lua", "--seed", "4", "--set", "budget.generations=2",
            ]
        }
        let run = try fixtures.library(archive).goOn(name)
        #expect(run.request == fixtures.request)
        #expect(try RunFixtures.run(run).status == .done)
        #expect(try archive.read(name).status == .done)
    }

    @Test func `a run that goes on elsewhere is told by name what differs`() throws {
        let fixtures = try RunFixtures()
        func notes(_ change: (inout StoredRun) -> Void) throws -> [String] {
            let (archive, name) = try Self.interrupted(fixtures, change)
            let before = fixtures.notes.count
            _ = try fixtures.library(archive).goOn(name)
            return fixtures.notes.dropFirst(before).compactMap {
                if case .otherMachine(let reason) = $0 { reason } else { nil }
            }
        }
        #expect(try notes { _ in }.isEmpty)
        let rest = "; its results are as right, so compare them by their intervals"
        let start = "the run's bits may not repeat here: oneDNN's instruction set (another then, "
        let one = try #require(try notes { $0.run.machine?.instructionSet = "another" }.first)
        #expect(one.hasPrefix(start) && one.hasSuffix(" now) differs" + rest), "\(one)")
        let two = try #require(
            try notes {
                $0.run.machine?.instructionSet = "another"
                $0.run.machine?.kernels = "older"
            }.first)
        #expect(two.hasPrefix(start) && two.contains(", kernels (older then, "), "\(two)")
        #expect(two.hasSuffix(" now) differ" + rest), "\(two)")
    }

    @Test func `what keeps a run from going on is one sentence`() throws {
        let fixtures = try RunFixtures()
        func problem(
            allowed: [String] = [], _ change: (inout StoredRun) -> Void = { _ in },
            before: () throws -> Void = {}
        ) throws -> ResumeError? {
            let (archive, name) = try Self.interrupted(fixtures, change)
            try before()
            defer { try? fixtures.write(RunFixtures.search) }
            return #expect(throws: ResumeError.self) {
                _ = try fixtures.library(archive).goOn(name, allowed: allowed)
            }
        }
        #expect(try problem(allowed: ["clock"]) == .otherPermissions(before: []))
        #expect(
            try problem { $0.environment.allowed = ["clock"] }?.description
                == "--allow: the run began with --allow clock; give the same again to go on")
        let lost = try problem {
            $0.environment.request = nil
            $0.environment.arguments = []
        }
        #expect(lost?.exitCode == .inputMissing)
        #expect(
            lost?.description
                == "--resume: run.json in Runs-4-1 does not hold the command line of a run")
        let version = try problem { $0.run.versions["apogee"] = "9" }
        #expect(version?.exitCode == .invalid)
        #expect(version?.description.contains("is of another version: apogee 9 then, ") == true)
        let script = try problem(before: { try fixtures.write(RunFixtures.search + "\n") })
        #expect(
            script?.description.hasSuffix(
                "has changed since the run began; its text of then is in Runs-4-1/script.lua")
                == true)
        let plan = try problem { $0.environment.request?.changes = [] }
        #expect(
            plan?.description
                == "--resume: the plan is not the one of the run: \"generations\":2 then, "
                + "\"generations\":9 now")
    }

    @Test func `an unknown run, a finished one and one without a state do not go on`() throws {
        let fixtures = try RunFixtures(RunFixtures.fixed)
        let archive = MemoryArchive()
        let library = fixtures.library(archive)
        var request = fixtures.request
        request.changes = []
        let name = try RunFixtures.run(try #require(try library.start(request).first)).name
        let finished = #expect(throws: ResumeError.self) { _ = try library.goOn(name) }
        #expect(finished == .finished(run: name) && finished?.exitCode == .usage)
        let stopped = try RunFixtures.run(
            try #require(try library.start(request).first), stoppedAfter: 1)
        #expect(stopped.status == .interrupted)
        let none = #expect(throws: ResumeError.self) { _ = try library.goOn(stopped.name) }
        #expect(none == .noState(run: stopped.name) && none?.exitCode == .inputMissing)
        let unknown = #expect(throws: ResumeError.self) { _ = try library.goOn("nothing") }
        #expect(unknown?.exitCode == .inputMissing)
        #expect(unknown?.description.hasPrefix("--resume: nothing is no run's folder: ") == true)
    }

    @Test func `a run that still goes on is told at once`() throws {
        let fixtures = try RunFixtures()
        let archive = MemoryArchive()
        let library = fixtures.library(archive)
        let run = try #require(try library.start(fixtures.request).first)
        var failures: [Failure] = []
        let watcher = Watcher { event in
            guard case .result = event, let name = try archive.list().first else { return }
            let second = try library.goOn(name)
            let failure = #expect(throws: Failure.self) { try RunFixtures.run(second) }
            if let failure { failures.append(failure) }
            #expect(second.place == nil)
        }
        #expect(try RunFixtures.run(run, telling: watcher).status == .done)
        #expect(failures.count == 2)
        #expect(failures.first?.message.hasPrefix("another process writes to ") == true)
    }
}
