import Components
import Experiments
import Records
import Testing

/// The memory that a run is planned to need, and plans of absurd sizes.
struct MemoryTests {
    private static func runner(
        _ value: PlainValue, threads: Int = 1, limit: Int? = nil, sink: MemorySink = MemorySink()
    ) throws -> ExperimentRunner {
        let plan = try PlanFixtures.decode(value)
        return try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: 1),
            registry: PlanFixtures.registry(), scripts: NoScripts(),
            settings: RunSettings(seed: 1, threads: threads, memoryLimit: limit), sink: sink)
    }

    @Test func `a run that needs too much is refused in a sentence before its first event`() throws
    {
        let sink = MemorySink()
        do {
            _ = try MemoryTests.runner(MethodFixtures.search(), limit: 1_024, sink: sink)
            Issue.record("no error")
        } catch let error as ExperimentError {
            #expect(error.exitCode == .failed)
            #expect(error.description.hasPrefix("the run needs at least "))
            #expect(
                error.description.contains(" of memory but --memory allows 1.0 KiB; most of it"))
        }
        #expect(sink.events.isEmpty)
    }

    @Test func `just what is planned is enough, and a byte less is not`() throws {
        let needed = try #require(MemoryTests.runner(MethodFixtures.fixed).memory).bytes
        #expect(try MemoryTests.runner(MethodFixtures.fixed, limit: needed).memory?.bytes == needed)
        #expect {
            _ = try MemoryTests.runner(MethodFixtures.fixed, limit: needed - 1)
        } throws: {
            "\($0)".hasPrefix("the run needs ") && !"\($0)".contains("at least")
        }
    }

    @Test func `each part grows with what it is made of, and the message names what shrinks it`()
        throws
    {
        func part(_ name: String, _ value: PlainValue, threads: Int = 1) throws -> Int {
            try #require(
                MemoryTests.runner(value, threads: threads).memory?.parts.first { $0.name == name }
            ).bytes
        }
        let base = MethodFixtures.fixed
        let wide = PlanFixtures.with("space", .component("conv4", ["filters": 8]), in: base)
        #expect(try part("workers", wide) > part("workers", base))
        #expect(try part("parameters", wide) > part("parameters", base))
        #expect(try part("workers", base, threads: 4) == 4 * part("workers", base))
        let second = PlanFixtures.with(
            "learner", .component("maml", ["order": 2, "inner_steps": 4]), in: base)
        let first = PlanFixtures.with(
            "learner", .component("maml", ["order": 1, "inner_steps": 4]), in: base)
        #expect(try part("workers", second) > 2 * part("workers", first))
        let many = PlanFixtures.with("budget", ["updates": 3, "test_tasks": 1_000_000], in: base)
        #expect {
            _ = try MemoryTests.runner(many, limit: 1 << 30)
        } throws: {
            "\($0)".hasSuffix(
                "is tasks in memory: fewer budget.test_tasks or tasks.queries need less")
        }
    }

    @Test func `networks and tasks past all memory are refused in a sentence`() throws {
        var value = PlanFixtures.with(
            "tasks",
            .component(
                "episodes",
                [
                    "dataset": .component(
                        "glyphs",
                        ["alphabets": 10, "characters": 5, "drawers": 200, "side": 128]),
                    "ways": 10, "queries": 199, "split": "classes",
                ]), in: MethodFixtures.fixed)
        value = PlanFixtures.with("space", .component("conv4", ["filters": 1_024]), in: value)
        #expect {
            _ = try MemoryTests.runner(value, limit: 64 << 30)
        } throws: {
            "\($0)".hasPrefix("the plan's networks or tasks are too large for any memory")
                || "\($0)".hasPrefix("the run needs ")
        }
    }

    /// For each named value at any depth its path, and the whole tree with another value there.
    private static func places(
        _ value: PlainValue
    ) -> [(path: String, with: (PlainValue) -> PlainValue)] {
        guard let table = value.table else { return [] }
        var found: [(path: String, with: (PlainValue) -> PlainValue)] = []
        for (index, entry) in table.named.enumerated() {
            let put: (PlainValue) -> PlainValue = { new in
                var changed = table
                changed.named[index].value = new
                return PlainValue(.table(changed))
            }
            found.append((entry.name, put))
            for inner in places(entry.value) {
                found.append(("\(entry.name).\(inner.path)", { put(inner.with($0)) }))
            }
        }
        for (index, item) in table.positional.enumerated() {
            for inner in places(item) {
                found.append(
                    (
                        inner.path,
                        { new in
                            var changed = table
                            changed.positional[index] = inner.with(new)
                            return PlainValue(.table(changed))
                        }
                    ))
            }
        }
        return found
    }

    @Test(arguments: [false, true])
    func `absurd numbers in any option are refused, or planned within the limit`(
        searches: Bool
    ) throws {
        let value = searches ? MemoryTests.everyNumber : MethodFixtures.fixed
        let absurd: [PlainValue.Kind] = [
            .integer(.max), .integer(.min), .integer(-1), .integer(0), .number(1e308),
            .number(-1e308), .number(.nan), .number(.infinity), .integer(100_000),
            .integer(1_000_000), .integer(1_024), .integer(512), .integer(100), .integer(20),
        ]
        let limit = 256 << 20
        var (refused, planned, tooLarge) = (0, 0, 0)
        for (path, with) in MemoryTests.places(value) {
            for kind in absurd {
                do {
                    let runner = try MemoryTests.runner(
                        with(PlainValue(kind)), threads: 2, limit: limit)
                    #expect(try #require(runner.memory).bytes <= limit, "\(path)")
                    planned += 1
                } catch let error as ExperimentError {
                    if case .memoryExceeded = error { tooLarge += 1 }
                    #expect(!error.description.contains("\n"), "\(path)")
                    refused += 1
                } catch {
                    // Every other module's error is typed and one sentence, too.
                    #expect(!"\(error)".contains("\n") && "\(error)".count > 20, "\(path)")
                    refused += 1
                }
            }
        }
        #expect(refused > 100 && planned > 20 && tooLarge > 0, "\(refused) \(planned) \(tooLarge)")
    }

    /// The tiny search with its numbers written out, so that each can be replaced.
    private static let everyNumber: PlainValue = {
        var value = MethodFixtures.search()
        value = PlanFixtures.with(
            "learner",
            .component(
                "maml",
                [
                    "order": 1, "inner_steps": 1, "inner_learning_rate": 0.1, "test_steps": 1,
                    "meta_batch": 2, "gradient_clip": 1,
                    "outer": .component(
                        "adam",
                        [
                            "learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999,
                            "epsilon": 1e-8, "weight_decay": 0,
                        ]),
                ]), in: value)
        return PlanFixtures.with(
            "strategy",
            .component(
                "evolution",
                [
                    "population": 3, "parents": 2, "tournament": 1, "mutants": 2, "crossovers": 1,
                    "mutation_probability": 0.5,
                ]), in: value)
    }()
}
