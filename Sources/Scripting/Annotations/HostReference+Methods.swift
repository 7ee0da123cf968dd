import Components

// What scripts see of a run when they are its method.
extension HostReference {
    static let methodObjects = [
        ReferenceGroup(
            "learner", .type, "The shared weights of a run by a method.",
            [
                .field("updates", "integer", "Meta-updates so far.")
            ]),
        ReferenceGroup(
            "task", .type, "A task, to be passed to context:update.",
            []),
        ReferenceGroup(
            "strategy", .type, "The plan's strategy in a method's hands.",
            [
                .method(
                    "ask", [("count", "integer")], "apogee.genotype[]",
                    "Genotypes to evaluate next."),
                .method(
                    "tell", [("evaluations", "table[]")], "",
                    "Absorbs { genotype, objectives }."),
                .method(
                    "revise", [("evaluations", "table[]")], "",
                    "Replaces what is known of individuals."),
                .method(
                    "set_mutation_probability", [("probability", "number")], "",
                    "Sets the rate of mutation from here on."),
                .method(
                    "population", [], "table[]",
                    "The individuals that it holds."),
            ]),
        ReferenceGroup(
            "context", .type, "What a run offers to a method.",
            [
                .field("space", "apogee.space", "What is searched."),
                .field("learner", "apogee.learner", "The shared weights."),
                .field("budget", "table", "The plan's budget with meta_batch and total_updates."),
                .method(
                    "stream", [("name", "string")], "apogee.rng",
                    "A stream of the run by its name."),
                .method(
                    "settings", [("progress", "table")], "table",
                    "The schedule's settings at a point of the run."),
                .method(
                    "paths",
                    [
                        ("count", "integer"), ("update", "integer"), ("progress", "table"),
                        ("options?", "table"),
                    ], "apogee.genotype[]",
                    "The subnet that each task of a meta-update trains: by options."
                        + "population_fraction, or else by the plan's paths."),
                .method(
                    "tasks", [("count", "integer"), ("update", "integer"), ("progress", "table")],
                    "apogee.task[]",
                    "Fresh training tasks."),
                .method(
                    "update", [("options", "table")], "",
                    "One meta-update: tasks, paths, fraction, factor, phase, done, total."),
                .method(
                    "strategy", [], "apogee.strategy",
                    "The plan's strategy, begun anew."),
                .method(
                    "evaluate", [("genotypes", "apogee.genotype[]"), ("options?", "table")],
                    "table[]",
                    "Scores on the validation tasks; options generation, origin."),
                .method(
                    "start", [("phase", "string"), ("total", "integer"), ("unit", "string")], "",
                    "Records that a part begins."),
                .method(
                    "progress",
                    [
                        ("phase", "string"), ("done", "integer"), ("total", "integer"),
                        ("unit", "string"), ("metrics?", "table"),
                    ], "",
                    "Records how far a part is."),
                .method(
                    "generation",
                    [("number", "integer"), ("evaluated", "integer"), ("population", "table[]")],
                    "",
                    "Records a generation with its best."),
                .method(
                    "message", [("text", "string")], "",
                    "Records a sentence."),
                .method(
                    "check_interruption", [], "",
                    "Ends the step where the user asked to stop."),
            ]),
    ]
}
