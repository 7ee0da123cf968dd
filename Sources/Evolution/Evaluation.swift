/// A genome and what was measured of it.
public struct Evaluation<Genome: Hashable & Sendable>: Sendable, Hashable {
    /// What was evaluated.
    public let genome: Genome
    /// One number per objective, each minimized; accuracy enters as error.
    ///
    /// NaN and +∞ say that the evaluation failed: the genome ranks behind every finite one.
    public let objectives: [Double]

    /// A genome with its objectives.
    public init(_ genome: Genome, objectives: [Double]) {
        self.genome = genome
        self.objectives = objectives
    }

    /// Whether every objective is a finite number.
    public var isFinite: Bool { objectives.allSatisfy(\.isFinite) }

    /// The same genome with its first objectives alone: those that a strategy ranks by.
    public func ranked(by count: Int) -> Evaluation {
        Evaluation(genome, objectives: Array(objectives.prefix(count)))
    }

    /// The same genome; if any objective is not finite, then with all of them +∞, so that failures
    /// are equal among themselves and behind all else.
    var ranked: Evaluation {
        guard !isFinite else { return self }
        return Evaluation(
            genome, objectives: Array(repeating: .infinity, count: objectives.count))
    }
}

extension Evaluation: Codable where Genome: Codable {
    private enum Keys: String, CodingKey {
        case genome, objectives
    }

    /// Reads a genome and objectives, where null is a failed one (+∞).
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        genome = try values.decode(Genome.self, forKey: .genome)
        objectives = try values.decode([Double?].self, forKey: .objectives)
            .map { $0 ?? .infinity }
    }

    /// Writes objectives that are not finite as null, as JSON has no other way to say it.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(genome, forKey: .genome)
        try values.encode(objectives.map { $0.isFinite ? $0 : nil }, forKey: .objectives)
    }
}
