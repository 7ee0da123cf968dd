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
    /// The workload's own rates by name, as `tasks_per_second`; in JSON each stands under its own
    /// name beside the other fields.
    public var rates: [String: Double]
    /// Most resident memory of this process so far; of the measured program for `startup`.
    public var peak_bytes: Int
    /// Tensor memory of all workers by the memory plan, known before the run; 0 where no tensor is
    /// held.
    public var planned_bytes: Int
    /// Multiply-adds × 2 a second, in 10⁹.
    public var gflops: Double?
    /// The same for a 1024³ matrix product on as many threads in the same run.
    public var peak_gflops: Double?

    init(
        name: String, threads: Int, sorted times: [Double], rates: [String: Double],
        planned: Int = 0, gflops: Double? = nil, peak: Double? = nil,
        peakBytes: Int = Measurement.peakBytes()
    ) {
        self.name = name
        self.threads = threads
        repeats = times.count
        seconds_median = Measurement.median(times)
        self.rates = rates
        peak_bytes = peakBytes
        planned_bytes = planned
        self.gflops = gflops
        peak_gflops = peak
    }

    // MARK: Coding

    private struct Key: CodingKey, Hashable {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private static let fields = [
        "name", "threads", "repeats", "seconds_median", "peak_bytes", "planned_bytes", "gflops",
        "peak_gflops",
    ].map(Key.init)

    /// Reads a result; a field of any other name is a rate.
    ///
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        name = try values.decode(String.self, forKey: Key("name"))
        threads = try values.decode(Int.self, forKey: Key("threads"))
        repeats = try values.decode(Int.self, forKey: Key("repeats"))
        seconds_median = try values.decode(Double.self, forKey: Key("seconds_median"))
        peak_bytes = try values.decode(Int.self, forKey: Key("peak_bytes"))
        planned_bytes = try values.decode(Int.self, forKey: Key("planned_bytes"))
        gflops = try values.decodeIfPresent(Double.self, forKey: Key("gflops"))
        peak_gflops = try values.decodeIfPresent(Double.self, forKey: Key("peak_gflops"))
        rates = [:]
        for key in values.allKeys where !Self.fields.contains(key) {
            rates[key.stringValue] = try values.decode(Double.self, forKey: key)
        }
    }

    /// Writes a result.
    ///
    /// - Throws: `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: Key("name"))
        try values.encode(threads, forKey: Key("threads"))
        try values.encode(repeats, forKey: Key("repeats"))
        try values.encode(seconds_median, forKey: Key("seconds_median"))
        try values.encode(peak_bytes, forKey: Key("peak_bytes"))
        try values.encode(planned_bytes, forKey: Key("planned_bytes"))
        try values.encodeIfPresent(gflops, forKey: Key("gflops"))
        try values.encodeIfPresent(peak_gflops, forKey: Key("peak_gflops"))
        for (name, rate) in rates { try values.encode(rate, forKey: Key(name)) }
    }
}
