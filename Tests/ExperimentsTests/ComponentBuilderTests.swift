import Evaluation
import Datasets
import Components
import Tasks
import Supernets
import Evolution
import Experiments
import Randomness
import SearchSpaces
import Testing

struct ComponentBuilderTests {
    private let space: any SearchSpace

    init() throws {
        space = try CellSpace(nodes: 3)
    }

    private func builder() throws -> ComponentBuilder {
        ComponentBuilder(registry: try PlanFixtures.registry())
    }

    private func strategy(_ options: PlainValue) throws -> VariationPlan {
        let plan = try PlanFixtures.decode(
            PlanFixtures.with("strategy", .component("evolution", options)))
        return try #require(plan.strategy?.variation)
    }

    @Test func `a mutant is valid, and the same for the same stream`() throws {
        let selection = try strategy([:]).mutation
        let mutate = try builder().with(probability: 0.3).make(selection, at: .mutation)
        for seed in 0..<300 {
            var rng = RandomStream(seed: 11).split(seed)
            let parent = try space.sample(&rng)
            var copy = rng
            let child = try mutate(parent, space, &rng)
            #expect(throws: Never.self) { try space.validate(child) }
            #expect(try mutate(parent, space, &copy) == child)
        }
    }

    @Test func `a mutation changes genes at its rate`() throws {
        let selection = try strategy([:]).mutation
        for (probability, share) in [(0, 0...0), (0.1, 0.07...0.13), (0.5, 0.42...0.55)] {
            let mutate = try builder().with(probability: probability).make(selection, at: .mutation)
            var changed = 0
            for seed in 0..<300 {
                var rng = RandomStream(seed: 12).split(seed)
                let parent = try space.sample(&rng)
                let child = try mutate(parent, space, &rng)
                changed += zip(parent.genes, child.genes).count { $0 != $1 }
            }
            // Inputs of a first node have no other value, so that their genes never change.
            let free = space.choices.count - 4
            #expect(share.contains(Double(changed) / Double(300 * free)))
        }
    }

    @Test func `a crossover takes whole blocks from both parents`() throws {
        for name in ["uniform", "one_point"] {
            let selection = try strategy(["crossover": PlainValue(.string(name))]).crossover
            let cross = try #require(try builder().make(selection, at: .crossover))
            var mixed = 0
            for seed in 0..<300 {
                var rng = RandomStream(seed: 13).split(seed)
                let (a, b) = (try space.sample(&rng), try space.sample(&rng))
                let child = try cross(a, b, space, &rng)
                #expect(throws: Never.self) { try space.validate(child) }
                for block in space.blocks {
                    let genes = child.genes[block]
                    #expect(genes == a.genes[block] || genes == b.genes[block])
                }
                if child != a, child != b { mixed += 1 }
            }
            #expect(mixed > 200)
        }
    }

    @Test func `the crossover none combines nothing`() throws {
        let selection = try strategy(["crossover": "none"]).crossover
        #expect(try builder().make(selection, at: .crossover) == nil)
    }

