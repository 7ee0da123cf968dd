/// An architecture as an integer vector: what strategies store and vary.
///
/// Gene values count from 0. What a gene means is the space's business; see
/// ``SearchSpace/choices``.
public struct Genotype: Hashable, Codable, Sendable {
    /// One value per choice of the space.
    public var genes: [Int]

    /// A genotype of these genes, not yet validated against any space.
    public init(_ genes: [Int]) {
        self.genes = genes
    }
}

extension Genotype {
    /// Hashes all genes in one go.
    public func hash(into hasher: inout Hasher) {
        genes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Genotype: CustomStringConvertible {
    /// The genes in brackets.
    public var description: String { genes.description }
}

/// One decision of a search space: what a gene chooses among.
public struct Choice: Sendable, Hashable {
    /// The decision's name, such as `normal.node0.operation1`.
    public let name: String
    /// The names of the options; a gene's value is an index into them.
    public let options: [String]

    /// A decision between named options.
    public init(name: String, options: [String]) {
        self.name = name
        self.options = options
    }
}
