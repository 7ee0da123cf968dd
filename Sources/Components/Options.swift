/// A value that has been checked against its option.
public indirect enum OptionValue: Sendable, Hashable {
    /// Nothing was given, and nothing is the default.
    case absent
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number in its range.
    case integer(Int)
    /// A finite number in its range.
    case number(Double)
    /// Text, or one of the names that a choice allows.
    case string(String)
    /// A list.
    case list([OptionValue])
    /// A component and its options.
    case component(ComponentSelection)
    /// A table of options.
    case section(Options)
    /// A function of the script.
    case function(ScriptFunction)
}

/// The component that a plan names at an extension point.
public enum ComponentSelection: Sendable, Hashable {
    /// A registered component with its options, defaults filled in.
    case named(String, Options)
    /// A function of the script.
    case function(ScriptFunction)

    /// The component's name, or the function's place.
    public var title: String {
        switch self {
        case .named(let name, _): name
        case .function(let function): function.description
        }
    }
}

extension ComponentSelection {
    /// The same component without the options of these names.
    public func without(_ names: [String]) -> ComponentSelection {
        guard case .named(let name, let options) = self else { return self }
        var kept = Options(at: options.position)
        for entry in options.entries where !names.contains(entry.name) {
            kept.append(entry.name, entry.value)
        }
        return .named(name, kept)
    }

    /// The name with its options, for messages: `conv4 {"filters":16}`.
    public var text: String {
        guard case .named(let name, let options) = self, !options.entries.isEmpty else {
            return title
        }
        return "\(name) \(PlanRecord.json(options, pretty: false))"
    }
}

/// Checked options in the order of their specification, with every default filled in.
public struct Options: Sendable, Hashable {
    /// One option.
    public struct Entry: Sendable, Hashable {
        /// The option's name.
        public let name: String
        /// Its value.
        public let value: OptionValue
    }

    /// All options, in the order of the specification.
    public private(set) var entries: [Entry] = []

    /// Where the options were written, for messages about several of them.
    public let position: PlanPosition

    /// No options.
    public init(at position: PlanPosition = PlanPosition("")) {
        self.position = position
    }

    /// The value of this name, if there is such an option.
    public subscript(name: String) -> OptionValue? {
        entries.first { $0.name == name }?.value
    }

    package mutating func append(_ name: String, _ value: OptionValue) {
        entries.append(Entry(name: name, value: value))
    }

    /// The value of an option that the specification of these options contains.
    package subscript<Value>(option: PlanOption<Value>) -> Value {
        guard let stored = self[option.specification.name], let value = option.read(stored) else {
            // The decoder fills in every specified option with a value of its type.
            preconditionFailure("\(option.specification.name) is not an option of \(position)")
        }
        return value
    }

    /// Equal where names and values are; places do not count.
    public static func == (a: Options, b: Options) -> Bool { a.entries == b.entries }

    /// Hashes names and values.
    public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

/// An option together with the Swift type of its value.
package struct PlanOption<Value>: Sendable {
    /// The option as it is declared.
    package let specification: OptionSpecification
    /// Reads the checked value; nil for one of another type.
    package let read: @Sendable (OptionValue) -> Value?

    /// An option and how its checked value is read.
    package init(
        specification: OptionSpecification, read: @escaping @Sendable (OptionValue) -> Value?
    ) {
        self.specification = specification
        self.read = read
    }

    /// The same option, that may be left out; `meaning` says what that means.
    package func optional(_ meaning: String) -> PlanOption<Value?> {
        let s = specification
        let read = read
        return PlanOption<Value?>(
            specification: OptionSpecification(
                s.name, s.type, default: .absent(meaning), unit: s.unit, s.summary)
        ) { value in
            if case .absent = value { return .some(nil) }
            return read(value).map { .some($0) }
        }
    }

    /// The same option with a default that follows from the options before it.
    package func derived(
        _ meaning: String, _ rule: @escaping @Sendable (Options) -> PlainValue
    ) -> PlanOption<Value> {
        derived(meaning) { options, _ in rule(options) }
    }

    /// The same option with a default that follows from the options before it, and from what is
    /// registered.
    package func derived(
        _ meaning: String, _ rule: @escaping @Sendable (Options, Registry) -> PlainValue
    ) -> PlanOption<Value> {
        let s = specification
        return PlanOption(
            specification: OptionSpecification(
                s.name, s.type, default: .derived(meaning, rule), unit: s.unit, s.summary),
            read: read)
    }
}

extension PlanOption where Value == Int {
    package static func integer(
        _ name: String, _ range: ClosedRange<Int>, _ value: Int, unit: String? = nil,
        _ summary: String
    ) -> PlanOption {
        integer(name, range, default: .value(PlainValue(.integer(value))), unit, summary)
    }

