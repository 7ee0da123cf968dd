import Components
import Experiments
import Records
import Testing

/// Where trials come from, what schedules change, and what is saved when a run is stopped.
struct LineageTests {
    private static func trials(_ strategy: PlainValue, evaluations: PlainValue) throws -> [Trial] {
        var value = PlanFixtures.with("strategy", strategy, in: MethodFixtures.search(nodes: 2))
        value = PlanFixtures.with("arms", ["searched"], in: value)
        value = PlanFixtures.with(
            "budget",
            [
                "warm_up_updates": 0, "generations": 3, "updates_per_generation": 0,
                "evaluations_per_generation": evaluations, "validation_tasks": 1, "test_tasks": 2,
            ], in: value)
        return try MethodFixtures.run(value).sink.trials
    }

    @Test func `every trial names its operator, and parents that were evaluated before it`()
        throws
    {
        for (strategy, operators) in [
            (PlainValue.component("random", [:]), ["sample"]),
            (.component("evolution", ["population": 10]), ["crossover", "mutation", "sample"]),
            (.component("nsga2", ["population": 4]), ["crossover and mutation", "sample"]),
            (.component("regularized", ["population": 4]), ["mutation", "sample"]),
        ] {
            let trials = try LineageTests.trials(strategy, evaluations: 6)
            #expect(trials.count == 18)
            var seen: Set<[Int]> = []
            for trial in trials {
                let expected =
                    switch trial.origin {
                    case "mutation": 1
                    case "crossover", "crossover and mutation": 2
                    default: 0
                    }
                #expect(trial.parents.count == expected, "\(trial.origin)")
                #expect(trial.parents.allSatisfy(seen.contains), "\(trial.origin)")
                seen.insert(trial.genes)
            }
            #expect(
                Set(trials.map(\.origin)).isSuperset(of: operators), "\(trials.map(\.origin))")
            #expect(trials[0].origin == "sample")
        }
    }

    @Test func `a small space that is used up is listed`() throws {
        var value = PlanFixtures.with(
            "space",
            .component("cells", ["nodes": 1, "channels": 4, "operations": ["skip", "max"]]),
            in: MethodFixtures.search())
        value = PlanFixtures.with("arms", ["searched"], in: value)
        value = PlanFixtures.with(
            "budget",
            [
                "warm_up_updates": 0, "generations": 1, "updates_per_generation": 0,
                "evaluations_per_generation": 100, "validation_tasks": 1, "test_tasks": 2,
            ], in: value)
        let trials = try MethodFixtures.run(value).sink.trials
        #expect(trials.count == 16)
        #expect(
            trials.allSatisfy {
                ["sample", "listed", "mutation"].contains($0.origin)
                    || $0.origin.hasPrefix("crossover")
            })
    }

    @Test func `a schedule's inner steps are taken, and change what is learned and billed`()
        throws
    {
        func run(_ steps: PlainValue?) throws -> MemorySink {
            var value = PlanFixtures.with("arms", ["searched"], in: MethodFixtures.search())
            if let steps {
                value = PlanFixtures.with("schedule", ["inner_steps": steps], in: value)
            }
            return try MethodFixtures.run(value).sink
        }
        let (plain, same, more) = (try run(nil), try run(1), try run(3))
        #expect(plain.weights.mapValues(\.arrays) == same.weights.mapValues(\.arrays))
        #expect(plain.weights.mapValues(\.arrays) != more.weights.mapValues(\.arrays))
        let steps = try [plain, more].map { sink in
            try #require(sink.results.first).cost.gradientSteps
        }
        // Two generations of one update of two tasks, each with two more steps.
        #expect(steps[1] - steps[0] >= 8, "\(steps)")
    }

    @Test func `what is being trained is saved at an interruption, in every phase`() throws {
        var saved: Set<String> = []
        for asked in 0..<60 {
            let (status, sink) = try MethodFixtures.run(
                MethodFixtures.search(), interruptedAfter: asked)
            guard status == .interrupted else { break }
            saved.formUnion(sink.weights.keys)
            let phases = sink.events.compactMap {
                if case .phaseStarted(let phase) = $0 { phase.name } else { nil }
            }
            if phases.contains("train conv4") { #expect(sink.weights["conv4"] != nil) }
            if phases.contains("final searched") { #expect(sink.weights["searched"] != nil) }
        }
        #expect(
            saved == ["supernet", "searched", "searched_per_task", "random_search", "conv4"])
    }
}
