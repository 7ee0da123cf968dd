public import Randomness

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One sine wave: y = amplitude · sin(x − phase).
public struct SineTask: Sendable, Hashable, Codable {
    /// Half the distance between the wave's top and bottom.
    public var amplitude: Double
    /// The wave's shift to the right, in radians.
    public var phase: Double

    /// A wave of this amplitude and phase.
    public init(amplitude: Double, phase: Double) {
        self.amplitude = amplitude
        self.phase = phase
    }

    /// The wave's height at `x`.
    public func callAsFunction(_ x: Double) -> Double { amplitude * sin(x - phase) }
}

/// Regression of sine waves from few points (Finn, Abbeel, Levine, "Model-agnostic meta-learning
/// for fast adaptation of deep networks", ICML 2017, section 5.1).
///
/// Amplitudes are uniform from 0.1 to 5, phases from 0 to π, inputs from −5 to 5. Batches have
/// inputs of shape [examples, 1] and values of shape [examples, 1].
public struct SineDistribution: TaskDistribution {
    /// Points in the support set.
    public let shots: Int
    /// Points in the query set.
    public let queries: Int

    /// The paper's tasks with this many points.
    ///
    /// - Throws: `outOfRange` unless both are from 1 to 1,000,000.
    public init(shots: Int, queries: Int) throws(DatasetError) {
        for (option, value) in [("shots", shots), ("queries", queries)]
        where !(1...1_000_000).contains(value) {
            throw .outOfRange(option: option, found: "\(value)", expected: "1 to 1000000")
        }
        self.shots = shots
        self.queries = queries
    }

    /// Regression.
    public var kind: TaskKind { .regression }
    /// One number.
    public var inputShape: [Int] { [1] }
    /// One number.
    public var outputs: Int { 1 }
    /// The shots.
    public var supportCount: Int { shots }
    /// The queries.
    public var queryCount: Int { queries }

    /// Draws a wave.
    public func sampleTask(_ rng: inout RandomStream) -> SineTask {
        SineTask(amplitude: rng.uniform(in: 0.1...5), phase: rng.uniform(in: 0...(.pi)))
    }

    /// Draws a wave and points on it.
    public func sample(_ rng: inout RandomStream) -> Episode {
        let task = sampleTask(&rng)
        return episode(of: task, &rng)
    }

    /// Draws points on a given wave.
    public func episode(of task: SineTask, _ rng: inout RandomStream) -> Episode {
        let support = SineDistribution.batch(
            of: task, at: (0..<shots).map { _ in rng.uniform(in: -5...5) })
        let query = SineDistribution.batch(
            of: task, at: (0..<queries).map { _ in rng.uniform(in: -5...5) })
        return Episode(support: support, query: query, ways: 1, shots: shots)
    }

    /// The wave at given inputs, as for drawing it.
    public static func batch(of task: SineTask, at inputs: [Double]) -> Batch {
        // The value belongs to the input as the model sees it, rounded to single precision.
        let rounded = inputs.map { Float($0) }
        return Batch(
            inputs: rounded, inputShape: [inputs.count, 1],
            targets: .values(
                rounded.map { Float(task(Double($0))) }, shape: [inputs.count, 1]))
    }
}
