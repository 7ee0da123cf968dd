import Foundation
import TestSupport
import Testing

/// Scripts and plugins that were shared still run, with the same results: the experiments and plugins
/// as they were when arms became methods are kept in `Tests/Fixtures/api-1`.
@Suite(.serialized) struct SharedScriptTests {
    private static let root = "Tests/Fixtures/api-1/"

    @Test(arguments: GoldenRunTests.experiments.filter { $0.data == nil })
    func `an experiment of api 1 computes what it did`(
        experiment: GoldenRunTests.Experiment
    ) throws {
        func run(_ file: String, plugins: String) throws -> String {
            let store = try TemporaryFolder()
            var arguments = [
                "run", Repository.path(file), "--quiet", "--seed", "3", "--threads", "2", "--store",
                store.path, "--plugin-path", Repository.path(plugins),
            ]
            for change in experiment.changes { arguments += ["--set", change] }
            let outcome = try Program.run(arguments)
            try #require(outcome.code == 0, "\(experiment.name): \(outcome.error)")
            return try RunContent.hash(store: store.path)
        }
        let found = try run(
            Self.root + "scripts/experiments/" + experiment.file, plugins: Self.root + "plugins")
        let recorded = try Repository.golden(GoldenRuns.self, "runs.json")
        let expected =
            try recorded.machines[GoldenRuns.machine]?[experiment.name]
            ?? run("scripts/experiments/" + experiment.file, plugins: "plugins")
        #expect(found == expected, "\(experiment.name) computes something else")
    }

    @Test(arguments: GoldenRunTests.experiments.filter { $0.data != nil })
    func `an experiment of api 1 on real data is a valid plan`(
        experiment: GoldenRunTests.Experiment
    ) throws {
        let outcome = try Program.run([
            "check", Repository.path(Self.root + "scripts/experiments/" + experiment.file),
            "--plugin-path", Repository.path(Self.root + "plugins"),
        ])
        #expect(outcome.code == 0, "\(outcome.error)")
    }
}
