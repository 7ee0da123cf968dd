public import Components
internal import Randomness
internal import SearchSpaces

/// The operators that come with the program.
public enum OperatorComponents {
    /// All of them.
    public static var all: [Component] {
        [perGene, batchMutation, uniform, onePoint, batchCrossover, none]
    }

    private static var perGene: Component {
        Component(
            .mutation, "per_gene",
            "Changes each gene to another allowed value with mutation_probability."
        ) { _, builder in
            let probability = builder.probability
            return .single { parent, space, rng in
                try PerGeneMutation(space: space, probability: probability)(parent, &rng)
            }
        }
    }

    private static var batchMutation: Component {
        Component(
            .mutation, "batch", options: [batch(.mutation).specification],
            "A function for whole populations: { batch = function(population, rng) … end }."
        ) { options, builder in
            try builder.scripts.make(
                MutationForm.self, at: .mutation, named: "batch",
                from: ScriptFunctions(["batch": options[batch(.mutation)]]))
        }
    }

    private static func batch(_ point: ExtensionPoint) -> PlanOption<ScriptFunction> {
        .function("batch", point, "The function that makes all children at once.")
    }

    private static let granularity = PlanOption.choice(
        "granularity", Granularity.block,
        "The unit of crossover: blocks, such as a cell's node, or single genes.")

    private static var uniform: Component {
        Component(
            .crossover, "uniform", options: [granularity.specification],
            "Each block of genes comes from either parent (Syswerda 1989)."
        ) { options, _ in
            let granularity = options[granularity]
            return .single { a, b, space, rng in
                try UniformCrossover(space: space, granularity: granularity)(a, b, &rng)
            }
        }
    }

    private static var onePoint: Component {
        Component(
            .crossover, "one_point", options: [granularity.specification],
            "The blocks after a random point come from the second parent (Holland 1975)."
        ) { options, _ in
            let granularity = options[granularity]
            return .single { a, b, space, rng in
                try OnePointCrossover(space: space, granularity: granularity)(a, b, &rng)
            }
        }
    }

    private static var batchCrossover: Component {
        Component(
            .crossover, "batch", options: [batch(.crossover).specification],
            "A function for whole populations: { batch = function(a, b, rng) … end }."
        ) { options, builder in
            try builder.scripts.make(
                CrossoverForm.self, at: .crossover, named: "batch",
                from: ScriptFunctions(["batch": options[batch(.crossover)]]))
        }
    }

    private static var none: Component {
        Component(.crossover, "none", "No crossover.") { _, _ in nil }
    }
}
