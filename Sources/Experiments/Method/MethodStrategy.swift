internal import Components
public import Evaluation
public import Evolution
public import Randomness
internal import Records
public import SearchSpaces

/// The plan's strategy in a method's hands.
public final class MethodStrategy {
    private let factory: StrategyFactory
    /// The space of its genotypes.
    public var space: any SearchSpace { factory.space }
    private let rng: RandomStream
    /// Objectives that it ranks by; it is not told the others.
    private let ranking: Int
    private let lineage: Lineage
    private let life: RunLife
    private let onShortage: (Shortage) throws -> Void
    private var strategy: any SearchStrategy<Genotype>
    private var mutationProbability: Double?

    /// The strategy outside the program.
    struct Saved: Codable {
        var state: StrategyState<Genotype>
        var mutationProbability: Double?
    }

    init(
        _ factory: StrategyFactory, rng: RandomStream, ranking: Int, lineage: Lineage,
        life: RunLife, state: StrategyState<Genotype>? = nil, mutationProbability: Double? = nil,
        onShortage: @escaping (Shortage) throws -> Void
    ) throws {
        self.factory = factory
        self.rng = rng
        self.ranking = ranking
        self.lineage = lineage
        self.life = life
        self.onShortage = onShortage
        self.mutationProbability = mutationProbability
        strategy = try factory.strategy(
            lineage.noting(factory.variation(mutationProbability: mutationProbability)), rng: rng,
            resuming: state)
    }

    /// The individuals that it holds, in its own order.
    public var population: [Evaluation<Genotype>] { strategy.population }

    /// - Throws: ``ExperimentError/failed(_:)`` after the run that it belongs to.
    public func checkLife() throws { try life.check("strategy") }

    /// Genotypes to evaluate next.
    public func ask(_ count: Int) throws -> [Genotype] {
        try checkLife()
        let asked = try strategy.ask(count)
        if let shortage = strategy.state.ledger.shortage { try onShortage(shortage) }
        return asked
    }

    /// Absorbs evaluations.
    public func tell(_ evaluations: [Evaluation<Genotype>]) throws {
        try checkLife()
        try strategy.tell(evaluations.map { $0.ranked(by: ranking) })
    }

    /// Replaces what is known of individuals.
    public func revise(_ evaluations: [Evaluation<Genotype>]) throws {
        try checkLife()
        try strategy.revise(evaluations.map { $0.ranked(by: ranking) })
    }

    /// Sets the rate of mutation, 0…1, from here on.
    public func setMutationProbability(_ probability: Double) throws {
        try checkLife()
        strategy = try factory.strategy(
            lineage.noting(factory.variation(mutationProbability: probability)), rng: rng,
            resuming: strategy.state)
        mutationProbability = probability
    }

    /// The state as JSON text.
    public func saved() throws -> String {
        try RecordCoding.json(
            Saved(state: strategy.state, mutationProbability: mutationProbability))
    }
}
