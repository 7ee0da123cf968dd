/// Everything that the host gives to scripts: the one source of the annotations for editors and of
/// the reference page, compared with the real bindings by a test.
public enum HostReference {
    /// All groups, in the order of the page.
    public static let groups =
        modules + tensorModules + weightsModules + objects + tensorTypes + tables
        + [specs, expectation]

    /// The types whose annotations are in a file of their own.
    static let tensorTypes = tensorObjects + networkObjects + methodObjects

    private static let modules = [
        ReferenceGroup(
            "apogee", .module, "The host module: local apogee = require \"apogee\".",
            [
                .function(
                    "experiment", [("plan", "table")], "apogee.experiment",
                    "Makes an experiment of a plan; the script returns it."),
                .function(
                    "register", [("component", "apogee.component")], "",
                    "Adds a component to the registry; only while a plugin loads."),
                .field("version", "string", "The release of Apogee."),
                .field("api", "integer", "The version of the scripting interface."),
                .field("tensor", "table", "Tensors from numbers: apogee.tensor."),
                .field("nn", "table", "Layers: apogee.nn."),
                .field("optim", "table", "Optimizers: apogee.optim."),
                .field("weights", "table", "Tables of parameters: apogee.weights."),
                .field("random", "table", "Random tensors: apogee.random."),
                .field("stats", "table", "Statistics: apogee.stats."),
                .function(
                    "grad", [("f", "function")], "function",
                    "A function of the same arguments: derivatives by the first, and the value."),
            ]),
        ReferenceGroup(
            "apogee.testing", .module,
            "What the host otherwise gives to callbacks alone, for specs and the prompt.",
            [
                .function(
                    "rng", [("seed?", "integer")], "apogee.rng", "A random stream of a seed."),
                .function(
                    "space", [("nodes?", "integer")], "apogee.space",
                    "A space of cells, of two nodes unless it says otherwise."),
                .function(
                    "mutation", [("name", "string"), ("options?", "table")], "function",
                    "A mutation as (parent, rng, rate?) → genotype; the rate is 0.1 by default."),
                .function(
                    "crossover", [("name", "string"), ("options?", "table")], "function",
                    "A crossover as (a, b, rng) → genotype."),
                .function(
                    "component",
                    [("point", "string"), ("name", "string"), ("options?", "table")], "function",
                    "A plugin's component of one function, to be called as the host would."),
            ]),
    ]

