/// How the text before the cursor may go on.
public struct Completion: Sendable, Hashable {
    /// The last part of the text: every candidate begins with it.
    public var beginning: String
    /// The words that it may become, sorted, each once.
    public var candidates: [String]
    /// Whether these are all: not where a table is too large to be looked through.
    public var isComplete: Bool

    /// Nothing to offer.
    public static let none = Completion(beginning: "", candidates: [])

    /// A completion from its parts.
    public init(beginning: String, candidates: [String], isComplete: Bool = true) {
        self.beginning = beginning
        self.candidates = candidates
        self.isComplete = isComplete
    }

    /// What all candidates have in common beyond the beginning: what can be written at once.
    public var insertion: String {
        guard isComplete, let first = candidates.first else { return "" }
        let common = candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        return String(common.dropFirst(beginning.count))
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0.0 == $0.1 }.map(\.0))
    }
}
