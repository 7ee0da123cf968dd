// What scripts see of tensors and operations.
extension HostReference {
    static let tensorModules = [
        ReferenceGroup(
            "apogee.tensor", .module, "Creates tensors.",
            [
                .function(
                    "zeros", [("shape", "integer[]")], "apogee.tensor",
                    "Zeros."),
                .function(
                    "ones", [("shape", "integer[]")], "apogee.tensor",
                    "Ones."),
                .function(
                    "full", [("shape", "integer[]"), ("value", "number")], "apogee.tensor",
                    "One value everywhere."),
                .function(
                    "scalar", [("value", "number")], "apogee.tensor",
                    "A single number."),
                .function(
                    "from", [("numbers", "table"), ("shape?", "integer[]")], "apogee.tensor",
                    "From nested lists."),
                .function(
                    "arange", [("first", "number"), ("last", "number"), ("step?", "number")],
                    "apogee.tensor",
                    "Numbers from first to last, inclusive."),
                .function(
                    "eye", [("size", "integer")], "apogee.tensor",
                    "The identity matrix."),
                .function(
                    "concatenate", [("tensors", "apogee.tensor[]"), ("axis?", "integer")],
                    "apogee.tensor",
                    "Joins tensors along an axis."),
                .function(
                    "stack", [("tensors", "apogee.tensor[]")], "apogee.tensor",
                    "Joins tensors along a new first axis."),
            ]),
        ReferenceGroup(
            "apogee.nn", .module, "Layers as functions of named parameters.",
            [
                .function(
                    "convolution_parameters", [("name", "string"), ("options", "table")], "table",
                    "Options window, inputs, outputs, groups, bias."),
                .function(
                    "linear_parameters", [("name", "string"), ("options", "table")], "table",
                    "Options inputs, outputs."),
                .function(
                    "batch_norm_parameters", [("name", "string"), ("options", "table")], "table",
                    "Option channels."),
                .function(
                    "convolution",
                    [
                        ("parameters", "table"), ("name", "string"), ("x", "apogee.tensor"),
                        ("options?", "table"),
                    ], "apogee.tensor",
                    "Options stride, padding, dilation, groups, bias."),
                .function(
                    "linear",
                    [("parameters", "table"), ("name", "string"), ("x", "apogee.tensor")],
                    "apogee.tensor",
                    "x times weight plus bias."),
                .function(
                    "batch_norm",
                    [("parameters", "table"), ("name", "string"), ("x", "apogee.tensor")],
                    "apogee.tensor",
                    "Batch norm; while tracing, with the learner's choice of statistics."),
                .function(
                    "initialize",
                    [("list", "table"), ("rng", "apogee.rng"), ("options?", "table")],
                    "table<string, apogee.tensor>",
                    "Initial values of the listed parameters; option weights, uniform or he."),
            ]),
        ReferenceGroup(
            "apogee.random", .module, "Random tensors from a given stream.",
            [
                .function(
                    "uniform",
                    [
                        ("rng", "apogee.rng"), ("shape", "integer[]"), ("low?", "number"),
                        ("high?", "number"),
                    ], "apogee.tensor",
                    "Uniform numbers."),
                .function(
                    "normal",
                    [
                        ("rng", "apogee.rng"), ("shape", "integer[]"), ("mean?", "number"),
                        ("deviation?", "number"),
                    ], "apogee.tensor",
                    "Normal numbers."),
                .function(
                    "bernoulli",
                    [("rng", "apogee.rng"), ("shape", "integer[]"), ("probability", "number")],
                    "apogee.tensor",
                    "1 with this probability, else 0."),
                .function(
                    "stream", [("seed", "integer")], "apogee.rng",
                    "A stream from a seed, for use outside of callbacks."),
            ]),
        ReferenceGroup(
            "apogee.stats", .module, "Statistics of lists of numbers.",
            [
                .function(
                    "mean", [("values", "number[]")], "number",
                    "Mean."),
                .function(
                    "deviation", [("values", "number[]")], "number",
                    "Standard deviation."),
                .function(
                    "pearson", [("a", "number[]"), ("b", "number[]")], "number",
                    "Pearson's linear correlation."),
                .function(
                    "spearman", [("a", "number[]"), ("b", "number[]")], "number",
                    "Spearman's rank correlation."),
                .function(
                    "kendall", [("a", "number[]"), ("b", "number[]")], "number",
                    "Kendall's rank correlation."),
                .function(
                    "interval", [("values", "number[]")], "table",
                    "95 % interval of the mean: estimate, lower, upper, level."),
                .function(
                    "paired_test", [("a", "number[]"), ("b", "number[]")], "table",
                    "Paired t-test: name, statistic, p_value, mean_difference."),
            ]),
    ]

