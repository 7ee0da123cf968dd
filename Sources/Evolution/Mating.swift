/// How one child comes about: from which parents, and whether it is mutated afterwards.
public struct Mating<Genome: Hashable & Sendable>: Sendable {
    /// The parent that the child begins as.
    public var first: Genome
    /// The parent that it is crossed with; nil where it is not.
    public var second: Genome?
    /// Whether it is mutated after that.
    public var isMutated: Bool

    /// A mating.
    public init(_ first: Genome, _ second: Genome? = nil, isMutated: Bool = true) {
        self.first = first
        self.second = second
        self.isMutated = isMutated
    }
}

/// What a strategy wants to be proposed next.
enum Recipe<Genome: Hashable & Sendable> {
    /// A random genome.
    case sample
    /// A child.
    case mating(Mating<Genome>)
    /// A genome that is known already.
    case given(Genome)
}
