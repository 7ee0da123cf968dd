public import Records
public import SearchSpaces

/// What a run is given besides its plan. Nothing here may change its results but the seed and data.
public struct RunSettings: Sendable {
    /// The root of all randomness.
    public var seed: UInt64
    /// Where real data sets are looked for; nil if none was named.
    public var dataDirectory: String?
    /// Worker threads, at least 1.
    public var threads: Int

    public init(seed: UInt64, dataDirectory: String? = nil, threads: Int = 1) {
        self.seed = seed
        self.dataDirectory = dataDirectory
        self.threads = threads
    }
}

/// Executes a plan from its first event to its results, all of which go to a sink.
public final class ExperimentRunner {
    /// - Parameters:
    ///   - plan: What to do.
    ///   - record: The run's identity; becomes its first event.
    ///   - registry: The components that the plan names, frozen.
    ///   - scripts: Turns the plan's script functions into closures.
    ///   - settings: Seed, data, threads.
    ///   - sink: Receives every event, in order.
    ///   - isInterrupted: Asked between updates; the run then saves its state and ends.
    public init(
        plan: ExperimentPlan, record: RunRecord, registry: Registry, scripts: any ScriptFunctionResolver,
        settings: RunSettings, sink: any EventSink,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws {
    }

    /// Runs to the end, or to the interruption.
    ///
    /// - Returns: How it ended; `.done` or `.interrupted`.
    /// - Throws: What made it fail, after the state reached the sink.
    public func run() throws -> RunStatus { .done }
}

/// Facts about a plan's network that need no training: for `apogee inspect`.
public struct NetworkInspection: Sendable {
    /// Every layer with its shape and counts.
    public let network: NetworkDescription
    /// Bytes that one task's training step needs, by the memory plan.
    public let plannedBytes: Int

    /// - Parameters:
    ///   - plan: Its space and tasks say which network.
    ///   - genotype: Of a searchable space; nil for a fixed network.
    public init(plan: ExperimentPlan, genotype: Genotype?) throws {
        network = NetworkDescription(layers: [])
        plannedBytes = 0
    }
}
