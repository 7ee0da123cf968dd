import Components
import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Records
import RunStore
import Scripting

/// `apogee run`: executes an experiment.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs an experiment and prints its results.",
        discussion: """
            Everything about the run is written below the store as it goes: plan, seed, events, \
            weights, results. Ctrl-C saves the state and ends; a second Ctrl-C ends at once. A \
            search that was interrupted or killed goes on from its last saved state with --resume \
            and ends with the results that it would have had.

              apogee run scripts/experiments/01_quickstart.lua
              apogee run scripts/experiments/03_at_nas_omniglot.lua --data ../shared/data/omniglot
              apogee run my.lua --seed 7 --set budget.generations=3 --set learner.order=2
              apogee run --resume runs/my-experiment-7-1
            """)

    @Argument(help: "The experiment's Lua file.")
    var file: String?

    @OptionGroup var changes: ChangeOptions

    @Option(
        help: ArgumentHelp(
            "The folder of a run to go on with; file, seed and changes are as they were.",
            valueName: "run"))
    var resume: String?

    @Option(
        parsing: .unconditional,
        help: "The root of all randomness; the plan's own seed, or 0, without it.")
    var seed: Int?

    @Option(help: ArgumentHelp("The folder that holds the data set's files.", valueName: "dir"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: "Worker threads, 1 to 256; results do not depend on it. (default: all cores)")
    var threads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the run may need, such as 512M or 2G; a plan that needs more is refused. "
                + "(default: four fifths of the machine's memory)", valueName: "size"))
    var memory: String?

    @Option(
        help: ArgumentHelp(
            "The folder under which runs are stored. (default: runs)", valueName: "dir"))
    var store: String?

    @OptionGroup var allowing: PermissionOptions

    @Flag(help: "Below an error, lists all functions that were running.")
    var trace = false

    @Flag(help: "Shows no progress.")
    var quiet = false

    @Flag(help: "Prints the results as JSON.")
    var json = false

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads: expected 1 to 256, found \(threads)")
        }
        _ = try memoryLimit()
        if let seed, seed < 0 {
            throw ValidationError("--seed: expected 0 or more, found \(seed)")
        }
        if store?.isEmpty == true {
            throw ValidationError("--store: expected a folder, found nothing")
        }
        if let resume {
            try refuseChanges(resume)
        } else if file == nil {
            throw ValidationError(
                "expected the experiment's Lua file, or --resume with the folder of a run")
        }
    }

    /// A run that goes on is the run that it was.
    private func refuseChanges(_ folder: String) throws(ValidationError) {
        if folder.isEmpty {
            throw ValidationError("--resume: expected the folder of a run, found nothing")
        }
        let given = [
            ("--seed", seed != nil), ("--set", !changes.overrides.isEmpty),
            ("--store", store != nil), ("--plugin-path", !changes.plugins.paths.isEmpty),
        ]
        if let name = given.first(where: \.1)?.0 {
            throw ValidationError(
                "\(name): a run goes on as it began, so \(name) has no place beside --resume")
        }
    }

    /// Bytes that the run may need.
    private func memoryLimit() throws(ValidationError) -> Int {
        guard let memory else { return Machine.memoryShare }
        guard let size = MemorySize(memory) else {
            throw ValidationError(
                "--memory: expected a size such as 512M or 2G, found '\(memory)'")
        }
        guard size.bytes <= Machine.memory else {
            throw ValidationError(
                "--memory: expected at most this machine's \(Machine.bytes(Machine.memory)), found "
                    + Machine.bytes(size.bytes))
        }
        return size.bytes
    }

    /// What to run, with the run that goes on if there is one.
    private struct Request {
        var file: String
        var data: String?
        var loaded: LoadedExperiment
        var plans: [ExperimentPlan]
        var resumed: ResumedRun?
    }

    private func request(_ permissions: Permissions, _ printed: Printed) throws -> Request {
        if let resume {
            let earlier = try EarlierRun(resume, file: file, data: data)
            try earlier.check(permissions)
            let loaded = try LoadedExperiment(
                earlier.file, earlier.command.changes, more: earlier.command.seedOverride,
                permissions: permissions
            ) { printed.take($0) }
            let (plan, resumed) = try earlier.resumed(loaded)
            return Request(
                file: earlier.file, data: earlier.data, loaded: loaded, plans: [plan],
                resumed: resumed)
        }
        let file = file ?? ""
        let loaded = try LoadedExperiment(
            file, changes, more: seedOverride, permissions: permissions
        ) { printed.take($0) }
        return Request(file: file, data: data, loaded: loaded, plans: loaded.plans)
    }

    var seedOverride: [PlanOverride] {
        seed.map { [PlanOverride(["seed"], .integer($0), typedAs: "--seed \($0)")] } ?? []
    }

    func run() throws {
        let printed = Printed()
        let permissions = try allowing.permissions()
        let request = try request(permissions, printed)
        try checkData(request.data)
        let workers = threads ?? min(Machine.cores, 256)
        if workers > Machine.cores, !quiet {
            Output.error(
                "note: \(workers) threads on \(Machine.cores) cores: more threads than cores only "
                    + "cost time")
        }
        let interruption = Interruption {
            // The progress line stands open on a terminal.
            if case .terminal = Terminal.style() { Output.raw("\n") }
            Output.error("stopping after this update; Ctrl-C again ends at once")
        }
        for (number, plan) in request.plans.enumerated() {
            if request.plans.count > 1, !quiet {
                Output.error("experiment \(number + 1) of \(request.plans.count): \(plan.name)")
            }
            try run(plan, request, workers, printed, interruption, permissions.list)
        }
    }

    private func checkData(_ data: String?) throws(Failure) {
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

    private func run(
        _ plan: ExperimentPlan, _ request: Request, _ workers: Int, _ printed: Printed,
        _ interruption: Interruption, _ allowed: [String]
    ) throws {
        let loaded = request.loaded
        let record =
            request.resumed?.folder.stored.run ?? RunRecord(plan, loaded, file: request.file)
        let environment = RunEnvironment(
            threads: workers, started: Date.now.ISO8601Format(),
            arguments: CommandLine.arguments, allowed: allowed,
            folder: FileManager.default.currentDirectoryPath)
        let kept = try StoreSink(
            root: store ?? "runs", record: record, environment: environment,
            script: loaded.script.text, resuming: request.resumed.map { ($0.folder, $0.events) })
        let console = ConsoleSink(record, isQuiet: quiet)
        let sink = SinkGroup([console, kept])
        let limit = try memoryLimit()
        let status: RunStatus
        do {
            var settings = RunSettings(
                seed: plan.seed, dataDirectory: request.data, threads: workers, memoryLimit: limit)
            settings.resumed = request.resumed?.state
            let runner = try ExperimentRunner(
                plan: plan, record: record, registry: loaded.registry, scripts: loaded.script,
                settings: settings, sink: sink, isInterrupted: { interruption.isRequested })
            if let memory = runner.memory {
                kept.environment.memory = memory.record(limit: limit)
                if !quiet {
                    Output.error(
                        "memory: \(Machine.bytes(memory.bytes)) planned, "
                            + "\(Machine.bytes(limit)) allowed")
                }
            }
            printed.send { try runner.message($0) }
            status = try runner.run()
        } catch {
            console.finish()
            let failure = Failure(running: error)
            if console.end == nil, kept.directory != nil {
                // The first error is the one to tell; a full disk may refuse this line, too.
                try? sink.record(.runEnded(Event.End(.failed, reason: failure.message)))
            }
            if let directory = kept.directory {
                Output.error("what was done until then is in \(directory)")
            }
            throw failure
        }
        console.finish()
        try show(console, kept.directory)
        if status == .interrupted { throw ExitCode(130) }
    }

    private func show(_ console: ConsoleSink, _ directory: String?) throws {
        if json {
            Output.line(try RecordCoding.json(console.table, pretty: true))
        } else {
            let width = Terminal.columns(descriptor: STDOUT_FILENO)
            for line in ResultsText.lines(console.table, width: width) { Output.line(line) }
        }
        let files = directory.map { " · files in \($0)" } ?? ""
        if !quiet {
            let state = console.end?.status == .interrupted ? "interrupted after" : "done in"
            let peak = "peak memory \(Machine.bytes(Machine.peakBytes))"
            Output.error(
                "\(state) \(DurationText.text(seconds: console.elapsed)) · \(peak)\(files)")
        } else if !json, let directory {
            Output.line("files in \(directory)")
        }
    }
}

/// Where a script's printed lines go: to the terminal while it loads, then into the run's events.
final class Printed {
    private var record: ((String) throws -> Void)?

    /// Sends what is printed from here on to a run.
    func send(to record: @escaping (String) throws -> Void) { self.record = record }

    func take(_ line: String) {
        guard let record else { return Output.error(line) }
        // A sink that cannot take this line cannot take the run's next event either, which fails
        // with the same error.
        try? record(line)
    }
}

extension RunRecord {
    /// The record of a plan of a loaded script.
    init(_ plan: ExperimentPlan, _ loaded: LoadedExperiment, file: String) {
        self.init(
            name: plan.name, script: URL(fileURLWithPath: file).lastPathComponent,
            scriptText: loaded.script.text, plan: plan.json(), seed: plan.seed,
            versions: Dictionary(
                (Machine.versions + loaded.script.plugins(usedBy: plan))
                    .map { ($0.name, $0.version) }, uniquingKeysWith: { $1 }),
            processor: Machine.processor, machine: Machine.record)
    }
}
