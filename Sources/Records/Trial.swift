/// A named number.
public struct Metric: Sendable, Hashable, Codable {
    /// What was measured: `query_error`, `loss`.
    public var name: String
    /// The number; may be NaN where a run diverged.
    public var value: Double
    /// The unit: `fraction`, `multiply-adds`; empty for a bare number.
    public var unit: String

    /// A metric from its parts.
    public init(_ name: String, _ value: Double, unit: String = "") {
        self.name = name
        self.value = value
        self.unit = unit
    }
}

/// One evaluated architecture, with where it came from.
public struct Trial: Sendable, Hashable, Codable {
    /// Counts the run's trials from 1.
    public var number: Int
    /// The generation, or nil outside of a search.
    public var generation: Int?
    /// The genotype, one 0-based value a gene.
    public var genes: [Int]
    /// The genotype in its space's notation.
    public var genotype: String
    /// The operator that made it: `sample`, `mutation`, `crossover`, `crossover and mutation`,
    /// `listed` from a small space; or why it was evaluated: `revision` of one that was known,
    /// `random_search`.
    public var origin: String
    /// The genes of the parents that the operator was given.
    public var parents: [[Int]]
    /// What it scored, in the plan's order; each is minimized, and infinite in a failed trial.
    public var objectives: [Metric]
    /// Why the trial failed; nil if it did not.
    public var failure: String?
    /// What evaluating it was billed.
    public var cost: Cost

    /// A trial from its parts.
    public init(
        number: Int, generation: Int? = nil, genes: [Int], genotype: String,
        origin: String = "sample", parents: [[Int]] = [], objectives: [Metric],
        failure: String? = nil, cost: Cost = .zero
    ) {
        self.number = number
        self.generation = generation
        self.genes = genes
        self.genotype = genotype
        self.origin = origin
        self.parents = parents
        self.objectives = objectives
        self.failure = failure
        self.cost = cost
    }
}
