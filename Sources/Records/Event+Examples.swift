extension Event {
    /// One event of each kind, with every field that its kind can have: for checks, and for whoever
    /// documents them.
    package static let examples: [Event] = [
        .runStarted(RunRecord(name: "example", script: "example.lua", plan: "{}", seed: 0)),
        .phaseStarted(Phase("warm-up", total: 2_000, unit: "updates")),
        .progress(
            Progress(
                phase: "warm-up", done: 100, total: 2_000, unit: "updates",
                metrics: [Metric("loss", 1.2)])),
        .metaUpdate(
            Update(
                number: 0, phase: "warm-up",
                metrics: [Metric("loss", 1.2), Metric("accuracy", 0.5, unit: "fraction")])),
        .trial(
            Trial(
                number: 1, generation: 0, genes: [0, 1], genotype: "a, b", origin: "crossover",
                parents: [[0, 0], [1, 1]], objectives: [Metric("query_error", 0.25)],
                failure: "query_error is nan; expected a finite number",
                cost: Cost(multiplyAdds: 1_000, tasks: 2, gradientSteps: 2, evaluations: 1))),
        .generation(
            Generation(
                number: 0, evaluated: 8, best: "a, b", objectives: [Metric("query_error", 0.25)])),
        .checkpoint(Checkpoint(name: "supernet", updates: 100)),
        .result(
            ArmResult(
                arm: "searched", metric: "accuracy", unit: "fraction", mean: 0.75,
                halfWidth: 0.05, tasks: 2, cost: Cost(multiplyAdds: 1_000), genotype: "a, b",
                settings: ["inner_steps": "1"],
                operators: [OperatorUse("mutation per_gene", called: 2, kept: 1)],
                note: "a sentence",
                scores: [0.7, 0.8])),
        .comparison(
            Comparison(
                first: "searched", second: "conv4", metric: "accuracy", difference: 0.1,
                halfWidth: 0.05, test: "paired t", pValue: 0.04, pairs: 2)),
        .message(Message("a sentence", level: .warning)),
        .runEnded(End(.failed, reason: "a sentence", cost: Cost(multiplyAdds: 1_000))),
    ]
}
