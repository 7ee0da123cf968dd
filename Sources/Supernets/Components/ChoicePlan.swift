internal import Components
public import SearchSpaces

/// A decision of a space as a script writes it: a name, and options that are words or integers.
public struct ChoicePlan: Sendable, Hashable {
    /// One thing that may be chosen.
    public enum Value: Sendable, Hashable, CustomStringConvertible {
        /// A word.
        case text(String)
        /// An integer, as a width or a size of windows.
        case integer(Int)

        /// The word, or the integer's digits.
        public var description: String {
            switch self {
            case .text(let text): text
            case .integer(let value): "\(value)"
            }
        }
    }

    /// The decision's name.
    public let name: String
    /// What may be chosen, in the order of the gene's values.
    public let options: [Value]

    /// As spaces know it.
    public var choice: Choice { Choice(name: name, options: options.map(\.description)) }

    init?(_ value: OptionValue) {
        guard case .section(let section) = value else { return nil }
        name = section[Self.nameOption]
        options = section[Self.optionsOption]
    }

    static let nameOption = PlanOption.text(
        "name", 1...60, default: .required, "The decision's name, in genotypes.")
    static let optionsOption = PlanOption.list(
        "options", .either([.integer(-1_000_000...1_000_000), .text(1...60)]), count: 1...256,
        default: .required, "The options: words or integers.",
        read: {
            switch $0 {
            case .integer(let value): Value.integer(value)
            case .string(let text): Value.text(text)
            default: nil
            }
        })
}
