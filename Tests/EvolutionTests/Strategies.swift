import Evolution
import Foundation
import Randomness
import SearchSpaces
import Testing

/// The four strategies over genotypes, so that one law can be held against all.
enum Method: String, CaseIterable, CustomTestStringConvertible {
    case random, regularized, muPlusLambda, nsga2

    var testDescription: String { rawValue }

    /// Objectives that the method takes.
    var objectives: Int { self == .nsga2 ? 2 : 1 }

    func make(
        _ variation: Variation<Genotype>, seed: UInt64, seeds: [Genotype] = []
    ) throws -> any SearchStrategy<Genotype> {
        let rng = RandomStream(seed: seed).split(rawValue)
        switch self {
        case .random: return try RandomSearch(variation: variation, rng: rng, seeds: seeds)
        case .regularized:
            return try RegularizedEvolution(
                variation: variation, options: regularizedOptions, rng: rng, seeds: seeds)
        case .muPlusLambda:
            return try MuPlusLambda(
                variation: variation, options: muOptions, rng: rng, seeds: seeds)
        case .nsga2:
            return try NSGA2(variation: variation, options: nsgaOptions, rng: rng, seeds: seeds)
        }
    }

    /// The strategy that a JSON text of this one's state makes.
    func restored(
        _ strategy: any SearchStrategy<Genotype>, _ variation: Variation<Genotype>
    ) throws -> any SearchStrategy<Genotype> {
        let text = try JSONEncoder().encode(strategy.state)
        let state = try JSONDecoder().decode(StrategyState<Genotype>.self, from: text)
        switch self {
        case .random: return try RandomSearch(variation: variation, resuming: state)
        case .regularized:
            return try RegularizedEvolution(
                variation: variation, options: regularizedOptions, resuming: state)
        case .muPlusLambda:
            return try MuPlusLambda(variation: variation, options: muOptions, resuming: state)
        case .nsga2:
            return try NSGA2(variation: variation, options: nsgaOptions, resuming: state)
        }
    }

    private var regularizedOptions: RegularizedEvolutionOptions {
        RegularizedEvolutionOptions(populationSize: 20, sampleSize: 5)
    }
    private var muOptions: MuPlusLambdaOptions {
        MuPlusLambdaOptions(initial: 20, parents: 5, mutants: 6, crossovers: 6, randoms: 2)
    }
    private var nsgaOptions: NSGA2Options { NSGA2Options(populationSize: 20) }

    /// A made-up measure of a genotype: distance to a hidden target, and the sum of the genes.
    func evaluate(_ genotypes: [Genotype]) -> [Evaluation<Genotype>] {
        genotypes.map { genotype in
            let distance = genotype.genes.enumerated().count { index, gene in
                gene != index * 7 % 5
            }
            let sum = Double(genotype.genes.reduce(0, +))
            return Evaluation(
                genotype, objectives: Array([Double(distance), sum].prefix(objectives)))
        }
    }
}

/// Ten choices of five options: about ten million genotypes.
func tenChoices() throws -> ChoiceSpace {
    try ChoiceSpace(
        name: "ten",
        choices: (0..<10).map { Choice(name: "c\($0)", options: ["a", "b", "c", "d", "e"]) })
}
