import Datasets
import Components
import Tasks
import Experiments
import Randomness
import Scripting
import Testing

@Suite struct TaskSamplerTests {
    private let task = TaskContext(
        dataset: "toy",
        classes: (0..<4).map {
            TaskContext.Class(
                index: 10 + $0, name: "c\($0)", group: "a", rotation: 0, examples: 3)
        }, ways: 2, shots: 1, queries: 1)

    private func sample(_ body: String) throws -> (EpisodeIndices?, String) {
        let operators = try Operators("sampler", "function(dataset, rng) \(body) end")
        guard let plan = operators.plan.tasks as? EpisodesPlan else { return (nil, "no episodes") }
        let sampler = try operators.builder().make(plan.sampler, at: .taskSampler)
        var episode: EpisodeIndices?
        let complaint = operators.folder.complaint {
            var rng = RandomStream(seed: 4)
            episode = try sampler(task, &rng)
        }
        return (episode, complaint)
    }

    @Test func `classes and examples count from 1 in Lua and from 0 in Swift`() throws {
        let (episode, complaint) = try sample(
            """
            assert(#dataset.classes == 4 and dataset.classes[2].examples == 3)
            assert(dataset.ways == 2 and dataset.progress.fraction == 0)
            return { classes = { 4, 1 }, support = { { 1 }, { 2 } }, query = { { 3 }, { 1 } } }
            """)
        #expect(
            episode
                == EpisodeIndices(classes: [13, 10], support: [[0], [1]], query: [[2], [0]]),
            "\(complaint)")
    }

    @Test(arguments: [
        ("return nil", "expected { classes = …, support = …, query = … }, found nil"),
        (
            "return { classes = { 1, 2, 3 } }", "classes has 3 entries, ways is 2"
        ),
        ("return { classes = { 1, 5 } }", "classes[2] is 5; dataset.classes has 1 to 4"),
        ("return { classes = { 1, 1 } }", "classes[1] and classes[2] are both 1"),
        ("return { classes = { 1, 2 } }", "support: expected a list of lists, found nil"),
        (
            "return { classes = { 1, 2 }, support = { { 1 }, { 0 } } }",
            "support[2][1] is 0; the class has examples 1 to 3"
        ),
        (
            "return { classes = { 1, 2 }, support = { { 1 }, { 1 } }, query = { { 1 }, { 2 } } }",
            "example 1 of class 1 is used twice; support and query must not overlap"
        ),
        ("return { clases = {} }", "unknown key 'clases'; expected classes, support and query"),
        ("dataset.classes[1] = 2", "'classes' is read-only: it belongs to the host"),
    ])
    func `an episode that is none is told with its line`(body: String, message: String) throws {
        let (episode, complaint) = try sample(body)
        #expect(episode == nil)
        #expect(complaint.hasPrefix("test.lua:4: task_sampler: "), "\(complaint)")
        #expect(complaint.contains(message), "\(complaint)")
    }
}
