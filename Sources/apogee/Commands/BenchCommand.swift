import ArgumentParser
import Benchmarks
import Experiments
import Foundation
import LuaHost
import Records
import Scripting
import SearchSpaces

/// `apogee bench`: the measured workloads.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how fast this machine does the work.",
        discussion: """
            Workloads: \(listed.joined(separator: ", ")). Without a name each runs in a process \
            of its own. Times are medians; other work on the machine shows in them.

              apogee bench
              apogee bench maml-conv4 --order 2 --threads 1
              apogee bench cell-supernet --json
            """)

    @Argument(help: "One workload; all without it.")
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
        try show([try measure(workload)])
    }

    private func measure(_ workload: Workload) throws -> BenchmarkResult {
        let threads = threads ?? min(Machine.cores, 256)
        switch workload {
        case .mamlConv4:
            return try MetaLearningBenchmarks.mamlConv4(
                threads: threads, order: order ?? 1, innerSteps: innerSteps ?? 1)
        case .cellSupernet: return try MetaLearningBenchmarks.cellSupernet(threads: threads)
        case .episodes: return try EpisodeBenchmark.run(threads: threads)
        case .evolve: return try LuaBenchmarks.evolve(Self.luaFunctions())
        case .luaCall: return try LuaBenchmarks.luaCall(Self.luaFunctions())
        case .startup:
            let script = "scripts/experiments/01_quickstart.lua"
            guard FileManager.default.fileExists(atPath: script) else {
                throw Failure(
                    "startup checks \(script), which is not here; run it in Apogee's own folder",
                    .inputMissing)
            }
            return try StartupBenchmark.run(program: Self.program, script: script)
        case .graphDesign:
            throw Failure("\(workload.rawValue) has a report of its own", .fault)
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
                result.planned_bytes.map(Machine.bytes) ?? "",
                result.gflops.map(Self.number) ?? "",
                result.peak_gflops.map(Self.number) ?? "",
            ])
        }
        for line in table.lines(width: Terminal.columns(descriptor: STDOUT_FILENO)) {
            Output.line(line)
        }
    }

    private func runGraphDesign() throws {
        var table = TextTable([.words("one thread"), .numbers("median"), .words("unit")])
        for row in try GraphDesignBenchmark.run().rows {
            table.add([row.name, Self.number(row.value), row.unit])
        }
        for line in table.lines() { Output.line(line) }
    }

    private static func seconds(_ value: Double) -> String {
        value < 1 ? "\(number(value * 1e3)) ms" : "\(number(value)) s"
    }

    /// Three digits that count.
    private static func number(_ value: Double) -> String {
        String(format: value == 0 || value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3g", value)
    }

    // MARK: Lua

    /// The measured script's functions, as closures the way a run makes them.
    private static func luaFunctions() throws -> LuaBenchmarks.Functions {
        let path = NSTemporaryDirectory() + "/apogee-bench-\(getpid()).lua"
        try LuaBenchmarks.script.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let script = try ExperimentScript(path: path)
        func function(_ name: String) throws -> ScriptFunction {
            let value = script.plan.table?.named.first { $0.name == name }?.value
            guard case .function(let function)? = value?.kind else {
                throw Failure("the measured script has no function '\(name)'", .fault)
            }
            return function
        }
        // No extension point takes nothing and gives nothing, so this one is called directly.
        let state = try LuaState()
        let nothing = try Sandbox(state.context).run(
            "return function() end", chunk: .file("empty.lua"), limits: .none
        ).first
        guard case .function(let empty)? = nothing else {
            throw Failure("the empty function is none", .fault)
        }
        let limits = LuaLimits(
            instructions: ScriptLimits().callbackInstructions,
            bytes: ScriptLimits().callbackBytes)
        return LuaBenchmarks.Functions(
            empty: {
                _ = try empty.call(limits: limits, name: "empty")
                withExtendedLifetime(state) {}
            },
            mutation: try script.mutation(function("mutation")),
            crossover: try script.crossover(function("crossover")))
    }
}
