public import Datasets
public import Evolution
public import Randomness
public import SearchSpaces

// The typed closures behind the extension points. None is Sendable: all are called on the search
// thread only, which owns the script host.

/// A new genotype from one parent, which stays as it is.
public typealias MutationOperator =
    (_ parent: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream) throws -> Genotype

/// A new genotype from two parents, which stay as they are.
public typealias CrossoverOperator =
    (_ a: Genotype, _ b: Genotype, _ space: any SearchSpace, _ rng: inout RandomStream) throws
    -> Genotype

/// New genotypes from all individuals of a population at once, in their order; the parents stay as
/// they are.
public typealias BatchMutationOperator =
    (_ parents: Population, _ space: any SearchSpace, _ rng: inout RandomStream) throws
    -> Population

/// New genotypes from all pairs of individuals in the same rows of two populations, in their order.
public typealias BatchCrossoverOperator =
    (
        _ a: Population, _ b: Population, _ space: any SearchSpace, _ rng: inout RandomStream
    ) throws -> Population

/// The subnet that the next training task trains.
public typealias PathSampler =
    (_ context: PathContext, _ rng: inout RandomStream) throws -> Genotype

/// The classes and examples of the next episode.
public typealias TaskSampler =
    (_ context: TaskContext, _ rng: inout RandomStream) throws -> EpisodeIndices

/// The settings that hold from here to the next call: once a generation, and before each phase.
public typealias Schedule = (_ progress: Progress) throws -> ScheduleSettings

/// An architecture's value under an objective, in the objective's own direction and unit.
public typealias ObjectiveEvaluation = (_ subnet: SubnetSummary) throws -> Double

/// How far a run is.
public struct Progress: Sendable, Hashable, Codable {
    /// The parts of a run.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Meta-updates on uniform paths, before the first generation; all of a fixed network's.
        case warmUp = "warm_up"
        /// Meta-updates and evaluations, in turn.
        case search
        /// Meta-updates of the chosen architecture only.
        case final
        /// The unseen tasks.
        case test
    }

    /// The part of the run.
    public var phase: Phase
    /// Meta-updates done in the whole run.
    public var update: Int
    /// Meta-updates of the whole run.
    public var updates: Int
    /// Generations done.
    public var generation: Int
    /// Generations of the whole run.
    public var generations: Int
    /// The best first objective after each generation done, as it was then; less is better.
    public var history: [Double]

    /// A point in a run.
    public init(
        phase: Phase, update: Int, updates: Int, generation: Int, generations: Int,
        history: [Double] = []
    ) {
        self.history = history
        self.phase = phase
        self.update = update
        self.updates = updates
        self.generation = generation
        self.generations = generations
    }

    /// The fraction 0…1 of the run's meta-updates that are done; of its generations, where it has
    /// no updates.
    public var fraction: Double {
        let (done, all) = updates > 0 ? (update, updates) : (generation, generations)
        guard all > 0 else { return 0 }
        return min(max(Double(done) / Double(all), 0), 1)
    }
}

/// What a path sampler sees.
public struct PathContext {
    /// How far the run is.
    public var progress: Progress
    /// The space whose supernet is trained.
    public var space: any SearchSpace
    /// The strategy's present population, best first; empty before the first generation.
    public var population: [Genotype]

    /// What a path sampler sees.
    public init(progress: Progress, space: any SearchSpace, population: [Genotype]) {
        self.progress = progress
        self.space = space
        self.population = population
    }
}

/// What a task sampler sees: names and counts of classes, never pixels.
public struct TaskContext: Sendable, Hashable {
    /// One class that may be drawn.
    public struct Class: Sendable, Hashable {
        /// The class's number in its data set, by which an episode names it.
        public var index: Int
        /// The class's name, such as `character01`.
        public var name: String
        /// The alphabet it belongs to.
        public var alphabet: String
        /// How far its images are turned, degrees: 0, 90, 180 or 270.
        public var rotation: Int
        /// How many examples it has.
        public var examples: Int

        /// A class that may be drawn.
        public init(index: Int, name: String, alphabet: String, rotation: Int, examples: Int) {
            self.index = index
            self.name = name
            self.alphabet = alphabet
            self.rotation = rotation
            self.examples = examples
        }
    }

    /// The data set's name.
    public var dataset: String
    /// The classes that may be drawn.
    public var classes: [Class]
    /// Classes of an episode.
    public var ways: Int
    /// Support examples of a class.
    public var shots: Int
    /// Query examples of a class.
    public var queries: Int
    /// How far the run is; nil outside a run, as in a check.
    public var progress: Progress?
    /// For each of `classes` a moving average of the fraction of its queries that were told right in
    /// training tasks, 0…1; nil for a class of which that is not known. May be shorter than `classes`.
    public var accuracy: [Double?]
    /// For each of `classes` the number of training tasks that had it and were scored. May be
    /// shorter than `classes`.
    public var seen: [Int]

    /// What a task sampler sees.
    public init(
        dataset: String, classes: [Class], ways: Int, shots: Int, queries: Int,
        progress: Progress? = nil, accuracy: [Double?] = [], seen: [Int] = []
    ) {
        self.accuracy = accuracy
        self.seen = seen
        self.dataset = dataset
        self.classes = classes
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.progress = progress
    }
}

/// What an objective sees of an architecture.
public struct SubnetSummary: Sendable, Hashable {
    /// The encoding.
    public var genotype: Genotype
    /// Parameters of the stand-alone network.
    public var parameters: Int
    /// Multiply-adds of the stand-alone network, for one example.
    public var multiplyAdds: Int
    /// Mean query error after adaptation over the validation tasks, fraction 0…1.
    public var queryError: Double
    /// Mean query loss after adaptation over the validation tasks.
    public var queryLoss: Double
    /// Mean support loss after adaptation over the validation tasks.
    public var supportLoss: Double
    /// The network itself, where there is one: none in a check.
    public var network: SubnetNetwork?

    /// What an objective sees.
    public init(
        genotype: Genotype, parameters: Int, multiplyAdds: Int, queryError: Double,
        queryLoss: Double, supportLoss: Double, network: SubnetNetwork? = nil
    ) {
        self.network = network
        self.genotype = genotype
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
        self.queryError = queryError
        self.queryLoss = queryLoss
        self.supportLoss = supportLoss
    }
}

/// A number by which architectures are judged.
public struct Objective {
    /// Whether less or more is better.
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
        /// Less is better.
        case minimize
        /// More is better.
        case maximize
    }

    /// The name in results.
    public let name: String
    /// The unit in results, if any.
    public let unit: String?
    /// Whether less or more is better.
    public let direction: Direction
    /// The value in its own unit and direction.
    public let evaluate: ObjectiveEvaluation

    /// An objective.
    public init(
        name: String, unit: String?, direction: Direction, evaluate: @escaping ObjectiveEvaluation
    ) {
        self.name = name
        self.unit = unit
        self.direction = direction
        self.evaluate = evaluate
    }

    /// The value as strategies want it: less is better.
    ///
    /// - Throws: what the evaluation throws, and
    ///   ``ExperimentError/invalidResult(of:at:problem:)`` for a value that is not finite.
    public func minimized(_ subnet: SubnetSummary) throws -> Double {
        let value = try evaluate(subnet)
        guard value.isFinite else {
            throw ExperimentError.invalidResult(
                of: .objective, at: nil, problem: "\(name) is \(value); expected a finite number")
        }
        return direction == .minimize ? value : -value
    }
}
