import Naming

/// Whatever a script, a file or a user can get wrong about a space or a network's size.
public enum SearchSpaceError: Error, Sendable, Equatable {
    /// A setting of a space or a network is out of its range.
    case invalidSetting(name: String, found: String, expected: String)
    /// A name is unknown; the nearest known one is offered.
    case unknownName(kind: String, found: String, known: [String])
    /// A genotype has too few or too many genes.
    case wrongLength(space: String, expected: Int, found: Int)
    /// A gene has a value that it may not take, given the other genes.
    case invalidGene(index: Int, name: String, found: Int, allowed: [Int])
    /// A text does not follow the genotype notation.
    case notation(place: String, found: String, expected: String)
    /// A hand-made architecture is impossible.
    case invalidArchitecture(place: String, found: String, expected: String)
    /// A layer would have an empty output.
    case imageTooSmall(layer: String, height: Int, width: Int)
    /// A count passes what one machine could hold.
    case tooLarge(layer: String, what: String)
    /// An operation of a script is asked for its cost where it was not traced.
    case unknownCost(height: Int, width: Int, channels: Int, stride: Int)
    /// A genotype breaks the rule of its space, or the rule itself failed.
    case rule(space: String, problem: String)
}

extension SearchSpaceError: CustomStringConvertible {
    /// What, where, expected, found, and what to try.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let found, let expected):
            return "\(name) is \(found); expected \(expected)"
        case .unknownName(let kind, let found, let known):
            var text = "there is no \(kind) \"\(found)\""
            if let nearest = NearestName.of(found, among: known) {
                text += "; did you mean \"\(nearest)\"?"
            } else {
                text += "."
            }
            return text + " Known: " + known.joined(separator: ", ")
        case .wrongLength(let space, let expected, let found):
            return "a genotype of the space \(space) has \(expected) genes; found \(found)"
        case .invalidGene(let index, let name, let found, let allowed):
            return "gene \(index) (\(name)) is \(found); allowed: \(Self.list(allowed)) "
                + "(genes and values count from 0)"
        case .notation(let place, let found, let expected):
            return "genotype text, \(place): expected \(expected), found \(found)"
        case .invalidArchitecture(let place, let found, let expected):
            return "architecture, \(place): expected \(expected), found \(found)"
        case .imageTooSmall(let layer, let height, let width):
            return "layer \(layer) would have an empty output: its input is "
                + "\(height) by \(width); use larger images or fewer pooling steps"
        case .tooLarge(let layer, let what):
            return "layer \(layer) is too large: \(what) passes 2^40; "
                + "use fewer channels or smaller images"
        case .unknownCost(let height, let width, let channels, let stride):
            return "a custom operation was not traced for images \(height) by \(width) with "
                + "\(channels) channels at stride \(stride); its cost is known only where it was"
        case .rule(let space, let problem): return "the space \(space): \(problem)"
        }
    }

    private static func list(_ values: [Int]) -> String {
        guard values.count > 2, let first = values.first, let last = values.last,
            last - first == values.count - 1
        else { return values.map(String.init).joined(separator: ", ") }
        return "\(first) to \(last)"
    }
}
