public import Components
package import SearchSpaces

/// How genotypes are varied.
public struct VariationPlan: Sendable, Hashable {
    /// The mutation.
    public let mutation: ComponentSelection
    /// The crossover; `none` for strategies of one parent.
    public let crossover: ComponentSelection
    /// The rate handed to the mutation, 0…1; for `per_gene` a gene's chance to change.
    public let mutationProbability: Double

    /// The rate where a plan says nothing.
    package static let usualProbability = 0.1

    package static let mutationOption = PlanOption.component(
        "mutation", .mutation, default: .value("per_gene"), "The mutation operator.")
    package static let crossoverOption = PlanOption.component(
        "crossover", .crossover, default: .value("uniform"), "The crossover operator.")
    package static let mutationProbabilityOption = PlanOption.number(
        "mutation_probability", .fraction, usualProbability,
        "Mutation rate; for per_gene, the probability that a gene changes.")
    package static let mutationOptions = [
        mutationOption.specification, mutationProbabilityOption.specification,
    ]
    package static let options =
        mutationOptions + [crossoverOption.specification]

    package init(_ options: Options) {
        mutation = options[Self.mutationOption]
        mutationProbability = options[Self.mutationProbabilityOption]
        crossover = options[Self.crossoverOption]
    }

    package init(mutationOnly options: Options) {
        mutation = options[Self.mutationOption]
        mutationProbability = options[Self.mutationProbabilityOption]
        crossover = .named("none", Options(at: options.position))
    }

    /// Whether two parents are ever combined.
    public var hasCrossover: Bool {
        if case .named("none", _) = crossover { false } else { true }
    }

    static func hasCrossover(_ options: Options) -> Bool {
        if case .component(.named("none", _)) = options["crossover"] { false } else { true }
    }

    /// The operators, at the plan's rate of mutation or another.
    ///
    /// - Throws: What the operators' components or a script throw.
    package func operators(
        on space: any SearchSpace, probability: Double?, _ builder: ComponentBuilder
    ) throws -> Variation<Genotype> {
        let builder = builder.with(probability: probability ?? mutationProbability)
        let mutate = try builder.make(mutation, at: .mutation)
        let cross = try builder.make(crossover, at: .crossover)
        var variation = Variation<Genotype>(
            sample: { rng in try space.sample(&rng) },
            mutate: { parent, _ in parent },
            fault: { genotype in
                do throws(SearchSpaceError) {
                    try space.validate(genotype)
                    return nil
                } catch {
                    return error.description
                }
            },
            listing: Listing(of: space),
            names: .init(mutate: mutation.title, crossover: crossover.title))
        variation.take(mutate, cross, on: space)
        return variation
    }
}
