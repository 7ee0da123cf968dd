public import SearchSpaces

/// The genomes of a finite space by number, so that a search can finish the space: where chance
/// finds nothing new, what is left is gone through in an order of the seed.
public struct Listing<Genome: Hashable & Sendable> {
    /// How many numbers there are.
    public let count: Int
    /// The genome of a number 0 ..< ``count``; nil for a number that no genome has.
    public let genome: (Int) -> Genome?

    /// A listing of these numbers; different numbers have different genomes.
    public init(count: Int, genome: @escaping (Int) -> Genome?) {
        self.count = count
        self.genome = genome
    }
}

extension Listing where Genome == Genotype {
    /// The genotypes of a space; nil for a space that cannot be gone through.
    public init?(of space: any SearchSpace) {
        guard let count = space.numbers else { return nil }
        self.init(count: count) { space.genotype(number: $0) }
    }
}

extension Shortage {
    /// What is said of it.
    ///
    /// - Parameters:
    ///   - evaluations: Those so far.
    ///   - space: What was searched.
    /// - Returns: Part of a sentence.
    package func note(evaluations: Int, of space: any SearchSpace) -> String {
        switch self {
        case .exhausted:
            "the space is exhausted after \(evaluations) evaluations: no architecture is left"
        case .nothingNew:
            "no new architecture was found after \(evaluations) evaluations; the space may be "
                + "exhausted"
        }
    }
}

/// Why a strategy proposed fewer genomes than it was asked for.
public enum Shortage: String, Sendable, Hashable, Codable {
    /// Every genome of the space was proposed.
    case exhausted
    /// Nothing new was found in a bounded number of tries, in a space that cannot be listed.
    case nothingNew = "nothing_new"
}
