import Components
import NeuralNetworks
import Experiments
import Records
import Tensors

/// Tiny plans, and runs of them in memory.
enum MethodFixtures {
    /// Three-way tasks on small drawn characters.
    static func tasks(ways: PlainValue = 3, shots: PlainValue = 1) -> PlainValue {
        .component(
            "episodes",
            [
                "dataset": .component(
                    "glyphs", ["alphabets": 5, "characters": 4, "drawers": 4, "side": 16]),
                "ways": ways, "shots": shots, "queries": 2, "split": "classes",
                "validation_fraction": 0.3,
            ])
    }

    static func learner(batchNorm: PlainValue = "transductive") -> PlainValue {
        .component(
            "maml",
            [
                "inner_steps": 1, "inner_learning_rate": 0.1, "meta_batch": 2,
                "batch_norm": batchNorm,
            ])
    }

    /// A search in four arms: 2 + 2 · 1 + 1 updates, 2 · 3 proposals, 4 test tasks.
    static func search(nodes: PlainValue = 1, shots: PlainValue = 1) -> PlainValue {
        [
            "name": "A tiny search", "api": 1, "tasks": tasks(shots: shots),
            "space": .component("cells", ["nodes": nodes, "channels": 4]), "learner": learner(),
            "strategy": .component("evolution", ["population": 3]),
            "budget": [
                "warm_up_updates": 2, "generations": 2, "updates_per_generation": 1,
                "evaluations_per_generation": 3, "final_updates": 1, "validation_tasks": 2,
                "test_tasks": 4,
            ],
            "per_task_search": ["generations": 1, "population": 2, "augmentations": 1],
            "arms": [
                "searched", "searched_per_task", "random_search",
                .component("conv4", ["filters": 8]),
            ],
        ]
    }

    /// Conv-4 by itself.
    static let fixed: PlainValue = [
        "name": "A tiny Conv-4", "api": 1, "tasks": tasks(),
        "space": .component("conv4", ["filters": 4]), "learner": learner(),
        "budget": ["updates": 3, "test_tasks": 4],
    ]

    /// Runs a plan to its end; one that `interruptedAfter` says is told to stop when it has asked
    /// that often.
    static func run(
        _ value: PlainValue, threads: Int = 2, seed: UInt64 = 5, data: String? = nil,
        sink: MemorySink = MemorySink(), interruptedAfter: Int? = nil
    ) throws -> (status: RunStatus, sink: MemorySink) {
        let plan = try PlanFixtures.decode(value)
        let counter = Asked()
        let runner = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: seed),
            registry: PlanFixtures.registry(), scripts: NoScripts(),
            settings: RunSettings(seed: seed, dataDirectory: data, threads: threads), sink: sink,
            isInterrupted: {
                guard let interruptedAfter else { return false }
                return counter.next() >= interruptedAfter
            })
        return (try runner.run(), sink)
    }

    /// Counts how often a run asked whether to go on.
    private final class Asked: Sendable {
        private let count = Guarded(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count - 1
            }
        }
    }
}

extension MemorySink {
    var results: [ArmResult] {
        events.compactMap { if case .result(let result) = $0 { result } else { nil } }
    }

    var trials: [Trial] {
        events.compactMap { if case .trial(let trial) = $0 { trial } else { nil } }
    }

    func updates(_ phase: String) -> Int {
        events.count {
            if case .metaUpdate(let update) = $0 { update.phase == phase } else { false }
        }
    }

    var lines: [String] {
        get throws { try events.map { try $0.jsonLine() } }
    }
}
