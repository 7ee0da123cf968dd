import Components
import Tasks
import Experiments
import Records
import Testing

/// The method "fixed": one architecture trained alone, at the searched network's bill.
struct FixedMethodTests {
    private static func plan(_ arms: PlainValue) -> PlainValue {
        PlanFixtures.with(
            "per_task_search", ["enabled": false],
            in: PlanFixtures.with("arms", arms, in: MethodFixtures.search()))
    }

    @Test func `what was found is trained from scratch beside itself, at an equal bill`() throws {
        let (status, sink) = try MethodFixtures.run(
            Self.plan([
                "searched", "fixed",
                .component("fixed", ["name": "fixed_inherited", "weights": "inherited"]),
            ]))
        #expect(status == .done)
        #expect(sink.results.map(\.arm) == ["searched", "fixed", "fixed_inherited"])
        let searched = sink.results[0]
        for result in sink.results.dropFirst() {
            #expect(result.genotype == searched.genotype)
            #expect(result.tasks == searched.tasks)
            let updates = sink.updates("train \(result.arm)")
            #expect(updates > 0)
            // Training stops at the first update that reaches the bill.
            let own = result.cost.multiplyAdds
            let trained = result.arm == "fixed" ? own : own - trainingBefore(sink)
            let each = trained / updates
            #expect((0..<each).contains(own - searched.cost.multiplyAdds), "\(result.arm)")
        }
        #expect(sink.results[1].cost.evaluations == 0)
        // Fresh weights know nothing of the search: another start, other scores and weights.
        #expect(sink.weights["fixed"]?.arrays != sink.weights["fixed_inherited"]?.arrays)
        #expect(
            sink.updates("train fixed") > sink.updates("train fixed_inherited"),
            "the supernet's training is on the bill of what inherits it")
    }

    /// Multiply-adds of the search's meta-updates: the bill of what inherits, less its own training.
    private func trainingBefore(_ sink: MemorySink) -> Int {
        // Updates of one network cost the same, so the shares of the two rows tell.
        let (fresh, inherited) = (sink.results[1], sink.results[2])
        let each = fresh.cost.multiplyAdds / sink.updates("train fixed")
        return inherited.cost.multiplyAdds - each * sink.updates("train fixed_inherited")
    }

    @Test func `a named architecture is trained, and its row says which`() throws {
        let text = "normal: skip 0, avg 1; reduction: sep3 0, max 1"
        let (_, sink) = try MethodFixtures.run(
            Self.plan([.component("fixed", ["genotype": PlainValue(.string(text))]), "searched"]))
        #expect(sink.results.map(\.arm) == ["fixed", "searched"])
        #expect(sink.results[0].genotype == text)
    }

    @Test func `rows of this kind see the same tasks, whatever their names`() throws {
        let (_, sink) = try MethodFixtures.run(
            Self.plan(["fixed", .component("fixed", ["name": "fixed_again"])]))
        #expect(sink.results[0].scores == sink.results[1].scores)
        #expect(sink.results[0].cost == sink.results[1].cost)
        #expect(sink.weights["fixed"]?.arrays == sink.weights["fixed_again"]?.arrays)
    }

    @Test func `the memory of its trainer is counted, also without final updates`() throws {
        func planned(_ arms: PlainValue) throws -> Int {
            var value = Self.plan(arms)
            value = PlanFixtures.with(
                "budget",
                [
                    "warm_up_updates": 1, "generations": 1, "updates_per_generation": 1,
                    "evaluations_per_generation": 3, "final_updates": 0, "validation_tasks": 2,
                    "test_tasks": 4,
                ], in: value)
            let plan = try PlanFixtures.decode(value)
            let runner = try ExperimentRunner(
                plan: plan, record: RunRecord(name: "t", plan: plan.json(), seed: 1),
                registry: PlanFixtures.registry(), scripts: NoScripts(),
                settings: RunSettings(seed: 1), sink: MemorySink())
            return try #require(runner.memory).bytes
        }
        #expect(try planned(["searched", "fixed"]) > planned(["searched"]))
    }

    @Test func `a row before the search and after it is the same`() throws {
        let before = try MethodFixtures.run(Self.plan(["fixed", "searched"])).sink
        let after = try MethodFixtures.run(Self.plan(["searched", "fixed"])).sink
        #expect(before.results[0].scores == after.results[1].scores)
        #expect(before.results[1].scores == after.results[0].scores)
    }

    @Test(arguments: [
        (
            PlainValue.component("fixed", ["genotype": "normal: nothing"]),
            "genotype: "
        ),
        (
            .component("fixed", ["name": "a/b"]),
            "the name \"a/b\": expected lower-case letters, digits and underscores"
        ),
        (.component("fixed", ["name": "supernet"]), "the name \"supernet\": expected"),
        (.component("fixed", ["weights": "old"]), "fresh"),
        (.component("fixed", ["genotypes": "x"]), "genotype"),
    ])
    func `a wrong arm is refused before anything is trained`(
        arm: PlainValue, message: String
    ) throws {
        let sink = MemorySink()
        #expect {
            _ = try MethodFixtures.run(Self.plan(["searched", arm]), sink: sink)
        } throws: { "\($0)".contains(message) }
        #expect(sink.updates("warm-up") == 0)
    }

    @Test func `the same name twice, and a fixed network's plan, are refused`() {
        #expect {
            _ = try PlanFixtures.decode(Self.plan(["fixed", "fixed"]))
        } throws: { "\($0)".contains("\"fixed\" is listed twice") }
        #expect {
            _ = try PlanFixtures.decode(
                PlanFixtures.with("arms", ["fixed"], in: MethodFixtures.fixed))
        } throws: { "\($0)".contains("needs a space with choices to search") }
    }
}
