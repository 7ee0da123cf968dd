import Evaluation
import Components
import Experiments
import Randomness
import Testing

struct PlanFuzzTests {
    /// Names that plans know, names that are nearly so, and others.
    private static let words = [
        "name", "api", "tasks", "space", "learner", "strategy", "paths", "schedule", "objectives",
        "budget", "arms", "seed", "per_task_search", "episodes", "sine", "cells", "conv4", "mlp",
        "maml", "anil", "reptile", "prototypical", "evolution", "random", "regularized", "nsga2",
        "uniform", "mixed", "population", "parents", "mutation", "crossover", "none", "per_gene",
        "one_point", "adam", "sgd", "outer", "inner", "learning_rate", "inner_steps", "test_steps",
        "operations", "darts", "max", "query_error", "custom", "evaluate", "searched", "updates",
        "generations", "test_tasks", "ways", "shots", "train", "test", "split", "classes", "",
        "\u{0}", "naïve", "👩‍👩‍👧", "lerner", "\n",
    ]

    private func leaf(_ rng: inout RandomStream) -> PlainValue {
        switch rng.integer(below: 7) {
        case 0: PlainValue(.boolean(rng.chance(0.5)))
        case 1: PlainValue(.integer(rng.choice([0, 1, 2, 5, -1, .max, .min, 64, 600])))
        case 2:
            PlainValue(
                .number(
                    rng.choice([
                        0.5, .nan, .infinity, -.infinity, 1e308, -0.0, 3.0, .leastNonzeroMagnitude,
                    ])))
        case 3: .function(PlanFixtures.function)
        default: PlainValue(.string(rng.choice(Self.words)))
        }
    }

    private func tree(_ depth: Int, _ rng: inout RandomStream) -> PlainValue {
        guard depth > 0, rng.chance(0.6) else { return leaf(&rng) }
        var table = PlainTable()
        for _ in 0..<rng.integer(below: 4) { table.positional.append(tree(depth - 1, &rng)) }
        for _ in 0..<rng.integer(below: 6) {
            table.named.append(PlainTable.Entry(rng.choice(Self.words), tree(depth - 1, &rng)))
        }
        return PlainValue(.table(table))
    }

    /// A valid plan with some of its values, at any depth, replaced.
    private func damaged(
        _ value: PlainValue, _ share: Double, _ rng: inout RandomStream
    ) -> PlainValue {
        if rng.chance(share) { return tree(2, &rng) }
        guard case .table(var table) = value.kind else { return value }
        for index in table.positional.indices {
            table.positional[index] = damaged(table.positional[index], share, &rng)
        }
        for index in table.named.indices {
            table.named[index].value = damaged(table.named[index].value, share, &rng)
        }
        if rng.chance(share) {
            table.named.append(PlainTable.Entry(rng.choice(Self.words), leaf(&rng)))
        }
        return PlainValue(.table(table))
    }

    private static let full: PlainValue = [
        "name": "Full", "api": 1, "seed": 3,
        "tasks": .component(
            "episodes",
            ["dataset": .component("glyphs", ["alphabets": 9]), "ways": 5, "train": ["A", "B"]]),
        "space": .component("cells", ["nodes": 3, "operations": ["max", "sep3"]]),
        "learner": .component(
            "maml",
            ["order": 1, "inner_steps": 2, "outer": .component("adam", ["learning_rate": 0.01])]),
        "strategy": .component(
            "evolution", ["population": 20, "parents": 5, "mutants": 10, "crossovers": 10]),
        "paths": .component("mixed", ["population_fraction": 0.5]),
        "schedule": ["paths": 0.5], "objectives": ["query_error", "parameters"],
        "budget": ["generations": 4, "test_tasks": 100], "per_task_search": ["tasks": 50],
        "arms": ["searched", .component("conv4", ["filters": 8])],
    ]

    /// Decodes and writes a plan; counts it as valid or as refused with a sentence.
    private func attempt(
        _ value: PlainValue, _ registry: Registry, _ counts: inout (valid: Int, refused: Int)
    ) {
        do {
            for plan in try ExperimentPlan.plans(decoding: value, registry: registry) {
                #expect(plan.json().hasPrefix("{\"name\":") && plan.hash.utf8.count == 16)
                #expect(plan.budget.totalUpdates >= 0)
            }
            counts.valid += 1
        } catch {
            #expect(error.description.contains(": ") && error.description.utf8.count < 2_000)
            #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
            counts.refused += 1
        }
    }

    @Test func `no tree of values stops the program`() throws {
        let registry = try PlanFixtures.registry()
        var counts = (valid: 0, refused: 0)
        for seed in 0..<4_000 {
            var rng = RandomStream(seed: 21).split(seed)
            attempt(tree(5, &rng), registry, &counts)
        }
        #expect(counts.refused == 4_000)
    }

    @Test func `no damage to a valid plan stops the program`() throws {
        let registry = try PlanFixtures.registry()
        var counts = (valid: 0, refused: 0)
        for seed in 0..<8_000 {
            var rng = RandomStream(seed: 22).split(seed)
            let share = rng.uniform(in: 0.002...0.1)
            attempt(damaged(Self.full, share, &rng), registry, &counts)
        }
        // Both ends of the decoder are reached: some plans come out whole.
        #expect(counts.valid > 50 && counts.refused > 4_000)
    }

    @Test func `no override stops the program`() throws {
        let registry = try PlanFixtures.registry()
        let pieces = Self.words + ["=", "=", ".", ".", "[", "]", "\"", ",", "1", "-9e99", " ", "{"]
        var applied = 0
        for seed in 0..<6_000 {
            var rng = RandomStream(seed: 23).split(seed)
            let text: String
            if rng.chance(0.5) {
                let path = rng.choice([
                    "learner.test_steps", "budget.test_tasks", "seed", "tasks", "arms",
                ])
                text = "\(path)=\(rng.choice(pieces))\(rng.choice(["", "", "0", "]"]))"
            } else {
                text = (0..<rng.integer(in: 1...9)).map { _ in rng.choice(pieces) }.joined()
            }
            do {
                let override = try PlanOverride(text)
                _ = try ExperimentPlan.plans(
                    decoding: Self.full, overrides: [override], registry: registry)
                applied += 1
            } catch {
                #expect(error.exitCode == .usage || error.exitCode == .invalid)
            }
        }
        #expect(applied > 10)
    }

    @Test func `schedules' tables never stop the program`() throws {
        var refused = 0
        for seed in 0..<2_000 {
            var rng = RandomStream(seed: 24).split(seed)
            do {
                _ = try ScheduleSettings(decoding: tree(3, &rng))
            } catch {
                #expect(error.description.contains(": "))
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }
}
