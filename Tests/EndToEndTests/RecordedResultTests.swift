import Foundation
import TestSupport
import Testing

/// The quick experiments still find what `benchmarks-data/experiments.json` says, where bits can be
/// the same. `GoldenRunTests` hold all experiments, at smaller budgets.
@Suite(.serialized) struct RecordedResultTests {
    private struct Results: Decodable {
        struct Arm: Decodable {
            struct Cost: Decodable { let multiplyAdds: Int }
            let arm: String
            let mean: Double
            let cost: Cost
        }
        let arms: [Arm]
    }
    private struct Start: Decodable {
        struct Run: Decodable {
            struct Machine: Decodable { let instructionSet: String }
            let machine: Machine
            let versions: [String: String]
        }
        let run: Run
    }

    @Test(
        .enabled(if: SlowTests.areAsked, SlowTests.absence),
        arguments: ["01_quickstart.lua", "04_maml_sine.lua", "13_layer_space.lua"])
    func `an experiment finds what was recorded`(file: String) throws {
        let store = try TemporaryFolder()
        let outcome = try Program.run(
            "run", Repository.path("scripts/experiments/" + file), "--quiet", "--seed", "0",
            "--store", store.path)
        try #require(outcome.code == 0, "\(outcome.error)")
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: store.path).first)
        func read<Value: Decodable>(_ type: Value.Type, _ file: String) throws -> Value {
            let url = URL(fileURLWithPath: "\(store.path)/\(name)/\(file)")
            return try JSONDecoder().decode(type, from: Data(contentsOf: url))
        }
        let start = try read(Start.self, "run.json").run
        let recorded = try #require(
            ExperimentResults.read().experiments.first { $0.experiment == file })
        guard recorded.instructionSet == start.machine.instructionSet,
            recorded.oneDNN == start.versions["oneDNN"]
        else { return print("\(file) was recorded with other kernels; not compared") }
        let found = try read(Results.self, "results.json").arms
        #expect(found.map(\.arm) == recorded.arms.map(\.arm))
        for (one, other) in zip(found, recorded.arms) {
            #expect(abs(one.mean - other.mean) <= 1e-5 * max(1, abs(other.mean)), "\(one.arm)")
            #expect(one.cost.multiplyAdds == other.multiplyAdds, "\(one.arm)")
        }
    }
}
