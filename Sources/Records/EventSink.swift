/// A named array of floats: one parameter of a network.
public struct NamedArray: Sendable, Hashable {
    /// The parameter's name, unique in its file.
    public var name: String
    /// The lengths of the axes; their product is the number of values.
    public var shape: [Int]
    /// The values, row-major.
    public var values: [Float]

    /// An array from its parts.
    public init(_ name: String, shape: [Int], values: [Float]) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

/// The parameters of a network as a run keeps them, with what it takes to use them elsewhere.
public struct SavedWeights: Sendable, Hashable {
    /// The parameters, and the running statistics of batch norms where the network is tested by them.
    public var arrays: [NamedArray]
    /// What they are: network, genotype, plan, input, axes; texts by name.
    public var facts: [String: String]

    /// Weights from their parts.
    public init(_ arrays: [NamedArray], facts: [String: String] = [:]) {
        self.arrays = arrays
        self.facts = facts
    }
}

/// Where a run's events and weights go: a store, the console, a test.
///
/// A run feeds its sinks from one thread and never reads them.
public protocol EventSink: AnyObject {
    /// Takes the next event.
    ///
    /// - Throws: Whatever keeps the sink from recording it; the run then fails.
    func record(_ event: Event) throws

    /// Keeps a network's weights under a name, replacing earlier ones of that name.
    ///
    /// - Parameters:
    ///   - weights: The parameters, and what they are.
    ///   - name: Letters, digits, `-` and `_`.
    /// - Throws: Whatever keeps the sink from storing them.
    func save(weights: SavedWeights, named name: String) throws

    /// Keeps the state from which the run can go on, replacing earlier state of that name: text and
    /// arrays together, so that the one is never of another moment than the other.
    ///
    /// - Parameters:
    ///   - state: JSON text.
    ///   - arrays: What the text speaks of.
    ///   - name: Letters, digits, `-` and `_`.
    /// - Throws: Whatever keeps the sink from storing it.
    func save(state: String, arrays: [NamedArray], named name: String) throws
}

extension EventSink {
    /// Keeps nothing: a sink for events alone.
    public func save(weights: SavedWeights, named name: String) throws {}

    /// Keeps nothing: a sink for events alone.
    public func save(state: String, arrays: [NamedArray], named name: String) throws {}
}

/// Several sinks as one. Each gets everything, also when one before it fails.
public final class SinkGroup: EventSink {
    private let sinks: [any EventSink]

    /// A group that feeds `sinks` in this order.
    public init(_ sinks: [any EventSink]) {
        self.sinks = sinks
    }

    /// Hands the event to every sink.
    ///
    /// - Throws: The first error, after all sinks had their turn.
    public func record(_ event: Event) throws {
        try each { try $0.record(event) }
    }

    /// Hands the weights to every sink.
    ///
    /// - Throws: The first error, after all sinks had their turn.
    public func save(weights: SavedWeights, named name: String) throws {
        try each { try $0.save(weights: weights, named: name) }
    }

    /// Hands the state to every sink.
    ///
    /// - Throws: The first error, after all sinks had their turn.
    public func save(state: String, arrays: [NamedArray], named name: String) throws {
        try each { try $0.save(state: state, arrays: arrays, named: name) }
    }

    private func each(_ action: (any EventSink) throws -> Void) throws {
        var first: (any Error)?
        for sink in sinks {
            do { try action(sink) } catch { first = first ?? error }
        }
        if let first { throw first }
    }
}

/// A sink that keeps all events in memory, for tests and for comparing two runs.
public final class MemorySink: EventSink {
    /// The events so far.
    public private(set) var events: [Event] = []
    /// The weights by name.
    public private(set) var weights: [String: SavedWeights] = [:]
    /// The states by name.
    public private(set) var states: [String: (text: String, arrays: [NamedArray])] = [:]

    /// An empty sink.
    public init() {}

    /// Keeps the event.
    public func record(_ event: Event) {
        events.append(event)
    }

    /// Keeps the weights.
    public func save(weights: SavedWeights, named name: String) {
        self.weights[name] = weights
    }

    /// Keeps the state.
    public func save(state: String, arrays: [NamedArray], named name: String) {
        states[name] = (state, arrays)
    }
}
