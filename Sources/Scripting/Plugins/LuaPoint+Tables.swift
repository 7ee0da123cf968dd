internal import Components
internal import Evolution
internal import Experiments
internal import MetaLearning
internal import SearchSpaces
internal import Supernets
internal import Tasks

// Points whose components are several functions, or have a plan of their own.
extension LuaPoint {
    static var strategy: LuaPoint {
        LuaPoint(
            .strategy,
            "{ init = (space, rng) → state, "
                + "ask = (state, count, rng, space) → genotypes, state, "
                + "tell = (state, evaluations, space) → state }",
            shape: .table(
                required: ["init", "ask", "tell"], optional: ["revise", "population"], data: []),
            check: Check(run: { try $0.strategy($1, at: $2) }, calls: { $0.strategyCalls }),
            plugin: { component, options, _ in
                DelegatedPlan(component.name, size: component.population(options)) {
                    space, builder in
                    try component.host(builder).strategy(
                        component.name, component.functions(options, builder), space)
                }
            },
            make: { script, name, functions in
                { (space: any SearchSpace) throws -> StrategyDelegate<Genotype> in
                    try script.strategy(name, functions, space)
                }
            })
    }

    static var operation: LuaPoint {
        LuaPoint(
            .operation,
            "{ parameters = (context) → list, forward = (parameters, x, context) → tensor }",
            shape: .table(required: ["forward"], optional: ["parameters"], data: []),
            check: Check(
                run: { try $0.operation($1, at: $2) },
                calls: { _ in 2 * ContractCheck.operationPlaces.count }),
            plugin: { component, options, _ in
                OperationPlan(component.name) { builder in
                    try component.host(builder).make(
                        OperationDefinition.self, at: .operation, named: component.name,
                        from: component.functions(options, builder))
                }
            },
            make: { script, name, functions in
                try script.operation(
                    parameters: functions["parameters"],
                    forward: functions.given("forward", of: name))
            })
    }

    static var space: LuaPoint {
        LuaPoint(
            .space,
            "{ choices = list, parameters = (context) → list, "
                + "forward = (choice, parameters, x, context) → tensor, "
                + "repair = (choice) → choice }",
            shape: .table(
                required: ["parameters", "forward"], optional: ["repair"], data: ["choices"]),
            offers: [.choices], needs: [Need(.images, of: .tasks)],
            check: Check(run: { try $0.space($1, at: $2) }, calls: { $0.spaceCalls }),
            plugin: { component, options, _ in
                CustomSpacePlan(component.name) { builder in
                    let (host, given) = (
                        try component.host(builder), try component.functions(options, builder)
                    )
                    return try host.space(
                        component.name,
                        choices: CustomSpacePlan.choices(
                            given.data["choices"] ?? [:], host.registry), functions: given)
                }
            },
            make: { script, name, functions in
                { (parts: SpaceParts) throws -> SpaceDefinition in
                    try script.space(name, choices: parts.choices, functions: parts.functions)
                }
            })
    }

    static var learner: LuaPoint {
        LuaPoint(
            .learner, "(value, gradient, context) → tensor",
            hostOptions: ScriptedLearnerPlan.hostOptions, offers: [.adaptation],
            check: Check(
                run: { try $0.learner($1, at: $2) },
                calls: { _ in ContractCheck.parameterShapes.count }),
            plugin: { component, options, builder in
                try ScriptedLearnerPlan(component.name, options, builder) { builder in
                    try component.host(builder).learner(adapt: component.run(options, builder))
                }
            },
            make: { script, name, functions in
                try script.learner(adapt: functions.given("run", of: name))
            })
    }

    static var method: LuaPoint {
        LuaPoint(
            .method,
            "{ init = (context) → state, step = (state, context) → state, done, "
                + "result = (state, context) → genotypes }",
            shape: .table(required: ["init", "step", "result"], optional: [], data: []),
            reserved: ["name", "budget"], offers: [.search], needs: StepwiseMethod.needs,
            check: nil,
            plugin: { component, options, builder in
                StepwiseMethod {
                    try component.host(builder).make(
                        (any SearchMethod).self, at: .method, named: component.name,
                        from: component.functions(options, builder))
                }
            },
            make: { script, name, functions in
                try script.method(
                    begin: functions.given("init", of: name),
                    step: functions.given("step", of: name),
                    result: functions.given("result", of: name))
            })
    }
}
