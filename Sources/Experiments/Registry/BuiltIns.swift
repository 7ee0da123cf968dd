/// The components that come with the program. They register through the door that plugins use.
public enum BuiltIns {
    /// Who registers them.
    static let source = "Apogee"

    /// A registry that holds every built-in component and is open for plugins.
    ///
    /// - Throws: ``ExperimentError`` if two built-in components had the same name.
    public static func registry() throws(ExperimentError) -> Registry {
        var registry = Registry()
        try register(in: &registry)
        return registry
    }

    /// Adds every built-in component.
    ///
    /// - Throws: ``ExperimentError/nameClash(point:name:first:second:)`` where a name is taken.
    public static func register(in registry: inout Registry) throws(ExperimentError) {
        for component in data + learning + operations + methods + search + mutations + crossovers
            + samplers + schedules + objectives + arms
        { try registry.register(component) }
    }

    private static func core(
        _ point: ExtensionPoint, _ name: String, _ options: [OptionSpecification],
        _ summary: String
    ) -> Component {
        Component(point, name, source: source, options: options, summary)
    }

    private static var data: [Component] {
        [
            core(.tasks, "episodes", EpisodesPlan.options, "Few-shot classification of images."),
            core(
                .tasks, "sine", SinePlan.options,
                "Few-shot regression of sine waves (Finn, Abbeel, Levine 2017)."),
            core(
                .tasks, "tabular", TabularPlan.options,
                "Looked-up accuracies of NAS-Bench-201 (Dong, Yang 2020); nothing is trained."),
            core(
                .dataset, "glyphs", GlyphsPlan.options,
                "Characters that the program draws; needs no download."),
            core(
                .dataset, "omniglot", OmniglotPlan.options,
                "Omniglot from its own archives in --data (Lake et al. 2015)."),
        ]
    }

    /// The core's learners, after which rows of the results are named.
    private static let learners = ["maml", "anil", "reptile", "prototypical"]

    private static var learning: [Component] {
        [
            core(
                .learner, "maml", MAMLPlan.options,
                "Model-agnostic meta-learning, order 1 or 2 (Finn, Abbeel, Levine 2017)."),
            core(
                .learner, "anil", MAMLPlan.options,
                "MAML whose inner loop adapts the last layer only (Raghu et al. 2020)."),
            core(
                .learner, "reptile", ReptilePlan.options,
                "Moves towards adapted weights (Nichol, Achiam, Schulman 2018)."),
            core(
                .learner, "prototypical", PrototypicalPlan.options,
                "Nearest class mean in the embedding (Snell, Swersky, Zemel 2017)."),
            Component(
                .learner, "custom", source: source,
                options: [learnerAdapt.specification] + ScriptedLearnerPlan.hostOptions,
                factory: .learner { options, context in
                    try context.scripts.learner(adapt: options[learnerAdapt])
                },
                "A function of the script: { adapt = function(value, gradient, context) … end }, "
                    + "one inner step of one parameter."),
            core(
                .optimizer, "adam", OptimizerPlan.adamOptions,
                "Adam (Kingma, Ba 2015); weight decay is added to the gradient."),
            core(
                .optimizer, "sgd", OptimizerPlan.sgdOptions,
                "Gradient descent, with momentum by option."),
        ]
    }

    private static let learnerAdapt = PlanOption<ScriptFunction>(
        specification: OptionSpecification(
            "adapt", .function(.learner), default: .required,
            "The function (value, gradient, context) that gives the value after an inner step.")
    ) { if case .function(let function) = $0 { function } else { nil } }

    private static var operations: [Component] {
        let summaries = [
            "max": "Max pooling, 3×3.", "avg": "Average pooling, 3×3, without its padding.",
            "skip": "The identity; at stride 2 two offset 1×1 convolutions.",
            "sep3": "Depthwise and pointwise convolution, 3×3, twice.",
            "sep5": "Depthwise and pointwise convolution, 5×5, twice.",
            "dil3": "Depthwise convolution of dilation 2 and pointwise convolution, 3×3.",
            "dil5": "Depthwise convolution of dilation 2 and pointwise convolution, 5×5.",
            "conv3": "Depthwise and pointwise convolution, 3×3, once (MetaNAS's conv_3x3).",
            "conv1x5_5x1": "Full convolution 1×5, then 5×1.",
            "none": "Zeros: the edge does not exist.",
        ]
        return CellsPlan.operationNames.map { core(.operation, $0, [], summaries[$0] ?? $0) } + [
            Component(
                .operation, "custom", source: source, options: OperationPlan.options,
                factory: .operation { options, context in
                    try context.scripts.operation(
                        parameters: options[OperationPlan.parameters],
                        forward: options[OperationPlan.forward])
                },
                "Functions of the script: { name = …, parameters = function(context) … end, "
                    + "forward = function(parameters, x, context) … end }.")
        ]
    }

    private static func methodFunction(
        _ name: String, _ summary: String
    ) -> PlanOption<ScriptFunction> {
        PlanOption(
            specification: OptionSpecification(
                name, .function(.method), default: .required, summary)
        ) { if case .function(let function) = $0 { function } else { nil } }
    }

