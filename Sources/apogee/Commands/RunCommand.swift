import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Records
import RunStore
import Runs
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

    /// What loading the program's plugins takes, with room to spare.
    private static let leastOfScripts = 32 << 20

    /// Limits the memory of scripts by that of the whole process, where it was given.
    private func limitScripts(_ request: inout RunRequest) throws(ValidationError) {
        guard memory != nil else { return }
        let half = max(try memoryLimit() / 2, RunCommand.leastOfScripts)
        var limits = request.limits ?? [:]
        let usual = ScriptLimits()
        limits["memory"] = limits["memory"] ?? min(usual.bytes, half)
        limits["tensor_memory"] = limits["tensor_memory"] ?? min(usual.tensorBytes, half)
        request.limits = limits
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

    /// The runs that are asked for: the one that goes on, or one for each plan of the script.
    private func prepared() throws -> [PreparedRun] {
        let permissions = try allowing.permissions()
        if let resume {
            let (archive, name) = DirectoryArchive.locate(resume)
            let run = try RunLibrary(archive, note: tell).goOn(
                name, file: file, data: data, allowed: permissions.list,
                limits: try changes.limits())
            return [run]
        }
        var request = try changes.request(file ?? "")
        try limitScripts(&request)
        request.seed = seed
        request.data = data
        request.allowed = permissions.list
        return try RunLibrary(DirectoryArchive(store ?? "runs"), note: tell).start(request)
    }

    private func tell(_ note: RunNote) {
        switch note {
        case .printed(let line): Output.error(line)
        case .otherMachine(let reason): Output.error("note: \(reason)")
        case .memory(let planned, let limit):
            guard !quiet else { return }
            Output.error(
                "memory: \(Machine.bytes(planned)) planned, \(Machine.bytes(limit)) allowed")
        }
    }

    func run() throws {
        let runs = try prepared()
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
        var tables: [ResultsTable] = []
        for (number, run) in runs.enumerated() {
            if runs.count > 1, !quiet {
                Output.error("experiment \(number + 1) of \(runs.count): \(run.plan.name)")
            }
            let conditions = RunConditions(
                threads: workers, memoryLimit: try memoryLimit(),
                started: Date.now.ISO8601Format(), arguments: CommandLine.arguments)
            do {
                try finish(run, conditions, interruption, &tables)
            } catch {
                try showJSON(tables, of: runs.count)
                let left = runs.dropFirst(number + 1).map(\.plan.name)
                if !left.isEmpty {
                    Output.error("not begun: " + left.joined(separator: ", "))
                }
                throw error
            }
        }
        try showJSON(tables, of: runs.count)
    }

    /// One run's results are an object, those of a list of runs a list.
    private func showJSON(_ tables: [ResultsTable], of count: Int) throws {
        guard json else { return }
        if count > 1 {
            Output.line(try RecordCoding.json(tables, pretty: true))
        } else if let table = tables.first {
            Output.line(try RecordCoding.json(table, pretty: true))
        }
    }

    private func finish(
        _ run: PreparedRun, _ conditions: RunConditions, _ interruption: Interruption,
        _ tables: inout [ResultsTable]
    ) throws {
        let console = ConsoleSink(
            run.record, try run.forecast(), generations: run.plan.budget.generations,
            isQuiet: quiet)
        let status: RunStatus
        do throws(Failure) {
            status = try run.run(conditions, telling: console) { interruption.isRequested }
        } catch {
            console.finish()
            if let place = run.place { Output.error("what was done until then is in \(place)") }
            throw error
        }
        console.finish()
        tables.append(console.table)
        show(console, run.place)
        if status == .interrupted { throw ExitCode(130) }
    }

    private func show(_ console: ConsoleSink, _ directory: String?) {
        if !json {
            let width = Terminal.columns(descriptor: STDOUT_FILENO)
            let ink = Terminal.ink(descriptor: STDOUT_FILENO)
            for line in ResultsText.lines(console.table, width: width, ink: ink) {
                Output.line(line)
            }
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
