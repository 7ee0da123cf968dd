/// A range of real numbers whose ends may be left out.
public struct NumberRange: Sendable, Hashable, CustomStringConvertible {
    /// The least value, or the value that all must exceed.
    public let lower: Double
    /// The greatest value, or the value that all must stay below.
    public let upper: Double
    /// Whether `lower` itself is allowed.
    public let includesLower: Bool
    /// Whether `upper` itself is allowed.
    public let includesUpper: Bool

    /// A range, both ends included unless said otherwise.
    public init(
        _ lower: Double, _ upper: Double, includesLower: Bool = true, includesUpper: Bool = true
    ) {
        self.lower = lower
        self.upper = upper
        self.includesLower = includesLower
        self.includesUpper = includesUpper
    }

    /// 0…1.
    public static let fraction = NumberRange(0, 1)

    /// Above 0, at most `upper`.
    public static func positive(upTo upper: Double) -> NumberRange {
        NumberRange(0, upper, includesLower: false)
    }

    /// Whether `value` lies in the range; a value that is not a number never does.
    public func contains(_ value: Double) -> Bool {
        (includesLower ? value >= lower : value > lower)
            && (includesUpper ? value <= upper : value < upper)
    }

    /// `in 0…1`, `above 0 and at most 10`.
    public var description: String {
        let (low, high) = (NumberRange.text(lower), NumberRange.text(upper))
        if includesLower, includesUpper { return "in \(low)…\(high)" }
        return (includesLower ? "at least \(low)" : "above \(low)")
            + (includesUpper ? " and at most \(high)" : " and below \(high)")
    }

    /// A number without a needless fraction.
    package static func text(_ value: Double) -> String {
        guard let whole = Int(exactly: value) else { return "\(value)" }
        return "\(whole)"
    }
}

/// What values an option takes.
public indirect enum OptionType: Sendable {
    /// `true` or `false`.
    case boolean
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A real number.
    case number(NumberRange)
    /// Text of this many characters.
    case text(ClosedRange<Int>)
    /// One of some names.
    case choice([String])
    /// A list of this many values.
    case list(OptionType, count: ClosedRange<Int>)
    /// A component: its name, `{ "name", option = value }`, or a function where the point takes one.
    ///
    /// Besides the component's own options it takes those that are added, which are left out of the
    /// checked options where they are not given.
    case component(ExtensionPoint, adding: [OptionSpecification] = [])
    /// A table of options.
    case section([OptionSpecification])
    /// A function of the script, for this point.
    case function(ExtensionPoint)
    /// The first of these whose form the value has.
    case either([OptionType])

    /// What is expected, for a message or a listing: `an integer in 1…100`.
    public var expectation: String {
        switch self {
        case .boolean: "true or false"
        case .integer(let range):
            range.upperBound == .max
                ? "an integer of at least \(range.lowerBound)"
                : range.count == 1
                    ? "\(range.lowerBound)"
                    : range.count == 2
                        ? "\(range.lowerBound) or \(range.upperBound)"
                        : "an integer in \(range.lowerBound)…\(range.upperBound)"
        case .number(let range): "a number \(range)"
        case .text(let range): "text of \(range.lowerBound)…\(range.upperBound) characters"
        case .choice(let names): PlanText.joined(names.map { "\"\($0)\"" }, last: "or")
        case .list(let element, let count):
            "a list of \(count.lowerBound)…\(count.upperBound) values, each \(element.expectation)"
        case .component(let point, _):
            point.allowsFunction
                ? "\(point.titleWithArticle): its name, { \"name\", option = value } or a function"
                : "\(point.titleWithArticle): its name or { \"name\", option = value }"
        case .section: "a table of options"
        case .function: "a function"
        case .either(let types): PlanText.joined(types.map(\.expectation), last: "or")
        }
    }

    /// Whether a value has the form of this type; its range is looked at later.
    func accepts(_ kind: PlainValue.Kind) -> Bool {
        switch (self, kind) {
        case (.boolean, .boolean), (.integer, .integer), (.number, .integer), (.number, .number),
            (.text, .string), (.choice, .string), (.list, .table),
            (.section, .table), (.function, .function), (.component, .string),
            (.component, .table):
            true
        // Lua's 3.0 is a float; it means 3.
        case (.integer, .number(let value)): Int(exactly: value) != nil
        case (.component(let point, _), .function): point.allowsFunction
        case (.either(let types), _): types.contains { $0.accepts(kind) }
        default: false
        }
    }
}

/// What an option is worth when it is not given.
public enum OptionDefault: Sendable {
    /// It must be given.
    case required
    /// Nothing; the text says what that means.
    case absent(String)
    /// This value.
    case value(PlainValue)
    /// A value that follows from options listed before it; the text says how.
    case derived(String, @Sendable (Options, Registry) -> PlainValue)

    /// The default for a listing: `5`, `"uniform"`, `half of population`, `required`.
    public var summary: String {
        switch self {
        case .required: "required"
        case .absent(let meaning), .derived(let meaning, _): meaning
        case .value(let value): OptionDefault.text(value)
        }
    }

    private static func text(_ value: PlainValue) -> String {
        guard case .table(let table) = value.kind else { return value.summary }
        let items =
            table.positional.map(text) + table.named.map { "\($0.name) = \(text($0.value))" }
        return items.isEmpty ? "{}" : "{ \(items.joined(separator: ", ")) }"
    }
}

/// One option of a component or section: the table from which plans are decoded, mistakes are
/// explained and listings are printed.
public struct OptionSpecification: Sendable {
    /// The name, in snake_case.
    public let name: String
    /// What values it takes.
    public let type: OptionType
    /// What it is worth when it is not given.
    public let fallback: OptionDefault
    /// The unit of its value, if it has one.
    public let unit: String?
    /// One line on what it does.
    public let summary: String

    /// An option.
    public init(
        _ name: String, _ type: OptionType, default fallback: OptionDefault, unit: String? = nil,
        _ summary: String
    ) {
        self.name = name
        self.type = type
        self.fallback = fallback
        self.unit = unit
        self.summary = summary
    }

    /// What is expected, with the unit: `an integer in 1…100 tasks`.
    public var expectation: String {
        type.expectation + (unit.map { " \($0)" } ?? "")
    }
}
