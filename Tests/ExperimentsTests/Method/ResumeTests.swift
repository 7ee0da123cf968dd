import Components
import MetaLearning
import NeuralNetworks
import Experiments
import Foundation
import Records
import Synchronization
import Testing

struct ResumeTests {
    /// Runs a plan from a state; the sink gets what follows.
    private static func run(
        _ value: PlainValue, from state: MethodState, threads: Int = 1
    ) throws -> MemorySink {
        let plan = try PlanFixtures.decode(value)
        var settings = RunSettings(seed: 5, threads: threads)
        settings.resumed = state
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: 5),
            registry: PlanFixtures.registry(), scripts: NoScripts(), settings: settings, sink: sink
        ).run()
        return sink
    }

    private static func state(_ sink: MemorySink) throws -> MethodState {
        let saved = try #require(sink.states["method"])
        return MethodState(text: saved.text, arrays: saved.arrays)
    }

    @Test(arguments: ["transductive", "running"])
    func `a search that was stopped anywhere ends as if it never was`(policy: PlainValue) throws {
        let value = PlanFixtures.with(
            "learner", MethodFixtures.learner(batchNorm: policy), in: MethodFixtures.search())
        let whole = try MethodFixtures.run(value).sink
        let lines = try whole.lines
        var kept: Set<Int> = []
        for count in 1...24 {
            let stopped = try MethodFixtures.run(value, interruptedAfter: count)
            #expect(stopped.status == .interrupted)
            let state = try Self.state(stopped.sink)
            let events = try state.recordedEvents()
            kept.insert(events)
            let resumed = try Self.run(value, from: state)
            // Progress is for display, and no store keeps it.
            func stored(_ lines: [String]) -> [String] {
                lines.filter { !$0.contains("\"event\":\"progress\"") }
            }
            #expect(
                Array(stored(try stopped.sink.lines).prefix(events)) + stored(try resumed.lines)
                    == stored(lines), "stopped after \(count)")
            #expect(
                resumed.weights == whole.weights.filter { resumed.weights.keys.contains($0.key) })
            #expect(resumed.weights.keys.sorted() == whole.weights.keys.sorted())
        }
        // In the warm-up, between and in generations, and after the search.
        #expect(kept.count >= 5)
    }

    @Test func `what is saved after the search goes on with the results alone`() throws {
        let whole = try MethodFixtures.run(MethodFixtures.search()).sink
        let resumed = try Self.run(MethodFixtures.search(), from: try Self.state(whole))
        #expect(resumed.results == whole.results)
        #expect(resumed.updates("search") == 0 && resumed.updates("warm-up") == 0)
    }

    @Test(arguments: [
        (
            "{", "the saved state cannot be taken up: no Checkpoint can be read from this text: "
        ),
        ("{}", "the saved state cannot be taken up: no Checkpoint can be read from this text: "),
    ])
    func `a text that is no state is one sentence`(text: String, message: String) throws {
        let state = MethodState(text: text, arrays: [])
        let error = #expect(throws: ExperimentError.self) {
            _ = try Self.run(MethodFixtures.search(), from: state)
        }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        #expect(throws: ExperimentError.self) { try state.recordedEvents() }
    }

    @Test(arguments: [
        ("\"events\":", "\"events\":-1,\"was\":", "events is -1"),
        (
            "\\\"warmUp\\\":", "\\\"warmUp\\\":99,\\\"was\\\":",
            "it has more updates or generations than the plan"
        ),
        (
            "\\\"generation\\\":", "\\\"generation\\\":-1,\\\"was\\\":",
            "it has more updates or generations than the plan"
        ),
        (
            "\\\"strategy\\\":", "\\\"stratagem\\\":", "it lacks the strategy"
        ),
    ])
    func `a state that was edited is one sentence`(
        key: String, other: String, message: String
    ) throws {
        // After the first generation.
        var state = try Self.state(
            try MethodFixtures.run(MethodFixtures.search(), interruptedAfter: 6).sink)
        #expect(state.text.contains(key))
        state.text = state.text.replacingOccurrences(of: key, with: other)
        let error = #expect(throws: ExperimentError.self) {
            _ = try state.recordedEvents()
            _ = try Self.run(MethodFixtures.search(), from: state)
        }
        #expect(
            error?.description.contains(message) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.hasPrefix("the saved state cannot be taken up: ") == true)
    }

    @Test func `the state of another network is one sentence`() throws {
        let small = try MethodFixtures.run(MethodFixtures.search()).sink
        let error = #expect(throws: ExperimentError.self) {
            _ = try Self.run(MethodFixtures.search(nodes: 2), from: try Self.state(small))
        }
        #expect(
            error?.description
                == "the saved state cannot be taken up: the saved weights are those of another network"
        )
    }
}
