import Naming
import Components
import ArgumentParser
import Benchmarks
import Supernets
import Evolution
import Experiments
import Foundation
import LuaHost
import Records
import Runs
import Scripting
import SearchSpaces
import Tensors

/// `apogee bench`: the measured workloads.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Benchmarks this machine.",
        discussion: """
            Workloads: \(listed.joined(separator: ", ")). Without a name each runs in a process \
            of its own. Times are medians; other work on the machine affects them.

              apogee bench
              apogee bench maml-conv4 --order 2 --threads 1
              apogee bench cell-supernet --json
            """)

    @Argument(help: "One workload; without it, all.")
    var name: String?

    @Option(
        parsing: .unconditional, help: "Worker threads, 1 to 256. (default: all cores)")
    var threads: Int?

    @Option(parsing: .unconditional, help: "Order of maml-conv4, 1 or 2. (default: 1)")
    var order: Int?

    @Option(
        parsing: .unconditional, help: "Inner steps of maml-conv4, 1 to 100. (default: 1)")
    var innerSteps: Int?

    @Flag(help: "Prints one line of JSON for each workload.")
    var json = false

    @Flag(help: "Shows the time spent in each operation, on one thread.")
    var profile = false

    private static let listed = Workload.allCases.filter(\.isListed).map(\.rawValue)

    func validate() throws {
        for (option, value, range) in [
            ("threads", threads, 1...256), ("order", order, 1...2),
            ("inner-steps", innerSteps, 1...100),
        ] {
            guard let value, !range.contains(value) else { continue }
            throw ValidationError(
                "--\(option): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        guard !profile || [.mamlConv4, .cellSupernet].contains(name.flatMap(Workload.init)) else {
            throw ValidationError("--profile: name 'maml-conv4' or 'cell-supernet'")
        }
        guard !profile || threads ?? 1 == 1 else {
            throw ValidationError("--profile: one thread, found \(threads ?? 1)")
        }
        guard order != nil || innerSteps != nil, name != Workload.mamlConv4.rawValue else { return }
        throw ValidationError(
            "--\(order == nil ? "inner-steps" : "order") is an option of the workload "
                + "'\(Workload.mamlConv4.rawValue)' alone; name it")
    }

    func run() throws {
        guard let name else { return try runAll() }
        guard let workload = Workload(rawValue: name) else {
            if let nearest = NearestName.of(name, among: Self.listed) {
                throw Failure(
                    "there is no workload '\(name)'; did you mean '\(nearest)'?", .usage)
            }
            throw Failure(
                "there is no workload '\(name)'; there are \(Self.listed.joined(separator: ", "))",
                .usage)
        }
        if workload == .graphDesign { return try runGraphDesign() }
        guard profile else { return try show([try measure(workload)]) }
        let steps = StepProfile { ProcessInfo.processInfo.systemUptime }
        let result = try measure(workload, steps)
        try show([result])
        Output.line("")
        showProfile(steps)
    }

    private func measure(
        _ workload: Workload, _ profile: StepProfile? = nil
    ) throws -> BenchmarkResult {
        let threads = profile == nil ? threads ?? min(Machine.cores, 256) : 1
        switch workload {
        case .mamlConv4:
            return try MetaLearningBenchmarks.mamlConv4(
                threads: threads, order: order ?? 1, innerSteps: innerSteps ?? 1, profile: profile)
        case .cellSupernet:
            return try MetaLearningBenchmarks.cellSupernet(threads: threads, profile: profile)
        case .episodes: return try EpisodeBenchmark.run(threads: threads)
        case .evolve: return try LuaBenchmarks.evolve(Self.luaFunctions())
        case .luaCall: return try LuaBenchmarks.luaCall(Self.luaFunctions())
        case .luaOperation: return try Self.luaOperation(threads: threads)
        case .startup:
            let script = "scripts/experiments/01_quickstart.lua"
            guard FileManager.default.fileExists(atPath: script) else {
                throw Failure(
                    "startup checks \(script), which is missing; run it in Apogee's own folder",
                    .inputMissing)
            }
            return try StartupBenchmark.run(program: Self.program, script: script)
        case .graphDesign:
            throw Failure("\(workload.rawValue) has its own report", .fault)
        }
    }

    /// Each workload in a process of its own, so that its peak memory is its own too.
    private func runAll() throws {
        var results: [BenchmarkResult] = []
        for workload in Self.listed {
            if !json { Output.error("measuring \(workload)") }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.program)
            process.arguments =
                ["bench", workload, "--json"] + (threads.map { ["--threads", "\($0)"] } ?? [])
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let text = String(
                decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                // The process has said what is wrong.
                throw ArgumentParser.ExitCode(process.terminationStatus)
            }
            results.append(try RecordCoding.decode(BenchmarkResult.self, from: text))
        }
        try show(results)
    }

    private static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }

    // MARK: Output

    private func show(_ results: [BenchmarkResult]) throws {
        if json {
            for result in results { Output.line(try RecordCoding.json(result)) }
            return
        }
        var table = TextTable([
            .words("workload"), .numbers("threads"), .numbers("median"), .words("rate"),
            .numbers("peak memory"), .numbers("planned"), .numbers("GFLOP/s"),
            .numbers("of sgemm's"),
        ])
        for result in results {
            let rates = result.rates.sorted { $0.key < $1.key }.map { name, rate in
                "\(Self.number(rate)) \(name.replacing("_", with: " "))"
            }
            table.add([
                result.name, "\(result.threads)", Self.seconds(result.seconds_median),
                rates.joined(separator: ", "), Machine.bytes(result.peak_bytes),
                result.planned_bytes > 0 ? Machine.bytes(result.planned_bytes) : "",
                result.gflops.map(Self.number) ?? "",
                result.peak_gflops.map(Self.number) ?? "",
            ])
        }
        Output.table(table)
    }

    private func runGraphDesign() throws {
        var table = TextTable([.words("one thread"), .numbers("median"), .words("unit")])
        for row in try GraphDesignBenchmark.run().rows {
            table.add([row.name, Self.number(row.value), row.unit])
        }
        Output.table(table)
    }

    static func seconds(_ value: Double) -> String {
        value < 1 ? "\(number(value * 1e3)) ms" : "\(number(value)) s"
    }

    /// Three digits that count.
    static func number(_ value: Double) -> String {
        String(format: value == 0 || value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3g", value)
    }

    // MARK: Lua

    private static func function(
        _ name: String, of script: ExperimentScript
    ) throws -> ScriptFunction {
        let value = script.plan.table?.named.first { $0.name == name }?.value
        guard case .function(let function)? = value?.kind else {
            throw Failure("the benchmark script has no function '\(name)'", .fault)
        }
        return function
    }

    private static func script(_ text: String) throws -> ExperimentScript {
        let path = NSTemporaryDirectory() + "/apogee-bench-\(getpid()).lua"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ExperimentScript(path: path)
    }

    private static func luaOperation(threads: Int) throws -> BenchmarkResult {
        let script = try script(OperationBenchmark.script)
        let operation = try script.operation(
            parameters: function("parameters", of: script),
            forward: function("forward", of: script))
        return try OperationBenchmark.run(
            threads: threads, parameters: operation.parameters, forward: operation.forward)
    }

    /// The measured script's functions, as closures the way a run makes them.
    private static func luaFunctions() throws -> LuaBenchmarks.Functions {
        let script = try script(LuaBenchmarks.script)
        // No extension point takes nothing and gives nothing, so this one is called directly.
        let state = try LuaState()
        let nothing = try Sandbox(state.context).run(
            "return function() end", chunk: .file("empty.lua"), limits: .none
        ).first
        guard case .function(let empty)? = nothing else {
            throw Failure("the empty function is not a function", .fault)
        }
        let limits = LuaLimits(
            instructions: ScriptLimits().callbackInstructions,
            bytes: ScriptLimits().callbackBytes)
        let context = state.context
        return LuaBenchmarks.Functions(
            empty: {
                // As a callback is called: by the stack. The state closes with its owner.
                defer { withExtendedLifetime(state) {} }
                try context.push(empty)
                try context.call(arguments: 0, results: 1, limits: limits, name: "empty")
                context.pop()
            },
            mutation: try script.mutation(function("mutation", of: script)),
            batchMutation: try script.batchMutation(function("batch_mutation", of: script)),
            batchCrossover: try script.batchCrossover(function("batch_crossover", of: script)))
    }
}
