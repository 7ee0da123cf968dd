import Components
import Experiments
import Records
import Testing

/// Arms as methods with options and budgets, and how they build on each other.
struct ArmTests {
    private static func plan(_ arms: PlainValue) -> PlainValue {
        PlanFixtures.with(
            "per_task_search", ["enabled": false],
            in: PlanFixtures.with("arms", arms, in: MethodFixtures.search()))
    }

    private static let beside: PlainValue = [
        "across_task",
        .component("fixed", ["genotype": "as across_task", "budget": "as across_task"]),
        .component(
            "fixed",
            [
                "name": "small_conv4", "network": .component("conv4", ["filters": 4]),
                "budget": "as across_task",
            ]),
    ]

    @Test func `a found architecture and a named network are trained alone beside the search`()
        throws
    {
        let (status, sink) = try MethodFixtures.run(Self.plan(Self.beside))
        #expect(status == .done)
        #expect(sink.results.map(\.arm) == ["across_task", "fixed", "small_conv4"])
        let bill = sink.results[0].cost.multiplyAdds
        #expect(sink.results[1].genotype == sink.results[0].genotype)
        for result in sink.results.dropFirst() {
            let updates = sink.updates("train \(result.arm)")
            let each = result.cost.multiplyAdds / updates
            #expect((0..<each).contains(result.cost.multiplyAdds - bill), "\(result.arm)")
        }
    }

    @Test func `the search by its own name is the search of the plan`() throws {
        let own = try MethodFixtures.run(Self.plan(["across_task"])).sink
        let usual = try MethodFixtures.run(Self.plan(["searched"])).sink
        #expect(own.results[0].scores == usual.results[0].scores)
        #expect(own.weights["supernet"]?.arrays == usual.weights["supernet"]?.arrays)
        // Under both names it is searched once.
        let both = try MethodFixtures.run(Self.plan(["searched", "across_task"])).sink
        #expect(both.updates("warm-up") == usual.updates("warm-up"))
        #expect(both.results[0].scores == both.results[1].scores)
    }

    @Test func `rows come in the plan's order, whatever they build on`() throws {
        let (_, sink) = try MethodFixtures.run(
            Self.plan([
                .component("fixed", ["genotype": "as across_task"]),
                .component("random_search", ["budget": "as across_task"]), "across_task",
            ]))
        #expect(sink.results.map(\.arm) == ["fixed", "random_search", "across_task"])
    }

