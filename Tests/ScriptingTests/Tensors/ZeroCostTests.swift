import Methods
import Evaluation
import Components
import Experiments
import Foundation
import Records
import Scripting
import TestSupport
import Testing

@Suite struct ZeroCostTests {
    /// A tiny search that records the scores of the plugin `zero_cost`.
    private func search(_ scores: [String], threads: Int = 1) throws -> MemorySink {
        let folder = try ScriptFolder()
        let path = Repository.path("plugins/zero_cost/scores.lua")
        try folder.write(Data(contentsOf: URL(fileURLWithPath: path)), to: "scores.lua")
        let objectives = scores.map {
            "{ name = \"\($0)\", direction = \"maximize\", evaluate = function(subnet) "
                + "return scores.\($0)(subnet, 0) end }"
        }
        let text = searchScript(
            operations: "\"max\", \"sep3\", \"skip\"",
            method: "objectives = { "
                + (["\"query_error\""] + objectives).joined(separator: ", ") + " },")
        try folder.write("local scores = require \"scores\"\n" + text)
        let script = try folder.load()
        let registry = try BuiltIns.registry()
        let plan = try #require(try script.plans(registry: registry).first)
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 1), registry: registry,
            scripts: script, settings: RunSettings(seed: 1, threads: threads), sink: sink
        ).run()
        return sink
    }

    private func values(_ sink: MemorySink, _ name: String) -> [Double] {
        sink.events.compactMap { event in
            guard case .trial(let trial) = event else { return nil }
            return trial.objectives.first { $0.name == name }?.value
        }
    }

    @Test func `scores are finite, tell networks apart and are the same at any thread count`()
        throws
    {
        let names = ["gradient_norm", "synaptic_flow", "jacobian_codes"]
        let sink = try search(names)
        for name in names {
            let values = values(sink, name)
            #expect(values.count > 8)
            #expect(values.allSatisfy { $0.isFinite })
            #expect(Set(values).count > 3)
        }
        let lines = try sink.events.map { try $0.jsonLine() }
        let again = try search(names, threads: 2).events.map { try $0.jsonLine() }
        #expect(again == lines)
    }

    @Test func `what a score computes is billed`() throws {
        func bill(_ sink: MemorySink) -> Int {
            sink.events.reduce(0) { total, event in
                guard case .runEnded(let end) = event else { return total }
                return end.cost.multiplyAdds
            }
        }
        let plain = bill(try search([]))
        let scored = bill(try search(["gradient_norm"]))
        #expect(scored > plain)
    }
}
