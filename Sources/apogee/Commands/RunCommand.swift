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
            weights, results. Ctrl-C saves the state and ends; a second Ctrl-C ends at once.

              apogee run scripts/experiments/01_quickstart.lua
              apogee run scripts/experiments/03_at_nas_omniglot.lua --data ../shared/data/omniglot
              apogee run my.lua --seed 7 --set budget.generations=3 --set learner.order=2
            """)

    @OptionGroup var experiment: ExperimentOptions

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

    @Option(help: ArgumentHelp("The folder under which runs are stored.", valueName: "dir"))
    var store = "runs"

    @Option(
        help: ArgumentHelp(
            "Allows scripts read=DIR, write=DIR, clock or random; recorded with the run.",
            valueName: "permissions"))
    var allow: [String] = []

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
        if store.isEmpty { throw ValidationError("--store: expected a folder, found nothing") }
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

    private func permissions() throws -> Permissions {
        do {
            let permissions = try Permissions(parsing: allow)
            for folder in permissions.read + permissions.write {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
                    isFolder.boolValue
                else {
                    throw Failure("--allow: '\(folder)' is no folder", .inputMissing)
                }
            }
            return permissions
        } catch let error as PermissionError {
            throw Failure("--allow: \(error)", .usage)
        }
    }

    func run() throws {
        let printed = Printed()
        let permissions = try permissions()
        var more: [PlanOverride] = []
        if let seed {
            more.append(PlanOverride(["seed"], .integer(seed), typedAs: "--seed \(seed)"))
        }
        let loaded = try LoadedExperiment(experiment, more: more, permissions: permissions) {
            printed.take($0)
        }
        try checkData()
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
        for (number, plan) in loaded.plans.enumerated() {
            if loaded.plans.count > 1, !quiet {
                Output.error("experiment \(number + 1) of \(loaded.plans.count): \(plan.name)")
            }
            try run(plan, loaded, workers, printed, interruption, permissions.list)
        }
    }

    private func checkData() throws(Failure) {
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
        _ plan: ExperimentPlan, _ loaded: LoadedExperiment, _ workers: Int, _ printed: Printed,
        _ interruption: Interruption, _ allowed: [String]
    ) throws {
        let record = RunRecord(
            name: plan.name, script: URL(fileURLWithPath: experiment.file).lastPathComponent,
            scriptText: loaded.script.text, plan: plan.json(), seed: plan.seed,
            versions: Dictionary(
                (Machine.versions + loaded.script.plugins(usedBy: plan))
                    .map { ($0.name, $0.version) }, uniquingKeysWith: { $1 }),
            processor: Machine.processor)
        let environment = RunEnvironment(
            threads: workers, started: Date.now.ISO8601Format(),
            arguments: CommandLine.arguments, allowed: allowed)
        let kept = try StoreSink(
            root: store, record: record, environment: environment, script: loaded.script.text)
        let console = ConsoleSink(record, isQuiet: quiet)
        let sink = SinkGroup([console, kept])
        let limit = try memoryLimit()
        let status: RunStatus
        do {
            let runner = try ExperimentRunner(
                plan: plan, record: record, registry: loaded.registry, scripts: loaded.script,
                settings: RunSettings(
                    seed: plan.seed, dataDirectory: data, threads: workers, memoryLimit: limit),
                sink: sink, isInterrupted: { interruption.isRequested })
            if let memory = runner.memory {
                kept.environment.memory = memory.record(limit: limit)
                if !quiet {
                    Output.error(
                        "memory: \(Machine.bytes(memory.bytes)) planned, "
                            + "\(Machine.bytes(limit)) allowed")
                }
            }
            printed.send(to: sink)
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
    private var sink: (any EventSink)?

    /// Sends what is printed from here on to a run.
    func send(to sink: any EventSink) { self.sink = sink }

    func take(_ line: String) {
        guard let sink else { return Output.error(line) }
        // A sink that cannot take this line cannot take the run's next event either, which fails
        // with the same error.
        try? sink.record(.message(Event.Message(line)))
    }
}