    /// An option without a default of its own: required unless it is made optional or derived.
    package static func integer(
        _ name: String, _ range: ClosedRange<Int>, unit: String? = nil, _ summary: String
    ) -> PlanOption {
        integer(name, range, default: .required, unit, summary)
    }

    private static func integer(
        _ name: String, _ range: ClosedRange<Int>, default value: OptionDefault, _ unit: String?,
        _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .integer(range), default: value, unit: unit, summary)
        ) { if case .integer(let value) = $0 { value } else { nil } }
    }
}

extension PlanOption where Value == Double {
    package static func number(
        _ name: String, _ range: NumberRange, _ value: Double, unit: String? = nil,
        _ summary: String
    ) -> PlanOption {
        number(name, range, default: .value(PlainValue(.number(value))), unit, summary)
    }

    /// An option without a default of its own: required unless it is made optional or derived.
    package static func number(
        _ name: String, _ range: NumberRange, unit: String? = nil, _ summary: String
    ) -> PlanOption {
        number(name, range, default: .required, unit, summary)
    }

    private static func number(
        _ name: String, _ range: NumberRange, default value: OptionDefault, _ unit: String?,
        _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .number(range), default: value, unit: unit, summary)
        ) { if case .number(let value) = $0 { value } else { nil } }
    }
}

extension PlanOption where Value == Bool {
    package static func boolean(_ name: String, _ value: Bool, _ summary: String) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .boolean, default: .value(PlainValue(.boolean(value))), summary)
        ) { if case .boolean(let value) = $0 { value } else { nil } }
    }
}

extension PlanOption where Value == String {
    package static func text(
        _ name: String, _ length: ClosedRange<Int>, default value: OptionDefault, _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(name, .text(length), default: value, summary)
        ) { if case .string(let value) = $0 { value } else { nil } }
    }
}

extension PlanOption
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// An option whose values are the names of an enumeration's cases.
    package static func choice(
        _ name: String, _ value: Value, _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .choice(Value.allCases.map(\.rawValue)),
                default: .value(PlainValue(.string(value.rawValue))), summary)
        ) { if case .string(let text) = $0 { Value(rawValue: text) } else { nil } }
    }
}

extension PlanOption {
    /// An option that is a list, each item read by `read`.
    package static func list<Element>(
        _ name: String, _ type: OptionType, count: ClosedRange<Int>, default value: OptionDefault,
        unit: String? = nil, _ summary: String,
        read: @escaping @Sendable (OptionValue) -> Element?
    ) -> PlanOption where Value == [Element] {
        PlanOption(
            specification: OptionSpecification(
                name, .list(type, count: count), default: value, unit: unit, summary)
        ) { stored in
            guard case .list(let items) = stored else { return nil }
            let values = items.compactMap(read)
            return values.count == items.count ? values : nil
        }
    }

    /// An option that is a list of names.
    package static func names(_ name: String, _ summary: String) -> PlanOption
    where Value == [String] {
        .list(name, .text(1...200), count: 0...10_000, default: .value([]), summary) {
            if case .string(let text) = $0 { text } else { nil }
        }
    }
}

extension PlanOption where Value == ComponentSelection {
    package static func component(
        _ name: String, _ point: ExtensionPoint, default value: OptionDefault, _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(name, .component(point), default: value, summary)
        ) { if case .component(let selection) = $0 { selection } else { nil } }
    }
}

extension PlanOption where Value == Options {
    package static func section(
        _ name: String, _ options: [OptionSpecification], _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .section(options), default: .value([:]), summary)
        ) { if case .section(let options) = $0 { options } else { nil } }
    }
}

extension PlanOption where Value == ScriptFunction {
    /// An option that is a function of the script, for components of a point.
    package static func function(
        _ name: String, _ point: ExtensionPoint, _ summary: String
    ) -> PlanOption {
        PlanOption(
            specification: OptionSpecification(
                name, .function(point), default: .required, summary)
        ) { if case .function(let function) = $0 { function } else { nil } }
    }
}

extension OptionValue {
    /// The value as it would be written in a plan, for defaults that follow from it.
    package var plainValue: PlainValue? {
        switch self {
        case .boolean(let value): PlainValue(.boolean(value))
        case .integer(let value): PlainValue(.integer(value))
        case .number(let value): PlainValue(.number(value))
        case .string(let value): PlainValue(.string(value))
        default: nil
        }
    }
}
