public import NeuralNetworks
public import SearchSpaces

/// How a forward pass uses the candidates of a supernet.
///
/// Each mode gives a network over the supernet's own parameters. A block of its stages is run by
/// `StagedNetwork.range`, elastic width comes from ``Supernet/sliced(channels:)``, masks on
/// parameters from `Parameters.masked(by:)`; they go with every mode.
public enum Mode: Sendable, Hashable {
    /// The candidates of one genotype.
    case path(Genotype)
    /// The candidates of one genotype, each times its number in `mask.DECISION`: 0 and 1, or any
    /// numbers.
    case mask(Genotype)
    /// The weighted sum of the open candidates of each decision, by the numbers in `mix.DECISION`.
    /// They are used as they are: a softmax, Gumbel noise or a sigmoid comes before, as in DARTS
    /// (Liu, Simonyan, Yang, ICLR 2019). Closed candidates are not run and cost nothing.
    case mix(open: OpenCandidates = [:])
}

/// Which candidates of a decision run, [inputs][operations]; decisions that are not named run all.
public typealias OpenCandidates = [String: [[Bool]]]

/// A place of a supernet where candidates can be weighed: each of some operations on each of some
/// inputs.
///
/// The numbers that weigh them are parameters [inputs, operations] named after the decision, as
/// `mix.normal.node0`.
public struct Decision: Sendable, Hashable {
    /// The name, as `normal.node0`.
    public let name: String
    /// The inputs, in the order of the rows.
    public let inputs: [String]
    /// The operations, in the order of the columns.
    public let operations: [String]
}

extension Supernet {
    /// None: its networks are paths alone.
    public var decisions: [Decision] { [] }

    /// The network of a genotype; there are no candidates to mix or to mask.
    ///
    /// - Throws: As ``subnet(_:)``, and ``ModeError/noCandidates(space:mode:)``.
    public func network(_ mode: Mode) throws -> any Network {
        switch mode {
        case .path(let genotype): return try subnet(genotype)
        case .mask: throw ModeError.noCandidates(space: space.name, mode: "mask")
        case .mix: throw ModeError.noCandidates(space: space.name, mode: "mix")
        }
    }

    /// There is no other width.
    ///
    /// - Throws: ``ModeError/noWidths(space:)``.
    public func sliced(channels: Int) throws -> SlicedSupernet {
        throw ModeError.noWidths(space: space.name)
    }
}

extension Network {
    /// The network as one whose stages can be run alone.
    ///
    /// - Throws: ``ModeError/noStages``.
    public func staged() throws(ModeError) -> any StagedNetwork {
        guard let staged = self as? any StagedNetwork else { throw .noStages }
        return staged
    }
}

/// A mode that a supernet does not have, or that does not fit it.
public enum ModeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The supernet has paths alone.
    case noCandidates(space: String, mode: String)
    /// The network was recorded in one piece.
    case noStages
    /// The supernet has one width.
    case noWidths(space: String)
    /// An operation was recorded for other channels.
    case customOperation(name: String)
    /// A width below 1 or above the supernet's.
    case width(found: Int, limit: Int)
    /// There is no decision of this name.
    case unknownDecision(name: String, known: [String])
    /// Rows or columns are missing.
    case openShape(decision: String, expected: [Int], found: [Int])
    /// Nothing of a decision is left.
    case nothingOpen(decision: String)

    /// What, expected, found, and what to try.
    public var description: String {
        switch self {
        case .noCandidates(let space, let mode):
            "\(mode): the space \(space) gives whole forward passes and no candidates; weigh them in "
                + "its own forward function"
        case .noStages:
            "range: this network was recorded in one piece and has no stages; return the features "
                + "that are needed from its own forward function"
        case .noWidths(let space):
            "slice: the networks of the space \(space) have one width; slice the parameters in its "
                + "own forward function"
        case .customOperation(let name):
            "slice: the operation \(name) was recorded for the supernet's channels alone; leave it "
                + "out of a space that is sliced"
        case .width(let found, let limit):
            "slice: channels: expected 1 to \(limit), the supernet's, found \(found)"
        case .unknownDecision(let name, let known):
            "mix: open: there is no decision \"\(name)\"; there are \(known.joined(separator: ", "))"
        case .openShape(let decision, let expected, let found):
            "mix: open: \(decision): expected \(expected[0]) rows of \(expected[1]), found rows of "
                + "\(found)"
        case .nothingOpen(let decision):
            "mix: open: \(decision): expected at least one open candidate, found none"
        }
    }
}
