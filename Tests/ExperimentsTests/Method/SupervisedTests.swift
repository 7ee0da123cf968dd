import Components
import Datasets
import Experiments
import MetaLearning
import Methods
import Randomness
import Records
import Tasks
import Testing

/// Ordinary classification in mini-batches.
struct SupervisedTests {
    private static let tasks: PlainValue = .component(
        "supervised",
        [
            "dataset": .component(
                "glyphs", ["alphabets": 2, "characters": 4, "drawers": 20, "side": 16]),
            "classes": 6, "batch": 8, "validation_fraction": 0.2, "test_fraction": 0.3,
        ])

    private static let fixed: PlainValue = [
        "name": "Six characters", "api": 1, "tasks": tasks,
        "space": .component("conv4", ["filters": 8]),
        "learner": .component("supervised", ["outer": .component("adam", ["learning_rate": 0.01])]),
        "budget": ["updates": 60, "test_tasks": 100],
    ]

    private static let search: PlainValue = [
        "name": "A search", "api": 1, "tasks": tasks,
        "space": .component("cells", ["nodes": 1, "channels": 4]), "learner": "supervised",
        "budget": [
            "warm_up_updates": 4, "generations": 2, "updates_per_generation": 2,
            "evaluations_per_generation": 4, "final_updates": 2, "validation_tasks": 2,
            "test_tasks": 3,
        ],
    ]

    private static func source(_ value: PlainValue) throws -> any TaskSource {
        try PlanFixtures.decode(value).tasks.source(
            files: [], stream: RandomStream(seed: 3),
            ComponentBuilder(registry: PlanFixtures.registry()))
    }

    private static func images(_ episode: Episode) -> [[Float]] {
        let size = episode.query.inputs.count / episode.query.count
        return (0..<episode.query.count).map {
            Array(episode.query.inputs[$0 * size..<($0 + 1) * size])
        }
    }

    private static func batch(_ source: any TaskSource, _ update: Int) throws -> Episode {
        try source.training(
            1, update: update, arm: "fixed",
            progress: RunProgress(
                phase: .final, update: update, updates: 60, generation: 0, generations: 0),
            record: ClassRecord())[0].episode
    }

    @Test func `an epoch shows each training example once, and none of another part`() throws {
        let source = try Self.source(Self.fixed)
        // 6 classes of 20 examples: 4 for validation, 6 for test, 10 to train on.
        let held = try [source.validation(.max), source.test(.max)].map { $0.flatMap(Self.images) }
        #expect(held.map(\.count) == [24, 32])
        #expect(Set(held[0]).isDisjoint(with: held[1]))
        var epochs: [Set<[Float]>] = []
        for epoch in 0..<3 {
            let shown = try (0..<7).flatMap { try Self.images(Self.batch(source, epoch * 7 + $0)) }
            #expect(Set(shown).count == 56)
            for part in held { #expect(Set(shown).isDisjoint(with: part)) }
            epochs.append(Set(shown))
        }
        // 60 examples in batches of 8: another four are left for later in each epoch.
        #expect(Set(epochs).count == 3 && Set(epochs.joined()).count == 60)
    }

    @Test func `a batch depends on its number alone`() throws {
        let (a, b) = (try Self.source(Self.fixed), try Self.source(Self.fixed))
        let forwards = try (0..<20).map { try Self.batch(a, $0) }
        let backwards = try (0..<20).reversed().map { try Self.batch(b, $0) }
        #expect(forwards == backwards.reversed())
        #expect(forwards[0].support.count == 0 && forwards[0].ways == 6)
    }

    @Test func `training classifies unseen examples far above chance`() throws {
        let run = try MethodFixtures.run(Self.fixed)
        let result = try #require(run.sink.results.first)
        #expect(result.arm == "supervised" && result.tasks == 4)
        // Chance is one in six.
        #expect(result.mean > 0.6, "\(result.mean)")
    }

    @Test func `a search over its subnets needs no change`() throws {
        let plan = try PlanFixtures.decode(Self.search)
        #expect(plan.learner.name == "supervised")
        #expect(plan.arms.map(\.name) == ["searched", "random_search", "conv4"])
        let one = try MethodFixtures.run(Self.search, threads: 1).sink
        let two = try MethodFixtures.run(Self.search, threads: 2).sink
        #expect(one.results.map(\.arm) == ["searched", "random_search", "conv4"])
        #expect(try one.lines == two.lines)
    }

    @Test func `what does not fit is one sentence`() throws {
        #expect(
            PlanFixtures.message("learner", "maml", in: Self.fixed).contains(
                "\"supervised\" needs a learner with mini-batches in place of support sets, which "
                    + "\"maml\" lacks; use the learner \"supervised\", or the tasks "))
        #expect(
            PlanFixtures.message("learner", "supervised", in: MethodFixtures.fixed).contains(
                "\"supervised\" needs tasks with mini-batches in place of support sets, which "
                    + "\"episodes\" lacks; use the tasks \"supervised\", or the learner "))
        func complaint(_ options: PlainValue) -> String {
            do {
                _ = try Self.source(
                    PlanFixtures.with("tasks", .component("supervised", options), in: Self.fixed))
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        let small: PlainValue = .component(
            "glyphs", ["alphabets": 1, "characters": 3, "drawers": 4, "side": 12])
        #expect(complaint(["dataset": small, "classes": 4]).contains("3"))
        #expect(
            complaint(["dataset": small, "classes": 3, "batch": 4]).contains(
                "at most the 3 examples of the validation part"))
        #expect(
            complaint([
                "dataset": small, "classes": 3, "batch": 1, "validation_fraction": 0.5,
                "test_fraction": 0.5,
            ]).contains("2 and 2 of the 4 examples"))
    }
}
