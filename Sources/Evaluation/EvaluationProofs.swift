package import Evolution
internal import Records
package import SearchSpaces

/// Which evaluations a run made, so that no method passes off numbers of its own as evaluations.
package struct EvaluationProofs: Sendable, Hashable, Codable {
    /// A digest of each evaluation.
    private var made: Set<String> = []
    /// Genotypes whose latest evaluation is not finite.
    private var failed: Set<Genotype> = []

    /// Of a run that evaluated nothing yet.
    package init() {}

    /// Takes in an evaluation.
    ///
    /// - Parameters:
    ///   - evaluation: With all objectives.
    ///   - ranking: How many of them strategies know.
    package mutating func add(_ evaluation: Evaluation<Genotype>, ranking: Int) {
        made.insert(EvaluationProofs.digest(evaluation))
        made.insert(EvaluationProofs.digest(evaluation.ranked(by: ranking)))
        if evaluation.isFinite {
            failed.remove(evaluation.genome)
        } else {
            failed.insert(evaluation.genome)
        }
    }

    /// Whether the run made this evaluation: the genotype had these objectives, if not its latest.
    package func contains(_ evaluation: Evaluation<Genotype>) -> Bool {
        made.contains(EvaluationProofs.digest(evaluation))
    }

    /// Whether the latest evaluation of a genotype is not finite.
    package func hasFailed(_ genotype: Genotype) -> Bool { failed.contains(genotype) }

    /// 64 bits of genes and objectives.
    private static func digest(_ evaluation: Evaluation<Genotype>) -> String {
        let objectives = evaluation.objectives.map { value in
            // Zero has one digest, and so has what is not finite.
            value == 0 ? 0 : value.isFinite ? value.bitPattern : Double.infinity.bitPattern
        }
        return String(
            ContentHash.sha256("\(evaluation.genome.genes) \(objectives)").prefix(16))
    }

    // MARK: Saved

    private enum Keys: String, CodingKey {
        case made, failed
    }

    /// Reads what was written.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        made = Set(try values.decode([String].self, forKey: .made))
        failed = Set(try values.decode([Genotype].self, forKey: .failed))
    }

    /// Writes both in an order of their own, so that a state has one text.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(made.sorted(), forKey: .made)
        try values.encode(
            failed.sorted { $0.genes.lexicographicallyPrecedes($1.genes) }, forKey: .failed)
    }
}
