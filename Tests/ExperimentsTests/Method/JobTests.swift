import Components
import Evaluation
import Experiments
import MetaLearning
import Methods
import NeuralNetworks
import Randomness
import Records
import SearchSpaces
import Synchronization
import Tensors
import Testing

/// Runs each job as bytes, with weights as bytes, on a workbench of its own: what a rank of a cluster
/// does.
private final class EncodedWorkers: Workers {
    private let value: PlainValue
    private let settings: RunSettings
    /// How many jobs were run.
    let count: Guarded<Int>

    init(_ value: PlainValue, _ settings: RunSettings, count: Guarded<Int>) {
        self.value = value
        self.settings = settings
        self.count = count
    }

    func run(
        _ jobs: [EvaluationJob], weightsOf trainer: MetaTrainer
    ) throws -> [EvaluationOutcome] {
        let weights = try WeightsSnapshot(trainer).encoded()
        // In another order than they came in.
        let outcomes = try jobs.indices.reversed().map { index in
            count.withLock { $0 += 1 }
            let plan = try PlanFixtures.decode(value)
            let fresh = try Workbench(
                plan, ComponentBuilder(registry: PlanFixtures.registry()), settings)
            return try EvaluationOutcome(
                encoded: fresh.run(encoded: jobs[index].encoded(), weights: weights))
        }
        return outcomes.reversed()
    }
}

struct JobTests {
    private static func run(
        _ value: PlainValue, encoded: Bool
    ) throws -> (sink: MemorySink, jobs: Int) {
        let plan = try PlanFixtures.decode(value)
        let count = Guarded(0)
        var settings = RunSettings(seed: 5, threads: 2)
        if encoded {
            let own = RunSettings(seed: 5)
            settings.workers = { _ in EncodedWorkers(value, own, count: count) }
        }
        let sink = MemorySink()
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: 5),
            registry: PlanFixtures.registry(), scripts: NoScripts(), settings: settings,
            sink: sink
        ).run()
        return (sink, count.withLock { $0 })
    }

    private static func search(_ policy: PlainValue) -> PlainValue {
        PlanFixtures.with(
            "arms",
            [
                "searched", "searched_per_task", "random_search",
                .component("conv4", ["filters": 4]),
                .component("fixed", ["genotype": "as searched", "name": "alone"]),
                .component(
                    "tuned",
                    [
                        "networks": [
                            .component("conv4", ["filters": 2]),
                            .component("conv4", ["filters": 3]),
                        ]
                    ]),
            ],
            in: PlanFixtures.with(
                "learner", MethodFixtures.learner(batchNorm: policy), in: MethodFixtures.search()))
    }

    private static let sine: PlainValue = [
        "name": "Sines", "api": 1, "tasks": "sine", "space": .component("mlp", ["hidden": [8]]),
        "learner": .component("maml", ["inner_steps": 2, "meta_batch": 2]),
        "budget": ["updates": 2, "test_tasks": 3], "arms": ["maml", "pretrained"],
    ]

    @Test(arguments: [search("transductive"), search("running"), sine, MethodFixtures.fixed])
    func `a job says all that its score depends on`(value: PlainValue) throws {
        let threads = try Self.run(value, encoded: false)
        let encoded = try Self.run(value, encoded: true)
        #expect(try encoded.sink.lines == threads.sink.lines)
        #expect(encoded.sink.weights == threads.sink.weights)
        #expect(encoded.jobs >= 3)
    }

    // MARK: Jobs that cannot be run

    private static let identity = RunIdentity(plan: "0123456789abcdef0123", seed: 5)

    private static func job(
        _ run: RunIdentity = identity, network: NetworkReference = .planned,
        weights: WeightsVersion = WeightsVersion(name: "conv4", number: 3),
        tasks: [TaskReference] = [.test(0)]
    ) -> EvaluationJob {
        EvaluationJob(
            run: run, network: network, weights: weights, innerSteps: nil, tasks: tasks, steps: [1])
    }

    @Test func `a job comes back as it was`() throws {
        for network in [
            NetworkReference.planned, .subnet(Genotype([1, 2, 3])), .own(arm: "tuned", place: 1),
        ] {
            let job = Self.job(network: network, tasks: [.test(0), .validation(4)])
            #expect(try EvaluationJob(encoded: job.encoded()) == job)
        }
    }

    @Test func `a job that cannot be decoded is one sentence`() throws {
        func message(_ text: String) -> String {
            do {
                _ = try EvaluationJob(encoded: text)
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        let text = try Self.job().encoded()
        #expect(
            message(text.replacing("\"form\":1", with: "\"form\":2"))
                == "the job has form 2, and this program reads form 1; run the same version of "
                + "apogee everywhere")
        #expect(
            message(text.replacing("\"weights\":", with: "\"wights\":"))
                == "the job cannot be decoded: “weights” is missing")
        #expect(
            message(text.replacing("\"form\":1,", with: ""))
                == "the job cannot be decoded: “form” is missing")
        for end in stride(from: 0, to: text.count, by: 7) {
            #expect(message(String(text.prefix(end))).hasPrefix("the job cannot be decoded: "))
        }
    }

    @Test func `a job of another run, or of other weights, is refused`() throws {
        let plan = try PlanFixtures.decode(MethodFixtures.fixed)
        let bench = try Workbench(
            plan, ComponentBuilder(registry: PlanFixtures.registry()), RunSettings(seed: 5))
        let layout = ParameterLayout(try bench.network(.planned).parameters)
        let trainer = try bench.factory.trainer(
            bench.factory.parameters(layout, stream: .init(seed: 1)), named: "conv4")
        let weights = try WeightsSnapshot(trainer).encoded()
        func message(_ job: EvaluationJob) -> String {
            do {
                _ = try bench.run(encoded: job.encoded(), weights: weights)
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        let zero = WeightsVersion(name: "conv4", number: 0)
        #expect(message(Self.job(bench.run, weights: zero)) == "no error")
        #expect(
            message(Self.job(bench.run))
                == "the job needs conv4 after 3 changes, and this worker holds conv4 after 0; send "
                + "the weights before the job")
        #expect(
            message(Self.job(weights: zero))
                == "the job is of plan 0123456789abcdef, and this worker holds plan \(plan.hash); "
                + "start every worker with the same script and options")
        #expect(
            message(Self.job(RunIdentity(plan: plan.hash, seed: 6), weights: zero))
                == "the job has seed 6, and this worker 5; start every worker with the same seed")
        #expect(
            message(Self.job(bench.run, weights: zero, tasks: [.test(4)]))
                == "this run has no test task 4")
        #expect(
            message(
                Self.job(bench.run, network: .own(arm: "tuned", place: 0), weights: zero))
                == "this run has no arm \"tuned\"")
        #expect(
            message(
                Self.job(bench.run, network: .subnet(Genotype([0])), weights: zero)
            ).contains("nothing to search"))
    }
}
