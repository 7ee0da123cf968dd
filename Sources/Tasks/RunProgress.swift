/// How far a run is.
public struct RunProgress: Sendable, Hashable, Codable {
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
