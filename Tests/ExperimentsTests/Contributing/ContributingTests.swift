import Components
import Datasets
import Experiments
import Foundation
import Methods
import Records
import TestSupport
import Testing

/// The components that CONTRIBUTING shows, as they stand there.
struct ContributingTests {
    /// A file beside this one, as its own module would have it.
    private static func code(_ name: String) throws -> String {
        let path = Repository.path("Tests/ExperimentsTests/Contributing/\(name).swift")
        return try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "import Datasets\n", with: "")
    }

    @Test(arguments: ["StripesPlan", "GuessMethod"])
    func `the code of the page is the code that is tested here`(name: String) throws {
        let page = try String(
            contentsOfFile: Repository.path("CONTRIBUTING.md"), encoding: .utf8)
        #expect(page.contains("```swift\n" + (try Self.code(name)) + "```\n"))
    }

    @Test func `the data set and the method of the page run`() throws {
        var registry = try BuiltIns.registry()
        try registry.register(StripesPlan.stripes)
        try registry.register(GuessMethod.component)
        registry.freeze()
        var value = PlanFixtures.with(
            "arms", ["searched", "guess"], in: MethodFixtures.search())
        value = PlanFixtures.with("per_task_search", ["enabled": false], in: value)
        value = PlanFixtures.with(
            "tasks",
            .component(
                "episodes",
                [
                    "dataset": .component("stripes", ["side": 16]), "ways": 3, "queries": 2,
                    "rotations": true, "split": "classes",
                ]), in: value)
        let plan = try ExperimentPlan(
            decoding: value, registry: registry, at: PlanFixtures.file)
        let sink = MemorySink()
        let runner = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: 5),
            registry: registry, scripts: NoScripts(), settings: RunSettings(seed: 5), sink: sink)
        #expect(try runner.run() == .done)
        #expect(sink.results.map(\.arm) == ["searched", "guess"])
        #expect(sink.results[1].cost.multiplyAdds >= sink.results[0].cost.multiplyAdds)
    }

    @Test func `the data set of the page has rotations`() throws {
        let plan = StripesPlan(side: 16)
        #expect(try plan.read(files: [], rotations: false).classes.count == 48)
        #expect(try plan.read(files: [], rotations: true).classes.count == 192)
    }
}