    @Test func `a search with a budget of its own ends when it is spent`() throws {
        let whole = try MethodFixtures.run(Self.plan(["across_task"])).sink
        let bill = whole.results[0].cost.multiplyAdds
        let arms: PlainValue = [
            "across_task",
            .component(
                "across_task",
                [
                    "name": "short",
                    "budget": ["multiply_adds": PlainValue(.integer(bill * 3 / 10))],
                ]),
        ]
        let (_, sink) = try MethodFixtures.run(Self.plan(arms))
        #expect(sink.results.map(\.arm) == ["across_task", "short"])
        #expect(sink.results[0].scores == whole.results[0].scores)
        #expect(sink.results[1].cost.multiplyAdds < bill)
        #expect(sink.weights.keys.contains("supernet_short"))
        #expect {
            _ = try MethodFixtures.run(
                Self.plan([.component("across_task", ["budget": ["multiply_adds": 1]])]))
        } throws: {
            "\($0)".contains("its budget was spent before any architecture was evaluated")
        }
    }

    @Test func `a run with two searches that was stopped anywhere ends as if it never was`() throws
    {
        let value = Self.plan([
            "across_task",
            .component(
                "across_task", ["name": "short", "budget": ["multiply_adds": 20_000_000]]),
            .component("fixed", ["genotype": "as short", "budget": ["updates": 2]]),
        ])
        func stored(_ sink: MemorySink) throws -> [String] {
            try sink.lines.filter { !$0.contains("\"event\":\"progress\"") }
        }
        let whole = try MethodFixtures.run(value).sink
        let lines = try stored(whole)
        var stops = 0
        for count in stride(from: 1, to: 40, by: 3) {
            let stopped = try MethodFixtures.run(value, interruptedAfter: count)
            guard stopped.status == .interrupted else { continue }
            stops += 1
            let saved = try #require(stopped.sink.states["method"])
            let state = MethodState(text: saved.text, arrays: saved.arrays)
            let plan = try PlanFixtures.decode(value)
            var settings = RunSettings(seed: 5, threads: 1)
            settings.resumed = state
            let sink = MemorySink()
            _ = try ExperimentRunner(
                plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: 5),
                registry: PlanFixtures.registry(), scripts: NoScripts(), settings: settings,
                sink: sink
            ).run()
            let events = try state.recordedEvents()
            let together = Array(try stored(stopped.sink).prefix(events)) + (try stored(sink))
            #expect(together == lines, "stopped after \(count)")
        }
        #expect(stops > 6)
    }

    @Test func `a tuned network is the best by validation, for one bill`() throws {
        let (_, sink) = try MethodFixtures.run(
            Self.plan([
                "searched",
                .component(
                    "tuned",
                    [
                        "networks": [
                            .component("conv4", ["filters": 2]),
                            .component("conv4", ["filters": 6]),
                        ]
                    ]),
            ]))
        let (searched, tuned) = (sink.results[0], sink.results[1])
        #expect(tuned.arm == "tuned" && tuned.settings["network"]?.hasPrefix("conv4") == true)
        #expect(sink.updates("train tuned conv4 {\"filters\":2}") > 0)
        #expect(sink.updates("train tuned conv4 {\"filters\":6}") > 0)
        // The two networks' last updates and the last scores may exceed the bill, and no more.
        #expect(tuned.cost.multiplyAdds < searched.cost.multiplyAdds * 3 / 2)
        #expect(tuned.cost.evaluations == 2)
    }

    @Test(
        arguments: [
            (
                [.component("fixed", ["genotype": "as nobody"])],
                "arms[1].genotype: no arm is named \"nobody\"; the arms are fixed"
            ),
            (
                ["searched", .component("fixed", ["budget": "as acros_task"])],
                "arms[2].budget: no arm is named \"acros_task\"; the arms are searched, fixed"
            ),
            (
                [
                    .component("fixed", ["name": "a", "budget": "as b"]),
                    .component("fixed", ["name": "b", "budget": "as a"]),
                ], "arms[1]: it depends on itself: a → b → a"
            ),
            (
                [.component("fixed", ["budget": "as fixed"])],
                "arms[1]: it depends on itself: fixed → fixed"
            ),
            (
                [.component("fixed", ["budget": "much"])],
                "arms[1].budget: expected \"as NAME\", { multiply_adds = N } or { updates = N }"
            ),
            (
                ["searched", .component("searched_per_task", ["budget": "as searched"])],
                "per_task_search.enabled = true"
            ),
            (
                [.component("across_task", ["budget": ["updates": 3]])],
                "arms[1].budget: a search counts its own updates; give multiply_adds, or \"as NAME\""
            ),
            (
                [.component("fixed", ["genotype": "x", "network": "conv4"])],
                "arms[1]: give a network or a genotype, not both"
            ),
            ([.component("acros_task", [:])], "did you mean \"across_task\"?"),
        ] as [(PlainValue, String)])
    func `what cannot be is one sentence before anything is trained`(
        arms: PlainValue, message: String
    ) {
        let found = PlanFixtures.message(Self.plan(arms))
        #expect(found.contains(message), "\(found)")
    }

    @Test func `a search per task goes on from the arm of its budget`() throws {
        func run(_ arms: PlainValue) throws -> MemorySink {
            try MethodFixtures.run(
                PlanFixtures.with("arms", arms, in: MethodFixtures.search())
            ).sink
        }
        let usual = try run(["searched", "searched_per_task"])
        let named = try run([
            "across_task", .component("searched_per_task", ["budget": "as across_task"]),
        ])
        #expect(named.results[1].scores == usual.results[1].scores)
        #expect(named.results[1].cost == usual.results[1].cost)
    }

    @Test func `the plan's method must search by steps`() {
        let found = PlanFixtures.message("method", "conv4")
        #expect(
            found
                == "03.lua:19: method: \"conv4\" is not a search with steps; use across_task, custom"
        )
    }
}