    static let methodInit = methodFunction("init", "The function (context) that gives a state.")
    static let methodStep = methodFunction(
        "step", "The function (state, context) that gives the next state, and whether it is done.")
    static let methodResult = methodFunction(
        "result", "The function (state, context) that gives genotypes, best first.")

    private static var methods: [Component] {
        [
            Component(
                .method, "custom", source: source,
                options: [
                    methodInit.specification, methodStep.specification,
                    methodResult.specification,
                ],
                factory: .method { options, context in
                    try context.scripts.method(
                        begin: options[methodInit], step: options[methodStep],
                        result: options[methodResult])
                },
                "Functions of the script: { init = function(context) … end, step = "
                    + "function(state, context) … end, result = function(state, context) … end }.")
        ]
    }

    private static var search: [Component] {
        [
            core(
                .space, "cells", CellsPlan.options,
                "Normal and reduction cells of searched operations and connections."),
            core(
                .space, "conv4", Conv4Plan.options,
                "The four-block convolutional reference network; nothing to search."),
            core(.space, "mlp", MLPPlan.options, "Fully connected layers; nothing to search."),
            core(
                .space, "nas_bench_201", [],
                "Cells of six edges with five operations each, for tasks = \"tabular\"."),
            Component(
                .space, "custom", source: source, options: CustomSpacePlan.options,
                factory: .space { options, context in
                    try context.scripts.space(
                        "custom", choices: options[CustomSpacePlan.choices],
                        functions: SpaceFunctions(
                            parameters: options[CustomSpacePlan.parameters],
                            forward: options[CustomSpacePlan.forward],
                            repair: options[CustomSpacePlan.repair]))
                },
                "Choices and networks of the script: { choices = …, parameters = "
                    + "function(context) … end, forward = function(choice, parameters, x, context) "
                    + "… end }."),
            core(
                .strategy, "evolution", EvolutionPlan.options,
                "Mutants and crossovers of the best ever seen (Guo et al. 2020)."),
            core(.strategy, "random", [], "Uniform sampling without repetition."),
            core(
                .strategy, "regularized", RegularizedPlan.options,
                "Ageing evolution (Real et al. 2019)."),
            core(
                .strategy, "nsga2", NSGA2Plan.options,
                "Non-dominated sorting for several objectives (Deb et al. 2002)."),
        ]
    }

    /// Rows of the results; a learner of a plugin brings its own.
    private static var arms: [Component] {
        [
            SearchedArm.component, PerTaskArm.component, RandomSearchArm.component,
            RegularizedEvolutionArm.component, Conv4Arm.component, FixedGenotypeArm.component,
            FixedNetworkArm.pretrained,
        ] + learners.map { FixedNetworkArm.component(learner: $0, source: source) }
    }

    private static var schedules: [Component] {
        [
            Component(
                .schedule, "constant", source: source, options: ScheduleSettings.options,
                factory: .schedule { options, _ in
                    let settings = ScheduleSettings(options)
                    return { _ in settings }
                }, "The same settings throughout.")
        ]
    }

    // MARK: Objectives

    static let customName = PlanOption.text(
        "name", 1...100, default: .required, "The objective's name in results.")
    static let customFunction = PlanOption<ScriptFunction>(
        specification: OptionSpecification(
            "evaluate", .function(.objective), default: .required,
            "The function of a subnet that returns the number.")
    ) { if case .function(let function) = $0 { function } else { nil } }
    static let customUnit = PlanOption.text(
        "unit", 1...40, default: .required, "The number's unit in results."
    ).optional("none")
    static let customDirection = PlanOption.choice(
        "direction", Objective.Direction.minimize, "Whether less or more is better.")

    /// The objectives that are known of every network without running it again.
    static let measuredObjectives = ["query_error", "query_loss", "parameters", "multiply_adds"]

    private static var objectives: [Component] {
        func measured(
            _ name: String, _ unit: String?, _ summary: String,
            _ value: @escaping ObjectiveEvaluation
        ) -> Component {
            Component(
                .objective, name, source: source,
                factory: .objective { _, _ in
                    Objective(name: name, unit: unit, direction: .minimize, evaluate: value)
                }, summary)
        }
        return [
            measured("query_error", nil, "Mean query error after adaptation, fraction 0…1.") {
                $0.queryError
            },
            measured("query_loss", nil, "Mean query loss after adaptation.") { $0.queryLoss },
            measured("parameters", "parameters", "Parameters of the stand-alone network.") {
                Double($0.parameters)
            },
            measured(
                "multiply_adds", "multiply-adds",
                "Multiply-adds of the stand-alone network, for one example."
            ) { Double($0.multiplyAdds) },
            Component(
                .objective, "custom", source: source,
                options: [
                    customName.specification, customFunction.specification,
                    customUnit.specification, customDirection.specification,
                ],
                factory: .objective { options, context in
                    Objective(
                        name: options[customName], unit: options[customUnit],
                        direction: options[customDirection],
                        evaluate: try context.scripts.objective(options[customFunction]))
                },
                "A function of the script: { name = …, evaluate = function(subnet) … end }."),
        ]
    }
}
