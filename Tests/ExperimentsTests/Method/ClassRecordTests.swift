import Methods
import Datasets
import Components
import Tasks
import Experiments
import Randomness
import Records
import Tensors
import Testing

/// What a sampler was told in each call of a run.
private final class Told: Sendable {
    let contexts = Guarded<[TaskContext]>([])
}

struct ClassRecordTests {
    /// A run whose sampler takes the first classes of its list and notes what it was told.
    private static func run(
        _ value: PlainValue, threads: Int = 1
    ) throws -> (sink: MemorySink, told: [TaskContext]) {
        let told = Told()
        var registry = try BuiltIns.registry()
        try registry.register(
            Component(
                .taskSampler, "noting", source: "the test", "Notes what it is told."
            ) { _, _ in
                { context, rng in
                    told.contexts.withLock { $0.append(context) }
                    let order = rng.sample(3, below: context.classes.count)
                    return EpisodeIndices(
                        classes: order.map { context.classes[$0].index },
                        support: order.map { _ in [0] }, query: order.map { _ in [1, 2] })
                }
            })
        registry.freeze()
        let plan = try ExperimentPlan(decoding: value, registry: registry)
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 5), registry: registry,
            scripts: NoScripts(), settings: RunSettings(seed: 5, threads: threads), sink: sink
        ).run()
        return (sink, told.contexts.withLock { $0 })
    }

    private static func noting(_ value: PlainValue) -> PlainValue {
        PlanFixtures.with(
            "tasks",
            .component(
                "episodes",
                [
                    "dataset": .component(
                        "glyphs", ["alphabets": 5, "characters": 4, "drawers": 4, "side": 16]),
                    "ways": 3, "shots": 1, "queries": 2, "split": "classes",
                    "validation_fraction": 0.3, "sampler": "noting",
                ]), in: value)
    }

    @Test(arguments: ["maml", "anil", "prototypical"])
    func `samplers are told how classes of training tasks were told`(learner: String) throws {
        var value = Self.noting(MethodFixtures.fixed)
        value = PlanFixtures.with(
            "learner", .component(learner, ["meta_batch": 2]), in: value)
        let (_, told) = try Self.run(value)
        // Three updates of two tasks: nothing is known in the first.
        #expect(told.count == 6)
        #expect(told[0].accuracy.isEmpty && told[1].accuracy.isEmpty)
        #expect(told[2].seen.reduce(0, +) == 6 && told[4].seen.reduce(0, +) == 12)
        #expect(told[2].accuracy == told[3].accuracy)
        for context in told {
            for (accuracy, seen) in zip(context.accuracy, context.seen) {
                #expect((accuracy == nil) == (seen == 0))
                // Two queries a class.
                if seen == 1, let accuracy { #expect([0, 0.5, 1].contains(accuracy)) }
                if let accuracy { #expect((0...1).contains(accuracy)) }
            }
        }
    }

    @Test func `asking how classes were told changes no weight, at any number of threads`() throws {
        let (one, told) = try Self.run(Self.noting(MethodFixtures.fixed))
        let (two, again) = try Self.run(Self.noting(MethodFixtures.fixed), threads: 2)
        #expect(one.weights == two.weights)
        #expect(told == again)
    }

    @Test func `each arm has a record of its own`() throws {
        let (_, told) = try Self.run(Self.noting(MethodFixtures.search()))
        let starts = told.indices.filter { told[$0].seen.isEmpty }
        // Two tasks each of the search, of both final trainings, and of Conv-4.
        #expect(starts.count == 8)
    }

    @Test func `a learner that sees no query tells nothing`() throws {
        let value = PlanFixtures.with(
            "learner", .component("reptile", ["meta_batch": 2, "inner_steps": 1]),
            in: Self.noting(MethodFixtures.fixed))
        let (_, told) = try Self.run(value)
        #expect(told.allSatisfy { $0.accuracy.isEmpty })
    }
}
