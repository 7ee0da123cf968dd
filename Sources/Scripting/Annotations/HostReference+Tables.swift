import Components

// Tables that scripts pass to the host, or write in plans.
extension HostReference {
    /// What methods pass to their context, and get from it.
    static let callTables = [
        ReferenceGroup(
            "evaluation", .table,
            "What is known of a genotype; a name that it lacks is an error.",
            [
                .field("genotype", "apogee.genotype", "What was evaluated; read-only."),
                .field(
                    "objectives", "number[]",
                    "The plan's objectives in its order, each to be minimized."),
                .field(
                    "failed", "boolean",
                    "Whether an objective is not a finite number; in a strategy's tell and revise only."
                ),
            ]),
        ReferenceGroup(
            "update", .table, "The options of context:update, one meta-update.",
            [
                .field("tasks", "apogee.task[]", "Training tasks, from context:tasks."),
                .field(
                    "paths", "apogee.genotype[]",
                    "The subnet that each task trains, as many as there are tasks."),
                .field(
                    "fraction", "number?",
                    "How much of the run is done, 0…1: where the learner's outer_schedule stands; 0 by "
                        + "default."),
                .field(
                    "factor", "number?",
                    "Factor for the outer learning rate, besides the outer_schedule; 1 by default."),
                .field(
                    "phase", "string?",
                    "The phase that events and progress name; \"search\" by default."),
                .field(
                    "done", "integer?",
                    "Updates of the phase, this one included; for display alone."),
                .field(
                    "total", "integer?",
                    "Updates of the whole phase, 0 if unknown; for display alone."),
            ]),
        ReferenceGroup(
            "evaluate", .table, "The options of context:evaluate.",
            [
                .field("generation", "integer?", "The generation that each trial records."),
                .field(
                    "origin", "string?",
                    "How the genotypes came about, which each trial records; by default the strategy's "
                        + "operator, or \"listed\"."),
            ]),
    ]

    /// The functions of components that are tables; the names are compared with what is accepted.
    static let functionTables = [
        ReferenceGroup(
            "strategy_functions", .table,
            "A strategy in a plan or a plugin. All that it must remember is its state.",
            [
                .field(
                    "init", "fun(space: apogee.space, rng: apogee.rng): any", "The initial state."),
                .field(
                    "ask",
                    "fun(state: any, count: integer, rng: apogee.rng, space: apogee.space): "
                        + "apogee.genotype[], any",
                    "count genotypes to evaluate next, and the next state."),
                .field(
                    "tell",
                    "fun(state: any, evaluations: apogee.evaluation[], space: apogee.space): any",
                    "The next state, after evaluations."),
                .field(
                    "revise",
                    "nil|fun(state: any, evaluations: apogee.evaluation[], space: apogee.space): any",
                    "The next state, after individuals were evaluated again; tell by default."),
                .field(
                    "population", "nil|fun(state: any): apogee.genotype[]",
                    "The individuals, best first; by default those told."),
            ]),
        ReferenceGroup(
            "method_functions", .table, "A method in a plan or a plugin.",
            [
                .field("init", "fun(context: apogee.context): any", "The initial state."),
                .field(
                    "step", "fun(state: any, context: apogee.context): any, boolean?",
                    "The next state, and whether the search is done."),
                .field(
                    "result", "fun(state: any, context: apogee.context): table[]",
                    "What was found, best first."),
            ]),
        ReferenceGroup(
            "space_functions", .table, "A space in a plan or a plugin.",
            [
                .field("choices", "table[]", "{ name, options } for each gene."),
                .field(
                    "parameters", "fun(context: table): table[]",
                    "The parameters of all its networks, as apogee.nn lists them."),
                .field(
                    "forward",
                    "fun(choice: table, parameters: table, x: apogee.tensor, context: table): "
                        + "apogee.tensor",
                    "The network of a choice, traced once."),
                .field(
                    "repair", "nil|fun(choice: table): table",
                    "The choice that stands for it; itself by default."),
            ]),
        ReferenceGroup(
            "operation_functions", .table, "A candidate operation in a plan or a plugin.",
            [
                .field(
                    "parameters", "nil|fun(context: table): table[]",
                    "Its parameters, as apogee.nn lists them; none by default."),
                .field(
                    "forward",
                    "fun(parameters: table, x: apogee.tensor, context: table): apogee.tensor",
                    "What it computes, traced once."),
            ]),
    ]
}
