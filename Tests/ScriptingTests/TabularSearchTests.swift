import Methods
import Components
import Tasks
import Datasets
import Experiments
import Records
import Scripting
import TestSupport
import Testing

@Suite struct TabularSearchTests {
    private func plan(_ more: String) throws -> (ExperimentScript, ExperimentPlan) {
        let folder = try ScriptFolder()
        try folder.write(
            """
            return require("apogee").experiment { name = "t", api = 1, space = "nas_bench_201",
            budget = { generations = 5, evaluations_per_generation = 20 }, \(more) }
            """)
        let script = try folder.load()
        let plans = try script.plans(registry: try BuiltIns.registry())
        return (script, try #require(plans.first))
    }

    private func run(
        _ more: String, threads: Int = 1, seed: UInt64 = 1, data: String? = nil
    ) throws -> [Event] {
        let (script, plan) = try plan(more)
        let sink = MemorySink()
        let runner = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: plan.json(), seed: seed),
            registry: try BuiltIns.registry(), scripts: script,
            settings: RunSettings(seed: seed, dataDirectory: data, threads: threads), sink: sink)
        #expect(try runner.run() == .done)
        return sink.events
    }

    private static let tasks =
        "tasks = { 'tabular', dataset = 'synthetic', tables = { 'cifar10', 'cifar100' }, seeds = 6 }"

    @Test func `policies are compared in pairs, chosen by validation and reported on test`() throws
    {
        let events = try run(
            """
            \(Self.tasks), arms = { "searched", { "regularized_evolution", population = 20 },
            "random_search" },
            strategy = { "evolution", population = 20, mutation = function(parent, rng)
              local child = parent:copy()
              child[rng:integer(1, 6)] = rng:integer(0, 4)
              return child
            end }
            """)
        var results: [ArmResult] = []
        var pairs: [Int] = []
        var warned = false
        for event in events {
            switch event {
            case .result(let result): results.append(result)
            case .comparison(let comparison): pairs.append(comparison.pairs)
            case .message(let message): warned = warned || message.text.contains("made up")
            default: break
            }
        }
        #expect(results.map(\.arm) == ["searched", "regularized_evolution", "random_search"])
        #expect(pairs == [6, 6] && warned)
        for result in results {
            #expect(result.metric == "test_accuracy" && result.scores.count == 6)
            #expect(result.cost.evaluations == 600 && result.cost.gradientSteps == 0)
            // Each evaluation bills 12 epochs on 25,000 and 50,000 images.
            #expect(result.cost.multiplyAdds > 600 * 3 * 12 * 75_000 * 7_943_872)
            #expect(result.settings["selected_by"] == "validation error on cifar10, cifar100")
            #expect(result.settings["reported"] == "test accuracy on cifar10, cifar100")
        }
        #expect(results[0].mean > results[2].mean)
    }

    @Test func `the same seed gives the same events, another other ones`() throws {
        let first = try run(Self.tasks)
        #expect(try run(Self.tasks, threads: 4) == first)
        #expect(try run(Self.tasks, seed: 2) != first)
    }

    @Test func `a policy may be searched on one table and reported on another`() throws {
        let events = try run(
            "tasks = { 'tabular', dataset = 'synthetic', test_tables = { 'imagenet16_120' }, "
                + "seeds = 2 }")
        let results = events.compactMap { if case .result(let result) = $0 { result } else { nil } }
        #expect(results.first?.settings["reported"] == "test accuracy on imagenet16_120")
        #expect((results.first?.mean ?? 1) < 0.6)
    }

    @Test(arguments: [
        (
            "tasks = 'tabular', space = 'cells'",
            "space: \"cells\" needs tasks with images, which \"tabular\" lacks; use"
        ),
        (
            "tasks = 'sine'",
            "space: \"nas_bench_201\" needs tasks with tables, which \"sine\" lacks; use"
        ),
        ("tasks = { 'tabular', tables = { 'cifar11' } }", "cifar10"),
        ("tasks = { 'tabular', tables = { 'cifar10', 'cifar10' } }", "a table is listed twice"),
        (
            "tasks = 'tabular', arms = { 'conv4' }",
            "\"conv4\" needs tasks with images, which \"tabular\" lacks; use"
        ),
    ])
    func `what does not fit tables is refused`(more: String, message: String) throws {
        let folder = try ScriptFolder()
        let space = more.contains("space") ? "" : "space = 'nas_bench_201', "
        let complaint = folder.complaint {
            try folder.write(
                "return require('apogee').experiment { name = 't', api = 1, \(space)\(more) }")
            _ = try folder.load().plans(registry: try BuiltIns.registry())
        }
        #expect(complaint.contains(message), "\(complaint)")
    }

    @Test func `without its data the real benchmark says what to name`() throws {
        let folder = try ScriptFolder()
        let complaint = folder.complaint { _ = try run("tasks = 'tabular'") }
        #expect(
            complaint
                == "the tables of NAS-Bench-201 are missing: give their folder with --data, or set "
                + "tasks.dataset = \"synthetic\"")
    }

    // MARK: Ends and operators

    private func rows(_ events: [Event]) -> [ArmResult] {
        events.compactMap { if case .result(let row) = $0 { row } else { nil } }
    }

    private func warnings(_ events: [Event]) -> [String] {
        events.compactMap {
            guard case .message(let message) = $0, message.level == .warning else { return nil }
            return message.text
        }
    }

    @Test func `every arm finds all cells, is billed for each once, and says that none is left`()
        throws
    {
        let events = try run(
            """
            tasks = { 'tabular', dataset = 'synthetic', seeds = 2 },
            arms = { "searched", { "regularized_evolution", population = 20 }, "random_search" },
            budget = { generations = 200, evaluations_per_generation = 100 }
            """)
        let rows = rows(events)
        #expect(rows.map(\.cost.evaluations) == [31_250, 31_250, 31_250])
        #expect(Set(rows.map(\.cost)).count == 1)
        // The best of all cells is found, whatever the seed.
        #expect(Set(rows.flatMap(\.scores)).count <= 2)
        for row in rows {
            #expect(
                row.note
                    == "the space is exhausted after 15625 evaluations: no architecture is left")
            #expect(warnings(events).contains { $0.hasPrefix(row.arm + ": the space is exh") })
        }
    }

    @Test func `operators are counted, and one that is never called is told of`() throws {
        let strategy = { (more: String) in
            """
            \(Self.tasks), arms = { "searched" },
            strategy = { "evolution", population = 6 \(more) },
            budget = { generations = 6, evaluations_per_generation = 6 }
            """
        }
        func uses(_ more: String) throws -> [String: OperatorUse] {
            let events = try run(strategy(more))
            #expect(!warnings(events).contains { $0.contains("never called") }, "\(more)")
            let used = try #require(rows(events).first?.operators)
            return Dictionary(used.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        }
        let crossed = try uses("")
        let sampled = try #require(crossed["sample"]?.kept)
        #expect(crossed["crossover uniform"].map { $0.kept > 20 && $0.called >= $0.kept } == true)
        #expect(crossed["mutation per_gene"].map { $0.kept > 20 } == true)
        #expect(crossed.values.reduce(0) { $0 + $1.kept } == 36 * 6)
        // The share of a crossover that is off goes to mutation, and chance gets no more than before.
        let mutated = try uses(", crossover = 'none'")
        #expect(mutated["crossover uniform"] == nil)
        #expect(try #require(mutated["sample"]?.kept) <= sampled + 12)
        #expect(try #require(mutated["mutation per_gene"]?.kept) > 100)
        let idle = try run(strategy(", parents = 1, mutants = 6, crossover = 'one_point'"))
        #expect(
            warnings(idle).contains {
                $0.hasPrefix("searched: the crossover one_point was never called in 36 evaluations")
            })
    }
}
