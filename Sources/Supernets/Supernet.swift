public import NeuralNetworks
public import SearchSpaces

/// A weight-sharing network over a search space: parameters of which each genotype's network, a path,
/// reads some (single-path one-shot, Guo et al. 2020).
///
/// It may be a script's, so it belongs to the search thread; the networks that it gives are values.
public protocol Supernet {
    /// The genotypes that have a network.
    var space: any SearchSpace { get }

    /// Every parameter of every path.
    var layout: ParameterLayout { get }

    /// Where candidates can be weighed; none for a supernet of paths alone.
    var decisions: [Decision] { get }

    /// The network of a mode, with this supernet's parameter names.
    ///
    /// - Throws: As ``subnet(_:)``, and ``ModeError`` for a mode that this supernet does not have.
    func network(_ mode: Mode) throws -> any Network

    /// The supernet of fewer channels that reads the leading channels of this one's parameters.
    ///
    /// - Throws: ``ModeError``.
    func sliced(channels: Int) throws -> SlicedSupernet

    /// The network of one genotype, with this supernet's parameter names.
    ///
    /// - Throws: `SearchSpaceError` if the genotype is not of the space; what a script throws.
    func subnet(_ genotype: Genotype) throws -> any Network

    /// The layers of one genotype's network, with exact counts.
    ///
    /// - Throws: As ``subnet(_:)``.
    func describe(_ genotype: Genotype) throws -> NetworkDescription

    /// Genotypes whose networks stand for those that need the most memory.
    ///
    /// - Throws: What a script throws.
    func largestGenotypes() throws -> [Genotype]
}
