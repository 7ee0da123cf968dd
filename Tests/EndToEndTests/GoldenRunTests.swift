import Foundation
import TestSupport
import Testing

/// The experiments at small budgets compute what they computed when the golden file was recorded,
/// bit for bit.
///
/// Bits depend on the processor, its instruction set and oneDNN's version, so the file has a row for
/// each machine that it was recorded on. A machine without a row prints its own, and compares one
/// thread with two instead. `scripts/dev/golden-runs` records.
@Suite(.serialized) struct GoldenRunTests {
    /// An experiment, and what makes it short.
    struct Experiment: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String
        let changes: [String]
        /// The folder of real data that it needs.
        var data: String?

        var testDescription: String { name }
    }

    private static let glyphs = [
        "budget.warm_up_updates=4", "budget.generations=3", "budget.updates_per_generation=4",
        "budget.final_updates=4", "budget.validation_tasks=2", "budget.test_tasks=6",
    ]

    static let experiments: [Experiment] = [
        Experiment(
            name: "01", file: "01_quickstart.lua",
            changes: glyphs + ["per_task_search.tasks=3"]),
        Experiment(name: "02", file: "02_custom_operators.lua", changes: glyphs),
        Experiment(
            name: "03", file: "03_at_nas_omniglot.lua",
            changes: glyphs + ["strategy.population=6", "per_task_search.tasks=2"],
            data: "omniglot"),
        Experiment(
            name: "04", file: "04_maml_sine.lua",
            changes: ["budget.updates=40", "budget.test_tasks=20"]),
        Experiment(
            name: "05", file: "05_tabular_policies.lua",
            changes: ["tasks.seeds=4", "budget.generations=6"]),
        Experiment(
            name: "05 on NAS-Bench-201", file: "05_tabular_policies.lua",
            changes: [
                "tasks.dataset=nas_bench_201", "tasks.seeds=4", "budget.generations=6",
            ], data: "nas_bench_201"),
        Experiment(name: "06", file: "06_genetic_operators.lua", changes: glyphs),
        Experiment(name: "07", file: "07_islands.lua", changes: glyphs),
        Experiment(name: "08", file: "08_task_samplers.lua", changes: glyphs),
        Experiment(name: "09", file: "09_schedules.lua", changes: glyphs),
        Experiment(name: "10", file: "10_lua_operation.lua", changes: glyphs),
        Experiment(name: "11", file: "11_lua_method.lua", changes: glyphs),
        Experiment(
            name: "12", file: "12_inner_rules.lua",
            changes: ["budget.updates=6", "budget.test_tasks=6"]),
        Experiment(name: "13", file: "13_layer_space.lua", changes: glyphs),
    ]

    static let isRecording =
        ProcessInfo.processInfo.environment["APOGEE_RECORD_GOLDEN_RUNS"] != nil

    private static func isThere(_ experiment: Experiment) -> Bool {
        experiment.data.map { RealData.isThere($0) } ?? true
    }

    private func run(_ experiment: Experiment, threads: Int) throws -> String {
        let store = try TemporaryFolder()
        var arguments = [
            "run", Repository.path("scripts/experiments/" + experiment.file), "--quiet", "--seed",
            "3", "--threads", "\(threads)", "--store", store.path, "--plugin-path",
            Repository.path("plugins"),
        ]
        if let data = experiment.data {
            arguments += ["--data", try #require(RealData.path(data))]
        }
        for change in experiment.changes { arguments += ["--set", change] }
        let outcome = try Program.run(
            arguments, program: ProcessInfo.processInfo.environment["APOGEE_PROGRAM"])
        try #require(outcome.code == 0, "\(experiment.name): \(outcome.error)")
        return try RunContent.hash(store: store.path)
    }

    private func check(_ experiment: Experiment) throws {
        let found = try run(experiment, threads: 2)
        let recorded = try Repository.golden(GoldenRuns.self, "runs.json")
        if let row = recorded.machines[GoldenRuns.machine],
            let expected = row[experiment.name]
        {
            #expect(found == expected, "\(experiment.name) computes something else")
        } else {
            print(
                "no golden row: \"\(GoldenRuns.machine)\": "
                    + "\"\(experiment.name)\": \"\(found)\"; one thread is compared with two")
            #expect(try run(experiment, threads: 1) == found)
        }
    }

    @Test(.enabled(if: !isRecording), arguments: experiments.filter { $0.data == nil })
    func `an experiment computes what it did`(experiment: Experiment) throws {
        try check(experiment)
    }

    @Test(
        .enabled(if: RealData.isThere("omniglot"), RealData.absence("omniglot")),
        .enabled(if: !isRecording), arguments: experiments.filter { $0.data != nil })
    func `an experiment on real data computes what it did`(experiment: Experiment) throws {
        guard Self.isThere(experiment) else { return }
        try check(experiment)
    }

    /// A hash that some change of a result does not reach would hold nothing.
    @Test(.enabled(if: !isRecording)) func `the hash takes in every result, and no name`() throws {
        let store = try TemporaryFolder()
        let file = Repository.path("scripts/experiments/02_custom_operators.lua")
        let outcome = try Program.run(
            ["run", file, "--quiet", "--store", store.path]
                + Self.glyphs.flatMap { ["--set", $0] })
        try #require(outcome.code == 0, "\(outcome.error)")
        let before = try RunContent.hash(store: store.path)
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: store.path).first)

        func changed(_ file: String, _ pattern: String, to text: String) throws -> Bool {
            let url = URL(fileURLWithPath: "\(store.path)/\(name)/\(file)")
            let old = try String(contentsOf: url, encoding: .utf8)
            let range = try #require(
                old.range(of: pattern, options: .regularExpression), "\(file): \(pattern)")
            try old.replacingCharacters(in: range, with: text)
                .write(to: url, atomically: true, encoding: .utf8)
            defer { try? old.write(to: url, atomically: true, encoding: .utf8) }
            return try RunContent.hash(store: store.path) != before
        }
        #expect(try changed("results.json", #""scores" : \[\s*[0-9.]+"#, to: #""scores" : [0.123"#))
        #expect(
            try changed("results.json", #""multiplyAdds" : [0-9]+"#, to: #""multiplyAdds" : 7"#))
        #expect(try changed("results.json", #""tasks" : [0-9]+"#, to: #""tasks" : 7"#))
        #expect(try changed("events.jsonl", #""genes":\[[0-9]+"#, to: #""genes":[9"#))
        #expect(
            try changed(
                "events.jsonl", #""name":"loss","unit":"","value":[0-9.]+"#,
                to: #""name":"loss","unit":"","value":0.5"#))
        #expect(try !changed("results.json", #""arm" : "searched""#, to: #""arm" : "found""#))
        #expect(try RunContent.hash(store: store.path) == before)

        let weights = URL(fileURLWithPath: "\(store.path)/\(name)/searched.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        #expect(try RunContent.hash(store: store.path) != before)
    }

    @Test(.enabled(if: isRecording)) func `record this machine's row`() throws {
        let path = Repository.path("benchmarks-data/golden/runs.json")
        var all = GoldenRuns()
        if FileManager.default.fileExists(atPath: path) {
            all = try Repository.golden(GoldenRuns.self, "runs.json")
        }
        var row = all.machines[GoldenRuns.machine] ?? [:]
        for experiment in Self.experiments where Self.isThere(experiment) {
            row[experiment.name] = try run(experiment, threads: 2)
        }
        all.machines[GoldenRuns.machine] = row
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(all) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }
}

/// The golden file of runs.
struct GoldenRuns: Codable {
    var generator = "scripts/dev/golden-runs"
    /// For each machine the hash of each experiment.
    var machines: [String: [String: String]] = [:]

    /// What decides bits: the processor's model and caches, its instruction set, oneDNN's version and
    /// the C library's.
    static let machine: String = {
        let doctor = (try? Program.run("doctor"))?.output ?? ""
        func row(_ name: String) -> String {
            let line = doctor.split(separator: "\n").first { $0.hasPrefix(name + "  ") }
            return line.map {
                $0.dropFirst(name.count).trimmingCharacters(in: .whitespaces)
            } ?? "unknown"
        }
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        func field(_ key: String) -> String {
            let line = information.split(separator: "\n").first {
                $0.hasPrefix(key + "\t")
            }
            return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "?"
        }
        let caches = (0...3).compactMap {
            try? String(
                contentsOfFile: "/sys/devices/system/cpu/cpu0/cache/index\($0)/size",
                encoding: .utf8
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return "\(field("vendor_id")) \(field("cpu family"))-\(field("model"))-\(field("stepping"))"
            + " \(caches.joined(separator: "/")); \(row("kernels use")); oneDNN \(row("oneDNN"));"
            + " \(row("C library"))"
    }()
}