    private static let objects = [
        ReferenceGroup(
            "rng", .type,
            "A random stream, valid during the callback that was given it. The same seed gives the "
                + "same draws.",
            [
                .method(
                    "integer", [("low", "integer"), ("high", "integer")], "integer",
                    "An integer from low to high, both included."),
                .method(
                    "uniform", [("low?", "number"), ("high?", "number")], "number",
                    "A number from low to below high; 0 to 1 without arguments."),
                .method("normal", [], "number", "A number of the standard normal distribution."),
                .method(
                    "chance", [("probability", "number")], "boolean",
                    "True with this probability 0…1."),
                .method("choice", [("list", "any[]")], "any", "One of the list's values."),
                .method(
                    "shuffle", [("list", "any[]")], "any[]",
                    "The list's values in random order; the list stays as it is."),
                .method(
                    "sample", [("count", "integer"), ("bound", "integer")], "integer[]",
                    "As many different integers from 1 to bound, in random order."),
                .method(
                    "uniforms", [("count", "integer")], "number[]",
                    "As many numbers from 0 to below 1, in one call."),
                .method(
                    "integers", [("count", "integer"), ("low", "integer"), ("high", "integer")],
                    "integer[]", "As many integers from low to high, in one call."),
                .method(
                    "places", [("count", "integer"), ("probability", "number")], "integer[]",
                    "Those of the places 1 to count that a draw of this probability hits, ascending."
                ),
                .method(
                    "split", [("name", "string|integer")], "apogee.rng",
                    "A stream of its own, which moves this one no further."),
            ]),
        ReferenceGroup(
            "genotype", .type,
            "An encoding: genes by place from 1, values from 0. #genotype is their number. What a "
                + "callback is given is read-only.",
            [
                .method("copy", [], "apogee.genotype", "A copy that can be changed."),
                .method(
                    "options", [("gene", "integer")], "integer[]",
                    "The values that a gene may take while the others stay, ascending."),
                .method(
                    "repair", [], "apogee.genotype",
                    "The valid genotype nearest in meaning; a valid one stays as it is."),
                .method("text", [], "string", "The genotype in the space's notation."),
            ]),
        ReferenceGroup(
            "population", .type,
            "What a batch operator is given: genotypes of one length, read-only. #population is "
                + "their number, population[i] the i-th genotype.",
            [
                .field("width", "integer", "Genes of each genotype."),
                .method("genes", [], "integer[]", "All genes, genotype after genotype."),
                .method(
                    "repair", [("genes", "integer[]")], "integer[]",
                    "Genes of as many genotypes, each made valid."),
            ]),
        ReferenceGroup(
            "file", .type,
            "An open file, as Lua's own: io.open gives it to a run with --allow read=DIR or "
                + "write=DIR.",
            [
                .method("read", [("...", "string|integer")], "any", "As Lua's file:read."),
                .method("lines", [("...", "string|integer")], "function", "As Lua's file:lines."),
                .method("write", [("...", "string|number")], "apogee.file", "As Lua's file:write."),
                .method(
                    "seek", [("whence?", "string"), ("offset?", "integer")], "integer",
                    "As Lua's file:seek."),
                .method("flush", [], "apogee.file", "As Lua's file:flush."),
                .method("setvbuf", [("mode", "string")], "boolean", "Accepted, without effect."),
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
                    "A valid genotype, each equally likely."),
                .method(
                    "supernet", [("options", "table")], "apogee.supernet",
                    "The supernet of a space of cells; options inputs { height, width, channels }, "
                        + "outputs, channels, cells, stem, pool_norm."),
                .method("size", [], "number", "How many valid genotypes there are."),
                .method(
                    "parse", [("text", "string")], "apogee.genotype",
                    "The genotype of a text in the space's notation."),
                .method(
                    "repair", [("genes", "apogee.genotype|integer[]")], "apogee.genotype",
                    "The valid genotype nearest to any integers."),
            ]),
        ReferenceGroup(
            "experiment", .type, "An experiment, as apogee.experiment made it; to be returned.", []),
        ReferenceGroup(
            "error", .type,
            "An error of the host, as pcall gives it; tostring makes it a sentence.",
            [
                .field("message", "string", "What happened."),
                .field("file", "string?", "The script that was running."),
                .field("line", "integer?", "Its line."),
            ]),
    ]

    private static let tables = [
        ReferenceGroup(
            "progress", .table, "How far the run is.",
            [
                .field("fraction", "number", "The fraction 0…1 of the meta-updates done."),
                .field("phase", "string", "\"warm_up\", \"search\", \"final\" or \"test\"."),
                .field("generation", "integer", "Generations done."),
                .field("generations", "integer", "Generations of the run."),
                .field("update", "integer", "Meta-updates done."),
                .field("updates", "integer", "Meta-updates of the run."),
                .field(
                    "history", "number[]",
                    "The best first objective after each generation, less being better."),
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
                .field("ways", "integer", "Classes of an episode."),
                .field("shots", "integer", "Support examples of a class."),
                .field("queries", "integer", "Query examples of a class."),
                .field(
                    "accuracy", "number[]",
                    "For each class a moving average of the fraction 0…1 of its queries told right in "
                        + "training tasks; nil for a class of which that is not known."),
                .field(
                    "seen", "integer[]",
                    "For each class the number of training tasks that had it and were scored."),
                .field("progress", "apogee.progress", "How far the run is."),
            ]),
        ReferenceGroup(
            "subnet", .table, "What an objective judges.",
            [
                .field("genotype", "apogee.genotype", "The encoding."),
                .field("parameters", "integer", "Parameters of the stand-alone network."),
                .field("multiply_adds", "integer", "Multiply-adds for one example."),
                .field("query_error", "number", "Mean query error after adaptation, 0…1."),
                .field("query_loss", "number", "Mean query loss after adaptation."),
                .field("network", "apogee.network|false", "The network itself; false in a check."),
            ]),
        ReferenceGroup(
            "component", .table, "What apogee.register takes.",
            [
                .field("point", "string", "The extension point, such as \"mutation\"."),
                .field("name", "string", "The name that plans use, in snake_case."),
                .field("summary", "string", "One line on what it is."),
                .field(
                    "options", "table[]?",
                    "{ name, type, default, min, max, choices, of, count, optional, unit, doc } "
                        + "for each option."),
                .field("run", "function|table|nil", "The component itself."),
                .field(
                    "make", "function|nil",
                    "(options, context) → the component, in run's place; "
                        + "context.mutation_probability is the rate that is set now."),
                .field("unit", "string?", "An objective's unit."),
                .field("direction", "string?", "\"minimize\" or \"maximize\", of an objective."),
            ]),
    ]

    private static let specs = ReferenceGroup(
        "specs", .globals, "Names of files that apogee test runs.",
        [
            .function(
                "describe", [("words", "string"), ("body", "function")], "",
                "Puts the words before those of all that its body holds."),
            .function(
                "it", [("words", "string"), ("body", "function")], "", "One test."),
            .function(
                "before_each", [("body", "function")], "",
                "Runs before each test of the describe around it."),
            .function(
                "after_each", [("body", "function")], "",
                "Runs after each test of the describe around it, also after a failed one."),
            .function(
                "expect", [("value", "any")], "apogee.expectation",
                "Checks a value; expect(value).never turns a check around."),
        ])

    private static let expectation = ReferenceGroup(
        "expectation", .table, "What expect(value) offers.",
        [
            .method("to_equal", [("expected", "any")], "", "Equal, tables entry by entry."),
            .method("to_be", [("expected", "any")], "", "The very same value."),
            .method(
                "to_be_near", [("expected", "number"), ("tolerance?", "number")], "",
                "At most the tolerance away; 1e-9 by default."),
            .method("to_be_true", [], "", "true."),
            .method("to_be_false", [], "", "false."),
            .method("to_be_nil", [], "", "nil."),
            .method(
                "to_be_a", [("type", "string")], "", "Of this type, \"integer\" being one."),
            .method("to_be_above", [("bound", "number")], "", "Greater."),
            .method("to_be_below", [("bound", "number")], "", "Less."),
            .method(
                "to_be_between", [("low", "number"), ("high", "number")], "",
                "From low to high, both included."),
            .method("to_have_length", [("count", "integer")], "", "Of this length."),
            .method(
                "to_contain", [("value", "any")], "", "A list with the value, or text with it."),
            .method("to_match", [("pattern", "string")], "", "Text with the Lua pattern."),
            .method(
                "to_fail", [("words?", "string")], "",
                "A function that raises an error, which holds the words."),
        ])
}
