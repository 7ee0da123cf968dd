// What scripts see of networks and supernets, and what works on tables of parameters.
extension HostReference {
    private static let parameters = "table<string, apogee.tensor>"

    static let weightsModules = [
        ReferenceGroup(
            "apogee.optim", .module,
            "Optimizers as functions (parameters, gradients, state) → parameters, state.",
            [
                .function(
                    "sgd", [("options", "table")], "function",
                    "Options learning_rate, momentum, weight_decay."),
                .function(
                    "adam", [("options", "table")], "function",
                    "Adam, with weight decay added to the gradient; options learning_rate, beta1, "
                        + "beta2, epsilon, weight_decay."),
                .function(
                    "adamw", [("options", "table")], "function",
                    "Adam with decoupled weight decay, 0.01 by default; options as for adam."),
            ]),
        ReferenceGroup(
            "apogee.weights", .module,
            "Tables of named parameters as values. Each call returns a new table, through which "
                + "gradients flow.",
            [
                .function(
                    "copy", [("parameters", parameters)], parameters,
                    "A new table with the same tensors, which never change."),
                .function(
                    "interpolate",
                    [
                        ("parameters", parameters), ("other", parameters),
                        ("amount", "number|apogee.tensor"),
                    ], parameters,
                    "parameters + amount * (other - parameters), name by name."),
                .function(
                    "perturb",
                    [
                        ("parameters", parameters), ("rng", "apogee.rng"),
                        ("scale", "number|apogee.tensor"),
                    ], parameters,
                    "Adds normal noise of standard deviation scale, from one stream per name."),
                .function(
                    "flatten", [("parameters", parameters), ("names?", "string[]")],
                    "apogee.tensor",
                    "All values as one vector, in the order of names, by default alphabetical."),
                .function(
                    "unflatten",
                    [
                        ("vector", "apogee.tensor"), ("parameters", parameters),
                        ("names?", "string[]"),
                    ], parameters,
                    "The inverse of flatten: parameters with the values of a vector."),
                .function(
                    "mask", [("parameters", parameters), ("masks", parameters)], parameters,
                    "Parameters times masks, of 0 and 1 or any numbers; those without one stay the same."
                ),
                .function(
                    "slice", [("parameters", parameters), ("shapes", "table<string, integer[]>")],
                    parameters,
                    "The leading channels of parameters and the middle of kernels [kh, kw, in, out]; "
                        + "those without a shape stay the same."),
            ]),
    ]

    static let networkObjects = [
        ReferenceGroup(
            "network", .type,
            "A network over named parameters: subnet.network, valid during the objective's call, or "
                + "a mode of a supernet.",
            [
                .method(
                    "parameters", [("rng", "apogee.rng"), ("options?", "table")], parameters,
                    "Initial values by name; option weights, uniform or he."),
                .method(
                    "names", [], "string[]",
                    "The parameters that it reads, in the order of its layers."),
                .method(
                    "weights", [], parameters,
                    "The run's current values by name; for subnet.network only."),
                .method(
                    "batch", [], "apogee.tensor, apogee.tensor",
                    "Images and labels of a validation task; for subnet.network only."),
                .method(
                    "forward",
                    [("parameters", parameters), ("x", "apogee.tensor"), ("options?", "table")],
                    "apogee.tensor",
                    "Logits; option batch_norm, batch, identity or running."),
                .method(
                    "activations",
                    [("parameters", parameters), ("x", "apogee.tensor"), ("options?", "table")],
                    "apogee.tensor[]",
                    "The outputs of all ReLUs."),
                .method(
                    "stages", [], "string[]",
                    "Names of the stages that can be run alone; the last gives the logits."),
                .method(
                    "range",
                    [
                        ("parameters", parameters), ("first", "integer"), ("last", "integer"),
                        ("inputs", "apogee.tensor|apogee.tensor[]"), ("options?", "table"),
                    ], "apogee.tensor[]",
                    "Runs a block of stages on images or on the previous stage's outputs; option "
                        + "batch_norm."),
                .method(
                    "statistics",
                    [
                        ("parameters", parameters),
                        ("batches", "apogee.tensor|apogee.tensor[]"),
                    ], parameters,
                    "The parameters with running statistics of batch norms: means over the batches."
                ),
            ]),
        ReferenceGroup(
            "supernet", .type,
            "The parameters of every candidate of a space, and the networks that read them.",
            [
                .method(
                    "parameters", [("rng", "apogee.rng"), ("options?", "table")], parameters,
                    "Initial values of all parameters; option weights, uniform or he."),
                .method("names", [], "string[]", "The parameters in the order of the layers."),
                .method(
                    "decisions", [], "table[]",
                    "The places where candidates can be weighted: { name, inputs, operations }."),
                .method(
                    "path", [("genotype", "apogee.genotype")], "apogee.network",
                    "The candidates of one genotype."),
                .method(
                    "mix", [("options?", "table")], "apogee.network",
                    "Weighted sums of all candidates, with the parameters mix.DECISION [inputs, "
                        + "operations]; option open, rows of true and false by decision: closed "
                        + "candidates are not run."),
                .method(
                    "mask", [("genotype", "apogee.genotype")], "apogee.network",
                    "The candidates of one genotype, each times its weight in mask.DECISION [inputs, "
                        + "operations]."),
                .method(
                    "slice", [("channels", "integer")], "apogee.supernet",
                    "A supernet with fewer channels, which reads the leading channels of the same "
                        + "parameters."),
            ]),
    ]
}
