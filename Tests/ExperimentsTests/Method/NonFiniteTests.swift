import Evaluation
import Components
import Experiments
import MetaLearning
import Records
import Testing

/// Losses that are no finite number where architectures and tasks are judged.
struct NonFiniteTests {
    /// A search without training, whose inner loop takes `steps` steps that are far too long.
    private static func plan(_ policy: PlainValue, steps: PlainValue, fixed: Bool = false)
        -> PlainValue
    {
        var value = fixed ? MethodFixtures.fixed : MethodFixtures.search()
        value = PlanFixtures.with("on_non_finite", policy, in: value)
        value = PlanFixtures.with(
            "learner",
            .component(
                "maml",
                [
                    "inner_steps": 1, "inner_learning_rate": fixed ? 100 : 10, "meta_batch": 2,
                    "test_steps": steps,
                ]), in: value)
        if fixed { return PlanFixtures.with("budget", ["updates": 0, "test_tasks": 4], in: value) }
        value = PlanFixtures.with("arms", ["searched"], in: value)
        value = PlanFixtures.with("per_task_search", ["enabled": false], in: value)
        return PlanFixtures.with(
            "budget",
            [
                "warm_up_updates": 0, "generations": 1, "updates_per_generation": 0,
                "evaluations_per_generation": 12, "validation_tasks": 2, "test_tasks": 4,
            ], in: value)
    }

    /// The error of a run, with what reached the sink.
    private static func failure(_ value: PlainValue) -> (error: (any Error)?, sink: MemorySink) {
        let sink = MemorySink()
        do {
            _ = try MethodFixtures.run(value, sink: sink)
            return (nil, sink)
        } catch {
            return (error, sink)
        }
    }

    @Test func `a trial whose loss is no number stops the run, named, with its weights saved`() {
        let (error, sink) = NonFiniteTests.failure(NonFiniteTests.plan("stop", steps: 60))
        guard case .notFinite(let what, 0, let task)? = error as? MetaLearningError else {
            Issue.record("another outcome: \(String(describing: error))")
            return
        }
        #expect(what.hasPrefix("the query loss of trial 1 (normal: "))
        #expect((0..<2).contains(task))
        #expect(sink.weights["supernet"] != nil)
        guard case .runEnded(let end)? = sink.events.last else {
            Issue.record("the last event is no end")
            return
        }
        #expect(end.status == .failed)
        #expect(end.reason?.hasPrefix("update 0, task \(task): the query loss of trial 1") == true)
    }

    @Test func `trials that fail rank last and the run goes on, if the plan says so`() throws {
        var isMixed = false
        for steps in [6, 7, 8, 9, 10, 11, 12, 14] as [PlainValue] {
            let (error, sink) = NonFiniteTests.failure(
                NonFiniteTests.plan("fail_trial", steps: steps))
            let failed = sink.trials.filter { $0.failure != nil }
            #expect(sink.trials.count == 12)
            for trial in sink.trials {
                let isWorst = trial.objectives.allSatisfy { $0.value == .infinity }
                #expect(isWorst == (trial.failure != nil))
                if let failure = trial.failure {
                    #expect(failure.hasPrefix("update 0, task "))
                    #expect(failure.hasSuffix(": the query loss is not a finite number"))
                }
            }
            guard !failed.isEmpty, failed.count < 12 else { continue }
            isMixed = true
            #expect(error == nil)
            let told = sink.messages.contains {
                $0.level == .warning
                    && $0.text == "\(failed.count) of 12 trials failed with a loss that is not a "
                        + "finite number, and rank last"
            }
            #expect(told)
            let searched = try #require(sink.results.first)
            let chosen = try #require(sink.trials.first { $0.genotype == searched.genotype })
            #expect(chosen.failure == nil)
        }
        #expect(isMixed, "no number of steps lets some trials fail and not others")
    }

    @Test func `a search in which every trial fails ends in a sentence`() {
        let (error, sink) = NonFiniteTests.failure(NonFiniteTests.plan("fail_trial", steps: 60))
        #expect(
            "\(error.map { "\($0)" } ?? "none")"
                == "no architecture has a finite loss after adaptation; a smaller inner or outer "
                + "learning rate, or gradient clipping, usually helps")
        #expect(sink.trials.count { $0.failure != nil } == 12)
        #expect(sink.weights["supernet"] != nil)
    }

    @Test func `sines have no worst error, so their run stops in either case`() {
        for policy in ["stop", "fail_trial"] as [PlainValue] {
            var value = PlanFixtures.with("on_non_finite", policy, in: PlanFixtures.sine)
            value = PlanFixtures.with(
                "learner",
                .component(
                    "maml", ["inner_steps": 1, "inner_learning_rate": 100, "test_steps": 500]),
                in: value)
            value = PlanFixtures.with("budget", ["updates": 0, "test_tasks": 3], in: value)
            let error = NonFiniteTests.failure(value).error
            guard case .notFinite? = error as? MetaLearningError else {
                Issue.record("another outcome: \(String(describing: error))")
                return
            }
        }
    }
}

extension MemorySink {
    var messages: [Event.Message] {
        events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }
}
