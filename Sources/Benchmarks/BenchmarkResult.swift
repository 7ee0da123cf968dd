/// What one measured workload reports: one line of JSON, or a row of the table.
public struct BenchmarkResult: Sendable, Codable {
    /// The workload's name.
    public var name: String
    /// Worker threads.
    public var threads: Int
    /// Timed repetitions, after the warm-ups.
    public var repeats: Int
    /// Median time of one repetition.
    public var seconds_median: Double
    /// The workload's own rates by name, as `tasks_per_second`.
    public var rates: [String: Double]
    /// Most resident memory of this process so far.
    public var peak_bytes: Int
    /// Working memory of all workers by the memory plan, known before the run.
    public var planned_bytes: Int?
    /// Multiply-adds × 2 a second, in 10⁹.
    public var gflops: Double?
    /// The same for a 1024³ matrix product on as many threads in the same run.
    public var peak_gflops: Double?
}
