import Components

// What scripts see of a run when they are its method.
extension HostReference {
    static let methodObjects = [
        ReferenceGroup(
            "learner", .type, "The shared weights of a method's run.",
            [
                .field("updates", "integer", "Meta-updates so far.")
            ]),
        ReferenceGroup(
            "task", .type, "A task, to pass to context:update.",
            []),
        ReferenceGroup(
            "strategy", .type, "The plan's strategy, called by a method.",
            [
                .method(
                    "ask", [("count", "integer")], "apogee.genotype[]",
                    "Genotypes to evaluate next."),
                .method(
                    "tell", [("evaluations", "apogee.evaluation[]")], "",
                    "Reports evaluations { genotype, objectives }; the objectives may be your own."),
                .method(
                    "revise", [("evaluations", "apogee.evaluation[]")], "",
                    "Replaces the objectives of known individuals."),
                .method(
                    "set_mutation_probability", [("probability", "number")], "",
                    "Sets the mutation rate from now on."),
                .method(
                    "population", [], "apogee.evaluation[]",
                    "The current individuals."),
            ]),
        ReferenceGroup(
            "context", .type, "What a method can use.",
            [
                .field("space", "apogee.space", "The search space."),
                .field("learner", "apogee.learner", "The shared weights."),
                .field("budget", "table", "The plan's budget, with meta_batch and total_updates."),
                .method(
                    "stream", [("name", "string")], "apogee.rng",
                    "The run's random stream of this name."),
                .method(
                    "settings", [("progress", "apogee.progress")], "table",
                    "The schedule's settings at this progress."),
                .method(
                    "paths",
                    [
                        ("count", "integer"), ("update", "integer"),
                        ("progress", "apogee.progress"),
                        ("options?", "table"),
                    ], "apogee.genotype[]",
                    "The subnet that each task of a meta-update trains, chosen by options."
                        + "population_fraction, or by default by the plan's paths."),
                .method(
                    "tasks",
                    [("count", "integer"), ("update", "integer"), ("progress", "apogee.progress")],
                    "apogee.task[]",
                    "New training tasks."),
                .method(
                    "update", [("options", "apogee.update")], "",
                    "One meta-update of the shared weights."),
                .method(
                    "strategy", [], "apogee.strategy",
                    "A new instance of the plan's strategy."),
                .method(
                    "evaluate",
                    [("genotypes", "apogee.genotype[]"), ("options?", "apogee.evaluate")],
                    "apogee.evaluation[]",
                    "Scores on the validation tasks."),
                .method(
                    "start", [("phase", "string"), ("total", "integer"), ("unit", "string")], "",
                    "Records the start of a phase."),
                .method(
                    "progress",
                    [
                        ("phase", "string"), ("done", "integer"), ("total", "integer"),
                        ("unit", "string"), ("metrics?", "table"),
                    ], "",
                    "Records the progress of a phase."),
                .method(
                    "generation",
                    [
                        ("number", "integer"), ("evaluated", "integer"),
                        ("population", "apogee.evaluation[]"),
                    ],
                    "",
                    "Records a generation: evaluations that context:evaluate returned."),
                .method(
                    "message", [("text", "string")], "",
                    "Records a message."),
                .method(
                    "check_interruption", [], "",
                    "Ends the step if the user asked to stop."),
            ]),
    ]
}
