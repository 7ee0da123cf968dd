/// A method that proposes genomes and absorbs what was measured of them. It never evaluates.
///
/// ```swift
/// while case let batch = try strategy.ask(16), !batch.isEmpty {
///     try strategy.tell(batch.map(evaluate))
/// }
/// ```
///
/// Strategies are values: a copy goes its own way. Everything that changes is in the Codable
/// ``state``, so that a strategy that is restored from it continues as if nothing had happened.
/// Proposals depend on the seed, on what was told, and on how many genomes were asked for before,
/// never on how these were divided into calls of `ask` between two calls of `tell`.
public protocol SearchStrategy<Genome> {
    /// What is varied.
    associatedtype Genome: Hashable & Sendable

    /// Proposes genomes to evaluate, each one never proposed before by this strategy.
    ///
    /// Fewer than `count`, or none, come back only where no new genome could be found: after every
    /// genome of a space that can be listed, and in others after a bounded number of variations and
    /// of random samples. The ledger of ``state`` then says which it was.
    ///
    /// - Parameter count: The number of genomes wanted; none for 0 and below.
    /// - Returns: Up to `count` different genomes.
    /// - Throws: `invalidChild` if an operator made a genome that is not valid; errors of the
    ///   variation's own closures, as they are. The strategy is then as it was before.
    mutating func ask(_ count: Int) throws -> [Genome]

    /// Absorbs evaluations of genomes that were asked for, in any order and number.
    ///
    /// - Throws: `unknownGenome`, `alreadyTold`, `objectiveCount`, `unboundedObjective`. The
    ///   strategy is then as it was before.
    mutating func tell(_ evaluations: [Evaluation<Genome>]) throws

    /// Replaces the objectives of genomes that were told before, where the strategy still holds
    /// them: for objectives that drift, as those of a supernet that is trained between generations.
    /// Genomes that it no longer holds are left out.
    ///
    /// - Throws: `unknownGenome` for one never told, `objectiveCount`, `unboundedObjective`. The
    ///   strategy is then as it was before.
    mutating func revise(_ evaluations: [Evaluation<Genome>]) throws

    /// Everything that changes while searching.
    var state: StrategyState<Genome> { get }
}

extension SearchStrategy {
    /// The individuals that the strategy now holds and may vary, in its own order.
    public var population: [Evaluation<Genome>] { state.population }

    /// The held individual whose first objective is the least; the earliest of equals.
    public var best: Evaluation<Genome>? {
        var best: Evaluation<Genome>?
        for individual in population {
            guard let objective = individual.objectives.first else { continue }
            if let known = best?.objectives.first, known <= objective { continue }
            best = individual
        }
        return best
    }
}
