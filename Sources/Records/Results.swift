/// How one arm of an experiment did: a method, evaluated on many tasks.
public struct ArmResult: Sendable, Hashable, Codable {
    /// The arm: `searched network`, `conv4`.
    public var arm: String
    /// What was measured: `accuracy`.
    public var metric: String
    /// The unit: `fraction`; empty for a bare number.
    public var unit: String
    /// The mean over tasks.
    public var mean: Double
    /// Half of the width of the 95 % interval of the mean; infinite for one task.
    public var halfWidth: Double
    /// The number of tasks.
    public var tasks: Int
    /// What reaching and evaluating it was billed.
    public var cost: Cost
    /// The genotype in its space's notation, where the arm has one.
    public var genotype: String?
    /// What a reader must know to compare: `batch_norm` = `transductive`, …
    public var settings: [String: String]
    /// The operators of its search, in the order of their names; nil where there was none.
    public var operators: [OperatorUse]?
    /// What keeps the row from being like the others, such as a search that ended early; nil for most.
    public var note: String?
    /// One score a task, in the order of the tasks, so that arms can be paired.
    public var scores: [Double]

    /// An arm's result from its parts; `tasks` is the number of scores unless given.
    public init(
        arm: String, metric: String, unit: String = "", mean: Double, halfWidth: Double,
        tasks: Int? = nil, cost: Cost = .zero, genotype: String? = nil,
        settings: [String: String] = [:], operators: [OperatorUse]? = nil, note: String? = nil,
        scores: [Double] = []
    ) {
        self.arm = arm
        self.metric = metric
        self.unit = unit
        self.mean = mean
        self.halfWidth = halfWidth
        self.tasks = tasks ?? scores.count
        self.cost = cost
        self.genotype = genotype
        self.settings = settings
        self.operators = operators
        self.note = note
        self.scores = scores
    }
}

/// How often a search used an operator.
public struct OperatorUse: Sendable, Hashable, Codable {
    /// The operator: `mutation per_gene`, `crossover uniform`, `sample`, `listing`.
    public var name: String
    /// Children that it made.
    public var called: Int
    /// Of them, those that were new and evaluated.
    public var kept: Int

    /// Uses from their parts.
    public init(_ name: String, called: Int, kept: Int) {
        self.name = name
        self.called = called
        self.kept = kept
    }
}

/// A paired test between two arms on the same tasks.
public struct Comparison: Sendable, Hashable, Codable {
    /// The first arm.
    public var first: String
    /// The second arm.
    public var second: String
    /// What was measured.
    public var metric: String
    /// The mean of first − second.
    public var difference: Double
    /// Half of the width of the 95 % interval of the difference.
    public var halfWidth: Double
    /// The name of the test.
    public var test: String
    /// The two-sided p value.
    public var pValue: Double
    /// The number of pairs.
    public var pairs: Int

    /// A comparison from its parts.
    public init(
        first: String, second: String, metric: String, difference: Double, halfWidth: Double,
        test: String, pValue: Double, pairs: Int
    ) {
        self.first = first
        self.second = second
        self.metric = metric
        self.difference = difference
        self.halfWidth = halfWidth
        self.test = test
        self.pValue = pValue
        self.pairs = pairs
    }
}

/// The results of a run: identical bytes for the same script, seed and machine type.
public struct ResultsTable: Sendable, Hashable, Codable {
    /// The form of this table; 1 is the only one so far.
    public var format: Int
    /// The experiment's name.
    public var name: String
    /// The plan's SHA-256.
    public var planHash: String
    /// The SHA-256 of plan, script and files: see ``RunRecord/identity``.
    public var identity: String?
    /// The run's seed.
    public var seed: UInt64
    /// Whether the table is complete (`done`).
    public var status: RunStatus
    /// The arms, in the order of their results.
    public var arms: [ArmResult]
    /// Paired tests between arms.
    public var comparisons: [Comparison]

    /// A table for a run; without arms, before it has results.
    public init(
        run: RunRecord, status: RunStatus = .running, arms: [ArmResult] = [],
        comparisons: [Comparison] = []
    ) {
        self.format = run.format
        self.name = run.name
        self.planHash = run.planHash
        self.identity = run.identity
        self.seed = run.seed
        self.status = status
        self.arms = arms
        self.comparisons = comparisons
    }
}
