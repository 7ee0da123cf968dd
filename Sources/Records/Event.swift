/// What a run tells its sinks while it goes.
///
/// The stream is the same for the same plan and seed at any thread count, so an event holds no
/// time, no thread number and no path outside of the run. Its JSON is one flat object a line whose
/// key `event` names the kind:
///
/// ```json
/// {"event":"phaseStarted","name":"warm-up","total":2000,"unit":"updates"}
/// ```
public enum Event: Sendable, Hashable {
    /// The first event: what is run.
    case runStarted(RunRecord)
    /// A part of the run begins.
    case phaseStarted(Phase)
    /// How far a phase is; for display, so stores may leave it out.
    case progress(Progress)
    /// A step of the outer loop, with its measurements.
    case metaUpdate(Update)
    /// A generation of the search is evaluated.
    case generation(Generation)
    /// An architecture is evaluated.
    case trial(Trial)
    /// State or weights were saved.
    case checkpoint(Checkpoint)
    /// An arm's result.
    case result(ArmResult)
    /// A paired test between two arms.
    case comparison(Comparison)
    /// A sentence for the reader.
    case message(Message)
    /// The last event: how the run ended.
    case runEnded(End)

    /// A part of a run.
    public struct Phase: Sendable, Hashable, Codable {
        /// The phase: `warm-up`, `search`, `test`.
        public var name: String
        /// How many units it has; 0 where nobody knows.
        public var total: Int
        /// The unit: `updates`, `tasks`.
        public var unit: String

        /// A phase from its parts.
        public init(_ name: String, total: Int = 0, unit: String = "") {
            self.name = name
            self.total = total
            self.unit = unit
        }
    }

    /// How far a phase is.
    public struct Progress: Sendable, Hashable, Codable {
        /// The phase's name.
        public var phase: String
        /// Units done.
        public var done: Int
        /// Units in all; 0 where nobody knows.
        public var total: Int
        /// The unit: `updates`, `tasks`.
        public var unit: String
        /// A number or two worth watching, such as the loss.
        public var metrics: [Metric]

        /// Progress from its parts.
        public init(
            phase: String, done: Int, total: Int, unit: String = "", metrics: [Metric] = []
        ) {
            self.phase = phase
            self.done = done
            self.total = total
            self.unit = unit
            self.metrics = metrics
        }
    }

    /// One step of the outer loop.
    public struct Update: Sendable, Hashable, Codable {
        /// Counts the updates of the run from 0.
        public var number: Int
        /// The arm or phase it belongs to.
        public var phase: String
        /// What was measured in it.
        public var metrics: [Metric]

        /// An update from its parts.
        public init(number: Int, phase: String, metrics: [Metric]) {
            self.number = number
            self.phase = phase
            self.metrics = metrics
        }
    }

    /// A generation of a search.
    public struct Generation: Sendable, Hashable, Codable {
        /// Counts from 0.
        public var number: Int
        /// Architectures evaluated in it.
        public var evaluated: Int
        /// The best genotype so far, in its space's notation.
        public var best: String
        /// The objectives of the best.
        public var objectives: [Metric]
        /// Settings that the schedule gave this generation, and other measurements.
        public var metrics: [Metric]

        /// A generation from its parts.
        public init(
            number: Int, evaluated: Int, best: String, objectives: [Metric],
            metrics: [Metric] = []
        ) {
            self.number = number
            self.evaluated = evaluated
            self.best = best
            self.objectives = objectives
            self.metrics = metrics
        }
    }

    /// State or weights that were saved.
    public struct Checkpoint: Sendable, Hashable, Codable {
        /// What was saved, as named to the sink.
        public var name: String
        /// How many updates were done by then.
        public var updates: Int

        /// A checkpoint from its parts.
        public init(name: String, updates: Int) {
            self.name = name
            self.updates = updates
        }
    }

    /// A sentence for the reader.
    public struct Message: Sendable, Hashable, Codable {
        /// How much it matters.
        public enum Level: String, Sendable, Hashable, Codable {
            /// Good to know.
            case note
            /// Results may not mean what they seem to.
            case warning
        }

        /// How much it matters.
        public var level: Level
        /// The sentence.
        public var text: String

        /// A message from its parts.
        public init(_ text: String, level: Level = .note) {
            self.level = level
            self.text = text
        }
    }

    /// How a run ended.
    public struct End: Sendable, Hashable, Codable {
        /// Done, failed or interrupted.
        public var status: RunStatus
        /// Why it failed; nil otherwise.
        public var reason: String?
        /// All that the run was billed.
        public var cost: Cost

        /// An end from its parts.
        public init(_ status: RunStatus, reason: String? = nil, cost: Cost = .zero) {
            self.status = status
            self.reason = reason
            self.cost = cost
        }
    }
}
