/// Everything that the host gives to scripts: the one source of the annotations for editors and of
/// the reference page, compared with the real bindings by a test.
public enum HostReference {
    /// All groups, in the order of the page.
    public static let groups =
        modules + tensorModules + weightsModules + objects + tensorTypes + tables
        + callTables + functionTables + [specs, expectation]

    /// The types whose annotations are in a file of their own.
    static let tensorTypes = tensorObjects + networkObjects + methodObjects

    private static let modules = [
        ReferenceGroup(
            "apogee", .module, "The host module: local apogee = require \"apogee\".",
            [
                .function(
                    "experiment", [("plan", "table")], "apogee.experiment",
                    "Makes an experiment from a plan; the script returns it."),
                .function(
                    "register", [("component", "apogee.component")], "",
                    "Registers a component; only while a plugin loads."),
                .field("version", "string", "The version of Apogee."),
                .field("api", "integer", "The version of the scripting interface."),
                .field("tensor", "table", "Creates tensors: apogee.tensor."),
                .field("nn", "table", "Layers: apogee.nn."),
                .field("optim", "table", "Optimizers: apogee.optim."),
                .field("weights", "table", "Tables of parameters: apogee.weights."),
                .field("random", "table", "Random tensors: apogee.random."),
                .field("stats", "table", "Statistics: apogee.stats."),
                .function(
                    "grad", [("f", "function")], "function",
                    "A function of the same arguments: the gradient by the first one, and the value."
                ),
            ]),
        ReferenceGroup(
            "apogee.testing", .module,
            "What callbacks otherwise receive from the host, for specs and the prompt.",
            [
                .function(
                    "rng", [("seed?", "integer")], "apogee.rng", "A random stream from a seed."),
                .function(
                    "space", [("space?", "integer|string"), ("options?", "table")], "apogee.space",
                    "A space of cells with this many nodes, 2 by default, or a plugin's space by its "
                        + "name."),
                .function(
                    "mutation", [("name", "string"), ("options?", "table")], "function",
                    "A mutation as (parent, rng, rate?) → genotype; the rate is 0.1 by default."),
                .function(
                    "crossover", [("name", "string"), ("options?", "table")], "function",
                    "A crossover as (a, b, rng) → genotype."),
                .function(
                    "strategy",
                    [
                        ("strategy", "string|table"), ("space?", "apogee.space"),
                        ("rng?", "apogee.rng"),
                    ], "apogee.strategy",
                    "A strategy as a plan names it, begun on a space, by default testing.space()."),
                .function(
                    "component",
                    [("point", "string"), ("name", "string"), ("options?", "table")], "function",
                    "The function of a plugin's component, to call as the host does."),
            ]),
    ]