    static let tensorObjects = [
        ReferenceGroup(
            "tensor", .type,
            "Numbers in up to eight axes, row-major. Axes, rows and labels count from 1.",
            [
                .field("shape", "integer[]", "The sizes."),
                .field("rank", "integer", "The number of axes."),
                .field("size", "integer", "The number of elements."),
                .field("traced", "boolean", "Whether it is being traced and has no values yet."),
                .method(
                    "exp", [], "apogee.tensor",
                    "e to the power of x."),
                .method(
                    "log", [], "apogee.tensor",
                    "Natural logarithm."),
                .method(
                    "sqrt", [], "apogee.tensor",
                    "Square root."),
                .method(
                    "rsqrt", [], "apogee.tensor",
                    "1 over the square root."),
                .method(
                    "reciprocal", [], "apogee.tensor",
                    "1 over x."),
                .method(
                    "square", [], "apogee.tensor",
                    "x times x."),
                .method(
                    "abs", [], "apogee.tensor",
                    "Absolute value."),
                .method(
                    "sign", [], "apogee.tensor",
                    "-1, 0 or 1."),
                .method(
                    "tanh", [], "apogee.tensor",
                    "Hyperbolic tangent."),
                .method(
                    "sigmoid", [], "apogee.tensor",
                    "1 over 1 plus e to the power of -x."),
                .method(
                    "sin", [], "apogee.tensor",
                    "Sine of radians."),
                .method(
                    "cos", [], "apogee.tensor",
                    "Cosine of radians."),
                .method(
                    "step", [], "apogee.tensor",
                    "1 above 0, else 0; no derivative."),
                .method(
                    "relu", [], "apogee.tensor",
                    "The larger of x and 0."),
                .method(
                    "detach", [], "apogee.tensor",
                    "The same values, without gradient."),
                .method(
                    "flatten", [], "apogee.tensor",
                    "All axes except the first joined into one."),
                .method(
                    "global_average_pool", [], "apogee.tensor",
                    "Channel means [N, C] of images."),
                .method(
                    "maximum", [("other", "apogee.tensor|number")], "apogee.tensor",
                    "The larger of each pair."),
                .method(
                    "minimum", [("other", "apogee.tensor|number")], "apogee.tensor",
                    "The smaller of each pair."),
                .method(
                    "greater", [("other", "apogee.tensor|number")], "apogee.tensor",
                    "1 where x is above the other, else 0."),
                .method(
                    "equal", [("other", "apogee.tensor|number")], "apogee.tensor",
                    "1 where both are equal, else 0."),
                .method(
                    "select", [("a", "apogee.tensor|number"), ("b", "apogee.tensor|number")],
                    "apogee.tensor",
                    "a where x is above 0.5, else b."),
                .method(
                    "power", [("exponent", "number")], "apogee.tensor",
                    "x to the power of a constant."),
                .method(
                    "sum", [("axes?", "integer|integer[]"), ("options?", "table")], "apogee.tensor",
                    "Sum over axes, all by default; option keep."),
                .method(
                    "mean", [("axes?", "integer|integer[]"), ("options?", "table")],
                    "apogee.tensor",
                    "Mean over axes, all by default; option keep."),
                .method(
                    "max", [("axes?", "integer|integer[]"), ("options?", "table")], "apogee.tensor",
                    "Maximum over axes, all by default; option keep."),
                .method(
                    "argmax", [("axis?", "integer")], "apogee.tensor",
                    "Index of the first maximum along an axis, from 1; the last axis by default."),
                .method(
                    "softmax", [("axis?", "integer")], "apogee.tensor",
                    "Softmax along an axis."),
                .method(
                    "log_softmax", [("axis?", "integer")], "apogee.tensor",
                    "Logarithm of the softmax."),
                .method(
                    "reshape", [("sizes", "integer[]")], "apogee.tensor",
                    "The same elements in another shape; one size may be -1."),
                .method(
                    "broadcast", [("sizes", "integer[]")], "apogee.tensor",
                    "Broadcast to these sizes."),
                .method(
                    "transpose", [("axes?", "integer[]")], "apogee.tensor",
                    "Permuted axes, reversed by default."),
                .method(
                    "slice",
                    [
                        ("axis", "integer"), ("first", "integer"), ("last", "integer"),
                        ("step?", "integer"),
                    ], "apogee.tensor",
                    "Part of an axis, from first to last inclusive."),
                .method(
                    "pad", [("before", "integer[]"), ("after", "integer[]")], "apogee.tensor",
                    "Pads with zeros."),
                .method(
                    "matmul", [("other", "apogee.tensor"), ("options?", "table")], "apogee.tensor",
                    "Matrix product; options transpose_a, transpose_b."),
                .method(
                    "convolution", [("weights", "apogee.tensor"), ("options?", "table")],
                    "apogee.tensor",
                    "With weights [kh, kw, C / groups, K]; options stride, padding, dilation, groups."
                ),
                .method(
                    "max_pool", [("window", "integer"), ("options?", "table")], "apogee.tensor",
                    "Max pooling; options stride, padding."),
                .method(
                    "average_pool", [("window", "integer"), ("options?", "table")], "apogee.tensor",
                    "Average pooling, not counting padding; options stride, padding."),
                .method(
                    "batch_norm",
                    [("gamma", "apogee.tensor"), ("beta", "apogee.tensor"), ("options?", "table")],
                    "apogee.tensor",
                    "Batch norm with this batch's statistics; option epsilon."),
                .method(
                    "resize", [("height", "integer"), ("width", "integer"), ("options?", "table")],
                    "apogee.tensor",
                    "Resizes images; option interpolation."),
                .method(
                    "gather_rows", [("rows", "apogee.tensor")], "apogee.tensor",
                    "Rows by index, from 1."),
                .method(
                    "scatter_add_rows", [("rows", "apogee.tensor"), ("count", "integer")],
                    "apogee.tensor",
                    "Adds rows up at these indices."),
                .method(
                    "take_along", [("axis", "integer"), ("positions", "apogee.tensor")],
                    "apogee.tensor",
                    "Elements along an axis by index, from 1."),
                .method(
                    "sort", [("axis?", "integer"), ("options?", "table")], "apogee.tensor",
                    "Sorted along an axis; option descending."),
                .method(
                    "argsort", [("axis?", "integer"), ("options?", "table")], "apogee.tensor",
                    "The indices that sort, from 1."),
                .method(
                    "top_k", [("count", "integer"), ("axis?", "integer")], "apogee.tensor",
                    "The count largest values along an axis, largest first."),
                .method(
                    "one_hot", [("classes", "integer")], "apogee.tensor",
                    "One-hot rows from labels, which count from 1."),
                .method(
                    "cross_entropy", [("labels", "apogee.tensor")], "apogee.tensor",
                    "Mean cross-entropy in nats; labels count from 1."),
                .method(
                    "accuracy", [("labels", "apogee.tensor")], "apogee.tensor",
                    "Fraction of rows classified correctly."),
                .method(
                    "mean_squared_error", [("targets", "apogee.tensor")], "apogee.tensor",
                    "Mean squared error."),
                .method(
                    "cosine_similarity", [("other", "apogee.tensor"), ("axis?", "integer")],
                    "apogee.tensor",
                    "Cosine similarity along an axis."),
                .method(
                    "value", [], "number",
                    "The number in a tensor of one element; an error while tracing."),
                .method(
                    "tolist", [], "table",
                    "The numbers as nested lists."),
            ]),
        ReferenceGroup(
            "parameters", .type, "The parameters of a traced function, by name.",
            []),
    ]
}
