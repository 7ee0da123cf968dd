import Evaluation
import Components
import Tasks
import MetaLearning
import Evolution
import NeuralNetworks
import Experiments
import Records
import Testing

struct SupernetSearchTests {
    @Test func `events, weights and results are the same at 1, 2 and 4 threads`() throws {
        let one = try MethodFixtures.run(MethodFixtures.search(nodes: 2), threads: 1).sink
        for threads in [2, 4] {
            let other = try MethodFixtures.run(
                MethodFixtures.search(nodes: 2), threads: threads
            ).sink
            #expect(try one.lines == other.lines)
            #expect(one.weights == other.weights)
        }
        let reseeded = try MethodFixtures.run(
            MethodFixtures.search(nodes: 2), threads: 2, seed: 6
        ).sink
        #expect(one.weights != reseeded.weights)
    }

    @Test func `every arm is reported on the same tasks, at a budget that can be compared`()
        throws
    {
        let (status, sink) = try MethodFixtures.run(MethodFixtures.search())
        #expect(status == .done)
        let results = Dictionary(uniqueKeysWithValues: sink.results.map { ($0.arm, $0) })
        #expect(
            sink.results.map(\.arm) == ["searched", "searched_per_task", "random_search", "conv4"])
        for result in sink.results {
            #expect(result.tasks == 4, "\(result.arm)")
            #expect(result.scores.count == 4, "\(result.arm)")
            #expect(result.scores.allSatisfy { (0...1).contains($0) }, "\(result.arm)")
            #expect(
                abs(result.mean - result.scores.reduce(0, +) / 4) < 1e-12, "\(result.arm)")
            #expect(result.settings["batch_norm"] == "transductive")
            #expect(result.settings["test_steps"] == "1")
            #expect(result.settings["learner"] == "maml")
        }
        let searched = try #require(results["searched"])
        let conv4 = try #require(results["conv4"])
        let random = try #require(results["random_search"])
        let perTask = try #require(results["searched_per_task"])
        // Each trial says what it cost; those of the search are all of its evaluations.
        let bill = sink.trials.filter { $0.generation != nil }.reduce(Cost.zero) { $0 + $1.cost }
        #expect(bill.evaluations == searched.cost.evaluations && bill.evaluations > 0)
        #expect(sink.trials.allSatisfy { $0.cost.multiplyAdds > 0 && $0.cost.tasks == 2 })
        #expect(bill.multiplyAdds < searched.cost.multiplyAdds)
        // Every update of Conv-4 costs the same: it stops at the first that reaches the budget.
        let updates = sink.updates("train conv4")
        let each = conv4.cost.multiplyAdds / max(updates, 1)
        #expect(conv4.cost.multiplyAdds == each * updates)
        let excess = conv4.cost.multiplyAdds - searched.cost.multiplyAdds
        #expect((0..<each).contains(excess), "\(updates) updates of \(each), \(excess) too many")
        // Two generations of three proposals, and the survivors scored again in the second.
        guard
            let evolution = try PlanFixtures.decode(MethodFixtures.search())
                .strategy as? EvolutionPlan
        else {
            Issue.record("another strategy")
            return
        }
        let own = sink.trials.filter { $0.origin != "random_search" }
        let drawn = sink.trials.filter { $0.origin == "random_search" }
        #expect(own.map(\.origin).filter { $0 == "revision" }.count == evolution.parents)
        #expect(own.count == 6 + evolution.parents)
        #expect(drawn.count == own.count)
        #expect(random.cost.evaluations == searched.cost.evaluations)
        #expect(searched.cost.evaluations == own.count)
        #expect(Set(drawn.map(\.genotype)).count == drawn.count)
        #expect(perTask.cost.multiplyAdds > searched.cost.multiplyAdds - each)
        #expect(perTask.cost.evaluations > searched.cost.evaluations)
        #expect(searched.genotype != nil && random.genotype != nil && conv4.genotype == nil)
        // The best by validation is the one that is tested.
        let best = drawn.min { $0.objectives[0].value < $1.objectives[0].value }
        #expect(random.genotype == best?.genotype)
        #expect(sink.updates("warm-up") == 2)
        #expect(sink.updates("search") == 2)
        #expect(sink.updates("final searched") == 1)
        #expect(sink.updates("final random_search") == 1)
        #expect(Set(sink.weights.keys).isSuperset(of: ["supernet", "conv4"]))
        guard case .runEnded(let end)? = sink.events.last else {
            Issue.record("the last event is no end")
            return
        }
        #expect(end.status == .done)
    }

    @Test(arguments: [0, 1, 3, 4, 5, 7, 9, 12])
    func `an interruption saves the weights and ends the run as interrupted`(
        asked: Int
    ) throws {
        let (status, sink) = try MethodFixtures.run(
            MethodFixtures.search(), interruptedAfter: asked)
        #expect(status == .interrupted)
        #expect(sink.weights["supernet"] != nil)
        guard case .runEnded(let end)? = sink.events.last else {
            Issue.record("the last event is no end")
            return
        }
        #expect(end.status == .interrupted)
        #expect(end.reason == nil)
    }

    @Test(arguments: ["transductive", "running"])
    func `the batch norm policy stands with every result`(policy: String) throws {
        let value = PlanFixtures.with(
            "learner", MethodFixtures.learner(batchNorm: PlainValue(.string(policy))),
            in: MethodFixtures.search())
        let sink = try MethodFixtures.run(value).sink
        #expect(sink.results.count == 4)
        for result in sink.results {
            #expect(result.settings["batch_norm"] == policy, "\(result.arm)")
            #expect(result.mean.isFinite)
        }
    }

    @Test(arguments: ["random", "evolution", "regularized", "nsga2"])
    func `every strategy searches, and evaluates no genotype twice`(name: String) throws {
        let options: PlainValue =
            name == "random" ? [:] : ["population": name == "nsga2" ? 4 : 3]
        var value = PlanFixtures.with(
            "strategy", .component(name, options), in: MethodFixtures.search())
        value = PlanFixtures.with("arms", ["searched"], in: value)
        let sink = try MethodFixtures.run(value).sink
        let asked = sink.trials.filter { $0.origin != "revision" }
        #expect(asked.count == 6, "\(name)")
        #expect(Set(asked.map(\.genes)).count == asked.count, "\(name)")
        #expect(sink.results.map(\.arm) == ["searched"])
    }
}