    private static let objects = [
        ReferenceGroup(
            "rng", .type,
            "A random stream, valid only during its callback. The same seed gives the same draws.",
            [
                .method(
                    "integer", [("low", "integer"), ("high", "integer")], "integer",
                    "An integer from low to high, inclusive."),
                .method(
                    "uniform", [("low?", "number"), ("high?", "number")], "number",
                    "A number in [low, high), by default [0, 1)."),
                .method("normal", [], "number", "A standard normal number."),
                .method(
                    "chance", [("probability", "number")], "boolean",
                    "True with this probability, 0…1."),
                .method("choice", [("list", "any[]")], "any", "One of the list's values."),
                .method(
                    "shuffle", [("list", "any[]")], "any[]",
                    "The list's values in random order, as a new list."),
                .method(
                    "sample", [("count", "integer"), ("bound", "integer")], "integer[]",
                    "count distinct integers from 1 to bound, in random order."),
                .method(
                    "uniforms", [("count", "integer")], "number[]",
                    "count numbers in [0, 1), in one call."),
                .method(
                    "integers", [("count", "integer"), ("low", "integer"), ("high", "integer")],
                    "integer[]", "count integers from low to high, in one call."),
                .method(
                    "places", [("count", "integer"), ("probability", "number")], "integer[]",
                    "Each place from 1 to count with this probability, ascending."),
                .method(
                    "split", [("name", "string|integer")], "apogee.rng",
                    "An independent stream; this one does not advance."),
            ]),
        ReferenceGroup(
            "genotype", .type,
            "An encoding: genes are counted from 1, their values from 0; #genotype is the number of "
                + "genes. A callback's arguments are read-only.",
            [
                .method("copy", [], "apogee.genotype", "A mutable copy."),
                .method(
                    "options", [("gene", "integer")], "integer[]",
                    "The values that a gene can take while the others stay the same, ascending."),
                .method(
                    "repair", [], "apogee.genotype",
                    "The nearest valid genotype; a valid one is returned unchanged."),
                .method("text", [], "string", "The genotype in the space's notation."),
            ]),
        ReferenceGroup(
            "population", .type,
            "The argument of a batch operator: read-only genotypes of one length. #population is "
                + "their number, population[i] the i-th genotype.",
            [
                .field("width", "integer", "Genes per genotype."),
                .method("genes", [], "integer[]", "All genes, genotype after genotype."),
                .method(
                    "repair", [("genes", "integer[]")], "integer[]",
                    "The genes with every genotype repaired."),
            ]),
        ReferenceGroup(
            "file", .type,
            "An open file, like Lua's own: io.open returns it under --allow read=DIR or write=DIR.",
            [
                .method("read", [("...", "string|integer")], "any", "Like Lua's file:read."),
                .method("lines", [("...", "string|integer")], "function", "Like Lua's file:lines."),
                .method(
                    "write", [("...", "string|number")], "apogee.file", "Like Lua's file:write."),
                .method(
                    "seek", [("whence?", "string"), ("offset?", "integer")], "integer",
                    "Like Lua's file:seek."),
                .method("flush", [], "apogee.file", "Like Lua's file:flush."),
                .method("setvbuf", [("mode", "string")], "boolean", "Accepted, but has no effect."),
                .method("close", [], "boolean", "Closes the file."),
            ]),
        ReferenceGroup(
            "space", .type, "A search space.",
            [
                .field("name", "string", "The space's name in plans."),
                .field(
                    "choices", "apogee.choice[]",
                    "One { name, options } for each gene, in order."),
                .field(
                    "blocks", "apogee.block[]",
                    "Ranges { first, last } of genes that belong together."),
                .method(
                    "sample", [("rng", "apogee.rng")], "apogee.genotype",
                    "A valid genotype, drawn uniformly."),
                .method(
                    "supernet", [("options", "table")], "apogee.supernet",
                    "The supernet of a space of cells; options inputs { height, width, channels }, "
                        + "outputs, channels, cells, stem, pool_norm."),
                .method("size", [], "number", "The number of valid genotypes."),
                .method(
                    "parse", [("text", "string")], "apogee.genotype",
                    "The genotype from a text in the space's notation."),
                .method(
                    "repair", [("genes", "apogee.genotype|integer[]")], "apogee.genotype",
                    "The valid genotype nearest to any list of integers."),
            ]),
        ReferenceGroup(
            "experiment", .type, "The result of apogee.experiment; return it from the script.", []),
        ReferenceGroup(
            "error", .type,
            "An error from the host, as returned by pcall; tostring gives its message.",
            [
                .field("message", "string", "What happened."),
                .field("file", "string?", "The script that was running."),
                .field("line", "integer?", "Its line."),
            ]),
    ]