    @Test func `mixed paths come from the population in their share`() throws {
        var rng = RandomStream(seed: 14)
        let progress = RunProgress(
            phase: .search, update: 1, updates: 4, generation: 0, generations: 2)
        var context = PathContext(progress: progress, space: space, population: [])
        let plan = try PlanFixtures.decode(
            PlanFixtures.with("paths", .component("mixed", ["population_fraction": 0.25])))
        let sample = try builder().make(try #require(plan.paths), at: .pathSampler)
        // Before the first generation there is no population to draw from.
        #expect(throws: Never.self) { try space.validate(try sample(context, &rng)) }
        context.population = try (0..<5).map { _ in try space.sample(&rng) }
        var hits = 0
        for _ in 0..<2_000 where context.population.contains(try sample(context, &rng)) {
            hits += 1
        }
        // Five standard deviations of a binomial share of 0.25 in 2,000 draws.
        #expect(abs(hits - 500) < 97)
        #expect(progress.fraction == 0.25)
    }

    @Test func `a uniform episode draws different classes and examples`() throws {
        let classes = (0..<9).map {
            TaskContext.Class(
                index: 10 * $0, name: "c\($0)", group: "A", rotation: 0,
                examples: $0 == 4 ? 5 : 6)
        }
        let context = TaskContext(dataset: "toy", classes: classes, ways: 5, shots: 2, queries: 4)
        guard let tasks = try PlanFixtures.decode(PlanFixtures.search).tasks as? EpisodesPlan
        else { return }
        let sample = try builder().make(tasks.sampler, at: .taskSampler)
        var seen: Set<Int> = []
        for seed in 0..<200 {
            var rng = RandomStream(seed: 15).split(seed)
            let episode = try sample(context, &rng)
            #expect(Set(episode.classes).count == 5)
            for (support, query) in zip(episode.support, episode.query) {
                #expect(support.count == 2 && query.count == 4)
                #expect(Set(support + query) == Set(0..<6))
            }
            seen.formUnion(episode.classes)
        }
        // The class with too few examples is never drawn, all others are.
        #expect(seen == Set((0..<9).filter { $0 != 4 }.map { 10 * $0 }))
    }

    @Test func `too few classes are one clear sentence`() throws {
        let context = TaskContext(dataset: "toy", classes: [], ways: 5, shots: 1, queries: 1)
        guard let tasks = try PlanFixtures.decode(PlanFixtures.search).tasks as? EpisodesPlan
        else { return }
        let sample = try builder().make(tasks.sampler, at: .taskSampler)
        var rng = RandomStream(seed: 1)
        #expect {
            _ = try sample(context, &rng)
        } throws: {
            "\($0)"
                == "task_sampler: an episode needs 5 classes of at least 2 examples; \"toy\" has 0 "
                + "to draw from"
        }
    }

    @Test func `objectives are minimized in the end`() throws {
        let subnet = SubnetSummary(
            genotype: Genotype([]), parameters: 10, multiplyAdds: 20, queryError: 0.5,
            queryLoss: 1.5)
        let plan = try PlanFixtures.decode(
            PlanFixtures.with(
                "objectives", ["query_error", "query_loss", "parameters", "multiply_adds"]))
        let values = try plan.objectives.map {
            try builder().make($0, at: .objective).minimized(subnet)
        }
        #expect(values == [0.5, 1.5, 10, 20])
        let maximized = Objective(name: "m", unit: nil, direction: .maximize) { _ in 3 }
        #expect(try maximized.minimized(subnet) == -3)
        let broken = Objective(name: "m", unit: nil, direction: .minimize) { _ in .nan }
        #expect {
            _ = try broken.minimized(subnet)
        } throws: {
            "\($0)" == "objective: m is nan; expected a finite number"
        }
    }

    /// A script host whose every function is a constant.
    private struct Constants: ScriptHost {
        func make<Part>(
            _ part: Part.Type, at point: ExtensionPoint, named name: String,
            from functions: ScriptFunctions
        ) throws -> Part {
            let id = functions["run"]?.id ?? 0
            let schedule: Schedule = { _ in ScheduleSettings(innerSteps: id) }
            let objective = Objective(name: name, unit: nil, direction: .minimize) { _ in
                Double(id)
            }
            let made: Any = point == .schedule ? schedule : objective
            return try #require(made as? Part)
        }
    }

    @Test func `functions of the script are resolved by the script's host`() throws {
        let builder = ComponentBuilder(
            registry: try PlanFixtures.registry(), scripts: Constants())
        let function = PlainValue.function(PlanFixtures.function)
        let plan = try PlanFixtures.decode(
            PlanFixtures.with(
                "objectives",
                [
                    function,
                    [
                        "name": "depth", "evaluate": function, "unit": "nodes",
                        "direction": "maximize",
                    ],
                ], in: PlanFixtures.with("schedule", function)))
        let objectives = try plan.objectives.map { try builder.make($0, at: .objective) }
        #expect(objectives.map(\.name) == ["function 03.lua:23", "depth"])
        #expect(objectives.map(\.unit) == [nil, "nodes"])
        #expect(objectives.map(\.direction) == [.minimize, .maximize])
        let progress = RunProgress(
            phase: .search, update: 0, updates: 0, generation: 1, generations: 4)
        #expect(try builder.make(plan.schedule, at: .schedule)(progress).innerSteps == 7)
        #expect(progress.fraction == 0.25)
    }

    @Test func `without a script's host a function is one clear sentence`() throws {
        #expect {
            try builder().make(.function(PlanFixtures.function), at: .schedule)
        } throws: {
            "\($0)" == "03.lua:23: schedule: there is no script host to call it"
        }
    }
}
