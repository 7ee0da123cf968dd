internal import Records
internal import Evaluation
internal import Components
internal import Evolution
internal import Experiments
internal import Tasks

// Points whose components are one function.
extension LuaPoint {
    static var mutation: LuaPoint {
        LuaPoint(
            .mutation, "(parent, rng, space) → genotype",
            check: Check(run: { try $0.mutation($1, at: $2) }),
            plugin: { component, options, builder in
                .single(
                    try component.host(builder).mutation(component.run(options, builder)))
            },
            make: { script, name, functions in
                if let batch = functions["batch"] {
                    return MutationForm.batch(try script.batchMutation(batch))
                }
                return MutationForm.single(
                    try script.mutation(functions.given("run", of: name)))
            })
    }

    static var crossover: LuaPoint {
        LuaPoint(
            .crossover, "(a, b, rng, space) → genotype",
            check: Check(run: { try $0.crossover($1, at: $2) }),
            plugin: { component, options, builder in
                .single(
                    try component.host(builder).crossover(component.run(options, builder)))
            },
            make: { script, name, functions in
                if let batch = functions["batch"] {
                    return CrossoverForm.batch(try script.batchCrossover(batch))
                }
                return CrossoverForm.single(
                    try script.crossover(functions.given("run", of: name)))
            })
    }

    static var pathSampler: LuaPoint {
        LuaPoint(
            .pathSampler, "(progress, rng) → genotype",
            check: Check(run: { try $0.pathSampler($1, at: $2) }),
            plugin: { component, options, builder in
                try component.host(builder).pathSampler(component.run(options, builder))
            },
            make: { script, name, functions in
                try script.pathSampler(functions.given("run", of: name))
            })
    }

    static var taskSampler: LuaPoint {
        LuaPoint(
            .taskSampler, "(dataset, rng) → { classes, support, query }",
            check: Check(run: { try $0.taskSampler($1, at: $2) }),
            plugin: { component, options, builder in
                try component.host(builder).taskSampler(component.run(options, builder))
            },
            make: { script, name, functions in
                try script.taskSampler(functions.given("run", of: name))
            })
    }

    static var schedule: LuaPoint {
        LuaPoint(
            .schedule, "(progress) → settings",
            check: Check(run: { try $0.schedule($1, at: $2) }),
            plugin: { component, options, builder in
                try component.host(builder).schedule(component.run(options, builder))
            },
            make: { script, name, functions in
                try script.schedule(functions.given("run", of: name))
            })
    }

    static var objective: LuaPoint {
        LuaPoint(
            .objective, "(subnet) → number", hasUnit: true,
            check: Check(run: { try $0.objective($1, at: $2) }),
            plugin: { component, options, builder in
                let function = try component.run(options, builder)
                return Objective(
                    name: component.name, unit: component.unit, direction: component.direction,
                    at: function.location,
                    evaluate: try component.host(builder).objective(function))
            },
            make: { script, name, functions in
                let function = try functions.given("run", of: name)
                return Objective(
                    name: name, unit: nil, direction: .minimize, at: function.location,
                    evaluate: try script.objective(function))
            })
    }

    static var reporter: LuaPoint {
        LuaPoint(
            .reporter, "(event)",
            check: Check(
                run: { try $0.reporter($1, at: $2) }, calls: { _ in Event.examples.count }),
            plugin: { component, options, builder in
                try component.host(builder).reporter(component.run(options, builder))
            },
            make: { script, name, functions in
                try script.reporter(functions.given("run", of: name))
            })
    }
}
