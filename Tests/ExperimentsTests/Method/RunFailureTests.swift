import Datasets
import Components
import Tasks
import Experiments
import MetaLearning
import Records
import Testing

struct RunFailureTests {
    /// A learner whose weights grow a hundredfold an update, and soon past all numbers.
    private static let diverging: PlainValue = .component(
        "maml",
        [
            "inner_steps": 1, "meta_batch": 1,
            "outer": .component("sgd", ["learning_rate": 100, "weight_decay": 1]),
        ])

    @Test(arguments: [true, false])
    func `a training that diverges ends in a sentence after its weights were saved`(
        searches: Bool
    ) throws {
        var value = searches ? MethodFixtures.search() : MethodFixtures.fixed
        value = PlanFixtures.with("learner", RunFailureTests.diverging, in: value)
        value = PlanFixtures.with(
            "budget", searches ? ["warm_up_updates": 200, "test_tasks": 2] : ["updates": 200],
            in: value)
        let sink = MemorySink()
        do {
            _ = try MethodFixtures.run(value, sink: sink)
            Issue.record("no error")
        } catch let error as MetaLearningError {
            guard case .notFinite(_, let update, let task) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(update > 0 && update < 200 && task == 0)
            #expect("\(error)".contains("is not a finite number"))
            guard case .runEnded(let end)? = sink.events.last else {
                Issue.record("the last event is no end")
                return
            }
            #expect(end.status == .failed)
            #expect(end.reason == "\(error)")
        }
        #expect(sink.weights[searches ? "supernet" : "maml"] != nil)
    }

    @Test func `data that nobody named are missing, with the exit code of missing inputs`() throws {
        let value = PlanFixtures.with(
            "tasks", .component("episodes", ["dataset": "omniglot"]), in: MethodFixtures.fixed)
        do {
            _ = try MethodFixtures.run(value)
            Issue.record("no error")
        } catch let error as ExperimentError {
            #expect(
                error.description == "the Omniglot archives are missing: give their folder with "
                    + "--data DIR; the README says where to get them")
            #expect(error.exitCode.rawValue == 66)
        }
    }

    @Test func `a data folder that is not there is named`() throws {
        let value = PlanFixtures.with(
            "tasks", .component("episodes", ["dataset": "omniglot"]), in: MethodFixtures.fixed)
        do {
            _ = try MethodFixtures.run(value, data: "/nowhere/at/all")
            Issue.record("no error")
        } catch let error as DatasetError {
            #expect(error.description.contains("/nowhere/at/all"))
        }
    }

    // 20 classes, of which five are tested.
    @Test func `more ways than classes are refused in a sentence before anything runs`() throws {
        let sink = MemorySink()
        let value = PlanFixtures.with(
            "tasks", MethodFixtures.tasks(ways: 12), in: MethodFixtures.fixed)
        do {
            _ = try MethodFixtures.run(value, sink: sink)
            Issue.record("no error")
        } catch let error as DatasetError {
            guard case .tooManyWays(let ways, let classes, _) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(ways == 12 && classes < 12)
            #expect(error.description.contains("12"))
        }
        #expect(sink.events.isEmpty)
    }

    @Test func `more shots than drawings are refused in a sentence`() throws {
        let value = PlanFixtures.with(
            "tasks", MethodFixtures.tasks(shots: 4), in: MethodFixtures.fixed)
        do {
            _ = try MethodFixtures.run(value)
            Issue.record("no error")
        } catch let error as DatasetError {
            guard case .tooManyExamples(4, 2, 4, _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test func `one fixed network is trained, tested and saved`() throws {
        let one = try MethodFixtures.run(MethodFixtures.fixed, threads: 1)
        let four = try MethodFixtures.run(MethodFixtures.fixed, threads: 4)
        #expect(one.status == .done)
        #expect(try one.sink.lines == four.sink.lines)
        #expect(one.sink.weights == four.sink.weights)
        let result = try #require(one.sink.results.first)
        #expect(one.sink.results.count == 1)
        #expect(result.arm == "maml" && result.tasks == 4)
        #expect(one.sink.updates("train maml") == 3)
    }

    /// A sink that fails at one event, as a full disk does.
    private final class FullSink: EventSink {
        struct Full: Error {}
        private var left: Int

        init(_ left: Int) { self.left = left }

        func record(_ event: Event) throws {
            guard left > 0 else { throw Full() }
            left -= 1
        }
    }

    @Test func `a sink that fails ends the run with its own error`() throws {
        for left in [0, 1, 4] {
            #expect(throws: FullSink.Full.self) {
                let plan = try PlanFixtures.decode(MethodFixtures.fixed)
                _ = try ExperimentRunner(
                    plan: plan, record: RunRecord(name: "x", plan: "", seed: 1),
                    registry: PlanFixtures.registry(), scripts: NoScripts(),
                    settings: RunSettings(seed: 1), sink: FullSink(left)
                ).run()
            }
        }
    }
}