    private static let tables = [
        ReferenceGroup(
            "progress", .table, "The progress of the run.",
            [
                .field("fraction", "number", "The fraction of meta-updates done, 0…1."),
                .field("phase", "string", "\"warm_up\", \"search\", \"final\" or \"test\"."),
                .field("generation", "integer", "Generations done."),
                .field("generations", "integer", "Generations of the run."),
                .field("update", "integer", "Meta-updates done."),
                .field("updates", "integer", "Meta-updates of the run."),
                .field(
                    "history", "number[]",
                    "The best first objective after each generation; lower is better."),
                .field("space", "apogee.space", "The space; for path samplers only."),
                .field(
                    "population", "apogee.genotype[]",
                    "The strategy's population, best first; for path samplers only."),
            ]),
        ReferenceGroup(
            "dataset", .table, "What a task sampler draws from.",
            [
                .field("name", "string", "The data set's name."),
                .field(
                    "classes", "table[]",
                    "One { name, group, rotation, examples } for each class."),
                .field("ways", "integer", "Classes per episode."),
                .field("shots", "integer", "Support examples per class."),
                .field("queries", "integer", "Query examples per class."),
                .field(
                    "accuracy", "number[]",
                    "For each class a moving average of its query accuracy in training tasks, 0…1; "
                        + "nil if unknown."),
                .field(
                    "seen", "integer[]",
                    "For each class the number of scored training tasks that contained it."),
                .field("progress", "apogee.progress", "The progress of the run."),
            ]),
        ReferenceGroup(
            "subnet", .table, "The argument of an objective.",
            [
                .field("genotype", "apogee.genotype", "The encoding."),
                .field("parameters", "integer", "Parameters of the stand-alone network."),
                .field("multiply_adds", "integer", "Multiply-adds for one example."),
                .field("query_error", "number", "Mean query error after adaptation, 0…1."),
                .field("query_loss", "number", "Mean query loss after adaptation."),
                .field("network", "apogee.network|false", "The network itself; false in a check."),
            ]),
        ReferenceGroup(
            "component", .table, "The argument of apogee.register.",
            [
                .field("point", "string", "The extension point, such as \"mutation\"."),
                .field("name", "string", "The name used in plans, in snake_case."),
                .field("summary", "string", "A one-line description."),
                .field(
                    "options", "table[]?",
                    "{ name, type, default, min, max, choices, of, count, optional, unit, doc } "
                        + "for each option."),
                .field("run", "function|table|nil", "The component itself."),
                .field(
                    "make", "function|nil",
                    "(options, context) → the component, instead of run; "
                        + "context.mutation_probability is the current rate."),
                .field("unit", "string?", "An objective's unit."),
                .field(
                    "needs", "table?",
                    "What the plan's others must offer, such as { tasks = \"examples\" }."),
                .field("direction", "string?", "\"minimize\" or \"maximize\", for an objective."),
            ]),
    ]

    private static let specs = ReferenceGroup(
        "specs", .globals, "Globals in the files that apogee test runs.",
        [
            .function(
                "describe", [("words", "string"), ("body", "function")], "",
                "Groups tests; their names begin with these words."),
            .function(
                "it", [("words", "string"), ("body", "function")], "", "One test."),
            .function(
                "before_each", [("body", "function")], "",
                "Runs before each test of the enclosing describe."),
            .function(
                "after_each", [("body", "function")], "",
                "Runs after each test of the enclosing describe, even if the test failed."),
            .function(
                "expect", [("value", "any")], "apogee.expectation",
                "Checks a value; expect(value).never negates a check."),
        ])

    private static let expectation = ReferenceGroup(
        "expectation", .table, "The result of expect(value).",
        [
            .method(
                "to_equal", [("expected", "any")], "", "Equal; compares tables entry by entry."),
            .method("to_be", [("expected", "any")], "", "The same value; tables by identity."),
            .method(
                "to_be_near", [("expected", "number"), ("tolerance?", "number")], "",
                "Within the tolerance, 1e-9 by default."),
            .method("to_be_true", [], "", "true."),
            .method("to_be_false", [], "", "false."),
            .method("to_be_nil", [], "", "nil."),
            .method(
                "to_be_a", [("type", "string")], "", "Of this type, which may be \"integer\"."),
            .method("to_be_above", [("bound", "number")], "", "Greater."),
            .method("to_be_below", [("bound", "number")], "", "Less."),
            .method(
                "to_be_between", [("low", "number"), ("high", "number")], "",
                "From low to high, inclusive."),
            .method("to_have_length", [("count", "integer")], "", "Of this length."),
            .method(
                "to_contain", [("value", "any")], "", "A list or text that contains the value."),
            .method("to_match", [("pattern", "string")], "", "Text that matches the Lua pattern."),
            .method(
                "to_fail", [("words?", "string")], "",
                "A function that raises an error, whose message contains the words."),
        ])
}
