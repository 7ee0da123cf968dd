import Experiments
import LuaHost

/// An extension point as plugins see it. A point is opened to plugins by one entry of ``all``.
struct PluginPoint {
    /// What a component of the point gives.
    enum Shape {
        /// One function.
        case function
        /// A table of functions, and of data.
        case table(required: [String], optional: [String], data: [String])
    }

    let point: ExtensionPoint
    /// The form in Lua, for messages and the reference.
    let signature: String
    let shape: Shape
    var hasUnit = false
    /// Options that the host adds to the component's own.
    var hostOptions: [OptionSpecification] = []
    /// Makes what the registry holds.
    let factory: (PluginComponent) -> ComponentFactory

    /// What `run` must be, in words.
    var expectation: String {
        switch shape {
        case .function: "a function \(signature)"
        case .table: "a table \(signature)"
        }
    }

    /// Every point that plugins may add to.
    static var all: [PluginPoint] {
        [
            PluginPoint(
                point: .mutation, signature: "(parent, rng, space) → genotype", shape: .function,
                factory: { component in
                    .mutation { options, context in
                        try component.host(context).mutation(component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .crossover, signature: "(a, b, rng, space) → genotype", shape: .function,
                factory: { component in
                    .crossover { options, context in
                        try component.host(context).crossover(component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .pathSampler, signature: "(progress, rng) → genotype", shape: .function,
                factory: { component in
                    .pathSampler { options, context in
                        try component.host(context).pathSampler(component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .taskSampler, signature: "(dataset, rng) → { classes, support, query }",
                shape: .function,
                factory: { component in
                    .taskSampler { options, context in
                        try component.host(context).taskSampler(component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .schedule, signature: "(progress) → settings", shape: .function,
                factory: { component in
                    .schedule { options, context in
                        try component.host(context).schedule(component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .objective, signature: "(subnet) → number", shape: .function, hasUnit: true,
                factory: { component in
                    .objective { options, context in
                        Objective(
                            name: component.name, unit: component.unit,
                            direction: component.direction,
                            evaluate: try component.host(context).objective(
                                component.run(options, context)))
                    }
                }),
            PluginPoint(
                point: .strategy,
                signature: "{ init = (space, rng) → state, "
                    + "ask = (state, count, rng, space) → genotypes, state, "
                    + "tell = (state, evaluations, space) → state }",
                shape: .table(
                    required: ["init", "ask", "tell"], optional: ["revise", "population"], data: []),
                factory: { component in
                    .strategy { options, space, context in
                        try component.host(context).strategy(
                            component.name, component.functions(options, context), space)
                    }
                }),
            PluginPoint(
                point: .operation,
                signature: "{ parameters = (context) → list, "
                    + "forward = (parameters, x, context) → tensor }",
                shape: .table(required: ["forward"], optional: ["parameters"], data: []),
                factory: { component in
                    .operation { options, context in
                        let functions = try component.functions(options, context)
                        guard let forward = functions["forward"] else {
                            throw component.incomplete("forward")
                        }
                        return try component.host(context).operation(
                            parameters: functions["parameters"], forward: forward)
                    }
                }),
            PluginPoint(
                point: .space,
                signature: "{ choices = list, parameters = (context) → list, "
                    + "forward = (choice, parameters, x, context) → tensor, "
                    + "repair = (choice) → choice }",
                shape: .table(
                    required: ["parameters", "forward"], optional: ["repair"], data: ["choices"]),
                factory: { component in
                    .space { options, context in
                        let given = try component.functions(options, context)
                        guard let parameters = given["parameters"] else {
                            throw component.incomplete("parameters")
                        }
                        guard let forward = given["forward"] else {
                            throw component.incomplete("forward")
                        }
                        let host = try component.host(context)
                        return try host.space(
                            component.name,
                            choices: try host.registry.choices(given.data["choices"] ?? [:]),
                            functions: SpaceFunctions(
                                parameters: parameters, forward: forward, repair: given["repair"]))
                    }
                }),
            PluginPoint(
                point: .learner, signature: "(value, gradient, context) → tensor",
                shape: .function, hostOptions: ScriptedLearnerPlan.hostOptions,
                factory: { component in
                    .learner { options, context in
                        try component.host(context).learner(adapt: component.run(options, context))
                    }
                }),
            PluginPoint(
                point: .method,
                signature: "{ init = (context) → state, step = (state, context) → state, done, "
                    + "result = (state, context) → genotypes }",
                shape: .table(required: ["init", "step", "result"], optional: [], data: []),
                factory: { component in
                    .method { options, context in
                        let functions = try component.functions(options, context)
                        guard let begin = functions["init"] else {
                            throw component.incomplete("init")
                        }
                        guard let step = functions["step"] else {
                            throw component.incomplete("step")
                        }
                        guard let result = functions["result"] else {
                            throw component.incomplete("result")
                        }
                        return try component.host(context).method(
                            begin: begin, step: step, result: result)
                    }
                }),
            PluginPoint(
                point: .reporter, signature: "(event)", shape: .function,
                factory: { component in
                    .reporter { options, context in
                        try component.host(context).reporter(component.run(options, context))
                    }
                }),
        ]
    }

    /// The point of this name.
    ///
    /// - Throws: `LuaError` for a name that is none, or a point that is closed.
    static func named(_ name: String) throws(LuaError) -> PluginPoint {
        if let point = all.first(where: { $0.point.rawValue == name }) { return point }
        if let known = ExtensionPoint(rawValue: name) {
            throw TableReader.problem("component.point: " + refusal(known))
        }
        throw TableReader.problem(
            "component.point: no such point \"\(name)\"; "
                + Hint.text(for: name, among: all.map(\.point.rawValue)))
    }

    /// Why a point takes no components of plugins.
    static func refusal(_ point: ExtensionPoint) -> String {
        "\(point.titleWithArticle) cannot come from a plugin; open are "
            + PlanText.listed(all.map(\.point.rawValue))
    }
}
